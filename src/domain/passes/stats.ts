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

/** Elements of the image that one of the result is made of. @category analysis @since 0.1.0 */
export const tapsOf = (filter: Shape, { depthwise }: ConvAttrs): number => sizeOf(filter.slice(0, depthwise === true ? 2 : 3))

/** Two operations for each element of the result and of the inner axis. */
const flopsOf = (graph: Graph, node: Node): number => {
  const inputShape = (i: number) => graph.nodes[node.inputs[i]!]!.type.shape
  switch (node.op) {
    case "MatMul":
      return 2 * sizeOf(node.type.shape) * inputShape(0).at(node.attrs.transposeA ? -2 : -1)!
    case "Conv2D":
      return 2 * sizeOf(node.type.shape) * tapsOf(inputShape(1), node.attrs)
    case "Conv2DBackpropInput":
      return 2 * sizeOf(inputShape(0)) * tapsOf(inputShape(1), node.attrs)
    case "Conv2DBackpropFilter":
      return 2 * sizeOf(inputShape(1)) * tapsOf(node.attrs.filterShape, node.attrs)
    default:
      return 0
  }
}

/** @category analysis @since 0.1.0 */
export const statsOf = (graph: Graph): GraphStats => {
  const byOp = new Map<string, number>()
  let matMulFlops = 0
  let literalBytes = 0
  for (const node of graph.nodes) {
    byOp.set(node.op, (byOp.get(node.op) ?? 0) + 1)
    matMulFlops += flopsOf(graph, node)
    if (node.op === "Constant") literalBytes += byteSizeOf(node.type)
  }
  return { nodes: graph.nodes.length, byOp: new Map([...byOp].sort((a, b) => b[1] - a[1])), matMulFlops, literalBytes }
}
