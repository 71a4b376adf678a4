/**
 * Gradients of kernels that move elements or read and write by index.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { attrsOf, type Gradient, type Gradients, int32, single, unbroadcast, zeros } from "./gradient.ts"

const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((n, d) => n * d, 1)

/** The elements `begin … begin + size` of one axis. */
const part = (x: tf.Tensor, axis: number, begin: number, size: number): tf.Tensor =>
  tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? begin : 0)),
    x.shape.map((d, i) => (i === axis ? size : d))
  )

const padAt = (x: tf.Tensor, axis: number, before: number, after: number): tf.Tensor =>
  before === 0 && after === 0
    ? x
    : tf.pad(
        x,
        x.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0]))
      )

/** What was mirrored into the border comes back, mirrored. */
const mirrorPadGrad = (dy: tf.Tensor, paddings: ReadonlyArray<readonly [number, number]>, mode: string): tf.Tensor => {
  const skip = mode === "reflect" ? 1 : 0
  return paddings.reduce((d, [before, after], axis) => {
    const extent = d.shape[axis]! - before - after
    const returned = (begin: number, size: number, to: number) =>
      size === 0 ? [] : [padAt(tf.reverse(part(d, axis, begin, size), axis), axis, to, extent - size - to)]
    return [part(d, axis, before, extent), ...returned(0, before, skip), ...returned(before + extent, after, extent - after - skip)].reduce((a, b) =>
      tf.add(a, b)
    )
  }, dy)
}

interface StridedSliceAttrs {
  readonly begin: Array<number>
  readonly end: Array<number>
  readonly strides: Array<number>
  readonly beginMask: number
  readonly endMask: number
  readonly ellipsisMask: number
  readonly newAxisMask: number
  readonly shrinkAxisMask: number
}

/** Element `k` of the axis back to `begin + k * stride` of `extent`, which a negative stride counts down to. */
const unslice = (d: tf.Tensor, axis: number, begin: number, stride: number, extent: number): tf.Tensor => {
  const size = d.shape[axis]!
  const step = Math.abs(stride)
  const reach = (size - 1) * step + 1
  const apart =
    step === 1
      ? d
      : part(
          tf.reshape(
            padAt(tf.reshape(d, d.shape.toSpliced(axis + 1, 0, 1)), axis + 1, 0, step - 1),
            d.shape.map((n, i) => (i === axis ? n * step : n))
          ),
          axis,
          0,
          reach
        )
  const first = stride > 0 ? begin : extent - 1 - begin
  const placed = padAt(apart, axis, first, extent - first - reach)
  return stride > 0 ? placed : tf.reverse(placed, axis)
}

const stridedSliceGrad = (dy: tf.Tensor, shape: Array<number>, a: StridedSliceAttrs): tf.Tensor => {
  const info = tf.slice_util.sliceInfo(shape, a.begin, a.end, a.strides, a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask)
  if (info.isIdentity) return tf.reshape(dy, shape)
  const taken = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  if (sizeOf(taken) === 0) return tf.zeros(shape)
  return shape.reduce((d, extent, axis) => unslice(d, axis, info.begin[axis]!, info.strides[axis]!, extent), tf.reshape(dy, taken))
}

/** `indices` into rows of `extent`, each row numbered on from the one before: `[rows, n]`, flat. */
const numbered = (indices: tf.Tensor, rows: number, extent: number): tf.Tensor => {
  const offsets = int32(
    Array.from({ length: rows }, (_, i) => i * extent),
    [rows, 1]
  )
  return tf.reshape(tf.add(tf.reshape(indices, [rows, indices.size / Math.max(rows, 1)]), offsets), [indices.size])
}

const topKGrad = (dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor): tf.Tensor => {
  const extent = x.shape[x.rank - 1]!
  const rows = x.size / Math.max(extent, 1)
  const ids = numbered(indices, rows, extent) as tf.Tensor1D // flat, as said above
  return tf.reshape(tf.unsortedSegmentSum(tf.reshape(dy, [dy.size]), ids, x.size), x.shape)
}

/** `x: [B…, O…, A, I…]`, `dy: [B…, O…, K…, I…]`: rows of all batches are numbered through, and `dy` is added up by them. */
const gatherGrad = (dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number, batchDims: number): tf.Tensor => {
  const [batch, outer, inner] = [x.shape.slice(0, batchDims), x.shape.slice(batchDims, axis), x.shape.slice(axis + 1)]
  const [b, o, extent, i] = [sizeOf(batch), sizeOf(outer), x.shape[axis]!, sizeOf(inner)]
  const k = indices.size / Math.max(b, 1)
  const rows = tf.reshape(tf.transpose(tf.reshape(dy, [b, o, k, i]), [0, 2, 1, 3]), [b * k, o * i])
  const ids = numbered(tf.cast(indices, "int32"), b, extent) as tf.Tensor1D // flat, as said above
  const summed = tf.reshape(tf.unsortedSegmentSum(rows, ids, b * extent), [b, extent, o, i])
  return tf.reshape(tf.transpose(summed, [0, 2, 1, 3]), x.shape)
}

/** float32 of `shape`: 1 where no update was written. */
const untouched = (indices: tf.Tensor, updates: tf.Tensor, shape: Array<number>): tf.Tensor => {
  const ones = tf.tensorScatterUpdate(tf.zeros(shape), indices, tf.ones(updates.shape))
  return tf.sub(1, ones)
}

/** `dy` of the rows that each update was written to and not overwritten. */
const writtenGrad = (dy: tf.Tensor, indices: tf.Tensor, updates: tf.Tensor): tf.Tensor => {
  const rank = indices.shape.length
  const ids = rank < 2 ? tf.reshape(indices, [indices.size, 1]) : indices
  const n = ids.size / ids.shape[ids.rank - 1]!
  // each update writes its number; it counts if that is there in the end
  const rows = dy.shape.slice(0, ids.shape[ids.rank - 1]!)
  const count = int32(
    Array.from({ length: n }, (_, i) => i),
    ids.shape.slice(0, -1)
  )
  const last = tf.tensorScatterUpdate(tf.fill(rows, -1, "int32"), ids, count)
  const counts = tf.cast(tf.equal(tf.gatherND(last, ids), count), "float32")
  const taken = tf.gatherND(dy, ids)
  const mask = tf.reshape(counts, [...counts.shape, ...taken.shape.slice(counts.rank).map(() => 1)])
  return unbroadcast(tf.reshape(tf.mul(taken, mask), rank < 2 ? [n, ...taken.shape.slice(1)] : taken.shape), updates.shape)
}

/** Of weights that are added up by the numbers beside them: each takes what its number's sum has, none where that is out of range. */
const countedGrad = (dy: tf.Tensor, x: tf.Tensor, weights: tf.Tensor): tf.Tensor => {
  const size = dy.shape[dy.shape.length - 1]!
  if (weights.size === 0 || size === 0) return tf.zeros(weights.shape)
  const within = tf.logicalAnd(tf.greaterEqual(x, 0), tf.less(x, size))
  const at = tf.minimum(tf.maximum(x, tf.scalar(0, "int32")), tf.scalar(size - 1, "int32"))
  const taken = x.rank === 2 ? tf.gather(dy, at as tf.Tensor2D, 1, 1) : tf.gather(dy, at as tf.Tensor1D) // the ranks that tfjs allows
  return tf.reshape(tf.where(within, taken, tf.zerosLike(taken)), weights.shape)
}

const counted: Gradient = {
  inputsToSave: ["x", "weights"],
  gradFunc: (dy, [x, weights], attrs) => ({
    x: zeros(x),
    weights: attrs["binaryOutput"] === true ? zeros(weights) : () => countedGrad(single(dy), x!, weights!)
  })
}

/** Registered where tfjs has none. */
export const movementLacking: Gradients = {
  Bincount: counted,
  DenseBincount: counted,
  GatherNd: {
    inputsToSave: ["params", "indices"],
    // the shape is typed by a rank that is not known here
    gradFunc: (dy, [params, indices]) => ({ params: () => tf.scatterND(indices!, single(dy), params!.shape as never), indices: zeros(indices) })
  },
  ScatterNd: {
    inputsToSave: ["indices"],
    gradFunc: (dy, [indices]) => ({ updates: () => tf.gatherND(single(dy), indices!), indices: zeros(indices) })
  },
  TensorScatterUpdate: {
    inputsToSave: ["indices", "updates"],
    gradFunc: (dy, [indices, updates]) => ({
      tensor: () => tf.mul(single(dy), untouched(indices!, updates!, single(dy).shape)),
      indices: zeros(indices),
      updates: () => writtenGrad(single(dy), indices!, updates!)
    })
  },
  SparseToDense: {
    inputsToSave: ["sparseIndices", "sparseValues"],
    gradFunc: (dy, [indices, values]) => ({
      sparseIndices: zeros(indices),
      sparseValues: () => writtenGrad(single(dy), indices!, values!),
      defaultValue: () => {
        const ids = indices!.rank < 2 ? tf.reshape(indices!, [indices!.size, 1]) : indices!
        return tf.sum(tf.mul(single(dy), untouched(ids, tf.ones([ids.shape[0]!]), single(dy).shape)))
      }
    })
  },
  TopK: {
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dys, [x, indices]) => ({ x: () => topKGrad(single(dys), x!, indices!) })
  },
  StridedSlice: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({ x: () => stridedSliceGrad(single(dy), x!.shape, attrsOf<StridedSliceAttrs>(attrs)) })
  },
  FlipLeftRight: { gradFunc: (dy) => ({ image: () => tf.reverse(single(dy), 2) }) },
  Diag: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({
      x: () => {
        const n = x!.size
        const places = int32(
          Array.from({ length: n }, (_, i) => i * (n + 1)),
          [n]
        )
        return tf.reshape(tf.gather(tf.reshape(single(dy), [n * n]), places), x!.shape)
      }
    })
  },
  DepthToSpace: {
    gradFunc: (dy, _, attrs) => {
      const { blockSize: s, dataFormat } = attrsOf<{ readonly blockSize: number; readonly dataFormat: string }>(attrs)
      return {
        x: () => {
          const d = dataFormat === "NCHW" ? tf.transpose(single(dy), [0, 2, 3, 1]) : single(dy)
          const [n, h, w, c] = d.shape as [number, number, number, number] // images in, images out
          const blocks = tf.transpose(tf.reshape(d, [n, h / s, s, w / s, s, c]), [0, 1, 3, 2, 4, 5])
          const x = tf.reshape(blocks, [n, h / s, w / s, s * s * c])
          return dataFormat === "NCHW" ? tf.transpose(x, [0, 3, 1, 2]) : x
        }
      }
    }
  }
}

/** Registered in place of tfjs's, which are wrong for some operands. */
export const movementCorrected: Gradients = {
  // theirs leaves out the border
  MirrorPad: {
    gradFunc: (dy, _, attrs) => {
      const { paddings, mode } = attrsOf<{ readonly paddings: ReadonlyArray<readonly [number, number]>; readonly mode: string }>(attrs)
      return { x: () => mirrorPadGrad(single(dy), paddings, mode) }
    }
  },
  // theirs expect several results, and are given a tensor where there is one
  Unpack: {
    gradFunc: (dys, _, attrs) => ({ value: () => tf.stack(Array.isArray(dys) ? dys : [dys], attrs["axis"] as number) }) // the kernel's attribute
  },
  SplitV: {
    gradFunc: (dys, _, attrs) => ({ x: () => tf.concat(Array.isArray(dys) ? dys : [dys], attrs["axis"] as number) }) // the kernel's attribute
  },
  // theirs has one batch axis at most, slices batch by batch, and takes axes from the start
  GatherV2: {
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, [x, indices], attrs) => {
      const { axis, batchDims = 0 } = attrsOf<{ readonly axis: number; readonly batchDims?: number }>(attrs)
      const batch = batchDims < 0 ? batchDims + indices!.rank : batchDims
      return { x: () => gatherGrad(single(dy), x!, indices!, axis < 0 ? axis + x!.rank : axis, batch), indices: zeros(indices) }
    }
  }
}
