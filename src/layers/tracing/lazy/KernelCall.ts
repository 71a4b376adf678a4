/**
 * One kernel run lazily: its rule adds to a small graph of its own, whose nodes then become pending ones.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Builder from "../../../domain/graph/Builder.ts"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { sameShape } from "../../../domain/Tensor.ts"
import type { Target } from "../Emit.ts"
import { LazyNode, type PendingNodes } from "./LazyNode.ts"

/** Seed 0, step 0: what draws start from outside of a program. */
const firstKey = new LazyNode({ dtype: "int32", shape: [3] }, new Int32Array(3))

export class KernelCall implements Target {
  readonly builder = Builder.make()
  readonly replicas = 1
  readonly #operands: Array<LazyNode> = []
  readonly #ids = new Map<LazyNode, NodeId>()
  readonly #lazyOf: (x: tf.TensorInfo) => LazyNode

  constructor(lazyOf: (x: tf.TensorInfo) => LazyNode) {
    this.#lazyOf = lazyOf
  }

  get randomKey(): NodeId {
    return this.#operand(firstKey)
  }

  nodeOf(x: tf.TensorInfo): NodeId {
    const lazy = this.#lazyOf(x)
    const id = this.#operand(lazy)
    // an alias may have another shape than its data
    return sameShape(lazy.type.shape, x.shape) ? id : Builder.reshape(this.builder, id, x.shape)
  }

  /** The results as pending nodes, or as the operand that one is. */
  finish(results: ReadonlyArray<NodeId>, nodes: PendingNodes): ReadonlyArray<LazyNode> {
    const made = new Map<NodeId, LazyNode>()
    for (const id of this.#needed(results)) {
      const node = this.builder.nodeOf(id)
      const lazy =
        node.op === "Parameter"
          ? this.#operands[node.attrs.index]!
          : nodes.add(node.type, { node, operands: node.inputs.map((input) => made.get(input)!) })
      made.set(id, lazy)
    }
    return results.map((id) => made.get(id)!)
  }

  #operand(lazy: LazyNode): NodeId {
    const before = this.#ids.get(lazy)
    if (before !== undefined) return before
    const id = this.builder.parameter(`x${this.#operands.length}`, { _tag: "Batch" }, lazy.type)
    this.#operands.push(lazy)
    this.#ids.set(lazy, id)
    return id
  }

  /** Operands have smaller numbers, so ascending order has them first. */
  #needed(results: ReadonlyArray<NodeId>): ReadonlyArray<NodeId> {
    const seen = new Set<NodeId>()
    const open = [...results]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      open.push(...this.builder.nodeOf(id).inputs)
    }
    return [...seen].sort((i, j) => i - j)
  }
}
