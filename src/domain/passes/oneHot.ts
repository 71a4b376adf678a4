/**
 * Rows picked by a product with one-hot vectors are gathered instead, where the indices are sure to be in range (an index
 * out of range is a row of zeros to a one-hot product and an error to a gather).
 *
 * Bit-identical for finite tables.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../graph/Graph.ts"
import * as Builder from "../graph/Builder.ts"
import type { TensorData } from "../Tensor.ts"
import { as } from "./operands.ts"
import { type Context, type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

/** The least and the greatest value that an int32 node can have, as far as the node itself tells. */
const rangeOf = (cx: Context, id: NodeId): readonly [number, number] => {
  const node = cx.nodeOf(id)
  switch (node.op) {
    case "Fill":
      return [node.attrs.value, node.attrs.value]
    case "Constant":
      return extremes(node.attrs.data)
    case "Iota":
      return [0, node.attrs.shape[node.attrs.axis]! - 1]
    case "ArgMax":
    case "ArgMin":
      return [0, cx.typeOf(node.inputs[0]!).shape[node.attrs.axis]! - 1]
    case "Max":
    case "Min": {
      const [a, b] = [rangeOf(cx, node.inputs[0]!), rangeOf(cx, node.inputs[1]!)]
      const of = node.op === "Max" ? Math.max : Math.min
      return [of(a[0], b[0]), of(a[1], b[1])]
    }
    case "Reshape":
    case "Broadcast":
    case "Slice":
    case "Transpose":
      return rangeOf(cx, node.inputs[0]!)
    default:
      return [-Infinity, Infinity]
  }
}

const extremes = (data: TensorData): readonly [number, number] => {
  let [least, greatest] = [Infinity, -Infinity]
  for (const value of data) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)]
  return [least, greatest]
}

const product: Rule<"MatMul"> = (cx, node) => {
  const [x, table] = [node.inputs[0]!, node.inputs[1]!]
  if (node.attrs.transposeA || node.attrs.transposeB || node.type.shape.length !== 2) return undefined
  const hot = as(cx, x, "OneHot")
  const reshape = as(cx, x, "Reshape")
  const under = hot ?? (reshape === undefined ? undefined : as(cx, reshape.inputs[0]!, "OneHot"))
  if (under === undefined || under.attrs.onValue !== 1 || under.attrs.offValue !== 0 || under.attrs.depth !== cx.typeOf(x).shape[1]) return undefined
  const [least, greatest] = rangeOf(cx, under.inputs[0]!)
  if (least < 0 || greatest >= under.attrs.depth) return undefined
  return cx.add("Gather", [table, Builder.reshape(cx, under.inputs[0]!, [node.type.shape[0]!])], { axis: 0 })
}

/** @category rules @since 0.1.0 */
export const oneHotRules: Rules = { MatMul: [product] }

/** @category passes @since 0.1.0 */
export const oneHot: Pass = passOf(oneHotRules)
