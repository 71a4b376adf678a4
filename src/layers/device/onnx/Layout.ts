/**
 * Where everything lies in the memory that the host, the worker and the engine share: the state (twice where a leaf
 * cannot be written in place), the infeed and outfeed slots, the losses.
 *
 * @since 0.1.0
 */
import { batchLeaves, outfeedLeaves, type Program, stateLeaves } from "../../../domain/Program.ts"
import type { Merged } from "../hosted/Merged.ts"
import { Allocator, type HostedLayout, slotBySlot, statePlace } from "../hosted/Plan.ts"
import type { Lowered } from "./lower.ts"

/** @category models @since 0.1.0 */
export interface Layout extends HostedLayout {
  /** Offset of one float32, the mean over replicas; `undefined` without a loss. */
  readonly loss: number | undefined
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
  const state = stateLeaves(program.step).map((leaf) => statePlace(memory, leaf, replicas, merged.divided.has(leaf.name), moving.has(leaf.name)))
  return {
    replicas,
    slots,
    state,
    infeed: slotBySlot(memory, batchLeaves(program.step), replicas, slots),
    outfeed: slotBySlot(memory, outfeedLeaves(program.step), replicas, slots),
    loss: merged.outputs.some((o) => o.role._tag === "Loss") ? memory.take(4) : undefined,
    bytes: memory.bytes
  }
}
