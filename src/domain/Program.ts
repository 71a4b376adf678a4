/**
 * A program for a device: the step graph and the graph of initial values, with the state leaves they share.
 *
 * @since 0.1.0
 */
import type { Graph, StateKind } from "./graph/Graph.ts"
import type { Shape, Tensor, TensorData, TensorType } from "./Tensor.ts"

/** @category models @since 0.1.0 */
export type Mode = "train" | "evaluate" | "predict"

/** One leaf of the state, in the order of the step graph's parameters. @category models @since 0.1.0 */
export interface StateLeaf {
  readonly name: string
  readonly kind: StateKind
  readonly trainable: boolean
  /** Per-replica type. */
  readonly type: TensorType
}

/** One leaf of the batch, in the order of the step graph's parameters. @category models @since 0.1.0 */
export interface BatchLeaf {
  readonly name: string
  /** Per-replica type; the host feeds `[replicas * shape[0], …]`. */
  readonly type: TensorType
}

/** One outfeed tensor, in the order of the step graph's outputs. @category models @since 0.1.0 */
export interface OutfeedLeaf {
  readonly name: string
  /** Per-replica type; the host receives `[replicas * shape[0], …]`, and `[replicas]` for a scalar. */
  readonly type: TensorType
}

/**
 * How the work of one replica is spread over several cores (`num_cores_per_replica`, `input_partition_dims` of the original).
 *
 * @category models
 * @since 0.1.0
 */
export interface Partition {
  /** Cores of one replica, counted from 0. */
  readonly cores: number
  /**
   * Parts along each axis of a batch leaf, by its name; their product is `cores`, and block i in row-major order is on core
   * i. Parts are the larger first, perhaps empty last: 5 by 4 is 2, 2, 1, 0. A leaf that is not here is whole on every core.
   */
  readonly dims: ReadonlyMap<string, ReadonlyArray<number>>
}

/**
 * What `Tracer` makes and `Device.compile` takes.
 *
 * `step`: parameters are the state leaves and the batch leaves; outputs are a successor for each state leaf (same name,
 * same type), at most one `Loss`, and the outfeeds.
 * `init`: its only parameter is the random key (`randomKeyName`, int32[3]); outputs are the first value of every state
 * leaf but the random key. Variables and slots are equal on all replicas; a cache leaf is given for one replica and
 * repeated for each.
 * `partition`: the cores that compute a replica's step together; absent: one does. `step` is of a whole replica all the same:
 * the engine cuts it (`passes/partition`) or has it cut.
 *
 * @category models
 * @since 0.1.0
 */
export interface Program {
  readonly mode: Mode
  readonly step: Graph
  readonly init: Graph
  /** Absent: core 0 of each replica computes all of `step`. */
  readonly partition?: Partition | undefined
}

/** Name of the state leaf that holds the global step (int32 scalar). @category constants @since 0.1.0 */
export const globalStepName = "global_step"
/** Name of the state leaf with the random key: int32[3] = seed low word, seed high word, step counter. @category constants @since 0.1.0 */
export const randomKeyName = "random_key"

/** @category rules @since 0.1.0 */
export const stateLeaves = (graph: Graph): ReadonlyArray<StateLeaf> =>
  graph.parameters.flatMap((p) =>
    p.role._tag === "State" ? [{ name: p.name, kind: p.role.kind, trainable: p.role.trainable, type: graph.nodes[p.node]!.type }] : []
  )

/** @category rules @since 0.1.0 */
export const batchLeaves = (graph: Graph): ReadonlyArray<BatchLeaf> =>
  graph.parameters.flatMap((p) => (p.role._tag === "Batch" ? [{ name: p.name, type: graph.nodes[p.node]!.type }] : []))

/** @category rules @since 0.1.0 */
export const outfeedLeaves = (graph: Graph): ReadonlyArray<OutfeedLeaf> =>
  graph.outputs.flatMap((o) => (o.role._tag === "Outfeed" ? [{ name: o.name, type: graph.nodes[o.node]!.type }] : []))

/** Shape of a per-replica leaf once the replicas' parts are put together on axis 0. @category rules @since 0.1.0 */
export const globalShape = (shape: Shape, replicas: number): Shape => (shape.length === 0 ? [replicas] : [shape[0]! * replicas, ...shape.slice(1)])

/**
 * The whole state by leaf name. Cache leaves are stacked: `[replicas, …shape]`; all others have the leaf's own shape.
 *
 * @category models
 * @since 0.1.0
 */
export type State = ReadonlyMap<string, Tensor>

/** One global batch: data for each batch leaf, in order, row-major `[replicas * shape[0], …]`. @category models @since 0.1.0 */
export type Batch = ReadonlyArray<TensorData>

/** What left the device in one step. @category models @since 0.1.0 */
export interface StepOutput {
  /** Mean over replicas; NaN for a program without a loss. */
  readonly loss: number
  /** Data for each outfeed leaf, in order, replicas concatenated on axis 0; owned by the receiver. */
  readonly outfeed: ReadonlyArray<TensorData>
}

/** @category models @since 0.1.0 */
export interface RunResult {
  /** Steps done: fewer than asked for only when the run was stopped. */
  readonly completed: number
  /** The loss of each of them (mean over replicas). */
  readonly losses: Float32Array
}
