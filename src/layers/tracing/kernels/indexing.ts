/**
 * Kernels that read or write by index: gather, scatter, one-hot, segments.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { type Shape, sizeOf, stridesOf } from "../../../domain/Tensor.ts"
import { type Emit, normalAxes } from "../Emit.ts"
import { evaluateConstant } from "../evaluateConstant.ts"
import { dtypeOf } from "../Recording.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"

const int = (c: Emit, x: tf.TensorInfo): NodeId => c.cast(c.of(x), "int32")

/**
 * `batchDims` axes of both run together: rows are numbered through all batches, so that one plain gather does.
 * `x: [B…, O…, A, I…]`, `indices: [B…, K…]` -> `[B…, O…, K…, I…]`.
 */
const gatherBatched = (c: Emit, x: NodeId, indices: NodeId, axis: number, batchDims: number): NodeId => {
  const shape = c.shape(x)
  const batch = shape.slice(0, batchDims)
  const outer = shape.slice(batchDims, axis)
  const inner = shape.slice(axis + 1)
  const wanted = c.shape(indices).slice(batchDims)
  const [n, a, k] = [sizeOf(batch), shape[axis]!, sizeOf(wanted)]
  const axisFirst = [...batch.map((_, i) => i), axis, ...outer.map((_, i) => batchDims + i), ...inner.map((_, i) => axis + 1 + i)]
  const rows = c.reshape(c.transpose(x, axisFirst), [n * a, ...outer, ...inner])
  const offset = c.mul(c.add("Iota", [], { dtype: "int32", shape: [n, k], axis: 0 }), c.scalar("int32", a))
  const within = c.reshape(indices, [n, k])
  // an index out of range must not become a row of another batch
  const numbered = c.select(inRange(c, within, a), c.add2(within, offset), c.scalar("int32", -1))
  const taken = c.add("Gather", [rows, numbered], { axis: 0 })
  const spread = c.reshape(taken, [...batch, ...wanted, ...outer, ...inner])
  const at = { wanted: batchDims, outer: batchDims + wanted.length, inner: batchDims + wanted.length + outer.length }
  return c.transpose(spread, [
    ...batch.map((_, i) => i),
    ...outer.map((_, i) => at.outer + i),
    ...wanted.map((_, i) => at.wanted + i),
    ...inner.map((_, i) => at.inner + i)
  ])
}

/** bool: `0 <= x < n`. */
const inRange = (c: Emit, x: NodeId, n: number): NodeId =>
  c.add("And", [c.compare("GreaterEqual", x, c.scalar("int32", 0)), c.compare("Less", x, c.scalar("int32", n))], {})

/**
 * Row numbers for `[…, depth]` coordinates into the leading `depth` axes of `shape`: -1 where a coordinate is out of range,
 * though the number that it would give might be another row's.
 */
export const flatIndices = (c: Emit, indices: NodeId, shape: Shape): { readonly flat: NodeId; readonly depth: number } => {
  const rank = c.shape(indices).length
  const depth = c.shape(indices)[rank - 1] ?? 1
  const extents = shape.slice(0, depth)
  const strides = c.constant(Int32Array.from(stridesOf(extents)), [depth])
  const flat = c.reduce("ReduceSum", c.mul(indices, strides), [rank - 1])
  if (depth < 2) return { flat, depth }
  // negative where a coordinate is before its axis or behind it
  const toEdge = c.arithmetic(
    "Min",
    indices,
    c.sub(
      c.constant(
        Int32Array.from(extents, (n) => n - 1),
        [depth]
      ),
      indices
    )
  )
  const ok = c.compare("GreaterEqual", c.reduce("ReduceMin", toEdge, [rank - 1]), c.scalar("int32", 0))
  return { flat: c.select(ok, flat, c.scalar("int32", -1)), depth }
}

/**
 * The same row numbers, in a way that fails the step where one is not in `0 … rows - 1`, as tfjs does: they are looked up in
 * the list of all rows. Known ones that are in range need no look-up.
 */
export const checkedRows = (c: Emit, ids: NodeId, rows: number): NodeId => {
  const known = evaluateConstant(c.recording, ids)
  if (known !== undefined && known.every((id) => id >= 0 && id < rows)) return ids
  return c.add("Gather", [c.add("Iota", [], { dtype: "int32", shape: [rows], axis: 0 }), ids], { axis: 0 })
}

const gatherNd = (c: Emit, params: NodeId, indices: NodeId): NodeId => {
  const shape = c.shape(params)
  tf.util.assert(shape.length > 0, () => "tf.gatherND() expects an x of a rank of at least 1, but got a scalar")
  const { flat, depth } = flatIndices(c, indices, shape)
  const rows = c.reshape(params, [sizeOf(shape.slice(0, depth)), ...shape.slice(depth)])
  return c.add("Gather", [rows, flat], { axis: 0 })
}

const scatterNd = (c: Emit, indices: NodeId, updates: NodeId, shape: ReadonlyArray<number>): NodeId => {
  // a vector names rows
  const coordinates = c.shape(indices).length < 2 ? c.reshape(indices, [c.size(indices), 1]) : indices
  const { flat, depth } = flatIndices(c, coordinates, shape)
  const n = c.size(flat)
  const rest = shape.slice(depth)
  const numRows = sizeOf(shape.slice(0, depth))
  const rows = c.reshape(c.numeric(updates), [n, ...rest])
  const summed = c.add("SegmentSum", [rows, c.reshape(checkedRows(c, flat, numRows), [n])], { numSegments: numRows })
  return c.cast(c.reshape(summed, shape), c.dtype(updates))
}

const oneHot = (c: Emit, indices: NodeId, depth: number, onValue: number, offValue: number, dtype: "float32" | "int32" | "bool"): NodeId =>
  c.add("OneHot", [indices], { depth, onValue, offValue, dtype })

const bincount = (c: Emit, x: NodeId, weights: tf.TensorInfo, size: number, binary: boolean): NodeId => {
  const weighted = sizeOf(weights.shape) > 0 && !binary
  const ones = c.fill({ dtype: weighted ? c.dtype(c.of(weights)) : "float32", shape: c.shape(x) }, 1)
  const rows = weighted ? c.of(weights) : ones
  const rank2 = c.shape(x).length === 2
  const n = rank2 ? c.shape(x)[0]! : 1
  const placed = rank2 ? c.add2(x, c.mul(c.add("Iota", [], { dtype: "int32", shape: c.shape(x), axis: 0 }), c.scalar("int32", size))) : x
  const ids = c.select(inRange(c, x, size), placed, c.scalar("int32", -1)) // others are not counted
  const counts = c.add("SegmentSum", [rows, ids], { numSegments: n * size })
  const clipped = binary ? c.arithmetic("Min", counts, c.like(counts, 1)) : counts
  return c.reshape(clipped, rank2 ? [n, size] : [size])
}

export const indexing: ReadonlyArray<Kernel> = [
  kernel<{ readonly x: tf.TensorInfo; readonly indices: tf.TensorInfo }, { readonly axis: number; readonly batchDims?: number }>(
    "GatherV2",
    (c, { x, indices }, { axis, batchDims = 0 }) => {
      const node = c.of(x)
      const at = normalAxes(axis, c.shape(node).length)[0]!
      const batch = batchDims < 0 ? batchDims + indices.shape.length : batchDims
      tf.backend_util.segment_util.collectGatherOpShapeInfo(x as tf.Tensor, indices as tf.Tensor, at, batch) // checks the shapes, reads nothing else
      return batch === 0 ? c.add("Gather", [node, int(c, indices)], { axis: at }) : gatherBatched(c, node, int(c, indices), at, batch)
    }
  ),
  kernel<{ readonly params: tf.TensorInfo; readonly indices: tf.TensorInfo }>("GatherNd", (c, { params, indices }) =>
    gatherNd(c, c.of(params), int(c, indices))
  ),
  kernel<{ readonly indices: tf.TensorInfo; readonly updates: tf.TensorInfo }, { readonly shape: ReadonlyArray<number> }>(
    "ScatterNd",
    (c, { indices, updates }, { shape }) => scatterNd(c, int(c, indices), c.of(updates), shape)
  ),
  kernel<{ readonly x: tf.TensorInfo; readonly segmentIds: tf.TensorInfo }, { readonly numSegments: number }>(
    "UnsortedSegmentSum",
    (c, { x, segmentIds }, { numSegments }) => c.add("SegmentSum", [c.numeric(c.of(x)), int(c, segmentIds)], { numSegments })
  ),
  kernel<
    { readonly indices: tf.TensorInfo },
    { readonly depth: number; readonly onValue: number; readonly offValue: number; readonly dtype?: string }
  >("OneHot", (c, { indices }, { depth, onValue, offValue, dtype }) =>
    oneHot(c, int(c, indices), depth, onValue, offValue, dtypeOf(dtype ?? "int32", "OneHot", c.source))
  ),
  kernel<{ readonly x: tf.TensorInfo; readonly weights: tf.TensorInfo }, { readonly size: number; readonly binaryOutput?: boolean }>(
    "DenseBincount",
    (c, { x, weights }, { size, binaryOutput }) => bincount(c, int(c, x), weights, size, binaryOutput ?? false)
  ),
  kernel<X & { readonly weights: tf.TensorInfo }, { readonly size: number }>("Bincount", (c, { x, weights }, { size }) =>
    bincount(c, int(c, x), weights, size, false)
  )
]
