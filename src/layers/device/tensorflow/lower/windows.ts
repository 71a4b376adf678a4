/**
 * Lowering of convolution and pooling; images are NHWC and filters HWIO in both.
 *
 * TensorFlow's CPU kernels of a convolution's gradients know no dilation: there the filter is spread out with zeros.
 * Paddings of pools are elements of their own, for its kernels know only `SAME` and `VALID` everywhere.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ConvAttrs, PoolAttrs } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import type { Attributes } from "../GraphDef.ts"
import { covered } from "../../hosted/lower/shapes.ts"
import { type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"
import { depthwise, depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise.ts"
import { around, inside, isDilated, paddedShape, spread, spreadShape } from "./spatial.ts"
import { strided } from "./structure.ts"

const float32 = { type: "float32" } as const

const convAttributes = ({ strides, padding, dilations }: ConvAttrs): Attributes => ({
  T: float32,
  strides: { ints: [1, ...strides, 1] },
  padding: { text: "EXPLICIT" },
  explicit_paddings: { ints: [0, 0, ...padding.flat(), 0, 0] },
  data_format: { text: "NHWC" },
  dilations: { ints: [1, ...dilations, 1] }
})

const conv2D = (e: Emitter, node: NodeOf<"Conv2D">): Value => {
  const [x, filter] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const { attrs, type } = node
  if (attrs.depthwise === true) return whole(depthwise(e, x, filter, e.at(node.inputs[1]!).type.shape, attrs, type.shape), node)
  return whole(e.emit("Conv2D", [x, filter], convAttributes(attrs)), node)
}

const undilated = (attrs: ConvAttrs): ConvAttrs => ({ ...attrs, dilations: [1, 1] })

const conv2DBackpropInput = (e: Emitter, node: NodeOf<"Conv2DBackpropInput">): Value => {
  const [dy, weights] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const shapes = [e.at(node.inputs[0]!).type.shape, e.at(node.inputs[1]!).type.shape] as const
  if (node.attrs.depthwise === true) return whole(depthwiseBackpropInput(e, shapes, dy, weights, node.attrs), node)
  const filter = spread(e, weights, shapes[1], node.attrs)
  const operands = [e.ints(node.attrs.inputShape), filter, dy]
  return whole(e.emit("Conv2DBackpropInput", operands, convAttributes(undilated(node.attrs))), node)
}

const conv2DBackpropFilter = (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">): Value => {
  const { attrs } = node
  const [x, dy] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const shapes = [e.at(node.inputs[0]!).type.shape, e.at(node.inputs[1]!).type.shape] as const
  if (attrs.depthwise === true) return whole(depthwiseBackpropFilter(e, shapes, x, dy, attrs), node)
  const operands = [x, e.ints(spreadShape(attrs.filterShape, attrs)), dy]
  const gradient = e.emit("Conv2DBackpropFilter", operands, convAttributes(undilated(attrs)))
  if (!isDilated(attrs)) return whole(gradient, node)
  return whole(strided(e, gradient, "float32", [0, 0, 0, 0], attrs.filterShape, [...attrs.dilations, 1, 1]), node)
}

const poolAttributes = ({ window, strides }: PoolAttrs): Attributes => ({
  T: float32,
  ksize: { ints: [1, ...window, 1] },
  strides: { ints: [1, ...strides, 1] },
  padding: { text: "VALID" },
  data_format: { text: "NHWC" }
})

const maxPool = (e: Emitter, x: string, attrs: PoolAttrs): string => e.emit("MaxPool", [around(e, x, attrs, -Infinity)], poolAttributes(attrs))

const maxPoolGrad = (e: Emitter, node: NodeOf<"MaxPoolGrad">): Value => {
  const [dy, x, y] = node.inputs.map((i) => e.full(i))
  const gradient = e.emit("MaxPoolGrad", [around(e, x!, node.attrs, -Infinity), y!, dy!], poolAttributes(node.attrs))
  return whole(inside(e, gradient, node.type.shape, node.attrs), node)
}

/** By how much a mean over all of a window, zeros of the padding among them, is smaller than that over the image's elements. */
const shares = (e: Emitter, image: Shape, means: Shape, { window, strides, padding }: PoolAttrs, none: number): string => {
  const [rows, columns] = [0, 1].map((i) => covered(image[1 + i]!, means[1 + i]!, window[i]!, strides[i]!, padding[i]![0]))
  const factors = Float32Array.from(rows!.flatMap((r) => columns!.map((k) => (r * k > 0 ? (window[0] * window[1]) / (r * k) : none))))
  return e.literal("float32", [means[1]!, means[2]!, 1], factors)
}

const isPadded = ({ padding }: PoolAttrs) => padding.flat().some((n) => n > 0)

const avgPool = (e: Emitter, node: NodeOf<"AvgPool">): Value => {
  const { attrs } = node
  const mean = e.emit("AvgPool", [around(e, e.full(node.inputs[0]!), attrs, 0)], poolAttributes(attrs))
  if (!isPadded(attrs)) return whole(mean, node)
  // a window without an element of the image has no mean
  return whole(e.of("Mul", "float32", mean, shares(e, e.at(node.inputs[0]!).type.shape, node.type.shape, attrs, NaN)), node)
}

const avgPoolGrad = (e: Emitter, node: NodeOf<"AvgPoolGrad">): Value => {
  const { attrs } = node
  const dy = e.full(node.inputs[0]!)
  const share = isPadded(attrs) ? e.of("Mul", "float32", dy, shares(e, attrs.inputShape, e.at(node.inputs[0]!).type.shape, attrs, 0)) : dy
  const gradient = e.emit("AvgPoolGrad", [e.ints(paddedShape(attrs.inputShape, attrs)), share], poolAttributes(attrs))
  return whole(inside(e, gradient, node.type.shape, attrs), node)
}

/** @category rules @since 0.1.0 */
export const windowRules = {
  Conv2D: conv2D,
  Conv2DBackpropInput: conv2DBackpropInput,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  MaxPool: (e, node) => whole(maxPool(e, e.full(node.inputs[0]!), node.attrs), node),
  MaxPoolGrad: maxPoolGrad,
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGrad
} satisfies Rules
