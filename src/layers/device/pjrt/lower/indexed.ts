/**
 * Lowering of ops that read by index, write by index, or find one.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import { type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import { type Emitter, joining, typeOf, type Value } from "./Emitter.ts"
import type { Rules } from "./rule.ts"
import { typeText } from "./text.ts"

const axesFrom = (from: number, to: number): ReadonlyArray<number> => Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i)

/** XLA clamps an index out of range: whether all are in it becomes a check of the step. */
const gather = (e: Emitter, node: NodeOf<"Gather">, [x, indices]: ReadonlyArray<Value>): Value => {
  const { axis } = node.attrs
  const { shape } = node.type
  const extent = x!.shape[axis]!
  const isIn = e.binary("and", e.compare("GE", indices!, e.like(indices!, 0)), e.compare("LT", indices!, e.like(indices!, extent)))
  e.checks.push({ node, holds: e.all(isIn) })
  if (extent === 0) return e.fill(x!.type, shape, 0)
  const rank = indices!.shape.length
  const offsets = [...axesFrom(0, axis), ...axesFrom(axis + rank, shape.length)]
  const sizes = x!.shape.map((d, i) => (i === axis ? 1 : d))
  const numbers = `offset_dims = [${offsets}], collapsed_slice_dims = [${axis}], start_index_map = [${axis}], index_vector_dim = ${rank}`
  const attributes = `<{dimension_numbers = #stablehlo.gather<${numbers}>, slice_sizes = array<i64: ${sizes}>, indices_are_sorted = false}>`
  const types = `(${typeOf(x!)}, ${typeOf(indices!)}) -> ${typeText(x!.type, shape)}`
  return e.emit(`"stablehlo.gather"(${x!.name}, ${indices!.name}) ${attributes} : ${types}`, x!.type, shape)
}

/** A scatter drops what is out of range. */
const segmentSum = (e: Emitter, node: NodeOf<"SegmentSum">, [x, ids]: ReadonlyArray<Value>): Value => {
  const { shape } = node.type
  const rank = ids!.shape.length
  const zeros = e.fill(x!.type, shape, 0)
  if (sizeOf(shape) === 0 || ids!.shape.includes(0)) return zeros
  const numbers = `update_window_dims = [${axesFrom(rank, x!.shape.length)}], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = ${rank}`
  const attributes = `<{scatter_dimension_numbers = #stablehlo.scatter<${numbers}>, indices_are_sorted = false, unique_indices = false}>`
  const types = `(${typeOf(zeros)}, ${typeOf(ids!)}, ${typeOf(x!)}) -> ${typeOf(zeros)}`
  const operands = `(${zeros.name}, ${ids!.name}, ${x!.name})`
  return e.emit(`"stablehlo.scatter"${operands} ${attributes} ${joining("add", x!.type)} : ${types}`, x!.type, shape)
}

const oneHot = (e: Emitter, node: NodeOf<"OneHot">, [indices]: ReadonlyArray<Value>): Value => {
  const { onValue, offValue, dtype } = node.attrs
  const { shape } = node.type
  const axis = shape.length - 1
  const isOn = e.compare("EQ", e.broadcast(indices!, shape, axesFrom(0, axis)), e.iota("int32", shape, axis))
  return e.select(isOn, e.fill(dtype, shape, onValue), e.fill(dtype, shape, offValue))
}

/** With `last` instead of NaN. */
const withoutNan = (e: Emitter, x: Value, last: number): Value => (x.type === "float32" ? e.select(e.isNan(x), e.like(x, last), x) : x)

/** NaNs are passed over; of equals, the first: the least place of those that hold the extreme. */
const argument =
  (op: string, last: number, lastInteger: number) =>
  (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">, [x]: ReadonlyArray<Value>): Value => {
    const { axis } = node.attrs
    const values = withoutNan(e, x!, last)
    const best = e.reduce(op, values, [axis], values.type === "float32" ? last : lastInteger)
    const kept = axesFrom(0, values.shape.length).filter((i) => i !== axis)
    const isBest = e.compare("EQ", values, e.broadcast(best, values.shape, kept))
    const place = e.iota("int32", values.shape, axis)
    return e.reduce("minimum", e.select(isBest, place, e.like(place, 2147483647)), [axis], 2147483647)
  }

/** `[values, places]` sorted along the last axis, greatest first; of equals the first comes first. NaN counts as negative infinity. */
const sorted = (e: Emitter, x: Value): ReadonlyArray<Value> => {
  const axis = x.shape.length - 1
  const order = withoutNan(e, x, -Infinity)
  const operands = [order, x, e.iota("int32", x.shape, axis)]
  const types = operands.map(typeOf).join(", ")
  const numbers = operands.map(({ type }, i) => `%a${i}: ${typeText(type, [])}, %b${i}: ${typeText(type, [])}`).join(", ")
  const number = typeText(x.type, [])
  const before = `%r = stablehlo.compare GT, %a0, %b0 : (${number}, ${number}) -> tensor<i1> stablehlo.return %r : tensor<i1>`
  const attributes = `<{dimension = ${axis} : i64, is_stable = true}>`
  return e
    .emitAll(
      `"stablehlo.sort"(${operands.map((v) => v.name).join(", ")}) ${attributes} ({ ^bb0(${numbers}): ${before} }) : (${types}) -> (${types})`,
      operands
    )
    .slice(1)
}

const topK = (e: Emitter, shape: Shape, x: Value, result: 0 | 1): Value =>
  e.slice(
    sorted(e, x)[result]!,
    shape.map(() => 0),
    shape
  )

/** Sums over spans of 1, 2, 4 … elements: as many steps as the extent has binary digits. */
const cumSum = (e: Emitter, node: NodeOf<"CumSum">, [x]: ReadonlyArray<Value>): Value => {
  const { axis, exclusive, reverse } = node.attrs
  const { shape } = x!
  const zeros = shape.map(() => 0)
  /** Each element moves on by `by`, with zeros in front. */
  const shifted = (v: Value, by: number) =>
    e.pad(
      v,
      zeros.map((_, i) => (i === axis ? by : 0)),
      zeros.map((_, i) => (i === axis ? -by : 0)),
      zeros,
      0
    )
  let total = reverse ? e.reverse(x!, [axis]) : x!
  if (exclusive && shape[axis]! > 0) total = shifted(total, 1)
  for (let span = 1; span < shape[axis]!; span *= 2) total = e.binary("add", total, shifted(total, span))
  return reverse ? e.reverse(total, [axis]) : total
}

/** @category rules @since 0.1.0 */
export const indexedRules = {
  Gather: gather,
  SegmentSum: segmentSum,
  OneHot: oneHot,
  ArgMax: argument("maximum", -Infinity, -2147483648),
  ArgMin: argument("minimum", Infinity, 2147483647),
  TopKValues: (e, { type }, [x]) => topK(e, type.shape, x!, 0),
  TopKIndices: (e, { type }, [x]) => topK(e, type.shape, x!, 1),
  CumSum: cumSum
} satisfies Rules
