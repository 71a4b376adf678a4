/** Where the calls of an input end, where they go on, and what is closed. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer, Schema, Stream } from "effect"
import { Estimator, fromArrays, fromTokens, interleave, Metrics, type Input, type Model, Tensor } from "../../src/index.ts"
import * as CheckpointStoreMemory from "../../src/layers/storage/CheckpointStoreMemory.ts"
import { byReplica, estimatorOf, newSeen, numbered, recordLog, rows, system, trained, type Mode } from "./deploymentModels.ts"

const int = (minimum: number, maximum: number) => Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))

describe("ends and padding", () => {
  it.effect("[row 71] training stops at the last whole step, and says which call ended", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      for (const [mode, batches, steps, who] of [
        ["PerShard", [3, 2, 3, 3], 2, "call 1 of 4 (host 0)"],
        ["PerHostV1", [3, 2], 2, "call 1 of 2 (host 1)"],
        ["PerHostV2", [4, 5], 2, "call 0 of 2 (host 0) and call 1 of 2 (host 1)"]
      ] as const) {
        log.length = 0
        const { result, seen } = yield* trained(mode, { hosts: 2, coresPerHost: 2 }, batches).pipe(Effect.provide(recordLog(log)))
        assert.strictEqual(result.steps, steps)
        const all = seen.steps.flat()
        assert.strictEqual(all.length, 8 * steps)
        assert.strictEqual(new Set(all).size, all.length)
        assert.strictEqual(log.length, 1)
        assert.include(log[0], `the input of ${who} ended before step 3`)
      }
      log.length = 0
      yield* trained("PerHostV2", { hosts: 2, coresPerHost: 2 }, 4).pipe(Effect.provide(recordLog(log)))
      assert.deepStrictEqual(log, [])
    })
  )
  it.effect("[row 77] [row 78] [row 79] [row 81] evaluation counts every example of every call once, wherever the calls end", () =>
    Effect.gen(function* () {
      for (const [mode, topology, batches, lastRows] of [
        ["PerHostV2", { hosts: 2, coresPerHost: 2 }, [5, 2], 1],
        ["PerHostV2", { hosts: 2, coresPerHost: 2 }, [1, 6], 2],
        ["PerHostV2", { hosts: 1, coresPerHost: 4 }, [7], 1],
        ["PerHostV1", { hosts: 1, coresPerHost: 4 }, [3], 3],
        ["PerShard", { hosts: 1, coresPerHost: 4 }, [3], 5],
        ["Broadcast", { hosts: 2, coresPerHost: 2 }, [3], 3]
      ] as const) {
        const calls: Array<Input.InputContext> = []
        const result = yield* Estimator.evaluate(estimatorOf(newSeen(), { perHostInput: mode }), { input: numbered(calls, batches, lastRows) }).pipe(
          Effect.provide(system(topology))
        )
        const values = batches.flatMap((count, u) => Array.from({ length: (count - 1) * calls[u]!.batchSize + lastRows }, (_, i) => 1000 * u + i))
        assert.strictEqual(result.examples, values.length, mode)
        assert.closeTo(result.metrics["mean"]!, values.reduce((a, b) => a + b, 0) / values.length, 1e-3, mode)
      }
    })
  )
  it.effect("[row 139] the loss of an evaluation is that of its examples, also where replicas have few or none", () =>
    Effect.gen(function* () {
      // the loss of a row is its value; weighed by `valid`, so that padding within a replica's rows does not count either
      const modelFn: Model.ModelFn<unknown> = ({ features, valid }) => ({ loss: tf.div(tf.sum(tf.mul(features, valid)), tf.sum(valid)) })
      for (const [batches, lastRows] of [
        [[5, 2], 1],
        [[1, 6], 2],
        [[3, 3], 2]
      ] as const) {
        const calls: Array<Input.InputContext> = []
        const input = numbered(calls, batches, lastRows)
        const result = yield* Estimator.evaluate(estimatorOf(newSeen(), { perHostInput: "PerHostV2" }, { modelFn }), { input })
        const values = batches.flatMap((count, u) => Array.from({ length: (count - 1) * calls[u]!.batchSize + lastRows }, (_, i) => 1000 * u + i))
        assert.closeTo(result.loss, values.reduce((a, b) => a + b, 0) / values.length, 1e-3)
      }
    }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
  )
  it.effect.prop(
    "[row 77] [row 81] evaluated examples are those of the data set, for any topology, batch size and end",
    { hosts: int(1, 3), cores: int(1, 3), share: int(1, 3), sizes: Schema.Tuple([int(0, 20), int(0, 20), int(1, 20)]) },
    ({ cores, hosts, share, sizes }) =>
      Effect.gen(function* () {
        const data = sizes.slice(3 - hosts).map((size, h) => Array.from({ length: size }, (_, i) => 100 * h + i))
        const input: Input.InputFn = ({ batchSize, host }) => {
          const mine = data[host]!
          const count = Math.ceil(mine.length / batchSize)
          return Stream.fromIterable(Array.from({ length: count }, (_, k) => rows(...mine.slice(k * batchSize, (k + 1) * batchSize))))
        }
        const estimator = estimatorOf(newSeen(), { perHostInput: "PerHostV2" }, { evalBatchSize: hosts * cores * share })
        const result = yield* Estimator.evaluate(estimator, { input })
        const all = data.flat()
        assert.strictEqual(result.examples, all.length)
        assert.closeTo(result.metrics["mean"]!, all.reduce((a, b) => a + b, 0) / all.length, 1e-3)
      }).pipe(Effect.provide(system({ hosts, coresPerHost: cores }))),
    { arbitrary: { runs: 25 } }
  )
  it.effect("[row 73] [row 75] predictions are complete and in the order of the input, one for each example", () =>
    Effect.gen(function* () {
      for (const [mode, topology, batches, lastRows, expected] of [
        ["PerHostV2", { hosts: 1, coresPerHost: 4 }, 7, 1, 13],
        ["PerHostV2", { hosts: 2, coresPerHost: 2, coresPerReplica: 4 }, 3, 5, 21],
        ["PerHostV1", { hosts: 1, coresPerHost: 4 }, 3, 3, 19],
        ["PerShard", { hosts: 1, coresPerHost: 4 }, 2, 8, 16],
        ["Broadcast", { hosts: 2, coresPerHost: 2 }, 3, 3, 19]
      ] as const) {
        const estimator = estimatorOf(newSeen(), { perHostInput: mode })
        const out = yield* Stream.runCollect(Estimator.predict(estimator, { input: numbered([], batches, lastRows) })).pipe(
          Effect.provide(system(topology))
        )
        assert.deepStrictEqual(
          out.map(({ x }) => x!.data[0]),
          Array.from({ length: expected }, (_, i) => i),
          mode
        )
      }
    })
  )
  it.effect("[row 80] an input without batches: an empty stream of predictions, and a typed error in evaluation and training", () =>
    Effect.gen(function* () {
      const input: Input.InputFn = () => Stream.empty
      const estimator = estimatorOf(newSeen(), { perHostInput: "PerHostV2" })
      assert.deepStrictEqual(yield* Stream.runCollect(Estimator.predict(estimator, { input })), [])
      for (const run of [Effect.asVoid(Estimator.evaluate(estimator, { input })), Effect.asVoid(Estimator.train(estimator, { input }))]) {
        assert.deepInclude(yield* Effect.flip(run), { _tag: "InputError", reason: "Empty" })
      }
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 78] [row 82] every batch of every call is read once", () =>
    Effect.gen(function* () {
      const reads: Array<string> = []
      const input: Input.InputFn = ({ invocation }) =>
        Stream.range(0, 3).pipe(
          Stream.tap((k) => Effect.sync(() => void reads.push(`${invocation}.${k}`))),
          Stream.map((k) => rows(k, k))
        )
      yield* Estimator.evaluate(estimatorOf(newSeen(), { perHostInput: "PerHostV2" }), { input })
      assert.deepStrictEqual(reads, ["0.0", "0.1", "1.0", "1.1", "0.2", "0.3", "1.2", "1.3"])
    }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
  )
  it.effect("[row 81] a batch that is too large, a scalar, and a batch without tensors are refused by name", () =>
    Effect.gen(function* () {
      const evaluating = (example: Input.Example) =>
        Effect.flip(Estimator.evaluate(estimatorOf(newSeen(), {}), { input: () => Stream.succeed(example) }))
      assert.include((yield* evaluating(rows(1, 2, 3, 4, 5, 6, 7, 8, 9))).message, "BatchTooLarge (batch 0): call 0 of 1 (host 0): 9 rows")
      assert.include((yield* evaluating({ features: Tensor.make(Float32Array.of(1), []) })).message, "a scalar has no axis")
      assert.include((yield* evaluating({ features: {} })).message, "has no tensors")
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
})

describe("batchAxis", () => {
  it.effect("[row 69] [row 81] a smaller last batch is padded along its own axis", () =>
    Effect.gen(function* () {
      // [T, B] = [2, 4], then [2, 3]; an example is a column, and its value the sum of it
      const columns = (from: number, count: number) => {
        const row = Array.from({ length: count }, (_, i) => from + i)
        return { features: Tensor.make(Float32Array.from([...row, ...row.map((v) => 10 * v)]), [2, count]) }
      }
      const estimator = Estimator.make<unknown>({
        modelFn: ({ features, valid }) => {
          const x = tf.sum(features, 0)
          return { loss: tf.mean(x), evalMetrics: { mean: { tensors: { x, valid }, metric: Metrics.mean("x", "valid") } } }
        },
        evalBatchSize: 4,
        batchAxis: [1]
      })
      for (const input of [Stream.make(columns(1, 4), columns(5, 3)), () => Stream.make(columns(1, 4), columns(5, 3))]) {
        const result = yield* Estimator.evaluate(estimator, { input })
        assert.strictEqual(result.examples, 7)
        assert.closeTo(result.metrics["mean"]!, 44, 1e-4)
      }
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
})

describe("positions", () => {
  it.effect.prop(
    "[row 72] a run resumed at any step reads on in every call where it was, in every mode",
    { mode: Schema.Literals(["PerShard", "PerHostV1", "PerHostV2", "Broadcast"]), hosts: int(1, 2), cores: int(1, 3), at: int(1, 5) },
    ({ at, cores, hosts, mode }) =>
      Effect.gen(function* () {
        const size = 2 * hosts * cores
        const input: Input.InputFn<unknown> = ({ batchSize, invocation }) => {
          const data = Float32Array.from({ length: 200 }, (_, i) => 1000 * invocation + i)
          return fromArrays({ features: Tensor.make(data, [200]) }, { batchSize, shuffle: invocation, repeat: true })
        }
        const run = (modelDir: string, maxSteps: ReadonlyArray<number>) =>
          Effect.gen(function* () {
            const seen = newSeen()
            const estimator = estimatorOf(seen, { perHostInput: mode }, { trainBatchSize: size, config: { modelDir } })
            for (const steps of maxSteps) yield* Estimator.train(estimator, { input, maxSteps: steps })
            return seen.steps
          })
        const whole = yield* run("whole", [6])
        assert.strictEqual(new Set(whole.flat()).size, 6 * size)
        assert.deepStrictEqual(yield* run("parts", [at, 6]), whole)
      }).pipe(Effect.provide(Layer.fresh(system({ hosts, coresPerHost: cores })))),
    { arbitrary: { runs: 20 } }
  )
  it.effect("[row 72] a position of another deployment is refused, and says what to do", () =>
    Effect.gen(function* () {
      const run = (perHostInput: Mode, hosts: number) =>
        Estimator.train(estimatorOf(newSeen(), { perHostInput }, { config: { modelDir: "m" } }), { input: numbered([], 20), steps: 1 }).pipe(
          Effect.provide(store),
          Effect.provide(system({ hosts, coresPerHost: 4 / hosts }))
        )
      const store = Layer.succeedContext(yield* Layer.build(CheckpointStoreMemory.layer))
      yield* run("PerHostV2", 2)
      const error = yield* Effect.flip(run("PerShard", 2))
      assert.deepInclude(error, { _tag: "InputError", reason: "BadPosition" })
      assert.include(error.message, "expected the positions of 4 calls of the input, got one of 2 calls")
      const stream = Estimator.train(estimatorOf(newSeen(), {}, { config: { modelDir: "m" } }), {
        input: Stream.succeed(rows(1, 2, 3, 4, 5, 6, 7, 8))
      })
      const other = yield* Effect.flip(stream.pipe(Effect.provide(store), Effect.provide(system({ hosts: 1, coresPerHost: 4 }))))
      assert.include(other.message, "BadPosition: expected a number of batches, got [")
    })
  )
})

describe("interleave", () => {
  const text = (from: number, count: number) =>
    fromTokens(
      Int32Array.from({ length: count }, (_, i) => from + i),
      { batchSize: 2, sequenceLength: 3 }
    )
  /** Rows of the first column, of each batch. */
  const firsts = (source: Input.InputSource<unknown>, from?: string) =>
    Stream.runCollect(source.batches(from)).pipe(
      Effect.map((all) => all.map(({ example, position }) => ({ position, first: (example.features as Tensor.Tensor).data[0]! })))
    )
  it.effect("[row 72] gives the batches of its sources in turn, and goes on in each from any position", () =>
    Effect.gen(function* () {
      const source = interleave([text(0, 19), text(100, 19), text(200, 13)])
      const whole = yield* firsts(source)
      // each row has 9 labels, or 6: 3 batches, or 2; the third source has none for its third turn
      assert.deepStrictEqual(
        whole.map(({ first }) => first),
        [0, 100, 200, 3, 103, 203, 6, 106]
      )
      for (const [i, { position }] of whole.entries()) assert.deepStrictEqual(yield* firsts(source, position), whole.slice(i + 1))
      const error = yield* Effect.flip(firsts(interleave([text(0, 19)]), whole[0]!.position))
      assert.deepInclude(error, { _tag: "InputError", reason: "BadPosition" })
      assert.deepStrictEqual(yield* firsts(interleave([])), [])
    })
  )
  it.effect("[row 72] with PerHostV2 each replica reads one text from beginning to end, also after a resumption", () =>
    Effect.gen(function* () {
      const seen = newSeen()
      const numbers = (from: number) =>
        fromArrays(
          {
            features: Tensor.make(
              Float32Array.from({ length: 12 }, (_, i) => from + i),
              [12]
            )
          },
          { batchSize: 2 }
        )
      const input: Input.InputFn<unknown> = ({ invocation, replicasFed }) =>
        interleave(Array.from({ length: replicasFed }, (_, i) => numbers(1000 * invocation + 100 * i)))
      const estimator = estimatorOf(seen, { perHostInput: "PerHostV2" }, { config: { modelDir: "m" } })
      for (const maxSteps of [1, 4, 20]) yield* Estimator.train(estimator, { input, maxSteps })
      assert.strictEqual(seen.steps.length, 6)
      const ofReplica = (r: number) => seen.steps.flatMap((step) => byReplica(step, 4)[r]!)
      for (const [r, from] of [0, 100, 1000, 1100].entries()) {
        assert.deepStrictEqual(
          ofReplica(r),
          Array.from({ length: 12 }, (_, i) => from + i)
        )
      }
    }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 2 })))
  )
})

describe("resources", () => {
  it.effect("every call's stream is closed once, whether it ends, is left early, or another one fails", () =>
    Effect.gen(function* () {
      const closed: Array<number> = []
      const input =
        (failsAt: number): Input.InputFn<string> =>
        ({ batchSize, invocation }) =>
          Stream.range(0, 9).pipe(
            Stream.flatMap((k) =>
              invocation === 1 && k === failsAt ? Stream.fail("torn") : Stream.succeed(rows(...new Array<number>(batchSize).fill(k)))
            ),
            Stream.ensuring(Effect.sync(() => void closed.push(invocation)))
          )
      const run = (failsAt: number, maxSteps: number) => {
        closed.length = 0
        return Estimator.train(estimatorOf(newSeen(), { perHostInput: "PerShard" }, { trainBatchSize: 6 }), { input: input(failsAt), maxSteps })
      }
      assert.strictEqual((yield* run(20, 20)).steps, 10)
      assert.deepStrictEqual(closed.sort(), [0, 1, 2])
      assert.strictEqual((yield* run(20, 3)).steps, 3)
      assert.deepStrictEqual(closed.sort(), [0, 1, 2])
      const seen = newSeen()
      const failing = Estimator.train(estimatorOf(seen, { perHostInput: "PerShard" }, { trainBatchSize: 6 }), { input: input(4) })
      closed.length = 0
      assert.strictEqual(yield* Effect.flip(failing), "torn")
      assert.deepStrictEqual(closed.sort(), [0, 1, 2])
      // the steps before the failure were done
      assert.strictEqual(seen.steps.length, 4)
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 3 })))
  )
})
