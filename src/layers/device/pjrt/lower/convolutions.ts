/**
 * Lowering of convolutions and their gradients; images are NHWC and filters HWIO. Each is one XLA convolution: the gradients
 * with the strides as dilations, as XLA itself has it.
 *
 * Letters on one axis: n image extent, k filter extent, p positions (extent of the result), s stride, d dilation, b padding before.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import { type Emitter, type Precision, typeOf, type Value } from "./Emitter.ts"
import { factor, productPrecision } from "./products.ts"
import { shortAxes, whole } from "../sharding.ts"
import type { Rules } from "./rule.ts"
import { typeText } from "./text.ts"

type Pair = readonly [number, number]

interface Window {
  /** Which axes are what, as StableHLO writes it. */
  readonly axes: string
  readonly stride: Pair
  readonly padding: readonly [Pair, Pair]
  readonly leftDilation: Pair
  readonly rightDilation: Pair
  readonly featureGroups?: number
  readonly batchGroups?: number
}

const pairs = (f: (axis: 0 | 1) => Pair): readonly [Pair, Pair] => [f(0), f(1)]
const brackets = (pair: Pair) => `[${pair[0]}, ${pair[1]}]`

const convolve = (e: Emitter, left: Value, right: Value, precision: Precision, window: Window, shape: Shape): Value => {
  const [a, b] = [factor(e, left, precision), factor(e, right, precision)]
  const { axes, stride, padding, leftDilation, rightDilation, featureGroups = 1, batchGroups = 1 } = window
  const spans = `stride = ${brackets(stride)}, pad = [${padding.map(brackets).join(", ")}], lhs_dilate = ${brackets(leftDilation)}, rhs_dilate = ${brackets(rightDilation)}`
  const exactly = precision === "highest" ? ", precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]" : ""
  const groups = `{batch_group_count = ${batchGroups} : i64, feature_group_count = ${featureGroups} : i64${exactly}}`
  const types = `(${typeOf(a)}, ${typeOf(b)}) -> ${typeText("float32", shape)}`
  return e.emit(`stablehlo.convolution(${a.name}, ${b.name}) dim_numbers = ${axes}, window = {${spans}} ${groups} : ${types}`, "float32", shape)
}

const forward = "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]"
const byFilter = "[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]"

const allAxes = [0, 1, 2, 3]

/** Axes of images that are not cut: XLA's partitioner cuts the channels of a convolution in groups elsewhere than between groups. */
const uncut = (e: Emitter, isGrouped: boolean, ...images: ReadonlyArray<Shape>) => [...shortAxes(e, ...images), ...(isGrouped ? [3] : [])]

/** `[h, w, n, m]` as a filter of `n` groups of one channel. */
const grouped = (e: Emitter, filter: Value): Value => {
  const [h, w, n, m] = filter.shape
  return whole(e, e.reshape(filter, [h!, w!, 1, n! * m!]), allAxes)
}

const conv2D = (e: Emitter, { attrs, type }: NodeOf<"Conv2D">, [image, filter]: ReadonlyArray<Value>): Value => {
  const { strides, padding, dilations, depthwise = false } = attrs
  const precision = productPrecision(e, [image!, filter!], false)
  const axes = uncut(e, depthwise, image!.shape, type.shape)
  const x = whole(e, image!, axes)
  const window = { axes: forward, stride: strides, padding, leftDilation: [1, 1], rightDilation: dilations } as const
  if (!depthwise) return whole(e, convolve(e, x, filter!, precision, window, type.shape), axes)
  return whole(e, convolve(e, x, grouped(e, filter!), precision, { ...window, featureGroups: filter!.shape[2]! }, type.shape), axes)
}

/** Extent of `p` positions `s` apart. */
const spread = (p: number, s: number) => (p - 1) * s + 1

const backpropInput = (e: Emitter, { attrs, type }: NodeOf<"Conv2DBackpropInput">, [given, filter]: ReadonlyArray<Value>): Value => {
  const { strides, dilations, depthwise = false } = attrs
  const precision = productPrecision(e, [given!, filter!], false)
  const uncutAxes = uncut(e, depthwise, given!.shape, type.shape)
  const dy = whole(e, given!, uncutAxes)
  const padding = pairs((axis) => {
    const [n, k, p] = [attrs.inputShape[1 + axis]!, filter!.shape[axis]!, dy.shape[1 + axis]!]
    const before = attrs.padding[axis][0]
    const low = (k - 1) * dilations[axis] - before
    return [low, n + before - spread(p, strides[axis])]
  })
  const turned = e.reverse(filter!, [0, 1])
  const window = { stride: [1, 1], padding, leftDilation: strides, rightDilation: dilations } as const
  const axes = "[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]"
  if (!depthwise) return whole(e, convolve(e, dy, turned, precision, { ...window, axes }, type.shape), uncutAxes)
  const filters = whole(e, e.transpose(turned, [0, 1, 3, 2]), allAxes)
  return whole(e, convolve(e, dy, filters, precision, { ...window, axes: forward, featureGroups: filter!.shape[2]! }, type.shape), uncutAxes)
}

/** XLA's partitioner adds the parts of a depthwise gradient up more than once: that one is not cut. */
const backpropFilter = (e: Emitter, { attrs, type }: NodeOf<"Conv2DBackpropFilter">, given: ReadonlyArray<Value>): Value => {
  const { strides, dilations, depthwise = false, filterShape } = attrs
  const uncutAxes = depthwise ? allAxes : uncut(e, false, ...given.map(({ shape }) => shape))
  const [x, dy] = given.map((image) => whole(e, image, uncutAxes)) as [Value, Value] // the op has two operands
  const precision = productPrecision(e, given, false)
  const padding = pairs((axis) => {
    const [n, k, p] = [x.shape[1 + axis]!, filterShape[axis]!, dy.shape[1 + axis]!]
    const before = attrs.padding[axis][0]
    return [before, (k - 1) * dilations[axis] + spread(p, strides[axis]) - n - before]
  })
  const window = { axes: byFilter, stride: dilations, padding, leftDilation: [1, 1], rightDilation: strides } as const
  if (!depthwise) return convolve(e, x, dy, precision, window, type.shape)
  const [h, w, n, m] = filterShape
  const gradient = convolve(e, x, dy, precision, { ...window, batchGroups: n! }, [h!, w!, 1, n! * m!])
  return e.reshape(whole(e, gradient, allAxes), filterShape)
}

/** @category rules @since 0.1.0 */
export const convolutionRules = { Conv2D: conv2D, Conv2DBackpropInput: backpropInput, Conv2DBackpropFilter: backpropFilter } satisfies Rules
