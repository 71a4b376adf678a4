/**
 * Mixed precision: products are computed from operands of fewer bits, everything else stays float32.
 *
 * @since 0.1.0
 */
import type { Graph, Node } from "../graph/Graph.ts"
import type { OpAttrs, OpName } from "../graph/ops.ts"
import { addNode, rebuild } from "./rebuild.ts"

/**
 * Keras's names. `mixed_bfloat16` is what a TPU does with float32 by default: operands of products are rounded to bfloat16,
 * products are added up in float32. Variables, slots and everything between the products stay float32 ("master weights").
 *
 * @category models
 * @since 0.1.0
 */
export const precisions = ["float32", "mixed_bfloat16", "mixed_float16"] as const
/** @category models @since 0.1.0 */
export type Precision = (typeof precisions)[number]

const formats: { readonly [K in Exclude<Precision, "float32">]: OpAttrs["ReducePrecision"] } = {
  mixed_bfloat16: { exponentBits: 8, mantissaBits: 7 },
  mixed_float16: { exponentBits: 5, mantissaBits: 10 }
}

/** Ops that multiply and add up: forward and backward. */
const products: ReadonlySet<OpName> = new Set(["MatMul", "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"])

/** A product of the model's own, not one by which another op is computed. */
const isProduct = (node: Node): boolean => products.has(node.op) && !(node.op === "MatMul" && node.attrs.exact === true)

/**
 * Rounds every operand of every product to the format of `precision` (a value that several products read, once), but for
 * products that are `exact`: resizing an image or a Fourier transform is not a product to the model. To be run
 * after all rewrites, which know nothing of rounding. `float32` gives the graph itself.
 *
 * @category passes
 * @since 0.1.0
 */
export const mixedPrecision = (graph: Graph, precision: Precision): Graph => {
  if (precision === "float32") return graph
  const format = formats[precision]
  return rebuild(graph, {
    map: (cx, node: Node) => {
      if (!isProduct(node)) return addNode(cx, node, node.inputs)
      const rounded = node.inputs.map((x) => (cx.nodeOf(x).op === "ReducePrecision" ? x : cx.add("ReducePrecision", [x], format)))
      return addNode(cx, node, rounded)
    }
  })
}
