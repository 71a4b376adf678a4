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

/** Sum over the channels at most `radius` away. */
const acrossChannels = (c: Emit, x: NodeId, radius: number): NodeId => {
  const shape = c.shape(x)
  const n = shape[shape.length - 1]!
  const band = new Float32Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) band[i * n + j] = Math.abs(i - j) <= radius ? 1 : 0
  return c.reshape(c.matMul(c.reshape(x, [c.size(x) / n, n]), c.constant(band, [n, n]), { exact: true }), shape)
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

/** Both resizings are linear and separable: `[to, from]` weights of one axis. */
const weights = (kind: Kind, from: number, to: number, attrs: ResizeAttrs): Float32Array => {
  const out = new Float32Array(to * from)
  const put = (i: number, j: number, weight: number) => {
    out[i * from + j] = out[i * from + j]! + weight
  }
  for (let i = 0; i < to; i++) {
    const at = sourceOf(kind, i, from, to, attrs)
    if (kind === "nearest") {
      put(i, Math.max(0, Math.min(from - 1, attrs.alignCorners ? Math.round(at) : Math.floor(at))), 1)
      continue
    }
    const low = Math.max(0, Math.floor(at))
    put(i, low, 1 - (at - low))
    put(i, Math.min(from - 1, Math.ceil(at)), at - low)
  }
  return out
}

const matrix = (c: Emit, kind: Kind, from: number, to: number, attrs: ResizeAttrs): NodeId => c.constant(weights(kind, from, to, attrs), [to, from])

const resize =
  (kind: Kind) =>
  (c: Emit, { images }: { readonly images: tf.TensorInfo }, attrs: ResizeAttrs): NodeId => {
    const [h, w] = [images.shape[1]!, images.shape[2]!]
    const rows = einsum(c, [c.of(images), matrix(c, kind, h, attrs.size[0], attrs)], "nhwc,yh->nywc", true)
    return einsum(c, [rows, matrix(c, kind, w, attrs.size[1], attrs)], "nywc,xw->nyxc", true)
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
