/**
 * A program as the plugin's process gets it: texts to compile, what their arguments and results are, and where in the shared
 * memory everything lies.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../../domain/graph/Graph.ts"
import type { TensorType } from "../../../../domain/Tensor.ts"
import { maxIterations, Word } from "../../hosted/control.ts"
import { Allocator, type HostedLayout, type HostedPlan } from "../../hosted/Plan.ts"
import type { CompileOptions } from "../client/compileOptions.ts"
import { semaphoreBytes } from "../client/Native.ts"
import type { ArgumentSource, ResultTarget } from "../stepModule.ts"
import type { Mapping } from "./SharedMemory.ts"

/** What an argument is; indices are those of the layout. @category models @since 0.1.0 */
export type Source = { readonly _tag: "State"; readonly index: number } | Exclude<ArgumentSource, { readonly _tag: "State" }>

/** What a result is; of a text of several steps, losses, outfeeds and failures are stacked on a new first axis. @category models @since 0.1.0 */
export type Target = { readonly _tag: "State"; readonly index: number } | Exclude<ResultTarget, { readonly _tag: "State" }>

/** An argument, of one core. @category models @since 0.1.0 */
export interface Argument {
  readonly type: TensorType
  readonly source: Source
  /** Of a batch: where in a slot's part for a replica each of the replica's cores begins to read. Bytes. */
  readonly offsets: ReadonlyArray<number>
  /** Of a batch: bytes from one element to the next along each axis; absent where elements lie side by side. */
  readonly strides: BigInt64Array | undefined
}

/** A text, or a portable artifact, and what it takes and gives, for one core of a replica. @category models @since 0.1.0 */
export interface Module {
  readonly text: string | Uint8Array
  /** Steps of one execution. */
  readonly iterations: number
  readonly arguments: ReadonlyArray<Argument>
  readonly results: ReadonlyArray<{ readonly type: TensorType; readonly target: Target }>
}

/** Offsets in the shared memory. @category models @since 0.1.0 */
export interface Shared {
  /** Descriptor in the host. */
  readonly file: number
  readonly bytes: number
  readonly control: number
  readonly losses: number
  readonly slotLosses: number
  readonly dirty: number
  readonly semaphore: number
  readonly memory: number
}

/** @category models @since 0.1.0 */
export interface ProgramPlan {
  readonly layout: HostedLayout
  readonly init: Graph
  readonly shared: Shared
  readonly single: Module
  /** Several steps in one execution, compiled once it pays. */
  readonly several: Module | undefined
  /** Whether `several` is compiled as soon as a run is long enough, or when steps turn out to be short. */
  readonly eager: boolean
  readonly failures: ReadonlyArray<string>
  readonly options: CompileOptions
  /** Folder of the compile cache, if there is one, and what of the plugin its entries depend on. */
  readonly cache: { readonly folder: string; readonly plugin: string } | undefined
}

/** Where the parts of the shared memory are. @category rules @since 0.1.0 */
export const placeShared = (layout: HostedLayout): Omit<Shared, "file"> => {
  const all = new Allocator()
  const places = {
    control: all.take(Word.length * 4),
    semaphore: all.take(semaphoreBytes),
    losses: all.take(maxIterations * 4),
    slotLosses: all.take(layout.slots * 4),
    dirty: all.take(layout.state.length),
    memory: all.take(layout.bytes)
  }
  return { ...places, bytes: all.bytes }
}

/** The plan with its memory in view, for `serve` and `Executable`. @category constructors @since 0.1.0 */
export const hostedPlan = (plan: Pick<ProgramPlan, "init" | "layout">, shared: Omit<Shared, "file">, mapping: Mapping): HostedPlan => ({
  layout: plan.layout,
  init: plan.init,
  control: mapping.view(shared.control, Word.length * 4),
  losses: mapping.view(shared.losses, maxIterations * 4),
  slotLosses: mapping.view(shared.slotLosses, plan.layout.slots * 4),
  dirty: mapping.view(shared.dirty, plan.layout.state.length),
  memory: mapping.view(shared.memory, plan.layout.bytes)
})
