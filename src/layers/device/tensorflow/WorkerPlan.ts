/**
 * What the worker is started with: the graph, the shared memory, and which of the graph's inputs and outputs is what.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import { randomOps } from "../../../domain/graph/ops.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { batchLeaves, outfeedLeaves, type Program, stateLeaves } from "../../../domain/Program.ts"
import { byteSizeOf } from "../../../domain/Tensor.ts"
import type { Merged } from "../hosted/Merged.ts"
import { Allocator, type HostedLayout, type HostedPlan, leafByLeaf, memoryFor, statePlace } from "../hosted/Plan.ts"
import { nextKey } from "./nextKey.ts"
import type { StepGraph } from "./stepGraph.ts"

/** @category models @since 0.1.0 */
export interface WorkerPlan extends HostedPlan {
  /** Path of the addon. */
  readonly addon: string
  readonly step: StepGraph
  readonly xla: boolean
  /** The successor of the random key; `undefined` where only a step can tell. */
  readonly nextKey: Graph | undefined
}

/** Bytes of batches, draws and outputs that the slots may take together, unless a slot is large. */
const budget = 4 << 20
const [fewest, most] = [4, 64] as const

/** How many slots there are by default. @category rules @since 0.1.0 */
export const slotsFor = (program: Program, merged: Merged): number => {
  const leaves = [...batchLeaves(program.step), ...outfeedLeaves(program.step)]
  const live = liveNodes(merged.graph)
  const draws = merged.graph.nodes.filter(({ op }, id) => live[id] === 1 && (randomOps as ReadonlyArray<string>).includes(op))
  const bytes = [...leaves.map(({ type }) => byteSizeOf(type) * merged.replicas), ...draws.map(({ type }) => byteSizeOf(type))]
  const slot = bytes.reduce((a, b) => a + b, 1)
  return Math.min(most, Math.max(fewest, Math.floor(budget / slot)))
}

const layoutOf = (program: Program, { divided, replicas }: Merged, slots: number): HostedLayout => {
  const memory = new Allocator()
  return {
    replicas,
    slots,
    state: stateLeaves(program.step).map((leaf) => statePlace(memory, leaf, replicas, divided.has(leaf.name), false)),
    infeed: leafByLeaf(memory, batchLeaves(program.step), replicas, slots),
    outfeed: leafByLeaf(memory, outfeedLeaves(program.step), replicas, slots),
    bytes: memory.bytes
  }
}

/** @category models @since 0.1.0 */
export interface PlanOptions {
  readonly addon: string
  readonly xla: boolean
  readonly slots: number
  readonly maxIterations: number
}

/** @category constructors @since 0.1.0 */
export const make = (program: Program, merged: Merged, step: StepGraph, options: PlanOptions): WorkerPlan => {
  const layout = layoutOf(program, merged, options.slots)
  return {
    addon: options.addon,
    step,
    xla: options.xla,
    nextKey: step.draws.length === 0 ? undefined : nextKey(program.step),
    layout,
    init: program.init,
    ...memoryFor(layout, options.maxIterations),
    dirty: new SharedArrayBuffer(layout.state.length)
  }
}
