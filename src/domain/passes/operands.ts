/**
 * What rules ask of the nodes they look at.
 *
 * @since 0.1.0
 */
import type { NodeId, NodeOf } from "../graph/Graph.ts"
import { binaryOps, compareOps, logicalOps, type OpName, predicateOps, unaryOps } from "../graph/ops.ts"
import type { Shape } from "../Tensor.ts"
import type { Context, Rule, Rules } from "./rebuild.ts"

/** Ops whose result at a position depends on the operands at that position alone. @category rules @since 0.1.0 */
export const elementwiseOps = [
  ...unaryOps,
  ...binaryOps,
  ...compareOps,
  ...logicalOps,
  ...predicateOps,
  "Not",
  "Cast",
  "ReducePrecision",
  "Select"
] as const

const elementwise: ReadonlySet<OpName> = new Set(elementwiseOps)

/** @category rules @since 0.1.0 */
export const isElementwise = (op: OpName): boolean => elementwise.has(op)

/** The node when it is of this op. @category rules @since 0.1.0 */
export const as = <K extends OpName>(cx: Context, id: NodeId, op: K): NodeOf<K> | undefined => {
  const node = cx.nodeOf(id)
  return node.op === op ? (node as NodeOf<K>) : undefined // narrowing by a type parameter is beyond the checker
}

/** The value of a `Fill`. @category rules @since 0.1.0 */
export const fillOf = (cx: Context, id: NodeId): number | undefined => as(cx, id, "Fill")?.attrs.value

/** Whether every element is `value`. @category rules @since 0.1.0 */
export const isFill = (cx: Context, id: NodeId, value: number): boolean => {
  const fill = fillOf(cx, id)
  return fill !== undefined && (fill === value || Object.is(fill, value))
}

/** A power of two (of either sign) whose reciprocal is finite and normal: a product with it rounds nothing. @category rules @since 0.1.0 */
export const isPowerOfTwo = (x: number): boolean => {
  const magnitude = Math.abs(x)
  return magnitude >= 2 ** -126 && magnitude <= 2 ** 126 && Number.isInteger(Math.log2(magnitude)) && 2 ** Math.log2(magnitude) === magnitude
}

/** `shape` with leading ones up to `rank`. @category rules @since 0.1.0 */
export const padShape = (shape: Shape, rank: number): Array<number> => [...new Array<number>(rank - shape.length).fill(1), ...shape]

/** The same rules for several ops. @category rules @since 0.1.0 */
export const forOps = <K extends OpName>(ops: ReadonlyArray<K>, ...rules: ReadonlyArray<Rule<K>>): Rules =>
  Object.fromEntries(ops.map((op) => [op, rules])) as Rules // `fromEntries` forgets the keys

/** A run of axes of one shape and the run of another that holds the same elements. @category models @since 0.1.0 */
export interface AxisRun {
  readonly from: ReadonlyArray<number>
  readonly to: ReadonlyArray<number>
}

/** The finest runs in which a reshape keeps elements together; `undefined` for shapes without elements. @category rules @since 0.1.0 */
export const axisRuns = (from: Shape, to: Shape): ReadonlyArray<AxisRun> | undefined => {
  if (from.includes(0) || to.includes(0)) return undefined
  const runs: Array<AxisRun> = []
  let i = 0
  let j = 0
  while (i < from.length || j < to.length) {
    const [i0, j0] = [i, j]
    let p = i < from.length ? from[i++]! : 1
    let q = j < to.length ? to[j++]! : 1
    while (p !== q) {
      if (p < q) p *= from[i++]!
      else q *= to[j++]!
    }
    runs.push({ from: range(i0, i), to: range(j0, j) })
  }
  return runs
}

/** `start … end-1`. @category rules @since 0.1.0 */
export const range = (start: number, end: number): Array<number> => Array.from({ length: end - start }, (_, i) => start + i)

const productOf = (shape: Shape, axes: ReadonlyArray<number>): number => axes.reduce((n, i) => n * shape[i]!, 1)

/** Where an axis goes in a reshape. @category models @since 0.1.0 */
export interface CarriedAxis {
  readonly axis: number
  /** Elements along the new axis for one along the old: may be a fraction. */
  readonly scale: number
}

/**
 * The axis of `to` along which parts of `axis` of `from` lie one after another: `undefined` when the reshape interleaves
 * them with parts of an axis before.
 *
 * @category rules
 * @since 0.1.0
 */
export const carriedAxis = (from: Shape, to: Shape, axis: number): CarriedAxis | undefined => {
  const run = axisRuns(from, to)?.find((r) => r.from.includes(axis))
  if (run === undefined || run.from.some((i) => i < axis && from[i] !== 1)) return undefined
  const first = run.to.find((i) => to[i] !== 1)
  if (first === undefined) return undefined
  const inner = productOf(
    from,
    run.from.filter((i) => i > axis)
  )
  return {
    axis: first,
    scale:
      inner /
      productOf(
        to,
        run.to.filter((i) => i > first)
      )
  }
}

/** The axes of `shape` that a matrix `[rows, columns]` splits into: those of its rows and those of its columns. @category rules @since 0.1.0 */
export const matrixAxes = (matrix: Shape, shape: Shape): readonly [rows: ReadonlyArray<number>, columns: ReadonlyArray<number>] | undefined => {
  let size = 1
  let split = 0
  while (split < shape.length && (size < matrix[0]! || shape[split] === 1)) size *= shape[split++]!
  return size === matrix[0]! && !shape.includes(0) ? [range(0, split), range(split, shape.length)] : undefined
}
