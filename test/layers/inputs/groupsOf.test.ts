import { assert, it } from "@effect/vitest"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Path, Schema, Stream } from "effect"
import { Estimator, EstimatorTest, fromJsonl, Tensor } from "../../../src/index.ts"
import { groupsOf } from "../../../src/layers/inputs/groupsOf.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import { descent } from "../../programs/models.ts"

const seen = <E>(stream: Stream.Stream<ReadonlyArray<number>, E>) =>
  Effect.gen(function* () {
    const groups: Array<ReadonlyArray<number>> = []
    const exit = yield* Effect.exit(Stream.runForEach(stream, (group) => Effect.sync(() => void groups.push(group))))
    return [groups, exit._tag] as const
  })

it.effect("the last group may be smaller", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* seen(groupsOf(3)(Stream.range(1, 7))), [[[1, 2, 3], [4, 5, 6], [7]], "Success"])
    assert.deepStrictEqual(yield* seen(groupsOf(3)(Stream.range(1, 6))), [
      [
        [1, 2, 3],
        [4, 5, 6]
      ],
      "Success"
    ])
    assert.deepStrictEqual(yield* seen(groupsOf(3)(Stream.empty)), [[], "Success"])
  })
)

it.effect("a group that a failure cuts short is not emitted", () =>
  Effect.gen(function* () {
    const cut = Stream.concat(Stream.range(1, 5), Stream.fail("torn"))
    assert.deepStrictEqual(yield* seen(groupsOf(3)(cut)), [[[1, 2, 3]], "Failure"])
  })
)

it.effect("training meets a bad line of a file as such, after the batches before it", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = (yield* Path.Path).join(yield* fs.makeTempDirectoryScoped(), "bad.jsonl")
    const line = '{"y":1}\n'
    yield* fs.writeFileString(file, `${line.repeat(6)}{"y":\n${line.repeat(3)}`)
    const scalar = (y: number) => Tensor.make(Float32Array.of(y), [])
    const input = fromJsonl(file, Schema.Struct({ y: Schema.Finite }), ({ y }) => ({ features: scalar(y), labels: scalar(y) }), {
      batchSize: 4,
      repeat: true
    })
    const estimator = Estimator.make({ modelFn: descent, params: { rate: 0.25 }, config: { modelDir: "lines", iterationsPerLoop: 1 } })
    const error = yield* Effect.flip(Estimator.train(estimator, { input, maxSteps: 4 }))
    assert.strictEqual(error._tag, "InputError")
    assert.include(error.message, "line 7")
    assert.strictEqual((yield* (yield* CheckpointStore).latest("lines"))?.step, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()), Effect.provide(NodeServices.layer))
)
