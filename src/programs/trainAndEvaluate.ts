/**
 * Trains and evaluates in turn, in one process: TensorFlow's `train_and_evaluate` as its local executor runs it.
 *
 * The training is one `train` from beginning to end. Between two of its device runs, once a new checkpoint is there, that
 * checkpoint is evaluated by a program of its own; the training's state stays on the device, and its input stays open
 * (and reads ahead) meanwhile, so it goes on as if nothing had happened.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CheckpointError, ConfigError, type EstimatorError } from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import * as scores from "../domain/scores.ts"
import { type CheckpointRef, CheckpointStore } from "../services/CheckpointStore.ts"
import type { Exporter } from "../services/Exporter.ts"
import type { Hook } from "../services/Hooks.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { evaluateKept, type EvaluateOptions, type EvaluateResult } from "./evaluate.ts"
import * as keptPrograms from "./keptPrograms.ts"
import type { Session } from "./session.ts"
import { train, type TrainOptions, type TrainResult } from "./train.ts"

/** @category models @since 0.1.0 */
export interface TrainSpec<E, R, HE, HR> {
  readonly input: Input<E, R>
  /** The global step to stop at. Default: the end of the input. */
  readonly maxSteps?: number
  /** A `"stop"` of one of them ends the whole; the final evaluation still takes place. */
  readonly hooks?: ReadonlyArray<Hook<HE, HR>>
}

/** @category models @since 0.1.0 */
export interface EvalSpec<E, R, XE, XR, HE = never, HR = never> {
  readonly input: Input<E, R>
  /** Batches of each evaluation. Default: to the end of the input (the original's default is 100). */
  readonly steps?: number
  /** Tells several evaluations of one model apart, in events and in the model directory. */
  readonly name?: string
  /** Seconds between the beginnings of two evaluations, at least; checkpoints in between are passed over. Default 600. */
  readonly throttleSecs?: number
  /**
   * Seconds from the start in which nothing is evaluated. Default 0: the original's 120 is for an evaluator in a process of
   * its own, and its local executor does not wait.
   */
  readonly startDelaySecs?: number
  readonly exporters?: ReadonlyArray<Exporter<XE, XR>>
  /** Of each evaluation. */
  readonly hooks?: ReadonlyArray<Hook<HE, HR>>
}

/** @category models @since 0.1.0 */
export interface TrainAndEvaluateOptions<E, R, HE, HR, VE, VR, XE, XR, WE = never, WR = never> {
  readonly train: TrainSpec<E, R, HE, HR>
  readonly evaluate: EvalSpec<VE, VR, XE, XR, WE, WR>
  /** The checkpoints of so many best evaluations are kept besides the newest; by default those with the least loss. */
  readonly keepBest?: scores.MetricChoice & { readonly count: number }
}

/** @category models @since 0.1.0 */
export interface TrainAndEvaluateResult {
  readonly train: TrainResult
  /** Of the last checkpoint. */
  readonly evaluation: EvaluateResult
  /** All of this call, in order. */
  readonly evaluations: ReadonlyArray<EvaluateResult>
}

const defaultThrottleSecs = 600

/**
 * Trains; evaluates the newest checkpoint whenever there is a new one and `throttleSecs` have passed since the last
 * evaluation (not that of the start, which is not trained yet); at the end evaluates the last one, also where there was
 * nothing left to train. Exporters are called after each evaluation, in order, at the end with `isFinal`. How often there
 * is a checkpoint is the configuration's matter. Needs a model directory.
 *
 * Results are noted in the model directory (`evaluations.json`), so that a later call knows which checkpoints are best.
 *
 * @category programs
 * @since 0.1.0
 */
export const trainAndEvaluate = <
  P,
  ME = never,
  MR = never,
  E = never,
  R = never,
  HE = never,
  HR = never,
  VE = never,
  VR = never,
  XE = never,
  XR = never,
  WE = never,
  WR = never
>(
  estimator: Estimator<P, ME, MR>,
  options: TrainAndEvaluateOptions<E, R, HE, HR, VE, VR, XE, XR, WE, WR>
): Effect.Effect<TrainAndEvaluateResult, EstimatorError | ME | E | HE | VE | XE | WE, EstimatorServices | MR | R | HR | VR | XR | WR> =>
  Effect.scoped(inTurn(estimator, options))

const validate = (
  spec: EvalSpec<unknown, unknown, unknown, unknown, unknown, unknown>,
  keepBest: { readonly count: number } | undefined
): ConfigError | undefined => {
  for (const key of ["throttleSecs", "startDelaySecs"] as const) {
    const value = spec[key]
    if (value !== undefined && !(value >= 0)) return new ConfigError({ key: `evaluate.${key}`, detail: `expected 0 or more seconds, got ${value}.` })
  }
  if (spec.steps !== undefined && !(Number.isInteger(spec.steps) && spec.steps > 0)) {
    return new ConfigError({ key: "evaluate.steps", detail: `expected a positive whole number, got ${spec.steps}.` })
  }
  if (keepBest !== undefined && !(Number.isInteger(keepBest.count) && keepBest.count > 0)) {
    return new ConfigError({ key: "keepBest.count", detail: `expected a positive whole number, got ${keepBest.count}.` })
  }
  return undefined
}

const inTurn = Effect.fn("Estimator.trainAndEvaluate")(function* <P, ME, MR, E, R, HE, HR, VE, VR, XE, XR, WE, WR>(
  estimator: Estimator<P, ME, MR>,
  options: TrainAndEvaluateOptions<E, R, HE, HR, VE, VR, XE, XR, WE, WR>
) {
  const { modelDir } = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const wrong = validate(options.evaluate, options.keepBest)
  if (wrong !== undefined) return yield* wrong
  if (modelDir === undefined) {
    const detail = "it is not set: checkpoints are what is evaluated, and without a model directory there are none."
    return yield* new ConfigError({ key: "modelDir", detail })
  }
  const rounds = yield* makeRounds(estimator, options, modelDir)
  const trainOptions: TrainOptions<E, R, HE | VE | XE | WE | ME | EstimatorError, HR | VR | XR | WR | MR | EstimatorServices> = {
    input: options.train.input,
    // first, so that what other hooks measure from `beforeRun` on is a run and no evaluation
    hooks: [evaluating(rounds.next, options.evaluate), ...(options.train.hooks ?? [])],
    protect: rounds.best,
    ...(options.train.maxSteps === undefined ? {} : { maxSteps: options.train.maxSteps })
  }
  const trained = yield* train(estimator, trainOptions)
  const evaluation = yield* rounds.last
  return { train: trained, evaluation, evaluations: rounds.results() }
})

/** Starts an evaluation when there is a new checkpoint and the time has come: as the original's listener with its timer. */
const evaluating = <E, R>(next: Effect.Effect<void, E, R>, spec: EvalSpec<unknown, unknown, unknown, unknown, unknown, unknown>): Hook<E, R> => {
  const { startDelaySecs = 0, throttleSecs = defaultThrottleSecs } = spec
  let due = 0
  let startStep = 0
  let fresh = false
  return {
    name: "train-and-evaluate",
    begin: Effect.map(Clock.currentTimeMillis, (now) => {
      due = now + startDelaySecs * 1000
    }),
    afterCreate: ({ step }) =>
      Effect.sync(() => {
        startStep = step
      }),
    // only noted: it may be the checkpoint of an interruption, where nobody waits for an evaluation
    afterSave: ({ step }) =>
      Effect.sync(() => {
        fresh ||= step !== startStep
        return "continue" as const
      }),
    beforeRun: Effect.fnUntraced(function* () {
      if (!fresh) return
      const now = yield* Clock.currentTimeMillis
      if (now < due) return
      fresh = false
      due = now + throttleSecs * 1000
      yield* next
    })
  }
}

/** The evaluations of one call, and what is known of those before. */
const makeRounds = Effect.fnUntraced(function* <P, ME, MR, VE, VR, XE, XR, WE, WR>(
  estimator: Estimator<P, ME, MR>,
  options: TrainAndEvaluateOptions<unknown, unknown, unknown, unknown, VE, VR, XE, XR, WE, WR>,
  modelDir: string
) {
  const { evaluate: spec, keepBest } = options
  const store = yield* CheckpointStore
  const kept = yield* keptPrograms.make<Session<ME, MR>>()
  const note = spec.name === undefined ? "evaluations" : `evaluations-${spec.name}`
  const newest = Effect.flatMap(store.latest(modelDir), (ref) =>
    ref === undefined ? Effect.die(`no checkpoint in ${modelDir}`) : Effect.succeed(ref)
  )
  const results: Array<EvaluateResult> = []
  let last: { readonly ref: CheckpointRef; readonly result: EvaluateResult } | undefined
  let history = yield* noted(store, modelDir, note)
  let best: ReadonlyArray<number> = []
  const findBest = Effect.gen(function* () {
    if (keepBest === undefined) return
    const there = new Set((yield* store.list(modelDir)).map(({ step }) => step))
    const known = history.filter((one) => there.has(one.globalStep) && Result.isSuccess(scores.scoreOf(one, keepBest.metric)))
    best = Result.getOrThrow(scores.sortBest(known, keepBest))
      .slice(0, keepBest.count)
      .map(({ globalStep }) => globalStep)
  })
  yield* findBest
  const run = Effect.fnUntraced(function* (ref: CheckpointRef) {
    const evaluateOptions: EvaluateOptions<VE, VR, WE, WR> = {
      input: spec.input,
      hooks: spec.hooks ?? [],
      checkpointPath: ref.path,
      ...(spec.steps === undefined ? {} : { steps: spec.steps }),
      ...(spec.name === undefined ? {} : { name: spec.name })
    }
    const result = yield* evaluateKept(estimator, evaluateOptions, kept)
    if (keepBest !== undefined) yield* Effect.fromResult(scores.scoreOf(result, keepBest.metric))
    results.push(result)
    last = { ref, result }
    history = [...history.filter((one) => one.globalStep !== result.globalStep), result].sort((a, b) => a.globalStep - b.globalStep)
    yield* store.writeNote(modelDir, note, scores.print(history))
    yield* findBest
    return last
  })
  const share = Effect.fnUntraced(function* ({ ref, result }: { readonly ref: CheckpointRef; readonly result: EvaluateResult }, isFinal: boolean) {
    const before = history.filter((one) => one.globalStep !== result.globalStep)
    for (const exporter of spec.exporters ?? []) yield* exporter.export({ checkpoint: ref, evalResult: result, history: before, isFinal })
  })
  return {
    next: Effect.flatMap(Effect.flatMap(newest, run), (round) => share(round, false)),
    last: Effect.gen(function* () {
      const ref = yield* newest
      const round = last !== undefined && last.ref.path === ref.path ? last : yield* run(ref)
      yield* share(round, true)
      return round.result
    }),
    best: () => best,
    results: () => results
  }
})

/** Results of earlier calls for this model: those beyond the newest checkpoint are of a training that was given up. */
const noted = Effect.fnUntraced(function* (
  store: CheckpointStore["Service"],
  modelDir: string,
  name: string
): Effect.fn.Return<ReadonlyArray<scores.Scores>, CheckpointError> {
  const newest = yield* store.latest(modelDir)
  const text = newest === undefined ? undefined : yield* store.readNote(modelDir, name)
  return (text === undefined ? undefined : scores.parse(text))?.filter(({ globalStep }) => globalStep <= newest!.step) ?? []
})
