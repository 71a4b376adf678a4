/**
 * The part of a run's configuration that `TPUConfig` has in the original: steps of a device run, how many cores a replica
 * takes, and how the input is spread over hosts and replicas. What each input mode does is the topology's matter; here
 * they are only named, given their defaults, and checked in the original's order.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ConfigError } from "./Errors.ts"
import { checkFields } from "./strictDecode.ts"

const positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))

/** Steps of one device run: a count, or the time that one is to take, such as `60s`, `5m` or `1h`. @category schemas @since 0.1.0 */
export const IterationsPerLoop = Schema.Union([
  positive,
  Schema.String.pipe(Schema.check(Schema.isPattern(/^[1-9][0-9]*[smh]$/, { expected: "a positive whole number, or a time such as 60s, 5m or 1h" })))
])
/** @category models @since 0.1.0 */
export type IterationsPerLoop = typeof IterationsPerLoop.Type

/**
 * Who draws batches: each replica (`PerShard`), each host one that is cut up (`PerHostV1`), each host one for each of its
 * replicas (`PerHostV2`), or the first host one for all (`Broadcast`).
 *
 * @category schemas
 * @since 0.1.0
 */
export const InputMode = Schema.Literals(["PerShard", "PerHostV1", "PerHostV2", "Broadcast"])
/** @category models @since 0.1.0 */
export type InputMode = typeof InputMode.Type

/**
 * How an evaluation's input is deployed: as `perHostInput` says (`PerHostV1`), or by one call on the first host, whose batches
 * are cut up over the replicas of all hosts (`Sliced`).
 *
 * @category schemas
 * @since 0.1.0
 */
export const EvalInputMode = Schema.Literals(["PerHostV1", "Sliced"])
/** @category models @since 0.1.0 */
export type EvalInputMode = typeof EvalInputMode.Type

/** Parts along each axis of a leaf; `null`: every core has the whole; or these for each leaf, in the structure of the batch. @category models @since 0.1.0 */
export type PartitionDims = ReadonlyArray<number> | null | ReadonlyArray<PartitionDims> | { readonly [key: string]: PartitionDims }

const nested = Schema.suspend((): Schema.Codec<PartitionDims> => PartitionDims)
/** @category schemas @since 0.1.0 */
export const PartitionDims: Schema.Codec<PartitionDims> = Schema.NullOr(
  Schema.Union([Schema.Array(Schema.Int), Schema.Array(nested), Schema.Record(Schema.String, nested)])
)

/** Counts of cores that a replica may have. @category constants @since 0.1.0 */
export const coresPerReplica = [1, 2, 4, 8, 16, 32, 64, 128] as const

/** @category schemas @since 0.1.0 */
export const TpuConfig = Schema.Struct({
  /** Steps of one device run, or the time for one; then the count follows the measured steps. Default 2. */
  iterationsPerLoop: Schema.optionalKey(IterationsPerLoop),
  /** Replicas; when given, it must be the number that the device has. Default: as many as there are. */
  numShards: Schema.optionalKey(positive),
  /** Cores that one replica is spread over: model parallelism. Each is a device on the `pjrt` engine; others simulate them. Default: none. */
  numCoresPerReplica: Schema.optionalKey(Schema.Literals(coresPerReplica)),
  /** See `InputMode`; `false` stands for `PerShard` and `true` for `PerHostV1`, as in the original. Default `PerHostV1`. */
  perHostInput: Schema.Union([InputMode, Schema.Boolean]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("PerHostV1" as const))),
  /** See `EvalInputMode` (`eval_training_input_configuration`). Default `PerHostV1`. */
  evalTrainingInputConfiguration: EvalInputMode.pipe(Schema.withDecodingDefaultKey(Effect.succeed("PerHostV1" as const))),
  /** Seconds before the first batch is fed. Default and 0: none. */
  initialInfeedSleepSecs: Schema.optionalKey(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))),
  /** How features, and labels where they are, are cut over the cores of a replica. Default: not at all. */
  inputPartitionDims: Schema.optionalKey(
    Schema.Array(PartitionDims).annotate({
      expected:
        'a list of one entry for the features and perhaps one for the labels: the parts along each axis of a tensor such as [1, 4], null for a tensor that is not cut, or these in a list or record as the batch is, such as [{ "image": [1, 4, 1, 1] }, null]'
    })
  )
})

/** As a user writes it. @category models @since 0.1.0 */
export type TpuConfigInput = typeof TpuConfig.Encoded

/** With all defaults filled in. @category models @since 0.1.0 */
export interface TpuConfig {
  readonly iterationsPerLoop: IterationsPerLoop
  readonly numShards: number | undefined
  readonly numCoresPerReplica: number | undefined
  readonly perHostInput: InputMode
  readonly evalTrainingInputConfiguration: EvalInputMode
  /** At least 1, or `undefined` for none. */
  readonly initialInfeedSleepSecs: number | undefined
  /** One or two entries, for features and labels; the first is not null. */
  readonly inputPartitionDims: ReadonlyArray<PartitionDims> | undefined
}

/** @category constants @since 0.1.0 */
export const keys: ReadonlyArray<string> = Object.keys(TpuConfig.fields)

/** What is wrong with the keys and values, each by itself; the error's key begins with `tpu.`. @category rules @since 0.1.0 */
export const check = (input: unknown): ConfigError | undefined => checkFields(TpuConfig.fields, input, "tpu.")

/** Steps per run when nothing is said. @category constants @since 0.1.0 */
export const defaultIterationsPerLoop = 2

/** Checks every key, fills in defaults, and checks what the keys say together. @category constructors @since 0.1.0 */
export const decode = (input: unknown): Result.Result<TpuConfig, ConfigError> => {
  const wrong = check(input)
  if (wrong !== undefined) return Result.fail(wrong)
  const given = Schema.decodeUnknownSync(TpuConfig)(input) // each key was decoded by `check`
  const mode = given.perHostInput
  const config: TpuConfig = {
    iterationsPerLoop: given.iterationsPerLoop ?? defaultIterationsPerLoop,
    numShards: given.numShards,
    numCoresPerReplica: given.numCoresPerReplica,
    perHostInput: typeof mode === "boolean" ? (mode ? "PerHostV1" : "PerShard") : mode,
    evalTrainingInputConfiguration: given.evalTrainingInputConfiguration,
    initialInfeedSleepSecs: given.initialInfeedSleepSecs === 0 ? undefined : given.initialInfeedSleepSecs,
    inputPartitionDims: given.inputPartitionDims
  }
  const together = checkTogether(config)
  return together === undefined ? Result.succeed(config) : Result.fail(together)
}

/** Partition dims by length, mode, cores (in the original's order), then replicas of several cores by mode. */
const checkTogether = ({ inputPartitionDims: dims, numCoresPerReplica, perHostInput }: TpuConfig): ConfigError | undefined => {
  const key = "tpu.inputPartitionDims"
  if (dims !== undefined) {
    if (dims.length < 1 || dims.length > 2) {
      return new ConfigError({ key, detail: `expected one entry for the features and perhaps one for the labels, got ${dims.length}.` })
    }
    if (perHostInput !== "PerHostV2") {
      return new ConfigError({ key, detail: `only works with perHostInput "PerHostV2", and it is "${perHostInput}".` })
    }
    if (numCoresPerReplica === undefined) {
      return new ConfigError({ key, detail: "needs numCoresPerReplica, the number of cores that the parts go to; it is not set." })
    }
    if (dims[0] === null) return new ConfigError({ key, detail: "the first entry, for the features, may not be null." })
  }
  if (perHostInput === "PerShard" && numCoresPerReplica !== undefined) {
    const detail = `model parallelism only works with input per host, and perHostInput is "PerShard": leave one of the two out.`
    return new ConfigError({ key: "tpu.numCoresPerReplica", detail })
  }
  return undefined
}

const secondsOf = { s: 1, m: 60, h: 3600 } as const

/** Seconds that one device run is to take, where a time is given. @category rules @since 0.1.0 */
export const loopSeconds = (iterationsPerLoop: IterationsPerLoop): number | undefined =>
  typeof iterationsPerLoop === "number"
    ? undefined
    : // the pattern has seen to the unit
      Number(iterationsPerLoop.slice(0, -1)) * secondsOf[iterationsPerLoop.at(-1) as keyof typeof secondsOf]
