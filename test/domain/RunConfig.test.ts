import { assert, it } from "@effect/vitest"
import { Result } from "effect"
import * as RunConfig from "../../src/domain/RunConfig.ts"

const message = (input: unknown) => {
  const decoded = RunConfig.decode(input)
  return Result.isFailure(decoded) ? decoded.failure.message : assert.fail("expected a failure")
}

it("fills in the documented defaults", () => {
  assert.deepStrictEqual(Result.getOrThrow(RunConfig.decode({})), {
    seed: 0,
    iterationsPerLoop: 2,
    keepCheckpointMax: 5,
    logStepCountSteps: 100,
    saveSummarySteps: 100,
    trackMean: false,
    cachePolicy: "carry",
    precision: "float32",
    prefetch: 2,
    tpu: {
      iterationsPerLoop: 2,
      numShards: undefined,
      numCoresPerReplica: undefined,
      perHostInput: "PerHostV1",
      evalTrainingInputConfiguration: "PerHostV1",
      initialInfeedSleepSecs: undefined,
      inputPartitionDims: undefined
    }
  })
})

it("names an unknown key and the nearest known", () => {
  const text = message({ iterationPerLoop: 3 })
  assert.include(text, "iterationPerLoop")
  assert.include(text, 'Did you mean "iterationsPerLoop"?')
})

for (const [key, value] of [
  ["iterationsPerLoop", 0],
  ["iterationsPerLoop", 1.5],
  ["saveCheckpointsSteps", -1],
  ["cachePolicy", "keep"],
  ["trackMean", "yes"],
  ["modelDir", 3]
] as const) {
  it(`refuses ${key} = ${value}, naming key and value`, () => {
    const text = message({ [key]: value })
    assert.include(text, key)
    assert.include(text, JSON.stringify(value))
  })
}
