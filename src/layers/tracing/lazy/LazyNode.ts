/**
 * Nodes of the pending graph. They refer to each other as objects, so that what nobody needs any more is collected; once
 * evaluated, a node is its value and lets its operands go.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"
import { byteSizeOf, type TensorData, type TensorType } from "../../../domain/Tensor.ts"

/** An op over nodes that have or will have values. */
export interface Pending {
  readonly node: Node
  /** In the order of `node.inputs`, whose numbers mean nothing here. */
  readonly operands: ReadonlyArray<LazyNode>
}

export class LazyNode {
  readonly type: TensorType
  /** Absent once there is a value. */
  pending: Pending | undefined
  /** Row-major, never written to. */
  value: TensorData | undefined
  /** Live `dataId`s that stand for this node. */
  holders = 0
  /** Operands of pending nodes that are this node. */
  readers = 0

  constructor(type: TensorType, content: TensorData | Pending) {
    this.type = type
    if ("node" in content) this.pending = content
    else this.value = content
  }
}

/** The pending nodes of a backend: how many, and which of them tensors stand for. */
export class PendingNodes {
  #count = 0
  #retained = 0
  readonly #held = new Set<LazyNode>()

  /** Pending nodes that a live tensor needs, and those of tensors that were dropped without being disposed of. */
  get count(): number {
    return this.#count
  }

  /** Bytes of values that no tensor stands for any more, but pending nodes need. */
  get retainedBytes(): number {
    return this.#retained
  }

  /** Pending nodes that live tensors stand for, oldest first. */
  get held(): ReadonlyArray<LazyNode> {
    return [...this.#held]
  }

  add(type: TensorType, pending: Pending): LazyNode {
    for (const operand of pending.operands) operand.readers++
    this.#count++
    return new LazyNode(type, pending)
  }

  hold(node: LazyNode): void {
    node.holders++
    if (node.pending !== undefined) this.#held.add(node)
  }

  release(node: LazyNode): void {
    node.holders--
    if (node.holders > 0) return
    this.#held.delete(node)
    if (node.readers > 0) this.#retained += bytesOf(node)
    this.drop([node])
  }

  /** The node is its value from now on; what only it needed is dropped. */
  settle(node: LazyNode, value: TensorData): void {
    node.value = value
    this.#held.delete(node)
    if (node.holders === 0 && node.readers > 0) this.#retained += bytesOf(node)
    this.drop(this.#letGo(node))
  }

  /** After all held nodes were evaluated: what is still pending belongs to nobody. */
  reset(): void {
    this.#count = 0
    this.#retained = 0
    this.#held.clear()
  }

  /** Those that nobody needs stop to count, and what only they needed with them. A list of its own, for chains may be long. */
  drop(nodes: ReadonlyArray<LazyNode>): void {
    const rest = [...nodes]
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      if (node.holders > 0 || node.readers > 0 || node.pending === undefined) continue
      rest.push(...this.#letGo(node))
    }
  }

  #letGo(node: LazyNode): ReadonlyArray<LazyNode> {
    const operands = node.pending?.operands ?? []
    if (node.pending !== undefined) this.#count = Math.max(0, this.#count - 1)
    node.pending = undefined
    for (const operand of operands) {
      operand.readers--
      // after `reset` there may be less
      if (operand.readers === 0 && operand.holders === 0) this.#retained = Math.max(0, this.#retained - bytesOf(operand))
    }
    return operands
  }
}

const bytesOf = (node: LazyNode): number => (node.value === undefined ? 0 : byteSizeOf(node.type))
