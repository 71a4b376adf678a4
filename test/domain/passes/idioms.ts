/** What passes look for, written the way tfjs records it: steps for the random graphs of `graphs.ts`. */
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { NodeId } from "../../../src/domain/graph/Graph.ts"
import { sizeOf } from "../../../src/domain/Tensor.ts"
import type { Step } from "./graphs.ts"

const shapeOf = (b: Builder.Builder, x: NodeId) => b.typeOf(x).shape

/** `x` as a matrix, its last axis the columns. */
const matrix = (b: Builder.Builder, x: NodeId): NodeId => {
  const columns = shapeOf(b, x).at(-1) ?? 1
  return Builder.reshape(b, x, [sizeOf(shapeOf(b, x)) / columns, columns])
}

const columns = (b: Builder.Builder, x: NodeId, n: number): NodeId =>
  b.add("Slice", [x], { begin: [0, 0], size: [shapeOf(b, x)[0]!, n], strides: [1, 1] })

const bounded = (b: Builder.Builder, x: NodeId): NodeId => Builder.unary(b, "Tanh", x)

/** Softmax or its logarithm, or nearly: with the sum over another axis, or of something else. */
const writtenOutSoftmax: Step = (b, x, _, { c }) => {
  const shape = shapeOf(b, x)
  if (shape.length === 0) return undefined
  const axis = c % 5 === 0 ? 0 : shape.length - 1
  const shifted = Builder.binary(b, "Sub", x, Builder.reduce(b, c % 7 === 0 ? "ReduceMin" : "ReduceMax", x, [axis], true))
  const powers = Builder.unary(b, "Exp", shifted)
  const sums = Builder.reduce(b, "ReduceSum", powers, [shape.length - 1], true)
  return c % 2 === 0 ? Builder.binary(b, "Div", powers, sums) : Builder.binary(b, "Sub", shifted, Builder.unary(b, "Log", sums))
}

/** Something of literals alone, added to `x`. */
const ofLiterals: Step = (b, x, _, { c }) => {
  const shape = shapeOf(b, x)
  if (shape.length === 0) return undefined
  const ramp = b.add("Iota", [], { dtype: "float32", shape, axis: c % shape.length })
  const scaled = Builder.binary(b, "Mul", ramp, Builder.scalar(b, "float32", 0.25))
  const literal = (c >> 3) % 2 === 0 ? b.add("Reverse", [scaled], { axes: [shape.length - 1] }) : Builder.unary(b, "Neg", scaled)
  return Builder.binary(b, "Add", x, literal)
}

/** A product with a factor that is mostly zeros, along either of its sides, by itself or in a concatenation. */
const paddedProduct: Step = (b, x, _, { c }) => {
  const m = matrix(b, x)
  const [rows, width] = shapeOf(b, m) as [number, number]
  const [side, before] = [c % 2, (c >> 1) % 3]
  const around = (extent: number) => [before, 2 * extent - before] as const
  const zeros = b.add("Pad", [m], { paddings: side === 0 ? [around(rows), [0, 0]] : [[0, 0], around(width)], value: 0 })
  const factor = (c >> 3) % 3 === 0 ? b.add("Concat", [zeros, zeros], { axis: (c >> 5) % 2 }) : zeros
  return Builder.matMul(b, factor, factor, (c >> 4) % 2 === 0 ? { transposeA: true } : { transposeB: true })
}

/** A product of 64 rows and columns, of which one or two slices are read. */
const partOfProduct: Step = (b, x, _, { c }) => {
  const m = matrix(b, bounded(b, x))
  const width = shapeOf(b, m)[1]!
  const row = b.add("Slice", [m], { begin: [0, 0], size: [1, width], strides: [1, 1] })
  const tall = b.add("Broadcast", [row], { shape: [64, width] })
  const ramp = b.add("Iota", [], { dtype: "float32", shape: [64, width], axis: 0 })
  const factor = Builder.binary(b, "Mul", tall, Builder.unary(b, "Sin", ramp))
  const square = Builder.matMul(b, Builder.matMul(b, factor, factor, { transposeB: true }), Builder.matMul(b, factor, factor, { transposeB: true }))
  const at = c % 60
  const whole = (c >> 6) % 2 === 0 ? square : Builder.transpose(b, Builder.reshape(b, square, [8, 8, 64]), [1, 0, 2])
  return shapeOf(b, whole).length === 2
    ? b.add("Slice", [whole], { begin: [at, 0], size: [2, 64], strides: [1, 1] })
    : b.add("Slice", [whole], { begin: [at % 8, 0, 0], size: [1, 1, 64], strides: [1, 1, 1] })
}

/** Rows of a table by a product with one-hot vectors; every fifth time the indices may be out of range. */
const pickedRows: Step = (b, x, y, { c }) => {
  const [scores, table] = [matrix(b, x), matrix(b, y)]
  const depth = shapeOf(b, table)[0]!
  if (shapeOf(b, scores)[1]! > depth && c % 5 !== 0) return undefined
  const best = b.add((c >> 1) % 2 === 0 ? "ArgMax" : "ArgMin", [scores], { axis: 1 })
  const hot = b.add("OneHot", [best], { dtype: "float32", depth, onValue: (c >> 2) % 4 === 0 ? 2 : 1, offValue: 0 })
  return Builder.matMul(b, hot, table)
}

/** A ReLU with the mask of its gradient; every third time without the ReLU. */
const reluWithMask: Step = (b, x, _, { c }) => {
  const inner = bounded(b, x)
  const mask = Builder.cast(b, b.add("Greater", [inner, Builder.fill(b, b.typeOf(inner), 0)], {}), "float32")
  return Builder.binary(b, "Mul", mask, c % 3 === 0 ? inner : Builder.unary(b, "Relu", inner))
}

/** Attention's `p v` with the gradient of its softmax. */
const attentionGradient: Step = (b, x, _, { c }) => {
  const p = b.add("Softmax", [matrix(b, x)], {})
  const width = shapeOf(b, p)[1]!
  if (width < 2) return undefined
  const n = 1 + (c % (width - 1))
  const g = columns(b, bounded(b, matrix(b, x)), n)
  const v = columns(b, Builder.matMul(b, p, p, { transposeA: true }), n)
  const mixed = Builder.matMul(b, p, v)
  const dp = Builder.binary(b, "Mul", Builder.matMul(b, g, v, { transposeB: true }), p)
  const sums = Builder.reduce(b, "ReduceSum", dp, [1], true)
  const scores = Builder.binary(b, "Sub", dp, Builder.binary(b, "Mul", sums, p))
  return b.add("Concat", [mixed, scores], { axis: 1 })
}

/** A convolution or a pooling of `x` taken for one image of one channel. */
const window: Step = (b, x, _, { c }) => {
  const m = matrix(b, x)
  const [rows, width] = shapeOf(b, m) as [number, number]
  const image = Builder.reshape(b, m, [1, rows, width, 1])
  const padding = [
    [c % 2, 1],
    [1, (c >> 1) % 2]
  ] as const
  if (rows < 2 || width < 2) return undefined
  const strides = [1 + ((c >> 2) % 2), 1] as const
  if ((c >> 3) % 2 === 0) return b.add((c >> 4) % 2 === 0 ? "MaxPool" : "AvgPool", [image], { window: [2, 2], strides, padding })
  const filter = b.add("Iota", [], { dtype: "float32", shape: [2, 2, 1, 1], axis: (c >> 4) % 2 })
  return b.add("Conv2D", [image, filter], { strides, padding, dilations: [1, 1] })
}

const gather: Step = (b, x, _, { c }) => {
  const shape = shapeOf(b, x)
  if (shape.length === 0) return undefined
  const axis = c % shape.length
  const data = Int32Array.from({ length: 3 }, (_, i) => (c + 5 * i) % shape[axis]!)
  return b.add("Gather", [x, b.add("Constant", [], { shape: [3], data })], { axis })
}

const smooth: Step = (b, x, _, { c }) => {
  if (c % 3 === 0) return Builder.unary(b, "Exp", bounded(b, x))
  if (c % 3 === 1) return Builder.unary(b, "Log", Builder.binary(b, "Add", Builder.unary(b, "Abs", x), Builder.scalar(b, "float32", 1)))
  return shapeOf(b, x).length === 0 ? undefined : b.add((c >> 2) % 2 === 0 ? "Softmax" : "LogSoftmax", [x], {})
}

/** Transposed factors or a transposed product. */
const turnedProduct: Step = (b, x, _, { c }) => {
  const m = matrix(b, bounded(b, x))
  const turned = Builder.transpose(b, m, [1, 0])
  if (c % 3 === 0) return Builder.transpose(b, Builder.matMul(b, m, m, { transposeB: true }), [1, 0])
  return c % 3 === 1 ? Builder.matMul(b, turned, m) : Builder.matMul(b, turned, turned, { transposeB: true })
}

/** A padding, or a concatenation that holds one, under a transpose or a reshape. */
const movedPadding: Step = (b, x, _, { c }) => {
  const m = matrix(b, x)
  const [rows, width] = shapeOf(b, m) as [number, number]
  const padded = b.add("Pad", [m], {
    paddings:
      c % 2 === 0
        ? [
            [rows, 0],
            [0, 0]
          ]
        : [
            [0, 0],
            [0, width]
          ],
    value: (c >> 1) % 4 === 0 ? 1 : 0
  })
  const held = (c >> 3) % 2 === 0 ? padded : b.add("Concat", [padded, padded], { axis: (c >> 4) % 2 })
  const [p, q] = shapeOf(b, held) as [number, number]
  return (c >> 5) % 2 === 0 ? Builder.transpose(b, held, [1, 0]) : Builder.reshape(b, held, q % 2 === 0 ? [p, 2, q / 2] : [1, p, q])
}

/** Products with zeros, by elements or matrices, and sums of them. */
const ofZeros: Step = (b, x, _, { c }) => {
  const nothing = b.add("Fill", [], { dtype: "float32", shape: shapeOf(b, x), value: (c >> 2) % 4 === 0 ? 1 : 0 })
  if (c % 3 === 0) return Builder.binary(b, "Mul", nothing, bounded(b, x))
  const m = matrix(b, bounded(b, x))
  const zeros = matrix(b, nothing)
  return c % 3 === 1 ? Builder.matMul(b, m, zeros, { transposeB: true }) : Builder.reduce(b, "ReduceSum", nothing, [], true)
}

/** @see graphs.ts */
export const idioms: ReadonlyArray<Step> = [
  writtenOutSoftmax,
  ofLiterals,
  paddedProduct,
  partOfProduct,
  pickedRows,
  reluWithMask,
  attentionGradient,
  window,
  gather,
  smooth,
  turnedProduct,
  movedPadding,
  ofZeros
]
