/**
 * Where everything lies in the memory that the host, the worker and the engine share: the state (twice where a leaf
 * cannot be written in place), the infeed and outfeed slots, the losses.
 *
 * @since 0.1.0
 */
import {
  type BatchLeaf,
  batchLeaves,
  globalShape,
  type OutfeedLeaf,
  outfeedLeaves,
  type Program,
  type StateLeaf,
  stateLeaves
} from "../../../domain/Program.ts"
import { byteSizeOf, type Shape, type TensorType } from "../../../domain/Tensor.ts"
import type { Lowered } from "./lower.ts"
import type { Merged } from "./Merged.ts"

/** A stretch of the shared memory; two offsets where the leaf has two places. @category models @since 0.1.0 */
export interface Place {
  /** By parity; equal where the leaf has one place only. */
  readonly offsets: readonly [number, number]
  /** Of one replica's part. */
  readonly bytes: number
  /** Parts, one after the other. */
  readonly parts: number
}

/** @category models @since 0.1.0 */
export interface StatePlace extends Place {
  readonly leaf: StateLeaf
  /** As in `State`: cache leaves stacked; of another leaf that each replica has its own of, the first replica's. */
  readonly type: TensorType
}

/** A leaf of a slot; `offset` counts from the start of the slot. @category models @since 0.1.0 */
export interface SlotPlace {
  readonly name: string
  readonly type: TensorType
  /** With all replicas' parts. */
  readonly shape: Shape
  readonly offset: number
  readonly bytes: number
}

/** @category models @since 0.1.0 */
export interface Slots {
  readonly leaves: ReadonlyArray<SlotPlace>
  /** Offset of slot 0. */
  readonly base: number
  readonly stride: number
}

/** @category models @since 0.1.0 */
export interface Layout {
  readonly replicas: number
  readonly slots: number
  readonly state: ReadonlyArray<StatePlace>
  readonly infeed: Slots
  readonly outfeed: Slots
  /** Offset of one float32, the mean over replicas; `undefined` without a loss. */
  readonly loss: number | undefined
  readonly bytes: number
}

const alignment = 64

class Allocator {
  bytes = 0

  take(size: number): number {
    const offset = this.bytes
    this.bytes += Math.ceil(size / alignment) * alignment
    return offset
  }
}

const slotsOf = (memory: Allocator, leaves: ReadonlyArray<BatchLeaf | OutfeedLeaf>, replicas: number, slots: number): Slots => {
  const slot = new Allocator()
  const places = leaves.map(({ name, type }): SlotPlace => {
    const bytes = byteSizeOf(type)
    return { name, type, shape: globalShape(type.shape, replicas), offset: slot.take(bytes * replicas), bytes }
  })
  return { leaves: places, base: memory.take(slot.bytes * slots), stride: slot.bytes }
}

/** Names of the state leaves of which some part cannot be written in place. */
const movingLeaves = (merged: Merged, lowered: Lowered): ReadonlySet<string> =>
  new Set(
    lowered.outputs.flatMap((o) => {
      const { leaf, role } = merged.outputs[o.index]!
      return role._tag === "State" && !o.inPlace ? [leaf] : []
    })
  )

/** @category constructors @since 0.1.0 */
export const make = (program: Program, merged: Merged, lowered: Lowered, slots: number): Layout => {
  const { replicas } = merged
  const memory = new Allocator()
  const moving = movingLeaves(merged, lowered)
  const state = stateLeaves(program.step).map((leaf): StatePlace => {
    const parts = leaf.kind === "cache" || merged.divided.has(leaf.name) ? replicas : 1
    const bytes = byteSizeOf(leaf.type)
    const first = memory.take(bytes * parts)
    const type = leaf.kind === "cache" ? { dtype: leaf.type.dtype, shape: [replicas, ...leaf.type.shape] } : leaf.type
    return { leaf, type, bytes, parts, offsets: [first, moving.has(leaf.name) ? memory.take(bytes * parts) : first] }
  })
  return {
    replicas,
    slots,
    state,
    infeed: slotsOf(memory, batchLeaves(program.step), replicas, slots),
    outfeed: slotsOf(memory, outfeedLeaves(program.step), replicas, slots),
    loss: merged.outputs.some((o) => o.role._tag === "Loss") ? memory.take(4) : undefined,
    bytes: memory.bytes
  }
}
