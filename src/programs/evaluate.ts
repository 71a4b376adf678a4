/**
 * The evaluation program.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { countOf } from "../domain/batching.ts"
import { CheckpointError, ConfigError, type EstimatorError, InputError } from "../domain/Errors.ts"
import { type Input } from "../domain/Input.ts"
import type { StepOutput } from "../domain/Program.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { CheckpointStore } from "../services/CheckpointStore.ts"
import { Device } from "../services/Device.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import * as events from "./events.ts"
import { attempt, hostCaller, reader } from "./hostCall.ts"
import * as pumps from "./pump.ts"
import * as session from "./session.ts"

/** @category models @since 0.1.0 */
export interface EvaluateOptions<E, R> {
  readonly input: Input<E, R>
  /** Batches to evaluate; default: to the end of the input. */
  readonly steps?: number
  /** Path of a checkpoint; default: the newest of the model directory. */
  readonly checkpointPath?: string
  /** Tells several evaluations of one model apart in the events. */
  readonly name?: string
}

/** @category models @since 0.1.0 */
export interface EvaluateResult {
  /** Mean of the steps' losses, weighted by their number of examples. */
  readonly loss: number
  readonly globalStep: number
  /** Rows that were counted: the size of the data set, whatever the batch size. */
  readonly examples: number
  readonly metrics: { readonly [name: string]: number }
}

/** Batches of one device run: the session looks up after each, so an input's end or an interruption is seen soon. */
const stepsPerRun = 32

/**
 * Evaluates the newest checkpoint over the input. The last batch may be smaller: it is padded, and neither metrics nor
 * the example count see the padding (a model's own loss does, unless it weighs by `valid`). The recurrent cache goes
 * through the whole evaluation.
 *
 * @category programs
 * @since 0.1.0
 */
export const evaluate = <P, E = never, R = never>(
  estimator: Estimator<P>,
  options: EvaluateOptions<E, R>
): Effect.Effect<EvaluateResult, EstimatorError | E, EstimatorServices | R> => Effect.scoped(evaluateScoped(estimator, options))

/** The checkpoint asked for, or the newest; a model directory without one is an error, as its values would be the first ones. */
export const toRestore = Effect.fnUntraced(function* (
  config: RunConfig.RunConfig,
  path: string | undefined
): Effect.fn.Return<session.Restored | undefined, CheckpointError, CheckpointStore> {
  if (path !== undefined) {
    const checkpoint = yield* (yield* CheckpointStore).load(path)
    return { ref: { path, step: checkpoint.step }, checkpoint }
  }
  const restored = yield* session.latest(config)
  if (restored === undefined && config.modelDir !== undefined) {
    const detail = "there is no checkpoint in this directory; train first, or leave modelDir out to use the initial values"
    return yield* new CheckpointError({ reason: "NotFound", file: config.modelDir, detail })
  }
  return restored
})

const evaluateScoped = Effect.fn("Estimator.evaluate")(function* <P, E, R>(estimator: Estimator<P>, options: EvaluateOptions<E, R>) {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const { steps } = options
  if (steps !== undefined && !(Number.isInteger(steps) && steps > 0)) {
    return yield* new ConfigError({ key: "steps", detail: `expected a positive whole number, got ${steps}.` })
  }
  const device = yield* Device
  const restored = yield* toRestore(config, options.checkpointPath)
  const globalStep = restored?.checkpoint.step ?? 0
  const log = yield* events.open(config.modelDir)
  const time = new Date(yield* Clock.currentTimeMillis).toISOString()
  yield* log.emit({ event: "begin", mode: "evaluate", engine: device.engine, replicas: device.replicas, step: globalStep, time })
  const { layout, source } = yield* deploy(estimator, "evaluate", options.input, config)
  const { feed, first } = yield* session.openInput(source, undefined, config.prefetch)
  if (first === undefined)
    return yield* new InputError({ reason: "Empty", leaf: "", detail: "there is nothing to evaluate: the input has no batches" })
  const run = yield* session.compile(estimator, "evaluate", first, estimator.evalBatchSize, config.seed, log, layout)
  yield* session.setState(run, config, restored, ["variable"])
  const pump = pumps.make<E | InputError>({
    feed,
    first,
    spec: run.spec,
    executable: run.executable,
    limit: steps ?? Infinity,
    pad: true,
    sleepSecs: config.tpu.initialInfeedSleepSecs
  })
  const tally = makeTally(run, pump, globalStep)
  const outfeed = yield* drains.make(run.executable, tally.add)
  yield* (yield* Rendezvous).meet(runAll(run, pump, steps ?? Infinity, outfeed), [
    { name: "infeed", effect: pump.effect },
    { name: "outfeed", effect: outfeed.effect }
  ])
  const result = { ...tally.result(), globalStep }
  const name = options.name === undefined ? {} : { name: options.name }
  yield* log.emit({ event: "eval", ...name, step: globalStep, ...events.lossFields(result.loss), examples: result.examples, metrics: result.metrics })
  yield* log.flush
  return result
})

/**
 * Runs what the pump has until its end; the input's failure is met in its place. What has been run is handed on before this
 * ends, but for an interruption: nobody waits for it then.
 */
export const runAll = <E>(run: session.Session, pump: pumps.Pump<E>, limit: number, outfeed: drains.Draining<unknown>) =>
  Effect.onExit(runSteps(run, pump, limit), (exit) => (Exit.hasInterrupts(exit) ? Effect.void : outfeed.settle(pump.consumed())))

const runSteps = Effect.fnUntraced(function* <E>(run: session.Session, pump: pumps.Pump<E>, limit: number) {
  while (true) {
    const count = Math.min(stepsPerRun, limit - pump.consumed(), pump.available())
    if (count <= 0) {
      const failure = pump.consumed() >= limit ? undefined : pump.failure()
      if (failure !== undefined) return yield* Effect.failCause(failure)
      return
    }
    pump.consume((yield* run.executable.run(count)).completed)
  }
})

/** Adds up loss and metrics over the outputs. */
const makeTally = (run: session.Session, pump: pumps.Pump<unknown>, globalStep: number) => {
  const { metrics, program } = run.traced
  const readers = metrics.map((metric) => reader(program, metric.tensors, run.spec))
  const states = metrics.map((metric) => metric.metric.initial)
  const call = hostCaller(run.traced, run.spec)
  let examples = 0
  let lossSum = 0
  const add = Effect.fnUntraced(function* (output: StepOutput) {
    const rows = pump.nextValid()
    const count = countOf(rows)
    examples += count
    lossSum += output.loss * count
    for (const [i, { metric, name }] of metrics.entries()) {
      states[i] = yield* attempt(`metric ${name}`, globalStep, () => metric.update(states[i]!, readers[i]!(output.outfeed, rows)))
    }
    yield* call(output, rows, globalStep)
  })
  const result = () => ({
    loss: lossSum / examples,
    examples,
    metrics: Object.fromEntries(metrics.map(({ metric, name }, i) => [name, metric.result(states[i]!)]))
  })
  return { add, result }
}
