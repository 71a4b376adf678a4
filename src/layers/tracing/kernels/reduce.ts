/**
 * Reductions, arg-reductions, cumulative sums, softmax.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { ReduceOp } from "../../../domain/graph/ops.ts"
import { type Emit, normalAxes } from "../Emit.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"

interface AxisAttrs {
  readonly axis: number | ReadonlyArray<number> | null
  readonly keepDims?: boolean
}
/** `Max` alone names its axes so. */
interface MaxAttrs {
  readonly reductionIndices: number | ReadonlyArray<number> | null
  readonly keepDims?: boolean
}

/** Over the axes that tfjs names (all when it names none). */
const over = (c: Emit, op: ReduceOp, x: NodeId, axis: AxisAttrs["axis"], keepDims: boolean | undefined): NodeId =>
  c.reduce(op, x, normalAxes(axis, c.shape(x).length), keepDims ?? false)

const extremum = (c: Emit, op: "ReduceMax" | "ReduceMin", x: tf.TensorInfo, axis: AxisAttrs["axis"], keepDims: boolean | undefined): NodeId => {
  const node = c.of(x)
  return c.cast(over(c, op, c.numeric(node), axis, keepDims), c.dtype(node))
}

const onLastAxis = (c: Emit, op: "Softmax" | "LogSoftmax", logits: tf.TensorInfo, axis: number | undefined): NodeId => {
  const x = c.float(c.of(logits))
  const last = c.shape(x).length - 1
  const at = axis === undefined ? last : axis < 0 ? axis + last + 1 : axis
  if (at === last) return c.add(op, [x], {})
  const perm = c.shape(x).map((_, i) => (i === at ? last : i === last ? at : i))
  return c.transpose(c.add(op, [c.transpose(x, perm)], {}), perm)
}

/** Elements moved `by` places up the axis, ones in their places. */
const shifted = (c: Emit, x: NodeId, axis: number, by: number): NodeId => {
  const extent = c.shape(x)[axis]!
  const kept = c.sliceAxis(x, axis, 0, extent - by)
  return c.add("Pad", [kept], { paddings: c.shape(x).map((_, i) => [i === axis ? by : 0, 0] as const), value: 1 })
}

interface CumulativeAttrs {
  readonly axis: number
  readonly exclusive?: boolean
  readonly reverse?: boolean
}

/** Products of 2, 4, 8, … neighbours (Hillis and Steele, 1986): `log2(n)` products instead of `n`. */
const cumulativeProduct = (c: Emit, x: NodeId, { axis, exclusive = false, reverse = false }: CumulativeAttrs): NodeId => {
  const at = normalAxes(axis, c.shape(x).length)[0]!
  const extent = c.shape(x)[at]!
  const turned = (node: NodeId) => (reverse ? c.add("Reverse", [node], { axes: [at] }) : node)
  let product = turned(x)
  if (exclusive && extent > 0) product = shifted(c, product, at, 1)
  for (let by = 1; by < extent; by *= 2) product = c.mul(product, shifted(c, product, at, by))
  return turned(product)
}

export const reductions: ReadonlyArray<Kernel> = [
  kernel<X, AxisAttrs>("Sum", (c, { x }, { axis, keepDims }) => over(c, "ReduceSum", c.numeric(c.of(x)), axis, keepDims)),
  kernel<X, AxisAttrs>("Prod", (c, { x }, { axis, keepDims }) => over(c, "ReduceProd", c.numeric(c.of(x)), axis, keepDims)),
  kernel<X, AxisAttrs>("Mean", (c, { x }, { axis, keepDims }) => over(c, "ReduceMean", c.float(c.of(x)), axis, keepDims)),
  kernel<X, MaxAttrs>("Max", (c, { x }, { reductionIndices, keepDims }) => extremum(c, "ReduceMax", x, reductionIndices, keepDims)),
  kernel<X, AxisAttrs>("Min", (c, { x }, { axis, keepDims }) => extremum(c, "ReduceMin", x, axis, keepDims)),
  kernel<X, AxisAttrs>("Any", (c, { x }, { axis, keepDims }) => over(c, "ReduceAny", c.cast(c.of(x), "bool"), axis, keepDims)),
  kernel<X, AxisAttrs>("All", (c, { x }, { axis, keepDims }) => over(c, "ReduceAll", c.cast(c.of(x), "bool"), axis, keepDims)),
  ...(["ArgMax", "ArgMin"] as const).map((op) =>
    kernel<X, AxisAttrs>(op, (c, { x }, { axis }) => {
      const node = c.numeric(c.of(x))
      return c.add(op, [node], { axis: normalAxes(axis, c.shape(node).length)[0]! })
    })
  ),
  kernel<X, CumulativeAttrs>("Cumprod", (c, { x }, attrs) => cumulativeProduct(c, c.numeric(c.of(x)), attrs)),
  kernel<X, CumulativeAttrs>("Cumsum", (c, { x }, { axis, exclusive, reverse }) => {
    const node = c.numeric(c.of(x))
    return c.add("CumSum", [node], { axis: normalAxes(axis, c.shape(node).length)[0]!, exclusive: exclusive ?? false, reverse: reverse ?? false })
  }),
  kernel<{ readonly logits: tf.TensorInfo }, { readonly dim?: number }>("Softmax", (c, { logits }, { dim }) => onLastAxis(c, "Softmax", logits, dim)),
  kernel<{ readonly logits: tf.TensorInfo }, { readonly axis?: number }>("LogSoftmax", (c, { logits }, { axis }) =>
    onLastAxis(c, "LogSoftmax", logits, axis)
  )
]
