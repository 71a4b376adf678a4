/**
 * Lowering of literals, layout, indexing and reductions.
 *
 * @since 0.1.0
 */
import type { Node, NodeId, NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ReduceOp } from "../../../../domain/graph/ops.ts"
import { type DType, sameShape, sizeOf } from "../../../../domain/Tensor.ts"
import { indexRange } from "../../../../domain/passes/indexRange.ts"
import { castTo } from "./elementwise.ts"
import { literalRules } from "../../hosted/lower/literals.ts"
import { transposition } from "../../hosted/lower/shapes.ts"
import { isSingle, type Value, whole } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

const reshape = (e: Emitter, node: Node): Value => {
  const x = e.value(node.inputs[0]!)
  const { shape } = node.type
  if (isSingle(x) && sizeOf(shape) > 0) return x.shape.length <= shape.length ? x : { name: e.reshape(x.name, []), shape: [] }
  const name = e.full(node.inputs[0]!)
  return sameShape(e.at(node.inputs[0]!).type.shape, shape) ? { name, shape } : { name: e.reshape(name, shape), shape }
}

const transpose = (e: Emitter, node: NodeOf<"Transpose">): Value => {
  const x = e.value(node.inputs[0]!)
  if (isSingle(x)) return { name: x.shape.length === 0 ? x.name : e.reshape(x.name, []), shape: [] }
  const { perm } = node.attrs
  const { from, moves, to } = transposition(x.shape, perm)
  const name = from.length === x.shape.length ? x.name : e.reshape(x.name, from)
  return { name: moves ? e.transpose(name, perm) : e.reshape(name, to), shape: to }
}

/** An end before every element: how ONNX's Slice is told to go down to element 0 and take it. */
const beforeAll = -2147483647

/**
 * ONNX has no barrier. The shape that an expansion is told to give is made to depend on an element of `after`: a value that the
 * engine cannot know before, and so neither moves nor merges. (A reshape would copy nothing, but the engine folds it into a
 * neighbouring reshape.)
 */
const barrier = (e: Emitter, node: NodeOf<"Barrier">): Value => {
  const [x, after] = [e.full(node.inputs[0]!), e.at(node.inputs[1]!).type]
  const { shape } = node.type
  if (sizeOf(after.shape) === 0 || shape.length === 0) return whole(x, node)
  const flat = after.shape.length === 1 ? e.full(node.inputs[1]!) : e.reshape(e.full(node.inputs[1]!), [sizeOf(after.shape)])
  const first = e.emit("Slice", [flat, e.int64([0]), e.int64([1]), e.int64([0])])
  const known = e.emit("Equal", [first, first])
  return whole(e.emit("Expand", [x, e.emit("Where", [known, e.int64(shape), e.int64(shape)])]), node)
}

const layoutRules = {
  Barrier: barrier,
  Reshape: reshape,
  Transpose: transpose,
  Broadcast: (e, node) => e.value(node.inputs[0]!),
  Concat: (e, node) =>
    whole(
      node.inputs.length === 1
        ? e.full(node.inputs[0]!)
        : e.emit(
            "Concat",
            node.inputs.map((x) => e.full(x)),
            { axis: node.attrs.axis }
          ),
      node
    ),
  Slice: (e, node) => {
    const x = e.value(node.inputs[0]!)
    if (isSingle(x) && sizeOf(node.type.shape) > 0) return x
    const from = e.at(node.inputs[0]!).type.shape
    const { begin, size, strides } = node.attrs
    const axes = from.flatMap((extent, i) => (size[i] === extent && strides[i] === 1 ? [] : [i]))
    const name = e.full(node.inputs[0]!)
    if (axes.length === 0) return whole(name, node)
    const starts = axes.map((i) => begin[i]!)
    const ends = axes.map((i) => (size[i] === 0 ? begin[i]! : begin[i]! + (size[i]! - 1) * strides[i]! + 1))
    return whole(e.emit("Slice", [name, e.int64(starts), e.int64(ends), e.int64(axes), e.int64(axes.map((i) => strides[i]!))]), node)
  },
  Pad: (e, node) => {
    const pads = [...node.attrs.paddings.map(([before]) => before), ...node.attrs.paddings.map(([, after]) => after)]
    return whole(e.emit("Pad", [e.full(node.inputs[0]!), e.int64(pads), e.scalar(node.type.dtype, node.attrs.value)]), node)
  },
  Reverse: (e, node) => {
    const { axes } = node.attrs
    if (axes.length === 0) return e.value(node.inputs[0]!)
    const all = (value: number) => e.int64(axes.map(() => value))
    return whole(e.emit("Slice", [e.full(node.inputs[0]!), all(-1), all(beforeAll), e.int64(axes), all(-1)]), node)
  }
} satisfies Rules

/** Elements of a one-hot matrix up to which a product with it beats scattering. */
const oneHotLimit = 1 << 22

/** float32 `[n, depth]` of the int32 ids `[n]`; a row of zeros where an id is out of range. */
const oneHotRows = (e: Emitter, ids: string, n: number, depth: number): string => {
  const classes = e.literal(
    "int32",
    [depth],
    Int32Array.from({ length: depth }, (_, i) => i)
  )
  return castTo(e, e.emit("Equal", [e.reshape(ids, [n, 1]), classes]), "float32")
}

const outside = (e: Emitter, ids: string, n: number): string =>
  e.emit("Or", [e.emit("Less", [ids, e.int64(0)]), e.emit("GreaterOrEqual", [ids, e.int64(n)])])

/** ONNX counts negative indices from the end: those that may be negative are made too large instead, which fails the step. */
const gatherIndices = (e: Emitter, indices: NodeId, extent: number): string => {
  const name = e.full(indices)
  if (indexRange((id) => e.at(id), indices)[0] >= 0) return name
  return e.emit("Where", [e.emit("Less", [name, e.scalar("int32", 0)]), e.scalar("int32", extent), name])
}

/**
 * A product with the one-hot matrix while that is small, ScatterElements otherwise. Not ScatterND: with reduction it loses
 * updates on repeated indices when more than one thread runs (seen on 1.30 and 1.32).
 */
const segmentSum = (e: Emitter, node: NodeOf<"SegmentSum">): Value => {
  const { numSegments } = node.attrs
  const [x, ids] = [e.at(node.inputs[0]!).type, e.at(node.inputs[1]!).type]
  const n = sizeOf(ids.shape)
  const width = sizeOf(x.shape.slice(ids.shape.length))
  if (n * width * numSegments === 0) return { name: e.scalar(x.dtype, 0), shape: [] }
  const rows = e.reshape(e.full(node.inputs[0]!), [n, width])
  const flatIds = e.full(node.inputs[1]!)
  if (x.dtype === "float32" && n * numSegments <= oneHotLimit) {
    const sums = e.emit("Gemm", [oneHotRows(e, flatIds, n, numSegments), rows], { transA: 1 })
    return whole(e.reshape(sums, node.type.shape), node)
  }
  // one row more takes the rows that count for nothing
  const column = castTo(e, e.reshape(flatIds, [n, 1]), "int64")
  const target = e.emit("Where", [outside(e, column, numSegments), e.int64(numSegments), column])
  const zeros = e.emit("Expand", [e.scalar(x.dtype, 0), e.int64([numSegments + 1, width])])
  const indices = e.emit("Expand", [target, e.int64([n, width])])
  const sums = e.emitAll("ScatterElements", [zeros, indices, rows], { attributes: { axis: 0, reduction: "add" } })[0]!
  const kept = e.emit("Slice", [sums, e.int64([0]), e.int64([numSegments]), e.int64([0])])
  return whole(e.reshape(kept, node.type.shape), node)
}

/** NaNs are passed over: ONNX Runtime leaves it to chance which element it takes where there is one. */
const argument =
  (op: string, last: number) =>
  (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">): Value => {
    const x = e.full(node.inputs[0]!)
    const operand = e.at(node.inputs[0]!).type.dtype === "float32" ? e.emit("Where", [e.emit("IsNaN", [x]), e.scalar("float32", last), x]) : x
    return whole(castTo(e, e.emit(op, [operand], { axis: node.attrs.axis, keepdims: 0 }), "int32"), node)
  }

/** Values and int64 indices; both rules ask for both, so that they share the node. NaNs count as negative infinity and stay NaN. */
const topK = (e: Emitter, node: NodeOf<"TopKValues"> | NodeOf<"TopKIndices">): readonly [string, string] => {
  const x = e.full(node.inputs[0]!)
  const most = (of: string) => e.emitAll("TopK", [of, e.int64([node.attrs.k])], { outputs: 2 }) as [string, string] // as many as asked for
  const { dtype, shape } = e.at(node.inputs[0]!).type
  if (dtype !== "float32" || sizeOf(shape) === 0) return most(x)
  const indices = most(e.emit("Where", [e.emit("IsNaN", [x]), e.scalar("float32", -Infinity), x]))[1]
  return [e.emit("GatherElements", [x, indices], { axis: shape.length - 1 }), indices]
}

const indexRules = {
  Gather: (e, node) => {
    const [x, indices] = [node.inputs[0]!, node.inputs[1]!]
    const { axis } = node.attrs
    return whole(e.emit("Gather", [e.full(x), gatherIndices(e, indices, e.at(x).type.shape[axis]!)], { axis }), node)
  },
  SegmentSum: segmentSum,
  OneHot: (e, node) => {
    const { depth, onValue, offValue, dtype } = node.attrs
    const indices = e.reshape(e.full(node.inputs[0]!), [...node.type.shape.slice(0, -1), 1])
    const hit = e.emit("Equal", [
      indices,
      e.literal(
        "int32",
        [depth],
        Int32Array.from({ length: depth }, (_, i) => i)
      )
    ])
    if (dtype === "bool") {
      const [on, off] = [onValue !== 0, offValue !== 0]
      if (on === off) return { name: e.scalar("bool", on ? 1 : 0), shape: [] }
      return whole(on ? hit : e.emit("Not", [hit]), node)
    }
    if (onValue === 1 && offValue === 0) return whole(castTo(e, hit, dtype), node)
    return whole(e.emit("Where", [hit, e.scalar(dtype, onValue), e.scalar(dtype, offValue)]), node)
  },
  ArgMax: argument("ArgMax", -Infinity),
  ArgMin: argument("ArgMin", Infinity),
  TopKValues: (e, node) => whole(topK(e, node)[0], node),
  TopKIndices: (e, node) => whole(castTo(e, topK(e, node)[1], "int32"), node),
  CumSum: (e, { inputs, attrs, type }) => ({
    name: e.emit("CumSum", [e.full(inputs[0]!), e.int64(attrs.axis)], { exclusive: attrs.exclusive ? 1 : 0, reverse: attrs.reverse ? 1 : 0 }),
    shape: type.shape
  })
} satisfies Rules

/** What reductions of no elements give, as in TensorFlow; ONNX Runtime has values of its own. */
const ofNone: { readonly [K in ReduceOp]: (dtype: DType) => number } = {
  ReduceSum: () => 0,
  ReduceMean: (dtype) => (dtype === "float32" ? NaN : 0),
  ReduceProd: () => 1,
  ReduceMax: (dtype) => (dtype === "float32" ? -Infinity : -2147483648),
  ReduceMin: (dtype) => (dtype === "float32" ? Infinity : 2147483647),
  ReduceAny: () => 0,
  ReduceAll: () => 1
}

const isOfNone = (e: Emitter, { attrs: { axes }, inputs }: NodeOf<ReduceOp>): boolean => axes.some((axis) => e.at(inputs[0]!).type.shape[axis] === 0)

/** Shape after reducing with the reduced axes dropped or kept as 1. */
const reduce =
  (op: string, viaInt = false) =>
  (e: Emitter, node: NodeOf<ReduceOp>): Value => {
    const { axes, keepDims } = node.attrs
    const x = e.full(node.inputs[0]!)
    if (axes.length === 0) return whole(x, node)
    if (isOfNone(e, node)) return { name: e.scalar(node.type.dtype, ofNone[node.op](node.type.dtype)), shape: [] }
    const operand = viaInt ? castTo(e, x, "int32") : x
    const reduced = e.emit(op, [operand, e.int64(axes)], { keepdims: keepDims ? 1 : 0 })
    return whole(viaInt ? castTo(e, reduced, "bool") : reduced, node)
  }

/** A NaN among the elements is the result, which ONNX Runtime passes over. */
const extremum =
  (op: string) =>
  (e: Emitter, node: NodeOf<ReduceOp>): Value => {
    const { axes, keepDims } = node.attrs
    const reduced = reduce(op)(e, node)
    if (node.type.dtype !== "float32" || axes.length === 0 || isOfNone(e, node)) return reduced
    const isNan = castTo(e, e.emit("IsNaN", [e.full(node.inputs[0]!)]), "int32")
    const some = castTo(e, e.emit("ReduceMax", [isNan, e.int64(axes)], { keepdims: keepDims ? 1 : 0 }), "bool")
    return whole(e.emit("Where", [some, e.scalar("float32", NaN), reduced.name]), node)
  }

const reduceRules = {
  ReduceSum: reduce("ReduceSum"),
  ReduceMean: reduce("ReduceMean"),
  ReduceMax: extremum("ReduceMax"),
  ReduceMin: extremum("ReduceMin"),
  ReduceProd: reduce("ReduceProd"),
  ReduceAny: reduce("ReduceMax", true),
  ReduceAll: reduce("ReduceMin", true)
} satisfies Rules

/** @category rules @since 0.1.0 */
export const structureRules = { ...literalRules, ...layoutRules, ...indexRules, ...reduceRules } satisfies Rules
