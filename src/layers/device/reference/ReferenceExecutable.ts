/**
 * A compiled program on the host: bounded infeed and outfeed between which the steps run, one at a time, with a turn of
 * the event loop between them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { ExecuteError } from "../../../domain/Errors.ts"
import { GraphError } from "../../../domain/graph/GraphError.ts"
import type { Batch, RunResult, StepOutput } from "../../../domain/Program.ts"
import type { Executable } from "../../../services/Device.ts"
import type { Replicas } from "./Replicas.ts"
import * as Signal from "./Signal.ts"

/** @category models @since 0.1.0 */
export interface Capacities {
  /** Batches that wait to be used; `feed` suspends while there are as many. */
  readonly infeed: number
  /** Finished steps' outputs that wait to be taken; `run` suspends while there are as many. */
  readonly outfeed: number
}

const failure = (reason: ExecuteError["reason"], detail: string, cause?: unknown) =>
  new ExecuteError({ engine: "reference", reason, detail, ...(cause === undefined ? {} : { cause }) })

const closedError = () => failure("Closed", "the scope of this executable was closed")

/** What a step throws: a `GraphError` for a value without a meaning; anything else is a defect of this package. */
const stepFailure = (error: unknown): ExecuteError => {
  if (error instanceof GraphError) return failure("OpFailed", error.message, error)
  throw error
}

/** Lives until the surrounding scope closes; whoever waits then fails with `Closed`. @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (replicas: Replicas, capacities: Capacities): Effect.fn.Return<Executable, never, Scope.Scope> {
  const signal = Signal.make()
  const idle = yield* Semaphore.make(1)
  const infeed: Array<Batch> = []
  let outputs: Array<StepOutput> = []
  let closed = false
  let stopping = false
  let inputEnded = false

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      closed = true
      infeed.length = 0
      outputs = []
      signal.changed()
    })
  )

  const open = Effect.suspend(() => (closed ? Effect.fail(closedError()) : Effect.void))

  const feed = Effect.fnUntraced(function* (batch: Batch) {
    yield* open
    const copy = replicas.accept(batch)
    if (Result.isFailure(copy)) return yield* failure("BadBatch", copy.failure)
    while (true) {
      yield* signal.until(() => closed || infeed.length < capacities.infeed)
      yield* open
      if (infeed.length >= capacities.infeed) continue // another feeder was faster
      infeed.push(copy.success)
      return signal.changed()
    }
  })

  const usedUp = () => inputEnded && infeed.length === 0
  const ready = () => closed || stopping || usedUp() || (infeed.length > 0 && outputs.length < capacities.outfeed)

  const step = Effect.try({
    try: () => {
      const output = replicas.step(infeed.shift()!)
      outputs.push(output)
      signal.changed()
      return output.loss
    },
    catch: stepFailure
  })

  const run = Effect.fnUntraced(function* (iterations: number) {
    yield* open
    const missing = replicas.missing()
    if (missing.length > 0) return yield* failure("BadState", `no value for "${missing[0]}": initialise the state or write all of it`)
    stopping = false
    const losses = new Float32Array(iterations)
    let completed = 0
    while (completed < iterations) {
      yield* signal.until(ready)
      yield* open
      if (stopping || usedUp()) break
      losses[completed++] = yield* step
      yield* Effect.yieldNow
    }
    return { completed, losses: losses.subarray(0, completed) } satisfies RunResult
  })

  const outfeed = Effect.gen(function* () {
    while (true) {
      yield* signal.until(() => closed || outputs.length > 0)
      yield* open
      if (outputs.length === 0) continue // another taker was faster
      const taken = outputs
      outputs = []
      signal.changed()
      return taken
    }
  })

  const whenIdle = <A>(use: () => Effect.Effect<A, ExecuteError>) => idle.withPermit(Effect.flatMap(open, use))

  const read = () => {
    const missing = replicas.missing()
    if (missing.length > 0) return Effect.fail(failure("BadState", `no value for "${missing[0]}": initialise the state or write all of it`))
    return Effect.sync(replicas.read)
  }

  const reopen = () =>
    Effect.sync(() => {
      inputEnded = false
      infeed.length = 0
      outputs = []
      signal.changed()
    })

  return {
    initialise: (seed) => whenIdle(() => Effect.andThen(reopen(), Effect.try({ try: () => replicas.initialise(seed), catch: stepFailure }))),
    reopen: whenIdle(reopen),
    feed,
    run: (iterations) => idle.withPermit(run(iterations)),
    endInput: Effect.sync(() => {
      inputEnded = true
      signal.changed()
    }),
    stop: Effect.sync(() => {
      stopping = true
      signal.changed()
    }),
    outfeed,
    readState: whenIdle(read),
    copyState: (into) =>
      whenIdle(() =>
        Effect.map(read(), (state) => {
          for (const [name, { data }] of state) into.get(name)!.data.set(data)
        })
      ),
    writeState: (state) => whenIdle(() => Effect.mapError(Effect.fromResult(replicas.write(state)), (detail) => failure("BadState", detail)))
  }
})
