/**
 * What can be known of int32 values without computing them.
 *
 * @since 0.1.0
 */
import type { Node, NodeId } from "../graph/Graph.ts"
import type { TensorData } from "../Tensor.ts"

/** The least and the greatest value that an int32 node can have, as far as the node itself tells. @category analysis @since 0.1.0 */
export const indexRange = (nodeOf: (id: NodeId) => Node, id: NodeId): readonly [least: number, greatest: number] => {
  const node = nodeOf(id)
  switch (node.op) {
    case "Fill":
      return [node.attrs.value, node.attrs.value]
    case "Constant":
      return extremes(node.attrs.data)
    case "Iota":
      return [0, node.attrs.shape[node.attrs.axis]! - 1]
    case "ArgMax":
    case "ArgMin":
      return [0, nodeOf(node.inputs[0]!).type.shape[node.attrs.axis]! - 1]
    case "TopKIndices":
      return [0, nodeOf(node.inputs[0]!).type.shape.at(-1)! - 1]
    case "Max":
    case "Min": {
      const [a, b] = [indexRange(nodeOf, node.inputs[0]!), indexRange(nodeOf, node.inputs[1]!)]
      const of = node.op === "Max" ? Math.max : Math.min
      return [of(a[0], b[0]), of(a[1], b[1])]
    }
    case "Reshape":
    case "Broadcast":
    case "Slice":
    case "Transpose":
      return indexRange(nodeOf, node.inputs[0]!)
    default:
      return [-Infinity, Infinity]
  }
}

const extremes = (data: TensorData): readonly [number, number] => {
  let [least, greatest] = [Infinity, -Infinity]
  for (const value of data) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)]
  return [least, greatest]
}
