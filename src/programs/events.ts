/**
 * The events of one program: sinks are opened with it, and a fiber hands them the events off the step path.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { SinkError } from "../domain/Errors.ts"
import type { Params, RunEvent } from "../domain/Events.ts"
import { Device } from "../services/Device.ts"
import { MetricSink, type Sink } from "../services/MetricSink.ts"

/** @category models @since 0.1.0 */
export interface Events {
  /** Hands the event to the sinks' fiber; fails with the sinks' error once one of them could not write. */
  readonly emit: (event: RunEvent) => Effect.Effect<void, SinkError>
  /** Waits until every event emitted so far has been written, and closes. */
  readonly flush: Effect.Effect<void, SinkError>
}

/**
 * The sinks of `MetricSink`, opened in this scope for the first event: a program that is refused before it leaves no file
 * behind. On leaving the scope what was emitted is still written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (modelDir: string | undefined): Effect.fn.Return<Events, never, Scope.Scope> {
  const sinks = yield* MetricSink
  if (sinks.length === 0) return { emit: () => Effect.void, flush: Effect.void }
  const scope = yield* Effect.scope
  const one = yield* Semaphore.make(1)
  let opened: Events | undefined
  const opening = one.withPermit(
    Effect.suspend(() =>
      opened === undefined
        ? Effect.tap(Scope.provide(openSinks(sinks, modelDir), scope), (made) => Effect.sync(() => void (opened = made)))
        : Effect.succeed(opened)
    )
  )
  return {
    emit: (event) => (opened === undefined ? Effect.flatMap(opening, ({ emit }) => emit(event)) : opened.emit(event)),
    flush: Effect.suspend(() => opened?.flush ?? Effect.void)
  }
})

const openSinks = Effect.fnUntraced(function* (
  sinks: ReadonlyArray<Sink>,
  modelDir: string | undefined
): Effect.fn.Return<Events, SinkError, Scope.Scope> {
  // closed when all has been written: what a sink opens for its first event is opened after this scope's finalizer is there
  const own = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
  const writers = yield* Effect.forEach(sinks, (sink) => Scope.provide(sink.open(modelDir), own))
  const queue = yield* Queue.unbounded<RunEvent, Cause.Done | SinkError>()
  const write = (event: RunEvent) => Effect.forEach(writers, (writer) => writer(event), { discard: true })
  const drain = Queue.take(queue).pipe(
    Effect.flatMap(write),
    Effect.forever,
    Effect.catchTag("Done", () => Effect.void),
    // what comes later meets the same failure in `emit`
    Effect.onError((cause) => Queue.failCause(queue, cause as Cause.Cause<SinkError>))
  )
  const fiber = yield* Effect.forkDetach(drain)
  const flush = Effect.andThen(Queue.end(queue), Fiber.join(fiber))
  // in a fiber of its own: a finalizer cannot be interrupted, and a sink that hangs would hold the program for good
  const closing = Effect.forkDetach(Effect.timeoutOption(Effect.exit(flush), patience)).pipe(Effect.flatMap(Fiber.join))
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(closing, (ended) =>
      ended._tag === "Some"
        ? Effect.void
        : Effect.logWarning(`events: the sinks did not finish writing within ${patience}; their last events may be lost`)
    )
  )
  return {
    emit: (event) =>
      Effect.flatMap(Queue.offer(queue, event), (taken) => {
        if (taken) return Effect.void
        const exit = fiber.pollUnsafe()
        return exit !== undefined && Exit.isFailure(exit) ? Effect.failCause(exit.cause) : Effect.void
      }),
    flush
  }
})

/** What a training's begin event says of the estimator's params: those that are plain values. @category rules @since 0.1.0 */
export const paramsOf = (params: unknown): { readonly params?: Params } => {
  if (typeof params !== "object" || params === null) return {}
  const plain = Object.entries(params).filter(
    (entry): entry is [string, number | string | boolean] =>
      typeof entry[1] === "number" || typeof entry[1] === "string" || typeof entry[1] === "boolean"
  )
  return plain.length === 0 ? {} : { params: Object.fromEntries(plain) }
}

type BeginFields = Omit<Extract<RunEvent, { readonly event: "begin" }>, "event" | "engine" | "replicas" | "time">

/**
 * The first and the last event of a program, for whatever reason it ends: none without the other. `step` is asked at the end.
 *
 * @category constructors
 * @since 0.1.0
 */
export const span = (log: Events, fields: BeginFields, step: () => number = () => fields.step) => {
  let begun = false
  const begin = Effect.gen(function* () {
    const { engine, replicas } = yield* Device
    const time = new Date(yield* Clock.currentTimeMillis).toISOString()
    begun = true
    yield* log.emit({ event: "begin", engine, replicas, time, ...fields })
  })
  const end = (exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
    if (!begun) return Effect.void
    const reason = Exit.isSuccess(exit) ? "done" : Exit.hasInterrupts(exit) ? "interrupted" : "failed"
    return Effect.ignore(log.emit({ event: "end", mode: fields.mode, step: step(), reason }))
  }
  return { begin, end }
}

/** How long the sinks may take for what they have been given when a program ends. */
const patience = "30 seconds"

/** The fields that follow from a mean loss in nats. @category rules @since 0.1.0 */
export const lossFields = (loss: number) => ({ loss, ppl: Math.exp(loss), bpc: loss / Math.LN2 })
