/**
 * Lowering of literals, layout, indexing and reductions.
 *
 * @since 0.1.0
 */
import type { Node, NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ReduceOp } from "../../../../domain/graph/ops.ts"
import { sameShape, type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import { isNan, select } from "./elementwise.ts"
import { literalRules } from "../../hosted/lower/literals.ts"
import { transposition } from "../../hosted/lower/shapes.ts"
import { isSingle, type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

const dtypeOf = (e: Emitter, node: { readonly inputs: ReadonlyArray<number> }) => e.at(node.inputs[0]!).type.dtype

const reshape = (e: Emitter, node: Node): Value => {
  const x = e.value(node.inputs[0]!)
  const { dtype, shape } = node.type
  if (isSingle(x) && sizeOf(shape) > 0) return x.shape.length <= shape.length ? x : { name: e.reshape(x.name, dtype, []), shape: [] }
  const name = e.full(node.inputs[0]!)
  return sameShape(e.at(node.inputs[0]!).type.shape, shape) ? { name, shape } : { name: e.reshape(name, dtype, shape), shape }
}

const transpose = (e: Emitter, node: NodeOf<"Transpose">): Value => {
  const x = e.value(node.inputs[0]!)
  const { dtype } = node.type
  if (isSingle(x)) return { name: x.shape.length === 0 ? x.name : e.reshape(x.name, dtype, []), shape: [] }
  const { perm } = node.attrs
  const { from, moves, to } = transposition(x.shape, perm)
  const name = from.length === x.shape.length ? x.name : e.reshape(x.name, dtype, from)
  return { name: moves ? e.transpose(name, dtype, perm) : e.reshape(name, dtype, to), shape: to }
}

/** The executor waits for a control edge; XLA has an op of its own. */
const barrier = (e: Emitter, node: NodeOf<"Barrier">): Value => {
  const [x, after] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const type = node.type.dtype
  if (e.xla) return whole(e.emit("XlaOptimizationBarrier", [x, after], { T: { types: [type, e.at(node.inputs[1]!).type.dtype] } }), node)
  const [producer] = after.split(":")
  return whole(e.emit("Identity", [x], { T: { type } }, [producer!]), node)
}

const int32 = { type: "int32" } as const

/** Elements `begin …` of each axis, `size` of them, `strides` apart. @category rules @since 0.1.0 */
export const strided = (e: Emitter, x: string, type: "float32" | "int32" | "bool", begin: Shape, size: Shape, strides: Shape): string => {
  if (strides.every((s) => s === 1)) return e.emit("Slice", [x, e.ints(begin), e.ints(size)], { T: { type }, Index: int32 })
  const end = begin.map((b, i) => (size[i] === 0 ? b : b + (size[i]! - 1) * strides[i]! + 1))
  return e.emit("StridedSlice", [x, e.ints(begin), e.ints(end), e.ints(strides)], { T: { type }, Index: int32 })
}

/** @category rules @since 0.1.0 */
export const pad = (
  e: Emitter,
  x: string,
  type: "float32" | "int32" | "bool",
  paddings: ReadonlyArray<readonly [number, number]>,
  value: number
): string => {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x
  const table = e.reshape(e.ints(paddings.flat()), "int32", [paddings.length, 2])
  return e.emit("PadV2", [x, table, e.scalar(type, value)], { T: { type }, Tpaddings: int32 })
}

const layoutRules = {
  Barrier: barrier,
  Reshape: reshape,
  Transpose: transpose,
  Broadcast: (e, node) => e.value(node.inputs[0]!),
  Concat: (e, node) => {
    if (node.inputs.length === 1) return whole(e.full(node.inputs[0]!), node)
    const parts = node.inputs.map((x) => e.full(x))
    const attributes = { N: { int: parts.length }, T: { type: node.type.dtype }, Tidx: int32 }
    return whole(e.emit("ConcatV2", [...parts, e.ints(node.attrs.axis)], attributes), node)
  },
  Slice: (e, node) => {
    const x = e.value(node.inputs[0]!)
    if (isSingle(x) && sizeOf(node.type.shape) > 0) return x
    const from = e.at(node.inputs[0]!).type.shape
    const { begin, size, strides } = node.attrs
    const name = e.full(node.inputs[0]!)
    if (from.every((extent, i) => size[i] === extent && strides[i] === 1)) return whole(name, node)
    return whole(strided(e, name, node.type.dtype, begin, size, strides), node)
  },
  Pad: (e, node) => whole(pad(e, e.full(node.inputs[0]!), node.type.dtype, node.attrs.paddings, node.attrs.value), node),
  Reverse: (e, node) => {
    const { axes } = node.attrs
    if (axes.length === 0) return e.value(node.inputs[0]!)
    return whole(e.emit("ReverseV2", [e.full(node.inputs[0]!), e.ints(axes)], { T: { type: node.type.dtype }, Tidx: int32 }), node)
  }
} satisfies Rules

/** XLA clamps an index out of range: whether all are in it becomes a check of the step. */
const gather = (e: Emitter, node: NodeOf<"Gather">): Value => {
  const [x, indices] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const { axis } = node.attrs
  const attributes = { Tparams: { type: node.type.dtype }, Tindices: int32, Taxis: int32 }
  if (e.xla) {
    const extent = e.at(node.inputs[0]!).type.shape[axis]!
    const inRange = e.emit(
      "LogicalAnd",
      [e.of("GreaterEqual", "int32", indices, e.scalar("int32", 0)), e.of("Less", "int32", indices, e.scalar("int32", extent))],
      {}
    )
    const axes = e.at(node.inputs[1]!).type.shape.map((_, i) => i)
    e.checks.push({ node, holds: e.emit("All", [inRange, e.ints(axes)], { Tidx: int32 }) })
  }
  return whole(e.emit("GatherV2", [x, indices, e.ints(axis)], attributes), node)
}

/** TensorFlow's kernel drops rows with a negative id, and refuses one that is too large. */
const segmentSum = (e: Emitter, node: NodeOf<"SegmentSum">): Value => {
  const { numSegments } = node.attrs
  const ids = e.full(node.inputs[1]!)
  const isOutside = e.of("GreaterEqual", "int32", ids, e.ints(numSegments))
  const operands = [e.full(node.inputs[0]!), select(e, "int32", isOutside, e.ints(-1), ids), e.ints(numSegments)]
  return whole(e.emit("UnsortedSegmentSum", operands, { T: { type: node.type.dtype }, Tindices: int32, Tnumsegments: int32 }), node)
}

const oneHot = (e: Emitter, node: NodeOf<"OneHot">): Value => {
  const { depth, onValue, offValue, dtype } = node.attrs
  const operands = [e.full(node.inputs[0]!), e.ints(depth), e.scalar(dtype, onValue), e.scalar(dtype, offValue)]
  return whole(e.emit("OneHot", operands, { T: { type: dtype }, TI: int32, axis: { int: -1 } }), node)
}

/** NaNs are passed over. */
const argument =
  (op: "ArgMax" | "ArgMin", last: number) =>
  (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">): Value => {
    const x = e.full(node.inputs[0]!)
    const type = dtypeOf(e, node)
    const operand = type === "float32" ? select(e, type, isNan(e, x), e.scalar(type, last), x) : x
    return whole(e.emit(op, [operand, e.ints(node.attrs.axis)], { T: { type }, Tidx: int32, output_type: int32 }), node)
  }

/** Both rules ask for the one node. NaNs count as negative infinity; of the values they are found again by their places. */
const topK = (e: Emitter, node: NodeOf<"TopKValues"> | NodeOf<"TopKIndices">, result: 0 | 1): Value => {
  const x = e.full(node.inputs[0]!)
  const type = dtypeOf(e, node)
  const operand = type === "float32" ? select(e, type, isNan(e, x), e.scalar(type, -Infinity), x) : x
  const top = e.node("TopKV2", [operand, e.ints(node.attrs.k)], { T: { type } })
  if (type !== "float32" || result === 1) return whole(e.result("TopKV2", top, result), node)
  const batchDims = { int: node.type.shape.length - 1 }
  const attributes = { Tparams: { type }, Tindices: int32, Taxis: int32, batch_dims: batchDims }
  return whole(e.emit("GatherV2", [x, e.result("TopKV2", top, 1), e.ints(node.type.shape.length - 1)], attributes), node)
}

const indexRules = {
  Gather: gather,
  SegmentSum: segmentSum,
  OneHot: oneHot,
  ArgMax: argument("ArgMax", -Infinity),
  ArgMin: argument("ArgMin", Infinity),
  TopKValues: (e, node) => topK(e, node, 0),
  TopKIndices: (e, node) => topK(e, node, 1),
  CumSum: (e, node) => {
    const { axis, exclusive, reverse } = node.attrs
    const attributes = { T: { type: node.type.dtype }, Tidx: int32, exclusive: { bool: exclusive }, reverse: { bool: reverse } }
    return whole(e.emit("Cumsum", [e.full(node.inputs[0]!), e.ints(axis)], attributes), node)
  }
} satisfies Rules

const reduceTo = (e: Emitter, op: string, x: string, node: NodeOf<ReduceOp>): string => {
  const { axes, keepDims } = node.attrs
  const type = op === "Any" || op === "All" ? {} : { T: { type: node.type.dtype } }
  return e.emit(op, [x, e.ints(axes)], { ...type, Tidx: int32, keep_dims: { bool: keepDims } })
}

const reduce =
  (op: string) =>
  (e: Emitter, node: NodeOf<ReduceOp>): Value => {
    const x = e.full(node.inputs[0]!)
    return whole(node.attrs.axes.length === 0 ? x : reduceTo(e, op, x, node), node)
  }

/** A NaN among the elements is the result, which the kernels leave to chance. */
const extremum =
  (op: string) =>
  (e: Emitter, node: NodeOf<ReduceOp>): Value => {
    const reduced = reduce(op)(e, node)
    if (node.type.dtype !== "float32" || node.attrs.axes.length === 0) return reduced
    const some = reduceTo(e, "Any", isNan(e, e.full(node.inputs[0]!)), node)
    return whole(select(e, "float32", some, e.scalar("float32", NaN), reduced.name), node)
  }

const reduceRules = {
  ReduceSum: reduce("Sum"),
  ReduceMean: reduce("Mean"),
  ReduceMax: extremum("Max"),
  ReduceMin: extremum("Min"),
  ReduceProd: reduce("Prod"),
  ReduceAny: reduce("Any"),
  ReduceAll: reduce("All")
} satisfies Rules

/** @category rules @since 0.1.0 */
export const structureRules = { ...literalRules, ...layoutRules, ...indexRules, ...reduceRules } satisfies Rules
