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
import { precisions } from "./passes/mixedPrecision.ts"
import { checkFields } from "./strictDecode.ts"
import * as TpuConfig from "./TpuConfig.ts"

const positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))
const natural = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))

/** @category schemas @since 0.1.0 */
export const RunConfig = Schema.Struct({
  /** Directory of checkpoints and events. Default: none; nothing is saved or restored. */
  modelDir: Schema.optionalKey(Schema.String),
  /** Seed of initial values and of all draws in the step. Default 0. */
  seed: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  /** `tpu.iterationsPerLoop` in short; not both. */
  iterationsPerLoop: Schema.optionalKey(TpuConfig.IterationsPerLoop),
  /** A checkpoint at the first run boundary at or after every so many steps. Default: by time only. */
  saveCheckpointsSteps: Schema.optionalKey(positive),
  /** A checkpoint at the first run boundary after so many seconds. Default 600, or none when `saveCheckpointsSteps` is given; 0: none. */
  saveCheckpointsSecs: Schema.optionalKey(natural),
  /** The newest so many are kept. Default 5; 0 keeps all. */
  keepCheckpointMax: natural.pipe(Schema.withDecodingDefaultKey(Effect.succeed(5))),
  /** Beside the newest, one checkpoint of about every so many hours is kept for good. Default: none. */
  keepCheckpointEveryNHours: Schema.optionalKey(Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))),
  /** A `train` event about every so many steps. Default 100; 0 or null: none. */
  logStepCountSteps: Schema.NullOr(natural).pipe(Schema.withDecodingDefaultKey(Effect.succeed(100))),
  /** What the model function wants seen (`summary`) goes to the sinks every so many steps. Default 100; 0 or null: never, and it is not computed. */
  saveSummarySteps: Schema.NullOr(natural).pipe(Schema.withDecodingDefaultKey(Effect.succeed(100))),
  /** Report the mean loss of a device run in place of its last step's (`params.track_mean`). Default false. */
  trackMean: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** `carry` the recurrent cache through the whole run and its checkpoints (default), or start it anew at each device run: `loop`. */
  cachePolicy: Schema.Literals(["carry", "loop"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("carry" as const))),
  /** Of products in the step (`domain/passes/mixedPrecision`): `float32` (default), `mixed_bfloat16`, `mixed_float16`. */
  precision: Schema.Literals(precisions).pipe(Schema.withDecodingDefaultKey(Effect.succeed("float32" as const))),
  /** Batches read ahead of the device. Default 2. */
  prefetch: positive.pipe(Schema.withDecodingDefaultKey(Effect.succeed(2))),
  /** See `TpuConfig`. */
  tpu: TpuConfig.TpuConfig.pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})

/** With all defaults filled in. @category models @since 0.1.0 */
export interface RunConfig extends Omit<typeof RunConfig.Type, "iterationsPerLoop" | "logStepCountSteps" | "saveSummarySteps" | "tpu"> {
  /** Steps of one device run; of the first one where `tpu.iterationsPerLoop` is a time. */
  readonly iterationsPerLoop: number
  readonly logStepCountSteps: number
  readonly saveSummarySteps: number
  readonly tpu: TpuConfig.TpuConfig
}

/** As a user writes it. @category models @since 0.1.0 */
export type RunConfigInput = typeof RunConfig.Encoded

/** @category constants @since 0.1.0 */
export const keys: ReadonlyArray<string> = Object.keys(RunConfig.fields)

/** What is wrong with the keys and values at every depth, each by itself: for one of several sources. @category rules @since 0.1.0 */
export const check = (input: unknown): Result.Result<RunConfigInput, ConfigError> => {
  // the keys of `tpu` first: their errors are about one key, that of the whole is not
  const tpu = typeof input === "object" && input !== null && "tpu" in input ? TpuConfig.check(input.tpu) : undefined
  const wrong = tpu ?? checkFields(RunConfig.fields, input)
  return wrong === undefined ? Result.succeed(input as RunConfigInput) : Result.fail(wrong) // every key was decoded
}

/** Checks every key, fills in defaults, and checks what the keys say together; the error names the key and, for an unknown one, the nearest known. @category constructors @since 0.1.0 */
export const decode = (input: unknown): Result.Result<RunConfig, ConfigError> =>
  Result.gen(function* () {
    const given = yield* check(input)
    const short = given.iterationsPerLoop
    const long = given.tpu?.iterationsPerLoop
    if (short !== undefined && long !== undefined && short !== long) {
      const detail = `it is ${JSON.stringify(long)}, and iterationsPerLoop is ${JSON.stringify(short)}: give one of the two.`
      return yield* Result.fail(new ConfigError({ key: "tpu.iterationsPerLoop", detail }))
    }
    const loop = short ?? long
    const tpu = yield* TpuConfig.decode({ ...given.tpu, ...(loop === undefined ? {} : { iterationsPerLoop: loop }) })
    const config = Schema.decodeUnknownSync(RunConfig)(input) // every key was decoded by `check`
    const iterationsPerLoop = typeof tpu.iterationsPerLoop === "number" ? tpu.iterationsPerLoop : 1
    return { ...config, iterationsPerLoop, logStepCountSteps: config.logStepCountSteps ?? 0, saveSummarySteps: config.saveSummarySteps ?? 0, tpu }
  })

/** `base` with the keys of `over` in place of its own, key by key also within `tpu`. @category combinators @since 0.1.0 */
export const merge = (base: RunConfigInput, over: RunConfigInput): RunConfigInput => {
  // the two names of one setting: a source that has either takes the place of both
  const own = over.iterationsPerLoop !== undefined || over.tpu?.iterationsPerLoop !== undefined ? withoutLoop(base) : base
  const tpu = { ...own.tpu, ...over.tpu }
  return { ...own, ...over, ...(Object.keys(tpu).length === 0 ? {} : { tpu }) }
}

const withoutLoop = ({ iterationsPerLoop: _, tpu, ...rest }: RunConfigInput): RunConfigInput => {
  if (tpu === undefined) return rest
  const { iterationsPerLoop: __, ...others } = tpu
  return { ...rest, tpu: others }
}
