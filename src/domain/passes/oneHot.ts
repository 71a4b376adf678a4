/**
 * Rows picked by a product with one-hot vectors are gathered instead, where the indices are sure to be in range (an index
 * out of range is a row of zeros to a one-hot product and an error to a gather).
 *
 * Bit-identical for finite tables.
 *
 * @since 0.1.0
 */
import * as Builder from "../graph/Builder.ts"
import { indexRange } from "./indexRange.ts"
import { as } from "./operands.ts"
import { type Pass, passOf, type Rule, type Rules } from "./rebuild.ts"

const product: Rule<"MatMul"> = (cx, node) => {
  const [x, table] = [node.inputs[0]!, node.inputs[1]!]
  if (node.attrs.transposeA || node.attrs.transposeB || node.type.shape.length !== 2) return undefined
  const hot = as(cx, x, "OneHot")
  const reshape = as(cx, x, "Reshape")
  const under = hot ?? (reshape === undefined ? undefined : as(cx, reshape.inputs[0]!, "OneHot"))
  if (under === undefined || under.attrs.onValue !== 1 || under.attrs.offValue !== 0 || under.attrs.depth !== cx.typeOf(x).shape[1]) return undefined
  const [least, greatest] = indexRange((id) => cx.nodeOf(id), under.inputs[0]!)
  if (least < 0 || greatest >= under.attrs.depth) return undefined
  return cx.add("Gather", [table, Builder.reshape(cx, under.inputs[0]!, [node.type.shape[0]!])], { axis: 0 })
}

/** @category rules @since 0.1.0 */
export const oneHotRules: Rules = { MatMul: [product] }

/** @category passes @since 0.1.0 */
export const oneHot: Pass = passOf(oneHotRules)
