/**
 * Convolutions and poolings (images NHWC; NCHW is transposed around).
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { ConvAttrs, Padding2d, PoolAttrs } from "../../../domain/graph/ops.ts"
import { sameShape } from "../../../domain/Tensor.ts"
import type { Emit } from "../Emit.ts"
import { activate } from "./elementwise.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"

type Extents = [number, number, number, number]
type Pad = "valid" | "same" | number | tf.backend_util.ExplicitPadding

interface WindowAttrs {
  readonly strides: [number, number] | number
  readonly pad: Pad
  readonly dataFormat?: "NHWC" | "NCHW"
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

/** The cast: tfjs has checked the rank. */
const extents = (shape: ReadonlyArray<number>) => [...shape] as Extents

const toNhwc = (c: Emit, x: NodeId, format: string | undefined) => (format === "NCHW" ? c.transpose(x, [0, 2, 3, 1]) : x)
const fromNhwc = (c: Emit, x: NodeId, format: string | undefined) => (format === "NCHW" ? c.transpose(x, [0, 3, 1, 2]) : x)
/** An attribute's shape, in NHWC. */
const nhwcShape = (shape: ReadonlyArray<number>, format: string | undefined): Extents =>
  extents(format === "NCHW" ? [shape[0]!, shape[2]!, shape[3]!, shape[1]!] : shape)

/** Paddings that reach as far as the last window does: rounding may count one that the paddings have no room for. */
const paddingOf = (info: tf.backend_util.Conv2DInfo): Padding2d => {
  const after = (given: number, positions: number, stride: number, reach: number, before: number, extent: number) =>
    Math.max(given, (positions - 1) * stride + reach - before - extent)
  const { top, bottom, left, right } = info.padInfo
  return [
    [top, after(bottom, info.outHeight, info.strideHeight, info.effectiveFilterHeight, top, info.inHeight)],
    [left, after(right, info.outWidth, info.strideWidth, info.effectiveFilterWidth, left, info.inWidth)]
  ]
}

/** tfjs's own computation of paddings; explicit ones of NCHW are reordered, as the images are. */
const conv = (input: Extents, filter: Extents, a: WindowAttrs, depthwise = false): ConvAttrs => {
  const pad =
    // the same four pairs in another order
    typeof a.pad === "object" && a.dataFormat === "NCHW" ? ([a.pad[0], a.pad[2], a.pad[3], a.pad[1]] as tf.backend_util.ExplicitPadding) : a.pad
  const info = tf.backend_util.computeConv2DInfo(input, filter, a.strides, a.dilations ?? 1, pad, a.dimRoundingMode, depthwise)
  return {
    strides: [info.strideHeight, info.strideWidth],
    padding: paddingOf(info),
    dilations: [info.dilationHeight, info.dilationWidth],
    ...(depthwise ? { depthwise } : {})
  }
}

const conv2d = (c: Emit, x: NodeId, filter: NodeId, a: WindowAttrs): NodeId => {
  const image = toNhwc(c, c.float(x), a.dataFormat)
  return fromNhwc(c, c.add("Conv2D", [image, c.float(filter)], conv(extents(c.shape(image)), extents(c.shape(filter)), a)), a.dataFormat)
}

/** tfjs's filter `[h, w, in, multiplier]` is the graph's. */
const depthwise = (c: Emit, x: NodeId, filter: NodeId, a: WindowAttrs): NodeId => {
  const image = toNhwc(c, c.float(x), a.dataFormat)
  const attrs = conv(extents(c.shape(image)), extents(c.shape(filter)), a, true)
  return fromNhwc(c, c.add("Conv2D", [image, c.float(filter)], attrs), a.dataFormat)
}

interface PoolingAttrs {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: Pad
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

const pool = (input: Extents, a: PoolingAttrs): PoolAttrs => {
  const info = tf.backend_util.computePool2DInfo(input, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode)
  return {
    window: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    padding: paddingOf(info)
  }
}

type Conv = { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo }
type Fused = Conv & { readonly bias?: tf.TensorInfo; readonly preluActivationWeights?: tf.TensorInfo }
type FusedAttrs = WindowAttrs & { readonly activation?: string; readonly leakyreluAlpha?: number }

const withBias = (c: Emit, y: NodeId, { bias, preluActivationWeights }: Fused, a: FusedAttrs): NodeId => {
  /** One number for each channel, along the axis where the channels are. */
  const aligned = ({ dataId, dtype, shape }: tf.TensorInfo): tf.TensorInfo => ({
    dataId,
    dtype,
    shape: a.dataFormat === "NCHW" && shape.length === 1 ? [shape[0]!, 1, 1] : shape
  })
  const sum = bias === undefined || bias === null ? y : c.add2(y, c.of(aligned(bias)))
  const alpha = preluActivationWeights === undefined || preluActivationWeights === null ? undefined : aligned(preluActivationWeights)
  return activate(c, sum, a.activation, alpha, a.leakyreluAlpha)
}

export const windows: ReadonlyArray<Kernel> = [
  kernel<Conv, WindowAttrs>("Conv2D", (c, { x, filter }, a) => conv2d(c, c.of(x), c.of(filter), a)),
  kernel<Fused, FusedAttrs>("FusedConv2D", (c, inputs, a) => withBias(c, conv2d(c, c.of(inputs.x), c.of(inputs.filter), a), inputs, a)),
  kernel<Conv, WindowAttrs>("DepthwiseConv2dNative", (c, { x, filter }, a) => depthwise(c, c.of(x), c.of(filter), a)),
  kernel<Fused, FusedAttrs>("FusedDepthwiseConv2D", (c, inputs, a) => withBias(c, depthwise(c, c.of(inputs.x), c.of(inputs.filter), a), inputs, a)),
  kernel<{ readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo }, WindowAttrs & { readonly inputShape: ReadonlyArray<number> }>(
    "Conv2DBackpropInput",
    (c, { dy, filter }, a) => {
      const inputShape = nhwcShape(a.inputShape, a.dataFormat)
      const attrs = { ...conv(inputShape, extents(filter.shape), a), inputShape }
      return fromNhwc(c, c.add("Conv2DBackpropInput", [toNhwc(c, c.of(dy), a.dataFormat), c.of(filter)], attrs), a.dataFormat)
    }
  ),
  kernel<{ readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo }, WindowAttrs & { readonly filterShape: ReadonlyArray<number> }>(
    "Conv2DBackpropFilter",
    (c, { x, dy }, a) => {
      const image = toNhwc(c, c.of(x), a.dataFormat)
      const filterShape = extents(a.filterShape)
      return c.add("Conv2DBackpropFilter", [image, toNhwc(c, c.of(dy), a.dataFormat)], {
        ...conv(extents(c.shape(image)), filterShape, a),
        filterShape
      })
    }
  ),
  kernel<{ readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo }, WindowAttrs & { readonly inputShape: ReadonlyArray<number> }>(
    "DepthwiseConv2dNativeBackpropInput",
    (c, { dy, filter }, a) => {
      const inputShape = extents(a.inputShape)
      const attrs = { ...conv(inputShape, extents(filter.shape), a, true), inputShape }
      return c.add("Conv2DBackpropInput", [c.of(dy), c.of(filter)], attrs)
    }
  ),
  kernel<{ readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo }, WindowAttrs & { readonly filterShape: ReadonlyArray<number> }>(
    "DepthwiseConv2dNativeBackpropFilter",
    (c, { x, dy }, a) => {
      const filterShape = extents(a.filterShape)
      return c.add("Conv2DBackpropFilter", [c.of(x), c.of(dy)], { ...conv(extents(x.shape), filterShape, a, true), filterShape })
    }
  ),
  ...(["MaxPool", "AvgPool"] as const).map((op) =>
    kernel<X, PoolingAttrs>(op, (c, { x }, a) => {
      const [node, attrs] = [c.float(c.of(x)), pool(extents(x.shape), a)]
      const pooled = c.add(op, [node], attrs)
      const { dtype } = c.type(c.of(x))
      // tfjs takes a window of one element that gives as many as there were for the identity, whatever strides and padding
      const result = attrs.window.every((n) => n === 1) && sameShape(c.shape(pooled), c.shape(node)) ? node : pooled
      return dtype === "int32" ? c.cast(result, dtype) : result
    })
  ),
  kernel<{ readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo; readonly output: tf.TensorInfo }, PoolingAttrs>(
    "MaxPoolGrad",
    (c, { dy, input, output }, a) => c.add("MaxPoolGrad", [c.of(dy), c.of(input), c.of(output)], pool(extents(input.shape), a))
  ),
  kernel<{ readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo }, PoolingAttrs>("AvgPoolGrad", (c, { dy, input }, a) =>
    c.add("AvgPoolGrad", [c.of(dy)], { ...pool(extents(input.shape), a), inputShape: extents(input.shape) })
  )
]
