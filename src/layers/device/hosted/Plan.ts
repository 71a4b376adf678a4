/**
 * What the host and the worker of any engine share: where everything lies in the memory that both threads see.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import { batchLeaves, type BatchLeaf, globalShape, outfeedLeaves, type OutfeedLeaf, type StateLeaf } from "../../../domain/Program.ts"
import { byteSizeOf, type Shape, type TensorType } from "../../../domain/Tensor.ts"
import { Word } from "./control.ts"

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

/** A leaf of a ring of slots. @category models @since 0.1.0 */
export interface SlotPlace {
  readonly name: string
  readonly type: TensorType
  /** With all replicas' parts. */
  readonly shape: Shape
  /** Offset in slot 0. */
  readonly base: number
  /** Bytes from one slot to the next. */
  readonly stride: number
  /** Of one replica's part. */
  readonly bytes: number
}

/** @category models @since 0.1.0 */
export interface HostedLayout {
  readonly replicas: number
  readonly slots: number
  readonly state: ReadonlyArray<StatePlace>
  readonly infeed: ReadonlyArray<SlotPlace>
  readonly outfeed: ReadonlyArray<SlotPlace>
  readonly bytes: number
}

/** Plain data that can be sent to another thread; the buffers are memory that both see, whichever way. @category models @since 0.1.0 */
export interface HostedPlan {
  readonly layout: HostedLayout
  /** Evaluated by the reference rules, so that first values are the same bits on every engine. */
  readonly init: Graph
  readonly memory: ArrayBufferLike
  readonly control: ArrayBufferLike
  /** Loss of each step of the command under way. */
  readonly losses: ArrayBufferLike
  /** Loss of each step in the outfeed slots. */
  readonly slotLosses: ArrayBufferLike
  /**
   * Absent where the engine computes in the shared memory. Else the state there is a copy, and this has a byte for each of
   * `layout.state`: not 0 where the host has written a leaf that `Command.store` is to hand over.
   */
  readonly dirty?: ArrayBufferLike
}

const alignment = 64

const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment

/** Hands out offsets of a memory that grows. @category models @since 0.1.0 */
export class Allocator {
  bytes = 0

  take(size: number): number {
    const offset = this.bytes
    this.bytes += aligned(size)
    return offset
  }
}

type Leaf = BatchLeaf | OutfeedLeaf

/** Bytes of batches, draws and outputs that the slots may take together, unless a slot is large. */
const budget = 4 << 20
const [fewest, most] = [4, 64] as const

/** How many slots there are by default; `more`: bytes that a slot takes besides batch and outputs. @category rules @since 0.1.0 */
export const slotsWithin = (step: Graph, replicas: number, more = 0): number => {
  const slot = [...batchLeaves(step), ...outfeedLeaves(step)].reduce((bytes, { type }) => bytes + byteSizeOf(type) * replicas, more + 1)
  return Math.min(most, Math.max(fewest, Math.floor(budget / slot)))
}

/** All leaves of a slot together, slot after slot. @category constructors @since 0.1.0 */
export const slotBySlot = (memory: Allocator, leaves: ReadonlyArray<Leaf>, replicas: number, slots: number): ReadonlyArray<SlotPlace> => {
  const slot = new Allocator()
  const places = leaves.map(({ name, type }) => {
    const bytes = byteSizeOf(type)
    return { name, type, shape: globalShape(type.shape, replicas), base: slot.take(bytes * replicas), bytes }
  })
  const base = memory.take(slot.bytes * slots)
  return places.map((place) => ({ ...place, base: base + place.base, stride: slot.bytes }))
}

/** All slots of a leaf together, leaf after leaf; without a gap, or each where an engine can read it in place. @category constructors @since 0.1.0 */
export const leafByLeaf = (
  memory: Allocator,
  leaves: ReadonlyArray<Leaf>,
  replicas: number,
  slots: number,
  isAligned = false
): ReadonlyArray<SlotPlace> =>
  leaves.map(({ name, type }) => {
    const bytes = byteSizeOf(type)
    const stride = isAligned ? aligned(bytes * replicas) : bytes * replicas
    return { name, type, shape: globalShape(type.shape, replicas), base: memory.take(stride * slots), stride, bytes }
  })

/** A state leaf has a part for each replica where `divided` says so. @category constructors @since 0.1.0 */
export const statePlace = (memory: Allocator, leaf: StateLeaf, replicas: number, divided: boolean, moving: boolean): StatePlace => {
  const parts = leaf.kind === "cache" || divided ? replicas : 1
  const bytes = byteSizeOf(leaf.type)
  const first = memory.take(bytes * parts)
  const type = leaf.kind === "cache" ? { dtype: leaf.type.dtype, shape: [replicas, ...leaf.type.shape] } : leaf.type
  return { leaf, type, bytes, parts, offsets: [first, moving ? memory.take(bytes * parts) : first] }
}

/** The shared memory of a plan, all zeros. @category constructors @since 0.1.0 */
export const memoryFor = (layout: HostedLayout, maxIterations: number): Pick<HostedPlan, "memory" | "control" | "losses" | "slotLosses"> => ({
  memory: new SharedArrayBuffer(layout.bytes),
  control: new SharedArrayBuffer(Word.length * 4),
  losses: new SharedArrayBuffer(maxIterations * 4),
  slotLosses: new SharedArrayBuffer(layout.slots * 4)
})
