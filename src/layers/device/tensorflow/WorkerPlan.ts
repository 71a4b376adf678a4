/**
 * What the worker is started with: the graph, the shared memory, and which of the graph's inputs and outputs is what.
 *
 * @since 0.1.0
 */
import { type Graph, isRandom } from "../../../domain/graph/Graph.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { batchLeaves, outfeedLeaves, type Program, stateLeaves } from "../../../domain/Program.ts"
import { byteSizeOf } from "../../../domain/Tensor.ts"
import type { Merged } from "../hosted/Merged.ts"
import { Allocator, type HostedLayout, type HostedPlan, leafByLeaf, memoryFor, slotsWithin, statePlace } from "../hosted/Plan.ts"
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

/** How many slots there are by default. @category rules @since 0.1.0 */
export const slotsFor = (program: Program, merged: Merged): number => {
  const live = liveNodes(merged.graph)
  const draws = merged.graph.nodes.filter((node, id) => live[id] === 1 && isRandom(node))
  return slotsWithin(
    program.step,
    merged.replicas,
    draws.reduce((bytes, { type }) => bytes + byteSizeOf(type), 0)
  )
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
