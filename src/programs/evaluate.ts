/**
 * The evaluation program.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { countOf, countOfReplica, type ValidRows } from "../domain/batching.ts"
import { dependsOn } from "../domain/graph/dependsOn.ts"
import { ConfigError, type EstimatorError, InputError } from "../domain/Errors.ts"
import { type Input } from "../domain/Input.ts"
import type { StepOutput } from "../domain/Program.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { type AnyHook, type Hook, type HookError, type HookServices } from "../services/Hooks.ts"
import { Rendezvous } from "../services/Rendezvous.ts"
import { Summaries } from "../services/Summaries.ts"
import { beginning, contexts, runBatches } from "./batchLoop.ts"
import type { Estimator, EstimatorServices } from "./Estimator.ts"
import { deploy } from "./deploy.ts"
import * as drains from "./drain.ts"
import * as events from "./events.ts"
import { attempt, hostCaller, type OutputHandler, reader, summaryCaller } from "./hostCall.ts"
import { checkHooks } from "./hooks/checkHooks.ts"
import type { KeptPrograms } from "./keptPrograms.ts"
import * as pumps from "./pump.ts"
import { type Restored, toRestore } from "./restore.ts"
import * as session from "./session.ts"

/** @category models @since 0.1.0 */
export interface EvaluateOptions<E, R, HE = never, HR = never> {
  readonly input: Input<E, R>
  /** Batches to evaluate; default: to the end of the input. */
  readonly steps?: number
  /** Path of a checkpoint; default: the newest of the model directory. */
  readonly checkpointPath?: string
  /** Tells several evaluations of one model apart in the events. */
  readonly name?: string
  /** Called in this order around each device run; their `step` counts batches. `"stop"` ends the evaluation with what it has. */
  readonly hooks?: ReadonlyArray<Hook<HE, HR>>
}

/** @category models @since 0.1.0 */
export interface EvaluateResult {
  /** Mean of the replicas' and steps' losses, weighted by their number of examples. */
  readonly loss: number
  readonly globalStep: number
  /** Rows that were counted: the size of the data set, whatever the batch size. */
  readonly examples: number
  readonly metrics: { readonly [name: string]: number }
}

/**
 * Evaluates the newest checkpoint over the input. The last batch may be smaller: it is padded, and neither metrics nor
 * the example count see the padding. A model's own loss does within a replica's rows, unless it weighs by `valid`; a replica
 * that has only padding counts for nothing. The recurrent cache goes through the whole evaluation.
 *
 * @category programs
 * @since 0.1.0
 */
export const evaluate = <P, ME = never, MR = never, E = never, R = never, H extends AnyHook = Hook>(
  estimator: Estimator<P, ME, MR>,
  // as in `train`: each hook may fail with errors of its own
  options: Omit<EvaluateOptions<E, R>, "hooks"> & { readonly hooks?: ReadonlyArray<H> }
): Effect.Effect<EvaluateResult, EstimatorError | ME | E | HookError<H>, EstimatorServices | MR | R | HookServices<H>> =>
  // a hook is a hook of its own errors and requirements, which the compiler does not see of a type parameter
  evaluateKept(estimator, options as unknown as EvaluateOptions<E, R, HookError<H>, HookServices<H>>)

/** As `evaluate`, with compiled programs that outlive the call. @category programs @since 0.1.0 */
export const evaluateKept = <P, ME, MR, E, R, HE = never, HR = never>(
  estimator: Estimator<P, ME, MR>,
  options: EvaluateOptions<E, R, HE, HR>,
  kept?: KeptPrograms<session.Session<ME, MR>>
): Effect.Effect<EvaluateResult, EstimatorError | ME | E | HE, EstimatorServices | MR | R | HR> =>
  Effect.scoped(evaluateScoped(estimator, options, kept))

const evaluateScoped = Effect.fn("Estimator.evaluate")(function* <P, ME, MR, E, R, HE, HR>(
  estimator: Estimator<P, ME, MR>,
  options: EvaluateOptions<E, R, HE, HR>,
  kept: KeptPrograms<session.Session<ME, MR>> | undefined
) {
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const { steps } = options
  const hooks = yield* checkHooks(options.hooks, "evaluate")
  if (steps !== undefined && !(Number.isInteger(steps) && steps > 0)) {
    return yield* new ConfigError({ key: "steps", detail: `expected a positive whole number, got ${steps}.` })
  }
  const limit = steps ?? Infinity
  const restored = yield* toRestore(config, options.checkpointPath)
  const globalStep = restored?.checkpoint.step ?? 0
  const log = yield* events.open(config.modelDir)
  const name = options.name === undefined ? {} : { name: options.name }
  const span = events.span(log, { mode: "evaluate", step: globalStep, ...name })
  yield* span.begin
  const result = yield* measured(estimator, options, { config, limit, log, restored, hooks, globalStep, kept }).pipe(
    Effect.tap(({ examples, loss, metrics }) =>
      log.emit({ event: "eval", ...name, step: globalStep, ...events.lossFields(loss), examples, metrics })
    ),
    Effect.onExit((exit) => span.end(exit))
  )
  yield* log.flush
  return result
})

/** Loss and metrics of the whole input, hooks called around it. */
const measured = Effect.fnUntraced(function* <P, ME, MR, E, R, HE, HR>(
  estimator: Estimator<P, ME, MR>,
  options: EvaluateOptions<E, R, HE, HR>,
  { globalStep, hooks, ...opening }: Opening<ME, MR> & { readonly hooks: ReadonlyArray<Hook<HE, HR>>; readonly globalStep: number }
) {
  const { config, limit, log } = opening
  const context = contexts("evaluate", config, globalStep, limit, log)
  const { pump, run } = yield* beginning(hooks, context.before, open(estimator, options, opening))
  const tally = makeTally(run, pump, globalStep, summaryCaller(run.traced, run.spec, Infinity))
  const outfeed = yield* drains.make(run.executable, tally.add)
  const parties = [
    { name: "infeed", effect: pump.effect },
    { name: "outfeed", effect: outfeed.effect }
  ]
  yield* (yield* Rendezvous)
    .meet(runBatches({ run, pump, limit, outfeed, hooks, contextAt: context.ofRun(run) }), parties)
    .pipe(Effect.provideService(Summaries, log.emit))
  const mixed = tally.mixed()
  if (mixed !== undefined && !weighsByValid(run)) yield* Effect.logWarning(paddedLoss(mixed, run.spec))
  return { ...tally.result(), globalStep }
})

interface Opening<ME, MR> {
  readonly config: RunConfig.RunConfig
  readonly limit: number
  readonly log: events.Events
  readonly restored: Restored | undefined
  readonly kept: KeptPrograms<session.Session<ME, MR>> | undefined
}

/** The input with its first batch, the compiled program with its state, and the pump between them. */
const open = Effect.fnUntraced(function* <P, ME, MR, E, R>(
  estimator: Estimator<P, ME, MR>,
  options: Pick<EvaluateOptions<E, R>, "input">,
  { config, kept, limit, log, restored }: Opening<ME, MR>
) {
  const { layout, source } = yield* deploy(estimator, "evaluate", options.input, config)
  const { feed, first } = yield* session.openInput(source, undefined, config.prefetch)
  if (first === undefined)
    return yield* new InputError({ reason: "Empty", leaf: "", detail: "there is nothing to evaluate: the input has no batches" })
  const form = yield* session.formOf("evaluate", first, estimator.evalBatchSize, layout)
  const run = yield* session.compile(estimator, "evaluate", form, config, log, kept)
  yield* session.setState(run, config, restored, ["variable"])
  const { executable, spec } = run
  const sleepSecs = config.tpu.initialInfeedSleepSecs
  return { run, pump: pumps.make<E | InputError>({ feed, first, spec, executable, limit, pad: true, sleepSecs }) }
})

/** The losses of the replicas, each as often as it has examples: one without any has no loss. */
const lossOf = (losses: ArrayLike<number>, rows: ValidRows, spec: session.Session<unknown, unknown>["spec"]): number => {
  let sum = 0
  for (let r = 0; r < spec.replicas; r++) {
    const count = countOfReplica(rows, spec, r)
    if (count > 0) sum += losses[r]! * count
  }
  return sum
}

/** Whether the model's own loss looks at which rows are examples. */
const weighsByValid = ({ traced: { program, replicaLoss } }: session.Session<unknown, unknown>): boolean => {
  const { outputs, parameters } = program.step
  const losses = outputs.filter(({ role }) => role._tag === "Outfeed")
  const valid = parameters.findLast(({ role }) => role._tag === "Batch")! // the last leaf of every batch
  return dependsOn(program.step, losses[replicaLoss!]!.node, valid.node) // evaluations have it
}

const paddedLoss = (examples: number, { batchSize }: session.Session<unknown, unknown>["spec"]) =>
  `evaluate: a batch has ${examples} of ${batchSize} rows, and the loss of the padding is in the mean loss, for the model's loss does not look at \`valid\`: ` +
  "weigh the rows' losses by it, or take a batch size that divides the number of examples. The metrics are exact."

/** Adds up loss and metrics over the outputs. */
const makeTally = <E, R>(run: session.Session<E, R>, pump: pumps.Pump<unknown>, globalStep: number, summaries: OutputHandler | undefined) => {
  const { metrics, program, replicaLoss } = run.traced
  const readers = metrics.map((metric) => reader(program, metric.tensors, run.spec))
  const states = metrics.map((metric) => metric.metric.initial)
  const call = hostCaller(run.traced, run.spec)
  let examples = 0
  let mixed: number | undefined
  let lossSum = 0
  const add = Effect.fnUntraced(function* (output: StepOutput) {
    const rows = pump.nextValid()
    const count = countOf(rows)
    examples += count
    for (let r = 0; mixed === undefined && r < run.spec.replicas; r++) {
      const own = countOfReplica(rows, run.spec, r)
      if (own > 0 && own < run.spec.rowsPerReplica) mixed = count
    }
    lossSum += lossOf(output.outfeed[replicaLoss!]!, rows, run.spec) // evaluations have it
    for (const [i, { metric, name }] of metrics.entries()) {
      states[i] = yield* attempt(`metric ${name}`, globalStep, () => metric.update(states[i]!, readers[i]!(output.outfeed, rows)))
    }
    yield* call(output, rows, globalStep)
    if (summaries !== undefined) yield* summaries(output, rows, globalStep)
  })
  const result = () => ({
    loss: lossSum / examples,
    examples,
    metrics: Object.fromEntries(metrics.map(({ metric, name }, i) => [name, metric.result(states[i]!)]))
  })
  return {
    add,
    result,
    /** Examples of the first batch of which a replica had both examples and padding. */
    mixed: () => mixed
  }
}
