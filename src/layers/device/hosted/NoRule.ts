/**
 * The failure of a lowering.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"

/** An op without a rule. @category errors @since 0.1.0 */
export class NoRule extends Error {
  readonly node: Node

  constructor(node: Node) {
    super("has no lowering")
    this.name = "NoRule"
    this.node = node
  }
}
