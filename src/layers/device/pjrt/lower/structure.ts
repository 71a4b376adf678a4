/**
 * Lowering of literals, of ops that move elements, and of reductions.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { ReduceOp } from "../../../../domain/graph/ops.ts"
import { sizeOf } from "../../../../domain/Tensor.ts"
import { type Emitter, joining, typeOf, type Value } from "./Emitter.ts"
import type { Rules } from "./rule.ts"
import { typeText } from "./text.ts"

const pad = (e: Emitter, { attrs: { paddings, value } }: NodeOf<"Pad">, [x]: ReadonlyArray<Value>): Value =>
  e.pad(
    x!,
    paddings.map(([before]) => before),
    paddings.map(([, after]) => after),
    paddings.map(() => 0),
    value
  )

const layoutRules = {
  Constant: (e, { attrs, type }) => e.literal(type.dtype, type.shape, attrs.data),
  Fill: (e, { attrs }) => e.fill(attrs.dtype, attrs.shape, attrs.value),
  Iota: (e, { attrs }) => e.iota(attrs.dtype, attrs.shape, attrs.axis),
  Barrier: (e, _, [x, after]) => e.barrier([x!, after!])[0],
  Reshape: (e, { attrs }, [x]) => e.reshape(x!, attrs.shape),
  Transpose: (e, { attrs }, [x]) => e.transpose(x!, attrs.perm),
  Broadcast: (e, { attrs }, [x]) => e.expand(x!, attrs.shape),
  Concat: (e, { attrs }, x) => e.concat(x, attrs.axis),
  Slice: (e, { attrs }, [x]) => e.slice(x!, attrs.begin, attrs.size, attrs.strides),
  Pad: pad,
  Reverse: (e, { attrs }, [x]) => e.reverse(x!, attrs.axes)
} satisfies Rules

const reduce =
  (op: string, none: number) =>
  (e: Emitter, node: NodeOf<ReduceOp>, [x]: ReadonlyArray<Value>): Value =>
    e.reshape(e.reduce(op, x!, node.attrs.axes, none), node.type.shape)

const reduceMean = (e: Emitter, node: NodeOf<"ReduceMean">, x: ReadonlyArray<Value>): Value => {
  const sum = reduce("add", 0)(e, node, x)
  return e.by("divide", sum, sizeOf(node.attrs.axes.map((i) => x[0]!.shape[i]!)))
}

/** A NaN among the elements is the result: said apart, since the library that XLA has reduce large arrays on CPUs overlooks it. */
const extremum =
  (op: string, least: number, none: number) =>
  (e: Emitter, node: NodeOf<ReduceOp>, x: ReadonlyArray<Value>): Value => {
    if (node.type.dtype !== "float32") return reduce(op, least)(e, node, x)
    const number = reduce(op, none)(e, node, x)
    return e.select(reduce("or", 0)(e, node, [e.isNan(x[0]!)]), e.like(number, NaN), number)
  }

/** @category rules @since 0.1.0 */
export const softmaxOf = (e: Emitter, x: Value, logarithm: boolean): Value => {
  const axis = x.shape.length - 1
  const back = (row: Value) =>
    e.broadcast(
      row,
      x.shape,
      row.shape.map((_, i) => i)
    )
  const shifted = e.binary("subtract", x, back(e.reduce("maximum", x, [axis], -Infinity)))
  const powers = e.unary("exponential", shifted)
  const sum = e.reduce("add", powers, [axis], 0)
  return logarithm ? e.binary("subtract", shifted, back(e.unary("log", sum))) : e.binary("divide", powers, back(sum))
}

/** Without a channel, hence over the replicas. */
const crossReplicaSum = (e: Emitter, x: Value): Value => {
  const { replicas } = e.options
  if (replicas === 1) return x
  const group = Array.from({ length: replicas }, (_, i) => i).join(", ")
  const attributes = `<{replica_groups = dense<[[${group}]]> : ${typeText("int32", [1, replicas]).replace("i32", "i64")}}>`
  return e.emit(`"stablehlo.all_reduce"(${x.name}) ${attributes} ${joining("add", x.type)} : (${typeOf(x)}) -> ${typeOf(x)}`, x.type, x.shape)
}

/** The sum over replicas of a scalar, divided by their number. @category rules @since 0.1.0 */
export const meanOverReplicas = (e: Emitter, x: Value): Value => {
  const { replicas } = e.options
  return replicas === 1 ? x : e.by("divide", crossReplicaSum(e, x), replicas)
}

const reduceRules = {
  ReduceSum: reduce("add", 0),
  ReduceMean: reduceMean,
  ReduceMax: extremum("maximum", -2147483648, -Infinity),
  ReduceMin: extremum("minimum", 2147483647, Infinity),
  ReduceProd: reduce("multiply", 1),
  ReduceAny: reduce("or", 0),
  ReduceAll: reduce("and", 1),
  Softmax: (e, _, [x]) => softmaxOf(e, x!, false),
  LogSoftmax: (e, _, [x]) => softmaxOf(e, x!, true),
  CrossReplicaSum: (e, _, [x]) => crossReplicaSum(e, x!)
} satisfies Rules

/** @category rules @since 0.1.0 */
export const structureRules = { ...layoutRules, ...reduceRules } satisfies Rules
