import { assert, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import { Schema } from "effect"
import { make as tensor } from "../../src/domain/Tensor.ts"
import * as RunConfig from "../../src/domain/RunConfig.ts"
import * as TpuConfig from "../../src/domain/TpuConfig.ts"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { descent } from "../programs/models.ts"

const decode = (input: unknown) => RunConfig.decode(input)
const tpu = (input: object) => Result.getOrThrow(Result.map(decode({ tpu: input }), (config) => config.tpu))

/** What training with this configuration says: the checks are met before anything runs. */
const refused = (tpu: object) =>
  Effect.gen(function* () {
    const batch = { features: tensor(Float32Array.of(1), [1]), labels: tensor(Float32Array.of(1), [1]) }
    // as plain text would come from a file
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.1 }, config: { tpu } as RunConfig.RunConfigInput })
    const error = yield* Effect.flip(Estimator.train(estimator, { input: Stream.make(batch) }))
    assert.strictEqual(error._tag, "ConfigError")
    return error.message
  }).pipe(Effect.provide(EstimatorTest.layer()))

it("[row 11] has the original's defaults", () => {
  assert.deepStrictEqual(tpu({}), {
    iterationsPerLoop: 2,
    numShards: undefined,
    numCoresPerReplica: undefined,
    perHostInput: "PerHostV1",
    evalTrainingInputConfiguration: "PerHostV1",
    initialInfeedSleepSecs: undefined,
    inputPartitionDims: undefined
  })
})

it("[row 12] a boolean perHostInput stands for PerShard and PerHostV1; the others go by name", () => {
  assert.strictEqual(tpu({ perHostInput: false }).perHostInput, "PerShard")
  assert.strictEqual(tpu({ perHostInput: true }).perHostInput, "PerHostV1")
  for (const perHostInput of ["PerShard", "PerHostV1", "PerHostV2", "Broadcast"]) assert.strictEqual(tpu({ perHostInput }).perHostInput, perHostInput)
  assert.strictEqual(tpu({ evalTrainingInputConfiguration: "Sliced" }).evalTrainingInputConfiguration, "Sliced")
})

for (const value of [0, -2, 1.5, NaN, "10", "060s", "0s", "5 m", "1d", "s", true, null]) {
  it.effect(`[row 13] refuses iterationsPerLoop ${JSON.stringify(value)}, under both names`, () =>
    Effect.gen(function* () {
      const text = yield* refused({ iterationsPerLoop: value })
      assert.include(text, "tpu.iterationsPerLoop")
      assert.include(text, typeof value === "number" ? String(value) : JSON.stringify(value))
      assert.isTrue(Result.isFailure(decode({ iterationsPerLoop: value })))
    })
  )
}

it.prop(
  "[row 13] takes a count, or a time in seconds, minutes or hours",
  [
    Arbitrary.schema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 9999 })))),
    Arbitrary.schema(Schema.Literals(["s", "m", "h"]))
  ],
  ([n, unit]) => {
    const counted = Result.getOrThrow(decode({ iterationsPerLoop: n }))
    assert.deepStrictEqual([counted.iterationsPerLoop, TpuConfig.loopSeconds(counted.tpu.iterationsPerLoop)], [n, undefined])
    const timed = Result.getOrThrow(decode({ tpu: { iterationsPerLoop: `${n}${unit}` } }))
    assert.strictEqual(timed.iterationsPerLoop, 1)
    assert.strictEqual(TpuConfig.loopSeconds(timed.tpu.iterationsPerLoop), n * { s: 1, m: 60, h: 3600 }[unit])
  }
)

it("the two names of iterationsPerLoop may not say different things", () => {
  assert.strictEqual(Result.getOrThrow(decode({ iterationsPerLoop: 7, tpu: { iterationsPerLoop: 7 } })).iterationsPerLoop, 7)
  assert.include(Result.getOrThrow(Result.flip(decode({ iterationsPerLoop: 7, tpu: { iterationsPerLoop: "7s" } }))).message, "give one of the two")
})

it.effect("[row 14] numShards is positive, numCoresPerReplica a power of two up to 128; the message names the value", () =>
  Effect.gen(function* () {
    for (const numShards of [0, -1, 1.5, "2"]) assert.include(yield* refused({ numShards }), `tpu.numShards: ${JSON.stringify(numShards)} is refused`)
    for (const cores of [0, 3, 12, 256]) assert.include(yield* refused({ numCoresPerReplica: cores }), `tpu.numCoresPerReplica: ${cores} is refused`)
    for (const cores of [1, 2, 4, 8, 16, 32, 64, 128]) assert.strictEqual(tpu({ numCoresPerReplica: cores }).numCoresPerReplica, cores)
  })
)

it.effect("[row 15] inputPartitionDims: length, then mode, then cores, each its own error", () =>
  Effect.gen(function* () {
    const dims = (inputPartitionDims: unknown, rest: object = {}) => ({ inputPartitionDims, ...rest })
    for (const wrong of [[], [[1], [1], [1]]]) assert.include(yield* refused(dims(wrong)), `got ${wrong.length}`)
    assert.include(yield* refused(dims([[2, 1]])), "PerHostV2")
    assert.include(yield* refused(dims([[2, 1]], { numCoresPerReplica: 2, perHostInput: "Broadcast" })), "PerHostV2")
    assert.include(yield* refused(dims([[2, 1]], { perHostInput: "PerHostV2" })), "numCoresPerReplica")
    const right = { perHostInput: "PerHostV2", numCoresPerReplica: 2 }
    assert.include(yield* refused(dims([null, [1]], right)), "features")
    assert.deepStrictEqual(tpu(dims([{ image: [2, 1], id: null }, null], right)).inputPartitionDims, [{ image: [2, 1], id: null }, null])
    // structures as deep as those of features and labels may be
    const nested = [{ a: [{ b: [2, 1] }, null] }, [[2, 1], [1]]]
    assert.deepStrictEqual(tpu(dims(nested, right)).inputPartitionDims, nested)
    assert.include(yield* refused(dims([{ a: { b: "2" } }], right)), "tpu.inputPartitionDims")
  })
)

it.effect("[row 16] initialInfeedSleepSecs: 0 is none, otherwise a positive whole number", () =>
  Effect.gen(function* () {
    assert.isUndefined(tpu({ initialInfeedSleepSecs: 0 }).initialInfeedSleepSecs)
    assert.strictEqual(tpu({ initialInfeedSleepSecs: 30 }).initialInfeedSleepSecs, 30)
    for (const value of [-1, 0.5]) assert.include(yield* refused({ initialInfeedSleepSecs: value }), `tpu.initialInfeedSleepSecs: ${value}`)
  })
)

it.effect("[row 26] input for each shard does not go with replicas of several cores", () =>
  Effect.gen(function* () {
    assert.include(yield* refused({ perHostInput: "PerShard", numCoresPerReplica: 2 }), "model parallelism")
  })
)

it.effect("unknown keys are refused with the nearest name at every depth", () =>
  Effect.gen(function* () {
    assert.include(yield* refused({ numShard: 2 }), 'config tpu.numShard: there is no such key. Did you mean "tpu.numShards"?')
    const top = Result.getOrThrow(Result.flip(decode({ tpuu: {} })))
    assert.include(top.message, 'Did you mean "tpu"?')
    assert.include(Result.getOrThrow(Result.flip(decode({ tpu: 3 }))).message, "config tpu: expected an object, got number")
  })
)
