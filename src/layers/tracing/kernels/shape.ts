/**
 * Kernels that move elements: reshapes, transposes, slices, concatenation, padding; and literals.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { sizeOf } from "../../../domain/Tensor.ts"
import { type Emit, normalAxes, wider } from "../Emit.ts"
import { unknownKernel } from "../failures.ts"
import { dtypeOf } from "../Recording.ts"
import { kernel, type Kernel, type Many, type X } from "./kernel.ts"

const concat = (c: Emit, inputs: Many, axis: number): NodeId => {
  const all = Object.values(inputs).map((x) => c.of(x))
  const shapesOfAll = all.map((x) => [...c.shape(x)])
  const at = normalAxes(axis, shapesOfAll[0]!.length)[0]!
  tf.backend_util.assertParamsConsistent(shapesOfAll, at)
  const shape = tf.backend_util.computeOutShape(shapesOfAll, at)
  const filled = all.filter((x) => c.size(x) > 0)
  const dtype = (filled.length === 0 ? all : filled).map((x) => c.dtype(x)).reduce(wider)
  if (filled.length === 0) return c.fill({ dtype, shape }, 0)
  return c.concat(
    filled.map((x) => c.cast(x, dtype)),
    at
  )
}

const pad = (c: Emit, x: NodeId, paddings: ReadonlyArray<readonly [number, number]>, value: number): NodeId =>
  paddings.every(([before, after]) => before === 0 && after === 0)
    ? x
    : c.add("Pad", [x], { paddings: paddings.map(([a, b]) => [a, b] as const), value })

const mirrorPad = (c: Emit, x: NodeId, paddings: ReadonlyArray<readonly [number, number]>, mode: string): NodeId => {
  const skip = mode === "reflect" ? 1 : 0
  return paddings.reduce((node, [before, after], axis) => {
    const extent = c.shape(node)[axis]!
    const mirrored = (begin: number, size: number) => c.add("Reverse", [c.sliceAxis(node, axis, begin, size)], { axes: [axis] })
    const parts = [...(before === 0 ? [] : [mirrored(skip, before)]), node, ...(after === 0 ? [] : [mirrored(extent - after - skip, after)])]
    return c.concat(parts, axis)
  }, x)
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

const stridedSlice = (c: Emit, x: NodeId, a: StridedSliceAttrs): NodeId => {
  const shape = c.shape(x)
  const info = tf.slice_util.sliceInfo([...shape], a.begin, a.end, a.strides, a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask)
  if (info.isIdentity) return c.reshape(x, info.finalShape)
  if (sizeOf(info.finalShape) === 0) return c.fill({ dtype: c.dtype(x), shape: info.finalShape }, 0)
  const size = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  const backwards = info.strides.flatMap((s, axis) => (s < 0 ? [axis] : []))
  const ahead = backwards.length === 0 ? x : c.add("Reverse", [x], { axes: backwards })
  const begin = info.begin.map((b, axis) => (info.strides[axis]! < 0 ? shape[axis]! - 1 - b : b))
  return c.reshape(c.slice(ahead, begin, size, info.strides.map(Math.abs)), info.finalShape)
}

const tile = (c: Emit, x: NodeId, reps: ReadonlyArray<number>): NodeId => {
  const shape = c.shape(x)
  const spread = c.broadcast(
    c.reshape(
      x,
      shape.flatMap((d) => [1, d])
    ),
    shape.flatMap((d, i) => [reps[i]!, d])
  )
  return c.reshape(
    spread,
    shape.map((d, i) => d * reps[i]!)
  )
}

const unpack = (c: Emit, x: NodeId, axis: number): ReadonlyArray<NodeId> => {
  const at = normalAxes(axis, c.shape(x).length)[0]!
  const rest = c.shape(x).filter((_, i) => i !== at)
  return Array.from({ length: c.shape(x)[at]! }, (_, i) => c.reshape(c.sliceAxis(x, at, i, 1), rest))
}

const split = (c: Emit, x: NodeId, numOrSizeSplits: number | Array<number>, axis: number): ReadonlyArray<NodeId> => {
  const at = normalAxes(axis, c.shape(x).length)[0]!
  const shape = [...c.shape(x)]
  const sizes = tf.backend_util.prepareSplitSize({ shape } as tf.Tensor, numOrSizeSplits, at) // reads the shape only
  let begin = 0
  return sizes.map((size) => {
    const part = c.sliceAxis(x, at, begin, size)
    begin += size
    return part
  })
}

const pack = (c: Emit, inputs: Many, axis: number): NodeId => {
  const xs = Object.values(inputs).map((x) => c.of(x))
  const rank = c.shape(xs[0]!).length
  const at = axis < 0 ? axis + rank + 1 : axis
  tf.util.assert(new Set(xs.map((x) => c.dtype(x))).size === 1, () => "All tensors passed to stack must have matching dtypes")
  const dtype = xs.map((x) => c.dtype(x)).reduce(wider)
  return c.concat(
    xs.map((x) => c.reshape(c.cast(x, dtype), c.shape(x).toSpliced(at, 0, 1))),
    at
  )
}

/** tfjs adds the step up in float32, so that is done here. */
const range = (c: Emit, start: number, stop: number, given: number, dtype: "float32" | "int32"): NodeId => {
  const step = stop < start && given === 1 ? -1 : given // the default step goes either way
  const empty = start === stop || (start < stop && step < 0) || (stop < start && step > 0)
  const n = empty ? 0 : Math.abs(Math.ceil((stop - start) / step))
  if (n > 0 && start === 0 && step === 1) return c.add("Iota", [], { dtype, shape: [n], axis: 0 })
  const data = dtype === "float32" ? new Float32Array(n) : new Int32Array(n)
  for (let i = 0; i < n; i++) data[i] = i === 0 ? start : data[i - 1]! + step
  return c.constant(data, [n])
}

const spaceToBatch = (c: Emit, x: NodeId, block: Array<number>, paddings: ReadonlyArray<ReadonlyArray<number>>): NodeId => {
  const spatial = paddings.map((p) => [p[0]!, p[1]!] as const)
  const rest = c
    .shape(x)
    .slice(1 + block.length)
    .map(() => [0, 0] as const)
  const padded = pad(c, x, [[0, 0], ...spatial, ...rest], 0)
  const [shape, size] = [[...c.shape(padded)], sizeOf(block)]
  const reshaped = tf.backend_util.getReshaped(shape, block, size, false)
  const perm = tf.backend_util.getPermuted(reshaped.length, block.length, false)
  return c.reshape(c.transpose(c.reshape(padded, reshaped), perm), tf.backend_util.getReshapedPermuted(shape, block, size, false))
}

const batchToSpace = (c: Emit, x: NodeId, block: Array<number>, crops: Array<Array<number>>): NodeId => {
  const [shape, size] = [[...c.shape(x)], sizeOf(block)]
  const reshaped = tf.backend_util.getReshaped(shape, block, size)
  const perm = tf.backend_util.getPermuted(reshaped.length, block.length)
  const permuted = tf.backend_util.getReshapedPermuted(shape, block, size)
  const whole = c.reshape(c.transpose(c.reshape(x, reshaped), perm), permuted)
  const begin = tf.backend_util.getSliceBeginCoords(crops, block.length)
  const extents = tf.backend_util.getSliceSize(permuted, crops, block.length)
  // both leave out the axes after the blocks
  return c.slice(
    whole,
    permuted.map((_, i) => begin[i] ?? 0),
    permuted.map((d, i) => extents[i] ?? d)
  )
}

const depthToSpace = (c: Emit, x: NodeId, block: number, dataFormat: string): NodeId => {
  const nhwc = dataFormat === "NHWC" ? x : c.transpose(x, [0, 2, 3, 1])
  const [n, h, w, depth] = c.shape(nhwc) as readonly [number, number, number, number] // tfjs has checked the rank
  const d = depth / (block * block)
  const spread = c.transpose(c.reshape(nhwc, [n, h, w, block, block, d]), [0, 1, 3, 2, 4, 5])
  const out = c.reshape(spread, [n, h * block, w * block, d])
  return dataFormat === "NHWC" ? out : c.transpose(out, [0, 3, 1, 2])
}

const diagonal = (c: Emit, x: NodeId): NodeId => {
  const n = c.size(x)
  const at = (axis: number) => c.add("Iota", [], { dtype: "int32", shape: [n, n], axis })
  const square = c.select(c.compare("Equal", at(0), at(1)), c.broadcast(c.reshape(x, [n]), [n, n]), c.like(x, 0))
  return c.reshape(square, [...c.shape(x), ...c.shape(x)])
}

/** The shape to which both broadcast, as int32; that they do is not checked, for their values are not known. */
const broadcastArgs = (c: Emit, a: NodeId, b: NodeId): NodeId => {
  const rank = Math.max(c.size(a), c.size(b))
  const aligned = (x: NodeId) => c.concat([c.fill({ dtype: "int32", shape: [rank - c.size(x)] }, 1), c.cast(x, "int32")], 0)
  const [x, y] = [aligned(a), aligned(b)]
  return c.select(c.compare("Equal", x, c.scalar("int32", 1)), y, x)
}

export const shapes: ReadonlyArray<Kernel> = [
  kernel<X>("Identity", (c, { x }) => c.of(x)),
  kernel<X, { readonly shape: Array<number> }>("Reshape", (c, { x }, { shape }) => {
    const node = c.of(x)
    return c.reshape(node, tf.util.inferFromImplicitShape(shape, c.size(node)))
  }),
  kernel<{ readonly input: tf.TensorInfo }, { readonly dim: number }>("ExpandDims", (c, { input }, { dim }) => {
    const node = c.of(input)
    const rank = c.shape(node).length
    tf.util.assert(-(rank + 1) <= dim && dim <= rank, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}], got ${dim}`)
    return c.reshape(node, c.shape(node).toSpliced(dim < 0 ? dim + c.shape(node).length + 1 : dim, 0, 1))
  }),
  kernel<X, { readonly perm: ReadonlyArray<number> }>("Transpose", (c, { x }, { perm }) => c.transpose(c.of(x), perm)),
  kernel<Many, { readonly axis: number }>("Concat", (c, inputs, { axis }) => concat(c, inputs, axis)),
  kernel<Many, { readonly axis: number }>("Pack", (c, inputs, { axis }) => pack(c, inputs, axis)),
  kernel<{ readonly value: tf.TensorInfo }, { readonly axis: number }>("Unpack", (c, { value }, { axis }) => unpack(c, c.of(value), axis)),
  kernel<X, { readonly begin: number | Array<number>; readonly size: number | Array<number> }>("Slice", (c, { x }, { begin, size }) => {
    const node = c.of(x)
    const [from, extent] = tf.slice_util.parseSliceParams(x, begin, size) as [Array<number>, Array<number>] // typed number[][]
    return c.slice(node, from, extent)
  }),
  kernel<X, StridedSliceAttrs>("StridedSlice", (c, { x }, attrs) => stridedSlice(c, c.of(x), attrs)),
  kernel<X, { readonly numOrSizeSplits: number | Array<number>; readonly axis: number }>("SplitV", (c, { x }, { numOrSizeSplits, axis }) =>
    split(c, c.of(x), numOrSizeSplits, axis)
  ),
  kernel<X, { readonly paddings: ReadonlyArray<readonly [number, number]>; readonly constantValue: number }>(
    "PadV2",
    (c, { x }, { paddings, constantValue }) => pad(c, c.of(x), paddings, constantValue)
  ),
  kernel<X, { readonly paddings: ReadonlyArray<readonly [number, number]>; readonly mode: string }>("MirrorPad", (c, { x }, { paddings, mode }) =>
    mirrorPad(c, c.of(x), paddings, mode)
  ),
  kernel<X, { readonly reps: ReadonlyArray<number> }>("Tile", (c, { x }, { reps }) => tile(c, c.of(x), reps)),
  kernel<X, { readonly shape: ReadonlyArray<number> }>("BroadcastTo", (c, { x }, { shape }) => c.broadcast(c.of(x), shape)),
  kernel<X, { readonly dims: number | ReadonlyArray<number> }>("Reverse", (c, { x }, { dims }) => {
    const node = c.of(x)
    const axes = normalAxes(dims, c.shape(node).length)
    return axes.length === 0 ? node : c.add("Reverse", [node], { axes })
  }),
  kernel<{ readonly image: tf.TensorInfo }>("FlipLeftRight", (c, { image }) => c.add("Reverse", [c.of(image)], { axes: [2] })),
  kernel<object, { readonly shape: ReadonlyArray<number>; readonly value: number | string; readonly dtype?: string }>(
    "Fill",
    (c, _, { shape, value, dtype }) => {
      if (typeof value === "string") throw unknownKernel("Fill", c.source, "Strings cannot be part of a compiled step")
      return c.fill({ dtype: dtypeOf(dtype ?? "float32", "Fill", c.source), shape }, value)
    }
  ),
  kernel<X>("ZerosLike", (c, { x }) => c.fill(c.type(c.of(x)), 0)),
  kernel<X>("OnesLike", (c, { x }) => c.fill(c.type(c.of(x)), 1)),
  kernel<object, { readonly start: number; readonly stop: number; readonly step: number; readonly dtype: "float32" | "int32" }>(
    "Range",
    (c, _, { start, stop, step, dtype }) => range(c, start, stop, step, dtype)
  ),
  kernel<object, { readonly start: number; readonly stop: number; readonly num: number }>("LinSpace", (c, _, { start, stop, num }) => {
    const step = (stop - start) / (num - 1)
    const data = new Float32Array(num)
    for (let i = 0; i < num; i++) data[i] = i === 0 ? start : data[i - 1]! + step
    return c.constant(data, [num])
  }),
  kernel<X, { readonly blockShape: Array<number>; readonly paddings: ReadonlyArray<ReadonlyArray<number>> }>(
    "SpaceToBatchND",
    (c, { x }, { blockShape, paddings }) => spaceToBatch(c, c.of(x), blockShape, paddings)
  ),
  kernel<X, { readonly blockShape: Array<number>; readonly crops: Array<Array<number>> }>("BatchToSpaceND", (c, { x }, { blockShape, crops }) =>
    batchToSpace(c, c.of(x), blockShape, crops)
  ),
  kernel<X, { readonly blockSize: number; readonly dataFormat: string }>("DepthToSpace", (c, { x }, { blockSize, dataFormat }) =>
    depthToSpace(c, c.of(x), blockSize, dataFormat)
  ),
  kernel<{ readonly s0: tf.TensorInfo; readonly s1: tf.TensorInfo }>("BroadcastArgs", (c, { s0, s1 }) => broadcastArgs(c, c.of(s0), c.of(s1))),
  kernel<X>("Diag", (c, { x }) => diagonal(c, c.of(x)))
]
