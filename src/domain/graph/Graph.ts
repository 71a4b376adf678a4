/**
 * The intermediate representation: a graph of typed single-result nodes in topological order, whose parameters and
 * outputs carry roles. Donation, loops of N steps, replicas, checkpoints and export follow from the roles alone.
 *
 * @since 0.1.0
 */
import type { TensorType } from "../Tensor.ts"
import { type OpAttrs, type OpName, type RandomOp, randomOps } from "./ops.ts"

/** Index of a node in `Graph.nodes`; operands always have smaller ids. @category models @since 0.1.0 */
export type NodeId = number

/** Where in the user's code a node was recorded, `file:line:column`. @category models @since 0.1.0 */
export type SourceLocation = string

/** A node of op `K`. @category models @since 0.1.0 */
export interface NodeOf<K extends OpName> {
  readonly op: K
  readonly inputs: ReadonlyArray<NodeId>
  readonly attrs: OpAttrs[K]
  readonly type: TensorType
  readonly source?: SourceLocation | undefined
}

/** Any node; narrow by `node.op`. @category models @since 0.1.0 */
export type Node = { readonly [K in OpName]: NodeOf<K> }[OpName]

/** It draws random numbers. @category rules @since 0.1.0 */
export const isRandom = (node: Node): node is NodeOf<RandomOp> => (randomOps as ReadonlyArray<string>).includes(node.op) // wider, to be asked

/** What a state leaf is to the program. `cache` leaves are per replica, all others equal on all replicas. @category models @since 0.1.0 */
export type StateKind = "variable" | "slot" | "cache" | "random" | "step"

/** @category models @since 0.1.0 */
export type ParameterRole =
  | { readonly _tag: "State"; readonly kind: StateKind; readonly trainable: boolean }
  /** A leaf of the batch; `name` is its path, such as `features/tokens` or `labels`. Per-replica shape. */
  | { readonly _tag: "Batch" }

/** An argument of a graph. The node `nodes[node]` is its `Parameter` and has its type. @category models @since 0.1.0 */
export interface Parameter {
  readonly name: string
  readonly role: ParameterRole
  readonly node: NodeId
}

/** @category models @since 0.1.0 */
export type OutputRole =
  /** Successor of the state parameter of the same name (in an init graph: its first value). */
  | { readonly _tag: "State" }
  /** The scalar float32 loss of this replica; the engine reports the mean over replicas. */
  | { readonly _tag: "Loss" }
  /** Leaves the device after every step, replicas concatenated on axis 0. */
  | { readonly _tag: "Outfeed" }

/** A result of a graph. @category models @since 0.1.0 */
export interface Output {
  readonly name: string
  readonly role: OutputRole
  readonly node: NodeId
}

/** Shapes are per replica. @category models @since 0.1.0 */
export interface Graph {
  readonly nodes: ReadonlyArray<Node>
  readonly parameters: ReadonlyArray<Parameter>
  readonly outputs: ReadonlyArray<Output>
}
