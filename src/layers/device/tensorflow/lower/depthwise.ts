/**
 * Lowering of convolutions by channel, `[h, w, n, m]` filters, and of their gradients.
 *
 * TensorFlow's CPU kernels know no dilation and want equal strides for rows and columns: filters are spread out with zeros, and
 * strides that differ are steps through the result of stride 1. Padding is elements of its own.
 *
 * @since 0.1.0
 */
import type { ConvAttrs } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import type { Attributes } from "../GraphDef.ts"
import type { Emitter } from "./Emitter.ts"
import { around, inside, isDilated, paddedShape, spread, spreadShape } from "./spatial.ts"
import { pad, strided } from "./structure.ts"

const isEven = ({ strides: [rows, columns] }: ConvAttrs) => rows === columns

const attributesOf = (attrs: ConvAttrs): Attributes => {
  const stride = isEven(attrs) ? attrs.strides[0] : 1
  return {
    T: { type: "float32" },
    strides: { ints: [1, stride, stride, 1] },
    padding: { text: "VALID" },
    data_format: { text: "NHWC" },
    dilations: { ints: [1, 1, 1, 1] }
  }
}

/** @category rules @since 0.1.0 */
export const depthwise = (e: Emitter, x: string, filter: string, filterShape: Shape, attrs: ConvAttrs, result: Shape): string => {
  const operands = [around(e, x, attrs, 0), spread(e, filter, filterShape, attrs)]
  const all = e.emit("DepthwiseConv2dNative", operands, attributesOf(attrs))
  return isEven(attrs) ? all : strided(e, all, "float32", [0, 0, 0, 0], result, [1, ...attrs.strides, 1])
}

/** What goes into a convolution of stride 1 backwards: `dy` with zeros where the strides passed over. */
const unstrided = (e: Emitter, dy: string, [n, h, w, c]: Shape, image: Shape, filterShape: Shape, attrs: ConvAttrs): string => {
  if (isEven(attrs)) return dy
  const [rows, columns] = attrs.strides
  const apart = pad(
    e,
    e.reshape(dy, "float32", [n! * h!, 1, w!, 1, c!]),
    "float32",
    [
      [0, 0],
      [0, rows - 1],
      [0, 0],
      [0, columns - 1],
      [0, 0]
    ],
    0
  )
  const [, height, width] = paddedShape(image, attrs)
  const [reachH, reachW] = spreadShape(filterShape, attrs)
  const size = [n!, height! - reachH! + 1, width! - reachW! + 1, c!]
  return strided(e, e.reshape(apart, "float32", [n!, h! * rows, w! * columns, c!]), "float32", [0, 0, 0, 0], size, [1, 1, 1, 1])
}

/** The shapes of `dy` and the filter come before those operands' names. @category rules @since 0.1.0 */
export const depthwiseBackpropInput = (
  e: Emitter,
  [dyShape, filterShape]: readonly [Shape, Shape],
  dy: string,
  filter: string,
  attrs: ConvAttrs & { readonly inputShape: Shape }
): string => {
  const image = attrs.inputShape
  const operands = [e.ints(paddedShape(image, attrs)), spread(e, filter, filterShape, attrs), unstrided(e, dy, dyShape, image, filterShape, attrs)]
  return inside(e, e.emit("DepthwiseConv2dNativeBackpropInput", operands, attributesOf(attrs)), image, attrs)
}

/** The shapes of the image and `dy` come before those operands' names. @category rules @since 0.1.0 */
export const depthwiseBackpropFilter = (
  e: Emitter,
  [image, dyShape]: readonly [Shape, Shape],
  x: string,
  dy: string,
  attrs: ConvAttrs & { readonly filterShape: Shape }
): string => {
  const operands = [around(e, x, attrs, 0), e.ints(spreadShape(attrs.filterShape, attrs)), unstrided(e, dy, dyShape, image, attrs.filterShape, attrs)]
  const gradient = e.emit("DepthwiseConv2dNativeBackpropFilter", operands, attributesOf(attrs))
  return isDilated(attrs) ? strided(e, gradient, "float32", [0, 0, 0, 0], attrs.filterShape, [...attrs.dilations, 1, 1]) : gradient
}
