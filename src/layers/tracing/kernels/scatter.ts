/**
 * Kernels that overwrite rows by index. Of repeated indices the last one wins, as on tfjs's CPU backend.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { type Shape, sizeOf } from "../../../domain/Tensor.ts"
import { type Emit, wider } from "../Emit.ts"
import { evaluateConstant } from "../evaluateConstant.ts"
import { checkedRows, flatIndices } from "./indexing.ts"
import { kernel, type Kernel } from "./kernel.ts"

/**
 * int32 `[rows]`: which update each row takes, -1 for none. Sorted by row, with the order of updates kept among equals, the last
 * update of a row is the one before another row begins.
 */
const lastUpdates = (c: Emit, ids: NodeId, rows: number): NodeId => {
  const known = evaluateConstant(c.recording, ids)
  if (known !== undefined && known.every((row) => row >= 0 && row < rows)) {
    const last = new Int32Array(rows).fill(-1)
    known.forEach((row, i) => (last[row] = i))
    return c.constant(last, [rows])
  }
  const n = c.size(ids)
  const int = (value: number) => c.scalar("int32", value)
  const sorted = c.add("TopKValues", [ids], { k: n })
  const from = c.add("TopKIndices", [ids], { k: n })
  const next = c.concat([c.sliceAxis(sorted, 0, 1, n - 1), c.fill({ dtype: "int32", shape: [1] }, -1)], 0)
  const winners = c.select(c.compare("NotEqual", sorted, next), sorted, int(-1))
  return c.sub(c.add("SegmentSum", [c.add2(from, int(1)), winners], { numSegments: rows }), int(1))
}

/** `base` with rows replaced; `base` is of the shape, or of one that broadcasts to it. */
const overwrite = (c: Emit, base: NodeId, indices: NodeId, updates: NodeId, shape: Shape): NodeId => {
  const { sliceRank, numUpdates } = tf.backend_util.calculateShapes(
    { shape: [...c.shape(updates)] } as tf.Tensor, // reads the shapes only
    { shape: [...c.shape(indices)] } as tf.Tensor,
    [...shape]
  )
  const [rows, slice] = [sizeOf(shape.slice(0, sliceRank)), shape.slice(sliceRank)]
  const whole = c.broadcast(base, shape)
  if (numUpdates === 0 || sizeOf(shape) === 0) return whole
  const ids = checkedRows(c, flatIndices(c, c.reshape(indices, [numUpdates, sliceRank]), shape).flat, rows)
  const dtype = wider(c.dtype(base), c.dtype(updates))
  const rowsOf = c.reshape(c.broadcast(c.cast(updates, dtype), [...(c.shape(updates).length === 0 ? [numUpdates] : c.shape(updates))]), [
    numUpdates,
    sizeOf(slice)
  ])
  const last = lastUpdates(c, ids, rows)
  const taken = c.add("Gather", [rowsOf, c.arithmetic("Max", last, c.scalar("int32", 0))], { axis: 0 })
  const written = c.reshape(c.compare("GreaterEqual", last, c.scalar("int32", 0)), [rows, 1])
  const result = c.select(written, taken, c.reshape(c.cast(whole, dtype), [rows, sizeOf(slice)]))
  return c.reshape(result, shape)
}

export const scatters: ReadonlyArray<Kernel> = [
  kernel<{ readonly tensor: tf.TensorInfo; readonly indices: tf.TensorInfo; readonly updates: tf.TensorInfo }>(
    "TensorScatterUpdate",
    (c, { tensor, indices, updates }) =>
      overwrite(c, c.of(tensor), c.cast(c.of(indices), "int32"), c.cast(c.of(updates), c.dtype(c.of(tensor))), tensor.shape)
  ),
  kernel<
    { readonly sparseIndices: tf.TensorInfo; readonly sparseValues: tf.TensorInfo; readonly defaultValue: tf.TensorInfo },
    { readonly outputShape: ReadonlyArray<number> }
  >("SparseToDense", (c, { sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
    const values = c.of(sparseValues)
    return overwrite(c, c.cast(c.of(defaultValue), c.dtype(values)), c.cast(c.of(sparseIndices), "int32"), values, outputShape)
  })
]
