/**
 * A model in training, as a part of an application: a fiber that trains in the background, is started again after a passing failure,
 * can be stopped and resumed from outside, and tells what it does.
 */
import { Cause, Context, Effect, Exit, FiberHandle, Layer, PubSub, Schedule, type Scope, Semaphore, Stream, type Take } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import { type Device, type Errors, Estimator, type Input, MetricSink } from "../../src/index.ts"
import { type CheckpointRef, CheckpointStore } from "../../src/services/CheckpointStore.ts"

/** All that training needs but the engine, which is each model's own. */
export type Services = Exclude<Estimator.EstimatorServices, Device.Device>

export interface Status {
  /** `waiting`: it failed in a way that may pass, and will be tried again. */
  readonly state: "stopped" | "running" | "waiting" | "done" | "failed"
  readonly engine?: string
  readonly step: number
  readonly loss?: number
  readonly stepsPerSec?: number
  readonly examplesPerSec?: number
  /** Step of the newest checkpoint that this process has written or found. */
  readonly checkpoint?: number
  /** Of the last failure, until training goes on. */
  readonly error?: string | undefined
}

export interface Training {
  readonly status: Effect.Effect<Status>
  /** Begins, or goes on from the newest checkpoint; nothing when it is running. */
  readonly resume: Effect.Effect<void>
  /** Ends it after the step it is in; done once that step is saved. */
  readonly stop: Effect.Effect<void>
  /** What happens from now on, after the last event before; a watcher that is slow misses old events. Ends with the application. */
  readonly events: Stream.Stream<RunEvent>
  /** The checkpoint that predictions would come from. */
  readonly newest: Effect.Effect<CheckpointRef | undefined, Errors.CheckpointError>
  readonly predict: <E>(
    from: CheckpointRef,
    input: Input.Input<E>
  ) => Stream.Stream<Estimator.Prediction, Errors.EstimatorError | Errors.PredictorTaken | E>
  /** Stops, and ends the streams of events. */
  readonly close: Effect.Effect<void>
}

export interface Options<P, E> {
  /** With a `modelDir`. */
  readonly estimator: Estimator.Estimator<P>
  readonly input: Input.Input<E>
  readonly device: Layer.Layer<Device.Device>
  readonly maxSteps?: number
}

/** After a failure it is tried again in 1, 2, 4, 8 and 16 seconds. */
const again = { schedule: Schedule.exponential("1 second"), times: 5 }

/** Wrong model functions and settings stay wrong, and a diverged run would diverge again. */
const lasting = new Set(["ConfigError", "TraceError", "CompileError", "EngineUnavailable", "NanLossError"])
const mayPass = (error: unknown) => !(typeof error === "object" && error !== null && "_tag" in error && lasting.has(String(error._tag)))

const textOf = (error: unknown) => (error instanceof Error && error.message !== "" ? error.message : String(error))

export const make = <P, E>({ device, estimator, input, maxSteps }: Options<P, E>): Effect.Effect<Training, never, Services | Scope.Scope> =>
  Effect.gen(function* () {
    let status: Status = { state: "stopped", step: 0 }
    const set = (changes: Partial<Status>) => Effect.sync(() => void (status = { ...status, ...changes }))
    const hub = yield* PubSub.sliding<Take.Take<RunEvent>>({ capacity: 256, replay: 1 })
    const watch: MetricSink.Sink = {
      name: "app",
      open: () => Effect.succeed((event) => Effect.andThen(set(changesBy(event)), PubSub.publish(hub, [event])))
    }
    // built once: training and every prediction of this model share the engine
    const services = Context.merge(yield* Effect.context<Services>(), yield* Layer.build(Layer.merge(device, MetricSink.layerAppend(watch))))
    const store = Context.get(services, CheckpointStore)
    const predictor = yield* Effect.provideContext(Estimator.predictor(estimator), services)

    const training = Estimator.train(estimator, { input, ...(maxSteps === undefined ? {} : { maxSteps }) }).pipe(
      Effect.tapError((error) => (mayPass(error) ? set({ state: "waiting", error: textOf(error) }) : Effect.void)),
      Effect.retry({ ...again, while: mayPass }),
      Effect.onExit((exit) => {
        if (Exit.isSuccess(exit)) return set({ state: "done", step: exit.value.globalStep })
        return set(Exit.hasInterrupts(exit) ? { state: "stopped" } : { state: "failed", error: textOf(Cause.squash(exit.cause)) })
      }),
      Effect.provideContext(services)
    )
    const fiber = yield* FiberHandle.make()
    const oneByOne = (yield* Semaphore.make(1)).withPermit
    const resume = oneByOne(Effect.suspend(() => (status.state === "running" || status.state === "waiting" ? Effect.void : start)))
    const start = Effect.andThen(set({ state: "running" }), FiberHandle.run(fiber, training))
    const stop = oneByOne(FiberHandle.clear(fiber))
    return {
      status: Effect.sync(() => status),
      resume: Effect.asVoid(resume),
      stop,
      events: Stream.fromPubSubTake(hub),
      newest: estimator.config.modelDir === undefined ? Effect.undefined : store.latest(estimator.config.modelDir),
      predict: (from, asked) => predictor.predict({ input: asked, checkpointPath: from.path }),
      close: Effect.andThen(stop, PubSub.publish(hub, Exit.void))
    }
  })

/** What an event changes of the status. */
const changesBy = (event: RunEvent): Partial<Status> => {
  switch (event.event) {
    case "begin":
      return { state: "running", engine: event.engine, step: event.step, error: undefined }
    case "train":
      return { step: event.step, loss: event.loss, stepsPerSec: event.stepsPerSec, examplesPerSec: event.examplesPerSec }
    case "checkpoint":
    case "restore":
      return { step: event.step, checkpoint: event.step }
    case "end":
      return { step: event.step }
    default:
      return {}
  }
}

/** The models of the application by name. */
export class Trainings extends Context.Service<Trainings, ReadonlyMap<string, Training>>()("app/Trainings") {}

/** Starts them all; they are stopped by `close`, or at the latest when the layer's scope closes. */
export const layer = (models: {
  readonly [name: string]: Effect.Effect<Training, never, Services | Scope.Scope>
}): Layer.Layer<Trainings, never, Services> =>
  Layer.effect(
    Trainings,
    Effect.gen(function* () {
      const trainings = new Map<string, Training>()
      for (const [name, model] of Object.entries(models)) trainings.set(name, yield* model)
      for (const training of trainings.values()) yield* training.resume
      return trainings
    })
  )
