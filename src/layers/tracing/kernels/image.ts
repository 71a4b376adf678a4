/**
 * Normalisations and resizings of images, by composition.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Emit } from "../Emit.ts"
import { einsum } from "./contract.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"

interface LrnAttrs {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/** Sum over the channels at most `radius` away: a mean over windows of a row of channels, times their extent. */
const acrossChannels = (c: Emit, x: NodeId, radius: number): NodeId => {
  const shape = c.shape(x)
  const n = shape[shape.length - 1]!
  if (c.size(x) === 0) return x
  const reach = Math.min(radius, n - 1) // further there are no channels
  const around: ReadonlyArray<readonly [number, number]> = [
    [0, 0],
    [reach, reach],
    [0, 0],
    [0, 0]
  ]
  const rows = c.add("Pad", [c.reshape(x, [c.size(x) / n, n, 1, 1])], { paddings: around, value: 0 })
  const none = [0, 0] as const
  const means = c.add("AvgPool", [rows], { window: [2 * reach + 1, 1], strides: [1, 1], padding: [none, none] })
  return c.reshape(c.mul(means, c.scalar("float32", 2 * reach + 1)), shape)
}

const lrnNorm = (c: Emit, x: NodeId, { depthRadius, bias, alpha }: LrnAttrs): NodeId =>
  c.add2(c.mul(acrossChannels(c, c.mul(x, x), depthRadius), c.scalar("float32", alpha)), c.scalar("float32", bias))

const power = (c: Emit, x: NodeId, exponent: number): NodeId => c.arithmetic("Pow", x, c.scalar("float32", exponent))

interface ResizeAttrs {
  readonly alignCorners: boolean
  readonly halfPixelCenters?: boolean
  readonly size: readonly [number, number]
}

/** Where the middle of output row `i` lies in the input, by tfjs's rule of each kind. */
const sourceOf = (kind: Kind, i: number, from: number, to: number, { alignCorners, halfPixelCenters = false }: ResizeAttrs): number => {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  if (!halfPixelCenters) return i * scale
  return (i + 0.5) * scale - (kind === "nearest" ? 0 : 0.5)
}

type Kind = "nearest" | "bilinear"

/** For each place of one axis of the result: the two places of the input next to it, and how far it is from the first to the second. */
interface Neighbours {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly fraction: Float32Array
}

const neighboursOf = (kind: Kind, from: number, to: number, attrs: ResizeAttrs): Neighbours => {
  const at = Array.from({ length: to }, (_, i) => sourceOf(kind, i, from, to, attrs))
  if (kind === "nearest") {
    const nearest = Int32Array.from(at, (x) => Math.max(0, Math.min(from - 1, attrs.alignCorners ? Math.round(x) : Math.floor(x))))
    return { low: nearest, high: nearest, fraction: new Float32Array(to) }
  }
  const low = Int32Array.from(at, (x) => Math.max(0, Math.floor(x)))
  const high = Int32Array.from(at, (x) => Math.min(from - 1, Math.ceil(x)))
  return { low, high, fraction: Float32Array.from(at, (x, i) => x - low[i]!) }
}

/** Along one axis of the images; what is not next to a place does not touch it, be it infinite or NaN. */
const resizeAxis = (c: Emit, x: NodeId, axis: 1 | 2, { low, high, fraction }: Neighbours): NodeId => {
  const taken = (places: Int32Array) => c.add("Gather", [x, c.constant(places, [places.length])], { axis })
  const first = taken(low)
  if (fraction.every((t) => t === 0)) return first
  const t = c.constant(fraction, axis === 1 ? [fraction.length, 1, 1] : [fraction.length, 1])
  return c.add2(first, c.mul(c.sub(taken(high), first), t))
}

const resize =
  (kind: Kind) =>
  (c: Emit, { images }: { readonly images: tf.TensorInfo }, attrs: ResizeAttrs): NodeId => {
    const [h, w] = [images.shape[1]!, images.shape[2]!]
    const x = kind === "nearest" ? c.of(images) : c.float(c.of(images))
    const columns = resizeAxis(c, x, 2, neighboursOf(kind, w, attrs.size[1], attrs))
    return resizeAxis(c, columns, 1, neighboursOf(kind, h, attrs.size[0], attrs))
  }

/** Both resizings are linear and separable: `[to, from]` weights of one axis, for the gradients. */
const matrix = (c: Emit, kind: Kind, from: number, to: number, attrs: ResizeAttrs): NodeId => {
  const { low, high, fraction } = neighboursOf(kind, from, to, attrs)
  const out = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    out[i * from + low[i]!]! += 1 - fraction[i]!
    out[i * from + high[i]!]! += fraction[i]!
  }
  return c.constant(out, [to, from])
}

/** tfjs's gradients ignore `halfPixelCenters`, which makes them those of another function: here they are the forward's own. */
const resizeGrad =
  (kind: Kind) =>
  (c: Emit, { images, dy }: { readonly images: tf.TensorInfo; readonly dy: tf.TensorInfo }, attrs: ResizeAttrs): NodeId => {
    const [h, w, y, x] = [images.shape[1]!, images.shape[2]!, dy.shape[1]!, dy.shape[2]!]
    const rows = einsum(c, [c.of(dy), matrix(c, kind, h, y, attrs)], "nyxc,yh->nhxc", true)
    return einsum(c, [rows, matrix(c, kind, w, x, attrs)], "nhxc,xw->nhwc", true)
  }

type BatchNorm = X & {
  readonly mean: tf.TensorInfo
  readonly variance: tf.TensorInfo
  readonly scale?: tf.TensorInfo | null
  readonly offset?: tf.TensorInfo | null
}

const batchNorm = (c: Emit, { x, mean, variance, scale, offset }: BatchNorm, epsilon: number): NodeId => {
  const inverse = c.unary("Rsqrt", c.add2(c.of(variance), c.scalar("float32", epsilon)))
  const factor = scale === undefined || scale === null ? inverse : c.mul(inverse, c.of(scale))
  const scaled = c.mul(c.sub(c.of(x), c.of(mean)), factor)
  return offset === undefined || offset === null ? scaled : c.add2(scaled, c.of(offset))
}

export const images: ReadonlyArray<Kernel> = [
  kernel<BatchNorm, { readonly varianceEpsilon?: number }>("FusedBatchNorm", (c, inputs, { varianceEpsilon }) =>
    batchNorm(c, inputs, varianceEpsilon ?? 0.001)
  ),
  kernel<X, LrnAttrs>("LRN", (c, { x }, attrs) => {
    const node = c.of(x)
    return c.mul(node, power(c, lrnNorm(c, node, attrs), -attrs.beta))
  }),
  kernel<X & { readonly y: tf.TensorInfo; readonly dy: tf.TensorInfo }, LrnAttrs>("LRNGrad", (c, { x, y, dy }, attrs) => {
    const [node, out, d] = [c.of(x), c.of(y), c.of(dy)]
    const norm = lrnNorm(c, node, attrs)
    const spread = acrossChannels(c, c.div(c.mul(d, out), norm), attrs.depthRadius)
    return c.sub(c.mul(d, power(c, norm, -attrs.beta)), c.mul(c.mul(node, spread), c.scalar("float32", 2 * attrs.alpha * attrs.beta)))
  }),
  kernel("ResizeBilinear", resize("bilinear")),
  kernel("ResizeNearestNeighbor", resize("nearest")),
  kernel("ResizeBilinearGrad", resizeGrad("bilinear")),
  kernel("ResizeNearestNeighborGrad", resizeGrad("nearest"))
]
