import type { Node } from "../../../domain/graph/Graph.ts"
export class NoRule extends Error {
  readonly node: Node
  constructor(node: Node) {
    super("x")
    this.node = node
  }
}
