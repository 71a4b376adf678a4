/**
 * The values of a graph's nodes in an engine's own form, as far as it is lowered.
 *
 * A value may be smaller than its node's type: then numpy's broadcast of it gives the node's value, and elementwise consumers
 * take it as it is where the engine broadcasts by itself. `full` is for consumers that need every element.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId } from "../../../../domain/graph/Graph.ts"
import { type Shape, sizeOf, type TensorType } from "../../../../domain/Tensor.ts"

/** @category models @since 0.1.0 */
export interface Value {
  /** As operands are written. */
  readonly name: string
  /** The engine's value's own shape; broadcasts to the type of the node it stands for. */
  readonly shape: Shape
}

/** What an engine's emitter is besides. @category models @since 0.1.0 */
export abstract class Values {
  readonly graph: Graph
  readonly #values = new Map<NodeId, Value>()
  readonly #full = new Map<NodeId, string>()

  constructor(graph: Graph) {
    this.graph = graph
  }

  /** The name of `value` with every element of `type`. */
  protected abstract repeat(value: Value, type: TensorType): string

  at(id: NodeId): Node {
    return this.graph.nodes[id]!
  }

  set(id: NodeId, value: Value): void {
    this.#values.set(id, value)
  }

  has(id: NodeId): boolean {
    return this.#values.has(id)
  }

  value(id: NodeId): Value {
    return this.#values.get(id)!
  }

  /** The name of a value with every element of the node's type. */
  full(id: NodeId): string {
    const known = this.#full.get(id)
    if (known !== undefined) return known
    const name = this.repeat(this.value(id), this.at(id).type)
    this.#full.set(id, name)
    return name
  }
}

/** A value of one element stands for any shape of one value. @category rules @since 0.1.0 */
export const isSingle = (value: Value): boolean => sizeOf(value.shape) === 1

/** The value of a node of which `name` has every element. @category constructors @since 0.1.0 */
export const whole = (name: string, node: Node): Value => ({ name, shape: node.type.shape })
