/**
 * How a run is to be done: where it keeps its model, how often it saves and logs, how many steps go to one device run.
 * The names and meanings are `tf.estimator.RunConfig`'s and `TPUConfig`'s.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ConfigError } from "./Errors.ts"
import { nearest } from "./suggest.ts"

const positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))
const natural = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))

/** @category schemas @since 0.1.0 */
export const RunConfig = Schema.Struct({
  /** Directory of checkpoints and events. Default: none; nothing is saved or restored. */
  modelDir: Schema.optionalKey(Schema.String),
  /** Seed of initial values and of all draws in the step. Default 0. */
  seed: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  /** Steps of one device run; hooks, logs and checkpoints happen between runs. Default 2. */
  iterationsPerLoop: positive.pipe(Schema.withDecodingDefaultKey(Effect.succeed(2))),
  /** A checkpoint at the first run boundary at or after every so many steps. Default: by time only. */
  saveCheckpointsSteps: Schema.optionalKey(positive),
  /** A checkpoint at the first run boundary after so many seconds. Default 600, or none when `saveCheckpointsSteps` is given; 0: none. */
  saveCheckpointsSecs: Schema.optionalKey(natural),
  /** The newest so many are kept. Default 5; 0 keeps all. */
  keepCheckpointMax: natural.pipe(Schema.withDecodingDefaultKey(Effect.succeed(5))),
  /** A `train` event about every so many steps. Default 100; 0: none. */
  logStepCountSteps: natural.pipe(Schema.withDecodingDefaultKey(Effect.succeed(100))),
  /** Report the mean loss of a device run in place of its last step's (`params.track_mean`). Default false. */
  trackMean: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** `carry` the recurrent cache through the whole run and its checkpoints (default), or start it anew at each device run: `loop`. */
  cachePolicy: Schema.Literals(["carry", "loop"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("carry" as const))),
  /** Batches read ahead of the device. Default 2. */
  prefetch: positive.pipe(Schema.withDecodingDefaultKey(Effect.succeed(2)))
})

/** With all defaults filled in. @category models @since 0.1.0 */
export type RunConfig = typeof RunConfig.Type

/** As a user writes it. @category models @since 0.1.0 */
export type RunConfigInput = typeof RunConfig.Encoded

/** @category constants @since 0.1.0 */
export const keys: ReadonlyArray<string> = Object.keys(RunConfig.fields)

/** Fills in defaults; the error names the key and, for an unknown one, the nearest known. @category constructors @since 0.1.0 */
export const decode = (input: unknown): Result.Result<RunConfig, ConfigError> => {
  if (typeof input !== "object" || input === null) {
    return Result.fail(new ConfigError({ key: "config", detail: `expected an object, got ${input === null ? "null" : typeof input}.` }))
  }
  for (const key of Object.keys(input)) {
    if (!keys.includes(key)) {
      const suggestion = nearest(key, keys)
      return Result.fail(new ConfigError({ key, detail: "there is no such key.", ...(suggestion === undefined ? {} : { suggestion }) }))
    }
  }
  for (const [key, schema] of Object.entries(RunConfig.fields)) {
    const decoded = Schema.decodeUnknownResult(Schema.Struct({ [key]: schema }))(input)
    if (Result.isFailure(decoded)) {
      const value = JSON.stringify((input as { readonly [k: string]: unknown })[key]) // an object, seen above
      return Result.fail(new ConfigError({ key, detail: `${value} is refused: ${String(decoded.failure.message).split("\n")[0]}.` }))
    }
  }
  return Schema.decodeUnknownResult(RunConfig)(input).pipe(Result.mapError((error) => new ConfigError({ key: "config", detail: error.message })))
}
