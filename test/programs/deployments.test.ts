/** Who calls the input, which replica gets which rows: on 8 cores of 1 and 2 hosts that are only simulated. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Stream } from "effect"
import { Estimator, type Input, Tensor } from "../../src/index.ts"
import { byReplica, estimatorOf, newSeen, numbered, rows, system, trained } from "./deploymentModels.ts"

const summary = (calls: ReadonlyArray<Input.InputContext>) =>
  calls.map(({ batchSize, host, invocation, invocations, replicasFed }) => [invocation, invocations, host, batchSize, replicasFed])

describe("who is called, with which batch size, and which rows go where", () => {
  it.effect(
    "[row 68] [row 39] [row 41] [row 42] PerShard: a call for each core, in host order, batch = global / replicas, shard k to replica k",
    () =>
      Effect.gen(function* () {
        const { calls, seen } = yield* trained("PerShard", { hosts: 2, coresPerHost: 2 }, 2)
        assert.deepStrictEqual(summary(calls), [
          [0, 4, 0, 2, 1],
          [1, 4, 0, 2, 1],
          [2, 4, 1, 2, 1],
          [3, 4, 1, 2, 1]
        ])
        assert.deepStrictEqual(byReplica(seen.steps[0]!, 4), [
          [0, 1],
          [1000, 1001],
          [2000, 2001],
          [3000, 3001]
        ])
        assert.deepStrictEqual(seen.steps[1], [2, 3, 1002, 1003, 2002, 2003, 3002, 3003])
        assert.strictEqual(seen.steps.length, 2)
      })
  )
  it.effect("[row 69] [row 39] [row 41] PerHostV1: a call for each host, batch = global / hosts, split over the host's replicas", () =>
    Effect.gen(function* () {
      const { calls, seen } = yield* trained("PerHostV1", { hosts: 2, coresPerHost: 2 }, 2)
      assert.deepStrictEqual(summary(calls), [
        [0, 2, 0, 4, 2],
        [1, 2, 1, 4, 2]
      ])
      assert.deepStrictEqual(byReplica(seen.steps[1]!, 4), [
        [4, 5],
        [6, 7],
        [1004, 1005],
        [1006, 1007]
      ])
    })
  )
  it.effect(
    "[row 71] [row 72] [row 63] [row 41] PerHostV2: one batch for each replica, replica i of step k gets batch k * replicas + i of its host",
    () =>
      Effect.gen(function* () {
        const one = yield* trained("PerHostV2", { hosts: 1, coresPerHost: 4 }, 12)
        assert.deepStrictEqual(summary(one.calls), [[0, 1, 0, 2, 4]])
        // batch b of the host holds 2b and 2b + 1
        for (let k = 0; k < 3; k++) {
          for (const [i, part] of byReplica(one.seen.steps[k]!, 4).entries()) {
            const b = k * 4 + i
            assert.deepStrictEqual(part, [2 * b, 2 * b + 1])
          }
        }
        const two = yield* trained("PerHostV2", { hosts: 2, coresPerHost: 2 }, 4)
        assert.deepStrictEqual(summary(two.calls), [
          [0, 2, 0, 2, 2],
          [1, 2, 1, 2, 2]
        ])
        assert.deepStrictEqual(two.seen.steps[1], [4, 5, 6, 7, 1004, 1005, 1006, 1007])
      })
  )
  it.effect(
    "[row 74] [row 75] [row 39] [row 40] [row 41] Broadcast: one call with the global batch, which every replica sees, outputs taken once",
    () =>
      Effect.gen(function* () {
        const { calls, result, seen } = yield* trained("Broadcast", { hosts: 2, coresPerHost: 2 }, 2)
        assert.deepStrictEqual(summary(calls), [[0, 1, 0, 8, 4]])
        assert.strictEqual(seen.batchSize, 8)
        assert.deepStrictEqual(seen.steps[0], [0, 1, 2, 3, 4, 5, 6, 7])
        // the same as one replica with the same batches
        const alone = yield* trained("PerHostV1", { hosts: 1, coresPerHost: 1 }, 2)
        assert.closeTo(result.loss, alone.result.loss, 1e-4)
      })
  )
  it.effect("[row 40] the model function is told the rows of one replica; global / replicas but for Broadcast", () =>
    Effect.gen(function* () {
      for (const mode of ["PerShard", "PerHostV1", "PerHostV2"] as const) {
        assert.strictEqual((yield* trained(mode, { hosts: 1, coresPerHost: 4 }, 4)).seen.batchSize, 2)
      }
    })
  )
  it.effect("[row 12] [row 38] Sliced: an evaluation on several hosts calls once, with the global batch, which is split over all replicas", () =>
    Effect.gen(function* () {
      const calls: Array<Input.InputContext> = []
      const seen = newSeen()
      const tpu = { perHostInput: "PerHostV1", evalTrainingInputConfiguration: "Sliced" } as const
      const result = yield* Estimator.evaluate(estimatorOf(seen, tpu), { input: numbered(calls, 2, 3) })
      assert.deepStrictEqual(
        calls.map(({ batchSize, host, invocation, invocations, replicasFed }) => ({ batchSize, host, invocation, invocations, replicasFed })),
        [{ batchSize: 8, host: 0, invocation: 0, invocations: 1, replicasFed: 4 }]
      )
      assert.strictEqual(seen.batchSize, 2)
      assert.deepStrictEqual(seen.steps[0], [0, 1, 2, 3, 4, 5, 6, 7])
      assert.strictEqual(result.examples, 11)
      assert.strictEqual(result.metrics["mean"], 5)
      // training is deployed as before
      const trainCalls: Array<Input.InputContext> = []
      yield* Estimator.train(estimatorOf(newSeen(), tpu), { input: numbered(trainCalls, 1) })
      assert.strictEqual(trainCalls.length, 2)
    }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
  )
  it.effect("[row 57] on one core the input is called once, with the global batch", () =>
    Effect.gen(function* () {
      for (const mode of ["PerShard", "PerHostV1", "PerHostV2", "Broadcast"] as const) {
        const { calls, seen } = yield* trained(mode, { hosts: 1, coresPerHost: 1 }, 2)
        assert.deepStrictEqual(summary(calls), [[0, 1, 0, 8, 1]])
        assert.deepStrictEqual(seen.steps[1], [8, 9, 10, 11, 12, 13, 14, 15])
      }
    })
  )
  it.effect("[row 189] with cores per replica there are cores / that replicas, and batch sizes are per replica", () =>
    Effect.gen(function* () {
      const { calls, seen } = yield* trained("PerHostV2", { hosts: 2, coresPerHost: 4, coresPerReplica: 2 }, 4)
      assert.deepStrictEqual(summary(calls), [
        [0, 2, 0, 2, 2],
        [1, 2, 1, 2, 2]
      ])
      assert.deepStrictEqual(seen.steps[1], [4, 5, 6, 7, 1004, 1005, 1006, 1007])
    })
  )
  it.effect("[row 195] [row 35] a replica over several hosts: one call for each replica, on its first host", () =>
    Effect.gen(function* () {
      const { calls } = yield* trained("PerHostV2", { hosts: 4, coresPerHost: 2, coresPerReplica: 4 }, 2)
      assert.deepStrictEqual(summary(calls), [
        [0, 2, 0, 4, 1],
        [1, 2, 2, 4, 1]
      ])
    })
  )
  it.effect("[row 69] PerHostV1 splits along batchAxis, one entry for each tensor", () =>
    Effect.gen(function* () {
      const seen = newSeen()
      // [T, B] = [2, 4] on each host; replica r of 4 sees columns of its own
      const columns = (from: number) => Tensor.make(Float32Array.from([0, 1, 2, 3, 10, 11, 12, 13].map((v) => from + v)), [2, 4])
      const input: Input.InputFn = ({ invocation }) => Stream.succeed({ features: columns(100 * invocation) })
      const run = (batchAxis: ReadonlyArray<number>) =>
        Estimator.train(estimatorOf(seen, {}, { batchAxis }), { input }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
      yield* run([1])
      assert.deepStrictEqual(byReplica(seen.steps[0]!, 4), [
        [0, 1, 10, 11],
        [2, 3, 12, 13],
        [100, 101, 110, 111],
        [102, 103, 112, 113]
      ])
      assert.include((yield* Effect.flip(run([1, 0]))).message, "batchAxis has 2 entries for 1 tensors: features")
      assert.include((yield* Effect.flip(run([2]))).message, "batchAxis gives axis 2 to it, but it is f32[2,4]")
    })
  )
})

describe("the context of a call", () => {
  it.effect("[row 56] has the batch size and the mode, and the params as a copy that cannot be changed", () =>
    Effect.gen(function* () {
      const calls: Array<Input.InputContext> = []
      const params = { rate: 1, nested: { list: [1, 2] } }
      const estimator = estimatorOf(newSeen(), {}, { params })
      const input = numbered(calls, 1)
      yield* Estimator.train(estimator, { input })
      yield* Estimator.evaluate(estimator, { input })
      yield* Stream.runDrain(Estimator.predict(estimator, { input }))
      assert.deepStrictEqual(
        calls.map(({ mode }) => mode),
        ["train", "evaluate", "predict"]
      )
      for (const call of calls) {
        assert.deepStrictEqual(call.params, params)
        const given = call.params as typeof params
        assert.throws(() => void (given.rate = 2), TypeError)
        assert.throws(() => void given.nested.list.push(3), TypeError)
      }
      params.nested.list.push(3)
      assert.isFalse(Object.isFrozen(params))
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 31] [row 56] the calls are those of the program that runs; none when there is nothing to do", () =>
    Effect.gen(function* () {
      const calls: Array<Input.InputContext> = []
      const estimator = estimatorOf(newSeen(), {}, { config: { modelDir: "m" } })
      yield* Estimator.train(estimator, { input: numbered(calls, 9), maxSteps: 2 })
      yield* Estimator.train(estimator, { input: numbered(calls, 9), maxSteps: 2 })
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 60] [row 61] nested features and labels keep their structure over the calls", () =>
    Effect.gen(function* () {
      const shapes: Array<unknown> = []
      const estimator = Estimator.make({
        modelFn: ({ features, labels }) => {
          const f = features as unknown as { b: { shape: unknown }; a: ReadonlyArray<{ shape: unknown }> }
          shapes.push([f.b.shape, f.a[0]!.shape, labels.z!.shape])
          return { predictions: { z: labels.z! } }
        },
        predictBatchSize: 4,
        config: { tpu: { perHostInput: "PerHostV2" } }
      })
      const f32 = (...shape: ReadonlyArray<number>) => Tensor.make(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)
      const input: Input.InputFn = () => Stream.make(...[0, 1].map(() => ({ features: { b: f32(2, 3), a: [f32(2)] }, labels: { z: f32(2, 5) } })))
      const out = yield* Stream.runCollect(Estimator.predict(estimator, { input }))
      assert.strictEqual(out.length, 4)
      assert.deepStrictEqual(shapes[0], [[2, 3], [2], [2, 5]])
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
})

it.effect("[row 82] a call that has said that it ended is not asked again, while the others go on", () =>
  Effect.gen(function* () {
    const ends = [0, 0]
    const input: Input.InputFn = ({ invocation }) => {
      let asked = 0
      const pull = Effect.suspend(() => {
        if (asked++ < 1 + 4 * invocation) return Effect.succeed([rows(asked, asked)] as const)
        ends[invocation]!++
        return Cause.done()
      })
      return Stream.fromPull(Effect.succeed(pull))
    }
    const { examples } = yield* Estimator.evaluate(estimatorOf(newSeen(), { perHostInput: "PerHostV2" }), { input })
    assert.deepStrictEqual([examples, ...ends], [2 + 10, 1, 1])
  }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
)
