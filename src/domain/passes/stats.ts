/**
 * Figures of a graph for logs and benchmarks.
 *
 * @since 0.1.0
 */
import type { Graph, Node } from "../graph/Graph.ts"
import type { ConvAttrs } from "../graph/ops.ts"
import { byteSizeOf, type Shape, sizeOf } from "../Tensor.ts"

/** @category models @since 0.1.0 */
export interface GraphStats {
  readonly nodes: number
  /** Nodes of each op, most first. */
  readonly byOp: ReadonlyMap<string, number>
  /** Floating point operations of products and convolutions, two for each multiply-add. */
  readonly matMulFlops: number
  /** Bytes of literal data. */
  readonly literalBytes: number
}

/** Elements of the image that one of the result is made of. */
const tapsOf = (filter: Shape, { depthwise }: ConvAttrs): number => sizeOf(filter.slice(0, depthwise === true ? 2 : 3))

/** Of a product or convolution: one for each element of the result and of the inner axis; `undefined` for other ops. @category analysis @since 0.1.0 */
export const multiplyAdds = (graph: Graph, node: Node): number | undefined => {
  const shapeOf = (i: number) => graph.nodes[node.inputs[i]!]!.type.shape
  switch (node.op) {
    case "MatMul":
      return sizeOf(node.type.shape) * shapeOf(0).at(node.attrs.transposeA ? -2 : -1)!
    case "Conv2D":
      return sizeOf(node.type.shape) * tapsOf(shapeOf(1), node.attrs)
    case "Conv2DBackpropInput":
      return sizeOf(shapeOf(0)) * tapsOf(shapeOf(1), node.attrs)
    case "Conv2DBackpropFilter":
      return sizeOf(shapeOf(1)) * tapsOf(node.attrs.filterShape, node.attrs)
    default:
      return undefined
  }
}

/** @category analysis @since 0.1.0 */
export const statsOf = (graph: Graph): GraphStats => {
  const byOp = new Map<string, number>()
  let matMulFlops = 0
  let literalBytes = 0
  for (const node of graph.nodes) {
    byOp.set(node.op, (byOp.get(node.op) ?? 0) + 1)
    matMulFlops += 2 * (multiplyAdds(graph, node) ?? 0)
    if (node.op === "Constant") literalBytes += byteSizeOf(node.type)
  }
  return { nodes: graph.nodes.length, byOp: new Map([...byOp].sort((a, b) => b[1] - a[1])), matMulFlops, literalBytes }
}
