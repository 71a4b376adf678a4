/**
 * Results of evaluations, and which of them is best.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ConfigError } from "./Errors.ts"
import { nearest } from "./suggest.ts"

/** JSON has no infinities and no NaN. */
const Value = Schema.Union([Schema.Number, Schema.Literals(["NaN", "Infinity", "-Infinity"])])

/** What an evaluation has found at a global step. @category models @since 0.1.0 */
export interface Scores {
  readonly globalStep: number
  readonly loss: number
  readonly examples: number
  readonly metrics: { readonly [name: string]: number }
}

/** @category models @since 0.1.0 */
export interface MetricChoice {
  /** `loss`, or the name of a metric of the model. Default: `loss`. */
  readonly metric?: string
  /** Which is better. Default: `lower`. */
  readonly order?: "lower" | "higher"
}

/** The value of a metric; the error names those that there are. @category rules @since 0.1.0 */
export const scoreOf = ({ loss, metrics }: Scores, metric = "loss"): Result.Result<number, ConfigError> => {
  if (metric === "loss") return Result.succeed(loss)
  if (Object.hasOwn(metrics, metric)) return Result.succeed(metrics[metric]!)
  const known = ["loss", ...Object.keys(metrics)]
  const suggestion = nearest(metric, known)
  const detail = `the evaluation gives no "${metric}"; it gives ${known.join(", ")}.`
  return Result.fail(new ConfigError({ key: "metric", detail, ...(suggestion === undefined ? {} : { suggestion }) }))
}

/** Best first; of equals the earlier step; NaN last. Fails where one of them does not have the metric. @category rules @since 0.1.0 */
export const sortBest = <A extends Scores>(all: ReadonlyArray<A>, { metric, order }: MetricChoice): Result.Result<ReadonlyArray<A>, ConfigError> =>
  Result.gen(function* () {
    const scored: Array<{ readonly one: A; readonly score: number }> = []
    for (const one of all) {
      const score = yield* scoreOf(one, metric)
      scored.push({ one, score: order === "higher" ? -score : score })
    }
    const by = (a: number, b: number) => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || (a < b ? -1 : a > b ? 1 : 0)
    return scored.sort((a, b) => by(a.score, b.score) || a.one.globalStep - b.one.globalStep).map(({ one }) => one)
  })

/** Text of a list of results. @category schemas @since 0.1.0 */
const Noted = Schema.fromJsonString(
  Schema.Array(Schema.Struct({ globalStep: Schema.Natural, loss: Value, examples: Schema.Natural, metrics: Schema.Record(Schema.String, Value) }))
)

const write = (value: number) => (Number.isFinite(value) ? value : (String(value) as "NaN"))

/** @category rules @since 0.1.0 */
export const print = (all: ReadonlyArray<Scores>): string =>
  JSON.stringify(
    all.map(({ examples, globalStep, loss, metrics }) => ({
      globalStep,
      loss: write(loss),
      examples,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, write(value)]))
    }))
  )

/** The way back; `undefined` for a text that is not one of these. @category rules @since 0.1.0 */
export const parse = (text: string): ReadonlyArray<Scores> | undefined => {
  const noted = Schema.decodeUnknownResult(Noted)(text)
  if (Result.isFailure(noted)) return undefined
  return noted.success.map(({ examples, globalStep, loss, metrics }) => ({
    globalStep,
    loss: Number(loss),
    examples,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value)]))
  }))
}
