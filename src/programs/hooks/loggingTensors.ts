/**
 * Writes named values as a line of text (`LoggingTensorHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ConfigError } from "../../domain/Errors.ts"
import type { Hook, RunContext, RunValues } from "../../services/Hooks.ts"
import { lossFields } from "../events.ts"
import * as Cadence from "./Cadence.ts"

/** Values by tag. @category models @since 0.1.0 */
export type Values = { readonly [tag: string]: number | string }

/**
 * What the original's training logs: `#iter/loop` (steps of this run), `bpc`, `global step` (after the run), `loss`, `ppl`. In
 * evaluation and prediction also `batch`, how many there were, and in prediction nothing of a loss.
 *
 * @category rules
 * @since 0.1.0
 */
export const progressValues = ({ globalStep, mode, step }: RunContext, { iterations, loss }: RunValues): Values => {
  const at = { "#iter/loop": iterations, "global step": globalStep, ...(mode === "train" ? {} : { batch: step }) }
  if (mode === "predict") return at
  const { bpc, ppl } = lossFields(loss)
  return { ...at, loss, ppl, bpc }
}

/** Tags in order (by UTF-16 code unit), then the seconds since the line before. */
const lineOf = (values: Values, seconds: number | undefined): string => {
  const fields = Object.keys(values).sort()
  const text = fields.map((tag) => `${tag} = ${values[tag]!}`).join(", ")
  return seconds === undefined ? text : `${text} (${seconds.toFixed(3)} sec)`
}

/** @category models @since 0.1.0 */
export interface LoggingTensorsOptions<E, R> {
  /** Default: `progressValues`. */
  readonly values?: (context: RunContext, values: RunValues) => Effect.Effect<Values, E, R>
  /** Makes the line. Default: `tag = value, …` in order of the tags, with the seconds since the line before. */
  readonly format?: (values: Values) => string
  /** Where the line goes. Default: `Effect.logInfo`. */
  readonly write?: (line: string) => Effect.Effect<void, E, R>
}

/**
 * A line after the first run, then by steps or seconds, exactly one of the two; with `iterationsPerLoop` n, a line every
 * `ceil(everySteps / n)` runs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const loggingTensors = <E = never, R = never>(options: Cadence.Cadence & LoggingTensorsOptions<E, R>): Hook<ConfigError | E, R> => {
  const timer = Cadence.make("loggingTensors", options)
  const valuesOf = options.values ?? ((context: RunContext, values: RunValues) => Effect.succeed(progressValues(context, values)))
  const write = options.write ?? ((line: string) => Effect.logInfo(line))
  return {
    name: "logging-tensors",
    begin: timer.begin,
    afterRun: Effect.fnUntraced(function* (context, values) {
      const before = timer.last()
      if (!(yield* timer.due(context.step))) return "continue" as const
      const seconds = before === undefined ? undefined : (timer.last()!.millis - before.millis) / 1000
      const named = yield* valuesOf(context, values)
      yield* write(options.format === undefined ? lineOf(named, seconds) : options.format(named))
      return "continue" as const
    })
  }
}
