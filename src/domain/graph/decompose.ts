/**
 * Composite ops in terms of smaller ones, for engines without a lowering of their own.
 *
 * @since 0.1.0
 */
import { sizeOf } from "../Tensor.ts"
import * as Builder from "./Builder.ts"
import type { Graph, NodeId, SourceLocation } from "./Graph.ts"
import type { OpAttrs, OpName } from "./ops.ts"

/** Adds nodes of the same value and type, and gives the last. @category models @since 0.1.0 */
export type DecomposeRule<K extends OpName> = (
  b: Builder.Builder,
  inputs: ReadonlyArray<NodeId>,
  attrs: OpAttrs[K],
  source: SourceLocation | undefined
) => NodeId

type Build = Builder.Builder
type At = SourceLocation | undefined

/** A literal of the operand's type. */
const like = (b: Build, x: NodeId, value: number, at: At) => Builder.fill(b, b.typeOf(x), value, at)

const lastAxis = (b: Build, x: NodeId) => b.typeOf(x).shape.length - 1

/** `x - max(x)` over the last axis, so that no exponential overflows. */
const shifted = (b: Build, x: NodeId, at: At) => Builder.binary(b, "Sub", x, Builder.reduce(b, "ReduceMax", x, [lastAxis(b, x)], true, at), at)

const sumLast = (b: Build, x: NodeId, at: At) => Builder.reduce(b, "ReduceSum", x, [lastAxis(b, x)], true, at)

/** `indices.shape + [depth]`: where the last axis counts to the index. */
const matches = (b: Build, indices: NodeId, depth: number, at: At): NodeId => {
  const shape = [...b.typeOf(indices).shape, depth]
  const counts = b.add("Iota", [], { dtype: "int32", shape, axis: shape.length - 1 }, at)
  const column = Builder.reshape(b, indices, [...b.typeOf(indices).shape, 1], at)
  return b.add("Equal", [Builder.broadcastTo(b, column, shape, at), counts], {}, at)
}

/** @category tables @since 0.1.0 */
export const decomposeRules = {
  Softmax: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["Softmax"], at: At) => {
    const e = Builder.unary(b, "Exp", shifted(b, x!, at), at)
    return Builder.binary(b, "Div", e, sumLast(b, e, at), at)
  },
  LogSoftmax: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["LogSoftmax"], at: At) => {
    const z = shifted(b, x!, at)
    return Builder.binary(b, "Sub", z, Builder.unary(b, "Log", sumLast(b, Builder.unary(b, "Exp", z, at), at), at), at)
  },
  ReduceMean: (b: Build, [x]: ReadonlyArray<NodeId>, { axes, keepDims }: OpAttrs["ReduceMean"], at: At) => {
    const sum = b.add("ReduceSum", [x!], { axes, keepDims }, at)
    return b.add("Div", [sum, like(b, sum, sizeOf(axes.map((axis) => b.typeOf(x!).shape[axis]!)), at)], {}, at)
  },
  Relu: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["Relu"], at: At) => b.add("Max", [x!, like(b, x!, 0, at)], {}, at),
  Reciprocal: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["Reciprocal"], at: At) => b.add("Div", [like(b, x!, 1, at), x!], {}, at),
  Rsqrt: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["Rsqrt"], at: At) =>
    b.add("Div", [like(b, x!, 1, at), Builder.unary(b, "Sqrt", x!, at)], {}, at),
  Sigmoid: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["Sigmoid"], at: At) => {
    const e = Builder.unary(b, "Exp", Builder.unary(b, "Neg", x!, at), at)
    return b.add("Div", [like(b, x!, 1, at), b.add("Add", [like(b, x!, 1, at), e], {}, at)], {}, at)
  },
  NotEqual: (b: Build, inputs: ReadonlyArray<NodeId>, _: OpAttrs["NotEqual"], at: At) => b.add("Not", [b.add("Equal", inputs, {}, at)], {}, at),
  IsNan: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["IsNan"], at: At) => b.add("NotEqual", [x!, x!], {}, at),
  IsInf: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["IsInf"], at: At) =>
    b.add("Equal", [Builder.unary(b, "Abs", x!, at), like(b, x!, Infinity, at)], {}, at),
  IsFinite: (b: Build, [x]: ReadonlyArray<NodeId>, _: OpAttrs["IsFinite"], at: At) =>
    b.add("Less", [Builder.unary(b, "Abs", x!, at), like(b, x!, Infinity, at)], {}, at),
  OneHot: (b: Build, [indices]: ReadonlyArray<NodeId>, { depth, onValue, offValue, dtype }: OpAttrs["OneHot"], at: At) => {
    const condition = matches(b, indices!, depth, at)
    const type = { dtype, shape: b.typeOf(condition).shape }
    return b.add("Select", [condition, Builder.fill(b, type, onValue, at), Builder.fill(b, type, offValue, at)], {}, at)
  },
  /** A product with the one-hot matrix of the ids; int32 rows go through a sum, as `MatMul` is float32 only. */
  SegmentSum: (b: Build, [x, ids]: ReadonlyArray<NodeId>, { numSegments }: OpAttrs["SegmentSum"], at: At) => {
    const { dtype, shape } = b.typeOf(x!)
    const rank = b.typeOf(ids!).shape.length
    const n = sizeOf(shape.slice(0, rank))
    const inner = sizeOf(shape.slice(rank))
    const rows = Builder.reshape(b, x!, [n, inner], at)
    const hot = matches(b, Builder.reshape(b, ids!, [n], at), numSegments, at)
    const hotNumbers = b.add("Cast", [hot], { dtype }, at)
    const sums =
      dtype === "float32"
        ? Builder.matMul(b, hotNumbers, rows, { transposeA: true }, at)
        : Builder.reduce(
            b,
            "ReduceSum",
            Builder.binary(b, "Mul", Builder.reshape(b, hotNumbers, [n, numSegments, 1], at), Builder.reshape(b, rows, [n, 1, inner], at), at),
            [0],
            false,
            at
          )
    return Builder.reshape(b, sums, [numSegments, ...shape.slice(rank)], at)
  }
} as const satisfies { readonly [K in OpName]?: DecomposeRule<K> }

/** Ops with a decomposition. @category models @since 0.1.0 */
export type CompositeOp = keyof typeof decomposeRules

/** @category rules @since 0.1.0 */
export const isComposite = (op: OpName): op is CompositeOp => op in decomposeRules

/**
 * The graph with every node of an op in `ops` replaced by its decomposition, and no others; what a decomposition adds is
 * decomposed in turn. Ops without a decomposition stay.
 *
 * @category rules
 * @since 0.1.0
 */
export const decompose = (graph: Graph, ops: ReadonlySet<OpName>): Graph => {
  const first = decomposeOnce(graph, ops)
  return first.nodes.some((node) => ops.has(node.op) && isComposite(node.op)) ? decompose(first, ops) : first
}

const decomposeOnce = (graph: Graph, ops: ReadonlySet<OpName>): Graph => {
  const b = Builder.make()
  const map: Array<NodeId> = []
  const parameters = graph.parameters.map(({ name, role, node }) => b.parameter(name, role, graph.nodes[node]!.type))
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((i) => map[i]!)
    if (node.op === "Parameter") map.push(parameters[node.attrs.index]!)
    else if (ops.has(node.op) && isComposite(node.op)) {
      // the rule and the attributes are of the same op, which the table's type cannot say for a union
      map.push((decomposeRules[node.op] as DecomposeRule<OpName>)(b, inputs, node.attrs, node.source))
    } else map.push(b.add(node.op, inputs, node.attrs, node.source))
  }
  for (const { name, node, role } of graph.outputs) b.output(name, role, map[node]!)
  return b.build()
}
