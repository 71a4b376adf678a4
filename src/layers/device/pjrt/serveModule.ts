/**
 * A module that is there already, served by the plugin's process: values that stay are uploaded once, and each call gives inputs and
 * gets results.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts"
import type { StateLeaf } from "../../../domain/Program.ts"
import type { Tensor, TensorData, TensorType } from "../../../domain/Tensor.ts"
import { Allocator, type HostedLayout, leafByLeaf, statePlace } from "../hosted/Plan.ts"
import { makeProcess, type Options, partsOf, type Seams, start } from "./Engine.ts"
import type { Source } from "./process/ProgramPlan.ts"

/** @category models @since 0.1.0 */
export interface Servable {
  /** A text, or a portable artifact. */
  readonly module: string | Uint8Array
  /** In the order of `@main`'s; one with a value keeps it. */
  readonly arguments: ReadonlyArray<{ readonly name: string; readonly type: TensorType; readonly value?: Tensor }>
  readonly results: ReadonlyArray<{ readonly name: string; readonly type: TensorType }>
}

/** Inputs, in the order of the arguments without a value, to results. One call at a time; others wait. @category models @since 0.1.0 */
export type Call = (inputs: ReadonlyArray<TensorData>) => Effect.Effect<ReadonlyArray<TensorData>, ExecuteError>

/** Of the rings for inputs and results; one call is under way at a time. */
const slots = 2

const layoutOf = ({ arguments: args, results }: Servable): HostedLayout => {
  const memory = new Allocator()
  const kept = args.flatMap(({ name, type, value }): ReadonlyArray<StateLeaf> =>
    value === undefined ? [] : [{ name, kind: "variable", trainable: false, type }]
  )
  return {
    replicas: 1,
    slots,
    state: kept.map((leaf) => statePlace(memory, leaf, 1, false, false)),
    infeed: leafByLeaf(
      memory,
      args.filter(({ value }) => value === undefined),
      1,
      slots
    ),
    outfeed: leafByLeaf(memory, results, 1, slots),
    bytes: memory.bytes
  }
}

const sourcesOf = ({ arguments: args }: Servable): ReadonlyArray<Source> => {
  let [kept, given] = [0, 0]
  return args.map(({ value }) => (value === undefined ? { _tag: "Batch", index: given++ } : { _tag: "State", index: kept++ }))
}

/** Until the scope closes. The module is compiled when this returns, or taken from the cache. @category constructors @since 0.1.0 */
export const serveModule = Effect.fnUntraced(function* (
  servable: Servable,
  options: Pick<Options, "plugin" | "cache" | "client">,
  seams: Seams = {}
): Effect.fn.Return<Call, CompileError | EngineUnavailable | ExecuteError, Scope.Scope> {
  const settings = { ...options, replicas: 1 }
  const parts = yield* partsOf(settings, seams)
  const sources = sourcesOf(servable)
  const single = {
    text: servable.module,
    iterations: 1,
    arguments: servable.arguments.map(({ type }, i) => ({ type, source: sources[i]!, offsets: [0], strides: undefined })),
    results: servable.results.map(({ type }, index) => ({ type, target: { _tag: "Outfeed", index } as const }))
  }
  const init = { nodes: [], parameters: [], outputs: [] }
  const planned = { init, layout: layoutOf(servable), single, several: undefined, failures: [] }
  const executable = yield* start(settings, seams, makeProcess(settings, seams)(parts.koffi, parts.found), parts, planned, { at: () => undefined })
  yield* executable.writeState(new Map(servable.arguments.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]))))
  const semaphore = yield* Semaphore.make(1)
  // not to be interrupted between its parts: the next call would get this one's results
  return (inputs) =>
    executable.feed(inputs).pipe(
      Effect.andThen(executable.run(1)),
      Effect.andThen(executable.outfeed),
      Effect.map(([output]) => output!.outfeed), // one step was run
      Effect.uninterruptible,
      semaphore.withPermit
    )
})
