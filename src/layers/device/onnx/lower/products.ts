/**
 * Lowering of matrix products and what is made of them row by row.
 *
 * @since 0.1.0
 */
import type { NodeId, NodeOf } from "../../../../domain/graph/Graph.ts"
import { type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import { elementwiseRules } from "./elementwise.ts"
import { isOneProduct, stacked } from "../../hosted/lower/shapes.ts"
import { type Value, whole } from "../../hosted/lower/Values.ts"
import type { OnnxNode } from "../OnnxModel.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rule, Rules } from "./rule.ts"
import { structureRules } from "./structure.ts"

const gemm = (e: Emitter, a: string, b: string, transA: boolean, transB: boolean): string =>
  e.emit("Gemm", [a, b], { ...(transA ? { transA: 1 } : {}), ...(transB ? { transB: 1 } : {}) })

const asMatrix = (e: Emitter, name: string, shape: Shape): string => (shape.length === 2 ? name : e.reshape(name, stacked(shape)))

/** Rows of a product below which packing a transposed right operand costs more than what it is packed for. */
const shortProduct = 32
/** Products with the same right operand that pay for transposing it once. */
const oftenUsed = 8

/** A matrix that many short products read transposed, as is each step in time of a recurrent net's gradient, is transposed once. */
const isTransposedOnce = (e: Emitter, node: NodeOf<"MatMul">): boolean => {
  const { shape } = node.type
  return node.attrs.transposeB && shape.length === 2 && shape[0]! <= shortProduct && e.uses[node.inputs[1]!]! >= oftenUsed
}

/** Rows and columns of each matrix. */
const swapped = (e: Emitter, name: string, { length }: Shape): string =>
  e.transpose(
    name,
    Array.from({ length }, (_, i) => (i < length - 2 ? i : 2 * length - 3 - i))
  )

/** Two-dimensional products, and batched ones that are one product of stacked rows, go to Gemm; others to (Fused)MatMul. */
const matMul = (e: Emitter, node: NodeOf<"MatMul">): Value => {
  const { transposeA, transposeB } = node.attrs
  const [a, b] = [e.full(node.inputs[0]!), e.full(node.inputs[1]!)]
  const [from, to] = [e.at(node.inputs[0]!).type.shape, e.at(node.inputs[1]!).type.shape]
  const { shape } = node.type
  if (isOneProduct(e, node)) {
    const right = isTransposedOnce(e, node) ? e.transpose(b, [1, 0]) : asMatrix(e, b, to)
    const product = gemm(e, asMatrix(e, a, from), right, transposeA, transposeB && !isTransposedOnce(e, node))
    return whole(shape.length === 2 ? product : e.reshape(product, shape), node)
  }
  if (!transposeA && !transposeB) return whole(e.emit("MatMul", [a, b]), node)
  if (e.portable) return whole(e.emit("MatMul", [transposeA ? swapped(e, a, from) : a, transposeB ? swapped(e, b, to) : b]), node)
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }
  return whole(e.emit("FusedMatMul", [a, b], attributes, "com.microsoft"), node)
}

/** The node that makes a two-dimensional product, where nobody else reads it. */
const ownGemm = (e: Emitter, id: NodeId): OnnxNode | undefined => {
  const node = e.at(id)
  if (node.op !== "MatMul" || node.type.shape.length !== 2 || e.uses[id] !== 1) return undefined
  const maker = e.makerOf(e.value(id).name)
  return maker?.op === "Gemm" ? maker : undefined
}

/** A sum with a two-dimensional product that nobody else reads is one Gemm; the product's own is then not needed. */
const add: Rule<"Add"> = (e, node) => {
  const product = node.inputs.findIndex((x) => ownGemm(e, x) !== undefined)
  if (product < 0) return elementwiseRules.Add(e, node)
  const { attributes, inputs } = ownGemm(e, node.inputs[product]!)!
  return whole(e.emit("Gemm", [...inputs, e.value(node.inputs[1 - product]!).name], attributes), node)
}

/** Rows from which a product with ones adds columns up faster than a reduction does. */
const fewRows = 16

/** Sums of columns by a product with ones, where the leading axes of enough elements are reduced. */
const columnSums = (e: Emitter, node: NodeOf<"ReduceSum"> | NodeOf<"ReduceMean">): { readonly sums: string; readonly rows: number } | undefined => {
  const { axes } = node.attrs
  const { dtype, shape } = e.at(node.inputs[0]!).type
  const rows = sizeOf(shape.slice(0, axes.length))
  const columns = sizeOf(shape.slice(axes.length))
  const areLeading = axes.length > 0 && axes.every((axis, i) => axis === i)
  if (dtype !== "float32" || !areLeading || rows < fewRows || columns < fewRows) return undefined
  const matrix = e.full(node.inputs[0]!)
  return { sums: e.emit("MatMul", [e.ones(rows), shape.length === 2 && axes.length === 1 ? matrix : e.reshape(matrix, [rows, columns])]), rows }
}

const reduceSum: Rule<"ReduceSum"> = (e, node) => {
  const columns = columnSums(e, node)
  return columns === undefined ? structureRules.ReduceSum(e, node) : whole(e.reshape(columns.sums, node.type.shape), node)
}

const reduceMean: Rule<"ReduceMean"> = (e, node) => {
  const columns = columnSums(e, node)
  if (columns === undefined) return structureRules.ReduceMean(e, node)
  return whole(e.reshape(e.emit("Div", [columns.sums, e.scalar("float32", columns.rows)]), node.type.shape), node)
}

/** @category rules @since 0.1.0 */
export const productRules = {
  Add: add,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  MatMul: matMul,
  Softmax: (e, node) => whole(e.emit("Softmax", [e.full(node.inputs[0]!)], { axis: -1 }), node),
  LogSoftmax: (e, node) => whole(e.emit("LogSoftmax", [e.full(node.inputs[0]!)], { axis: -1 }), node)
} satisfies Rules
