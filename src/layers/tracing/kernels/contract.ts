/**
 * Matrix products, `einsum` included.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { sizeOf } from "../../../domain/Tensor.ts"
import { type Emit, wider } from "../Emit.ts"
import { activate } from "./elementwise.ts"
import { type AB, kernel, type Kernel, type Many } from "./kernel.ts"

interface MatMulAttrs {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

const batchMatMul = (c: Emit, a: tf.TensorInfo, b: tf.TensorInfo, { transposeA, transposeB }: MatMulAttrs): NodeId => {
  const [x, y] = [c.of(a), c.of(b)]
  return c.cast(c.matMul(x, y, { transposeA, transposeB }), wider(c.dtype(x), c.dtype(y)))
}

interface Term {
  readonly node: NodeId
  readonly labels: string
}

/** Axes of `term` in the order of `labels`, which it has all. */
const arrange = (c: Emit, { node, labels }: Term, order: string): NodeId =>
  c.transpose(
    node,
    [...order].map((l) => labels.indexOf(l))
  )

const sumOver = (c: Emit, { node, labels }: Term, gone: string): Term => ({
  node: c.reduce(
    "ReduceSum",
    node,
    [...gone].map((l) => labels.indexOf(l)).sort((i, j) => i - j)
  ),
  labels: [...labels].filter((l) => !gone.includes(l)).join("")
})

/** Two terms into one: labels that neither the result nor a later term has are contracted in one batched product. */
const contract = (c: Emit, left: Term, right: Term, wanted: string, exact: boolean): Term => {
  const [a, b] = [left, right].map((term, i) => {
    const other = i === 0 ? right : left
    return sumOver(c, term, [...term.labels].filter((l) => !wanted.includes(l) && !other.labels.includes(l)).join(""))
  }) as [Term, Term] // two in, two out
  const shared = [...a.labels].filter((l) => b.labels.includes(l))
  const batch = shared.filter((l) => wanted.includes(l)).join("")
  const inner = shared.filter((l) => !wanted.includes(l)).join("")
  const onlyA = [...a.labels].filter((l) => !shared.includes(l)).join("")
  const onlyB = [...b.labels].filter((l) => !shared.includes(l)).join("")
  const x = arrange(c, a, batch + onlyA + inner)
  const y = arrange(c, b, batch + inner + onlyB)
  const extents = (node: NodeId, from: number, n: number) => c.shape(node).slice(from, from + n)
  const [batchShape, aShape] = [extents(x, 0, batch.length), extents(x, batch.length, onlyA.length)]
  const [innerShape, bShape] = [extents(y, batch.length, inner.length), extents(y, batch.length + inner.length, onlyB.length)]
  const product = c.matMul(
    c.reshape(x, [sizeOf(batchShape), sizeOf(aShape), sizeOf(innerShape)]),
    c.reshape(y, [sizeOf(batchShape), sizeOf(innerShape), sizeOf(bShape)]),
    { exact }
  )
  return { node: c.reshape(product, [...batchShape, ...aShape, ...bShape]), labels: batch + onlyA + onlyB }
}

/** tfjs's own checks, of equations for one or two tensors: it has no others. */
const check = (equation: string, xs: ReadonlyArray<tf.TensorInfo>): void => {
  if (xs.length > 2 && equation.split(",").length === xs.length) return
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, xs.length)
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, [...xs] as Array<tf.Tensor>) // reads the shapes only
}

/** `equation` has an explicit result (`ij,jk->ik`), no repeats within a term; `exact` as for `Emit.matMul`. */
export const einsum = (c: Emit, nodes: ReadonlyArray<NodeId>, equation: string, exact = false): NodeId => {
  const [from, to] = equation.replace(/\s/g, "").split("->") as [string, string] // tfjs has checked the arrow
  const terms = from.split(",").map((labels, i): Term => ({ node: c.float(nodes[i]!), labels }))
  const last = terms.slice(1).reduce(
    (left, right, i) =>
      contract(
        c,
        left,
        right,
        to +
          terms
            .slice(i + 2)
            .map((t) => t.labels)
            .join(""),
        exact
      ),
    terms[0]!
  )
  const summed = sumOver(c, last, [...last.labels].filter((l) => !to.includes(l)).join(""))
  return arrange(c, summed, to)
}

export const contractions: ReadonlyArray<Kernel> = [
  kernel<AB, MatMulAttrs>("BatchMatMul", (c, { a, b }, attrs) => batchMatMul(c, a, b, attrs)),
  kernel<
    AB & { readonly bias?: tf.TensorInfo; readonly preluActivationWeights?: tf.TensorInfo },
    MatMulAttrs & { readonly activation?: string; readonly leakyreluAlpha?: number }
  >("_FusedMatMul", (c, { a, b, bias, preluActivationWeights }, attrs) => {
    const product = batchMatMul(c, a, b, attrs)
    const sum = bias === undefined || bias === null ? product : c.add2(product, c.of(bias))
    return activate(c, sum, attrs.activation, preluActivationWeights, attrs.leakyreluAlpha)
  }),
  kernel<Many, { readonly equation: string }>("Einsum", (c, inputs, { equation }) => {
    const xs = Object.values(inputs)
    check(equation, xs)
    return einsum(
      c,
      xs.map((x) => c.of(x)),
      equation
    )
  })
]
