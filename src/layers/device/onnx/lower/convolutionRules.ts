/**
 * Which lowering a convolution takes: all channels together, or each by itself.
 *
 * @since 0.1.0
 */
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput } from "./convolutions.ts"
import { depthwise, depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise.ts"
import type { Rules } from "./rule.ts"

/** @category rules @since 0.1.0 */
export const convolutionRules = {
  Conv2D: (e, node) => (node.attrs.depthwise === true ? depthwise : conv2D)(e, node),
  Conv2DBackpropInput: (e, node) => (node.attrs.depthwise === true ? depthwiseBackpropInput : conv2DBackpropInput)(e, node),
  Conv2DBackpropFilter: (e, node) => (node.attrs.depthwise === true ? depthwiseBackpropFilter : conv2DBackpropFilter)(e, node)
} satisfies Rules
