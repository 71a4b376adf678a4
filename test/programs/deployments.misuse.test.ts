/** Inputs and topologies that cannot be, each with a sentence. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Estimator, EstimatorTest, type Input, Tensor } from "../../src/index.ts"
import { estimatorOf, newSeen, numbered, rows, system, type Mode, type System } from "./deploymentModels.ts"

describe("misuse", () => {
  const failing = (input: unknown, tpu: Parameters<typeof estimatorOf>[1] = {}, more: Parameters<typeof estimatorOf>[2] = {}) =>
    Effect.flip(Estimator.train(estimatorOf(newSeen(), tpu, more), { input: input as Input.InputFn })) // callers without types
  it.effect("[row 59] [row 70] [row 71] a call that returns no stream and no source says what came", () =>
    Effect.gen(function* () {
      const pair = [rows(1).features, rows(1).features]
      for (const [value, words] of [
        [pair, "call 0 of 1 (host 0) returned an array of 2"],
        [rows(1), "returned an object with features"],
        [Promise.resolve(1), "returned a Promise"],
        [undefined, "returned undefined"]
      ] as const) {
        const error = yield* failing(() => value)
        assert.deepInclude(error, { _tag: "InputError", reason: "NotAnInput" })
        assert.include(error.message, words)
        assert.include(error.message, "an input is a Stream of { features, labels? }")
        assert.include((yield* failing([rows(1)])).message, "the input is an array of 1")
      }
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 84] an element that is a tensor or a pair, not { features, labels? }, says so", () =>
    Effect.gen(function* () {
      const { features } = rows(1, 2, 3, 4, 5, 6, 7, 8)
      for (const element of [features, [features, features]]) {
        const error = yield* failing(() => Stream.succeed(element))
        assert.include(error.message, "an element of an input is a record { features, labels? } of host tensors; this one has no features")
        assert.include((yield* failing(Stream.succeed(element))).message, "an element of an input is a record { features, labels? }")
      }
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 56] an input function that throws is a typed error with its cause", () =>
    Effect.gen(function* () {
      const cause = new Error("no such file")
      const error = yield* failing(() => {
        throw cause
      })
      assert.deepInclude(error, { _tag: "InputError", reason: "InputFnThrew", cause })
      assert.include(error.message, "call 0 of 1 (host 0): no such file")
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 66] [row 60] calls that disagree on keys, dtype or shape are refused, by call and leaf", () =>
    Effect.gen(function* () {
      const disagree = (odd: Input.Example) =>
        failing(({ invocation }: Input.InputContext) => Stream.succeed(invocation === 1 ? odd : rows(1, 2, 3, 4)))
      assert.include(
        (yield* disagree({ features: Tensor.make(new Int32Array(4), [4]) })).message,
        "DTypeChanged (features, batch 0): call 1 of 2 (host 1)"
      )
      assert.include((yield* disagree({ features: Tensor.make(new Float32Array(8), [4, 2]) })).message, "f32[4,2], but the first call gave f32[4]")
      assert.include(
        (yield* disagree({ ...rows(1, 2, 3, 4), labels: rows(1, 2, 3, 4).features })).message,
        "KeysChanged (labels, batch 0): call 1 of 2"
      )
      assert.include((yield* disagree(rows(1, 2, 3))).message, "PartialBatch (batch 0): call 1 of 2 (host 1): 3 of 4 rows")
    }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 1 })))
  )
  it.effect("[row 70] predicting with batchAxis is refused", () =>
    Effect.gen(function* () {
      const run = Stream.runDrain(Estimator.predict(estimatorOf(newSeen(), {}, { batchAxis: [0] }), { input: numbered([], 1) }))
      assert.include((yield* Effect.flip(run)).message, "config batchAxis: predictions have their examples on axis 0")
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2 })))
  )
  it.effect("[row 190] [row 193] inputPartitionDims are checked against the first batch", () =>
    Effect.gen(function* () {
      const tpu = (dims: ReadonlyArray<number>) => ({ perHostInput: "PerHostV2", numCoresPerReplica: 2, inputPartitionDims: [dims] }) as const
      const run = (dims: ReadonlyArray<number>) => failing(numbered([], 4), tpu(dims))
      assert.include(yield* run([4]), { _tag: "ConfigError", key: "tpu.inputPartitionDims" })
      assert.include((yield* run([4])).message, "they make 4 parts, but a replica has 2 cores")
      assert.include((yield* run([1, 2])).message, "2 entries for f32[4]")
      const fine = yield* Estimator.train(estimatorOf(newSeen(), tpu([2])), { input: numbered([], 4) })
      assert.strictEqual(fine.steps, 2)
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 4, coresPerReplica: 2 })))
  )
  it.effect("[row 191] nested labels: a key of another name at any depth is refused, with what was expected and what came", () =>
    Effect.gen(function* () {
      const { features } = rows(1, 2, 3, 4)
      const input = Stream.make({ features, labels: { a: { b: features, c: features } } })
      const run = (labels: object) => {
        // keys of any names, as from a caller without types
        const dims = [[2], labels] as never
        const tpu = { perHostInput: "PerHostV2", numCoresPerReplica: 2, inputPartitionDims: dims } as const
        return Estimator.train(estimatorOf(newSeen(), tpu, { trainBatchSize: 4 }), { input })
      }
      assert.strictEqual((yield* run({ a: { b: [2], c: null } })).steps, 1)
      const expected = "mismatched labels keys: expected an entry for each of labels/a/b, labels/a/c; got"
      for (const [labels, got] of [
        [{ a: { b: [2], d: null } }, "labels/a/b, labels/a/d."],
        [{ z: { b: [2], c: null } }, "labels/z/b, labels/z/c."],
        [{ a: [2] }, "labels/a."]
      ] as const) {
        const error = yield* Effect.flip(run(labels))
        assert.deepInclude(error, { _tag: "ConfigError", key: "tpu.inputPartitionDims" })
        assert.include(error.message, `${expected} ${got}`)
      }
    }).pipe(Effect.provide(system({ hosts: 1, coresPerHost: 2, coresPerReplica: 2 })))
  )
})

describe("topologies that cannot be", () => {
  const message = (options: System, tpu: Parameters<typeof estimatorOf>[1] = {}, more: Parameters<typeof estimatorOf>[2] = {}) =>
    Estimator.train(estimatorOf(newSeen(), tpu, more), { input: numbered([], 4) }).pipe(
      Effect.provide(system(options)),
      Effect.flip,
      Effect.map((error) => `${error._tag}: ${error.message}`)
    )
  it.effect("[row 33] replicas that do not fit the system", () =>
    Effect.gen(function* () {
      const two = { hosts: 1, coresPerHost: 2, replicas: 2 }
      assert.include(
        yield* message({ ...two, coresPerReplica: 4 }),
        "ConfigError: config tpu.numCoresPerReplica: a replica of 4 cores is larger than the system of 1 × 2 cores"
      )
      assert.include(yield* message({ ...two, coresPerHost: 3, coresPerReplica: 2 }), "1 × 3 cores cannot be divided into replicas of 2 cores")
      assert.include(yield* message({ ...two, coresPerHost: 0 }), "config topology.coresPerHost: expected a positive whole number, got 0")
      assert.include(
        yield* message({ ...two, coresPerHost: 8 }),
        "1 × 8 cores are 8 replicas, but the device has 2; give the device's layer { replicas: 8 }"
      )
      assert.include(yield* message({ ...two, coresPerHost: 6, coresPerReplica: 3 }), "expected one of 1, 2, 4, 8")
    })
  )
  it.effect("[row 34] numShards that is not the number of replicas", () =>
    Effect.gen(function* () {
      assert.include(yield* message({ hosts: 2, coresPerHost: 4 }, { numShards: 4 }), "config tpu.numShards: it is 4, but 2 × 4 cores are 8 replicas")
      const fine = estimatorOf(newSeen(), { numShards: 8 })
      assert.strictEqual(
        (yield* Estimator.train(fine, { input: numbered([], 1) }).pipe(Effect.provide(system({ hosts: 2, coresPerHost: 4 })))).steps,
        1
      )
      assert.include(yield* message({ hosts: 2, coresPerHost: 4, coresPerReplica: 2 }, { numShards: 8 }), "4 replicas of 2 cores each")
    })
  )
  it.effect("[row 35] a replica larger than a host, but for PerHostV2", () =>
    Effect.gen(function* () {
      assert.include(
        yield* message({ hosts: 2, coresPerHost: 2, coresPerReplica: 4 }),
        'a replica of 4 cores does not fit on a host of 2; only perHostInput "PerHostV2"'
      )
    })
  )
  it.effect("[row 36] [row 37] a global batch that the replicas cannot share, or that is not given", () =>
    Effect.gen(function* () {
      const four = { hosts: 1, coresPerHost: 4 }
      assert.include(
        yield* message(four, {}, { trainBatchSize: 6 }),
        "config trainBatchSize: 6 rows cannot be split over 4 replicas; make it a multiple of 4"
      )
      const estimator = estimatorOf(newSeen(), {}, { evalBatchSize: 6, predictBatchSize: 7 })
      const evaluated = Estimator.evaluate(estimator, { input: numbered([], 1) }).pipe(Effect.provide(system(four)), Effect.flip)
      assert.include((yield* evaluated).message, "config evalBatchSize: 6 rows")
      const predicted = Stream.runDrain(Estimator.predict(estimator, { input: numbered([], 1) })).pipe(Effect.provide(system(four)), Effect.flip)
      assert.include((yield* predicted).message, "config predictBatchSize: 7 rows")
      const broadcast = estimatorOf(newSeen(), { perHostInput: "Broadcast" }, { trainBatchSize: 6 })
      assert.strictEqual((yield* Estimator.train(broadcast, { input: numbered([], 1) }).pipe(Effect.provide(system(four)))).steps, 1)
      const none = Estimator.make({ modelFn: estimator.modelFn })
      const unset = [
        Effect.asVoid(Estimator.train(none, { input: numbered([], 1) })),
        Effect.asVoid(Estimator.evaluate(none, { input: numbered([], 1) })),
        Stream.runDrain(Estimator.predict(none, { input: numbered([], 1) }))
      ]
      for (const [i, key] of ["trainBatchSize", "evalBatchSize", "predictBatchSize"].entries()) {
        const error = yield* unset[i]!.pipe(Effect.provide(system(four)), Effect.flip)
        assert.include(error.message, `config ${key}: an input function is told its batch size`)
      }
    })
  )
  it.effect("[row 38] several hosts evaluate with Broadcast and PerHostV2, and predict with Broadcast, or PerHostV2 and one replica", () =>
    Effect.gen(function* () {
      const ends = (mode: Mode, program: "evaluate" | "predict", coresPerReplica: number) => {
        const estimator = estimatorOf(newSeen(), { perHostInput: mode })
        const input = numbered([], 4)
        const run =
          program === "evaluate" ? Effect.asVoid(Estimator.evaluate(estimator, { input })) : Stream.runDrain(Estimator.predict(estimator, { input }))
        return run.pipe(
          Effect.as("fine"),
          Effect.catch(({ message }) => Effect.succeed(message)),
          Effect.provide(system({ hosts: 2, coresPerHost: 2, coresPerReplica }))
        )
      }
      for (const mode of ["PerShard", "PerHostV1"] as const) {
        for (const program of ["evaluate", "predict"] as const) {
          assert.include(yield* ends(mode, program, 1), `config tpu.perHostInput: "PerHostV1" cannot ${program} on 2 hosts`)
        }
      }
      for (const program of ["evaluate", "predict"] as const) assert.strictEqual(yield* ends("Broadcast", program, 1), "fine")
      assert.strictEqual(yield* ends("PerHostV2", "evaluate", 1), "fine")
      assert.include(
        yield* ends("PerHostV2", "predict", 1),
        'cannot predict on 2 hosts; use "Broadcast", or "PerHostV2" with one replica, or one host'
      )
      assert.strictEqual(yield* ends("PerHostV2", "predict", 4), "fine")
    })
  )
  it.effect("a stream is a global input in every mode: the mode only tells whether it is broadcast", () =>
    Effect.gen(function* () {
      for (const perHostInput of ["PerShard", "PerHostV1", "PerHostV2"] as const) {
        const seen = newSeen()
        yield* Estimator.train(estimatorOf(seen, { perHostInput }), { input: Stream.make(rows(0, 1, 2, 3, 4, 5, 6, 7)) })
        assert.deepStrictEqual(seen.steps, [[0, 1, 2, 3, 4, 5, 6, 7]])
        assert.strictEqual(seen.batchSize, 2)
      }
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 4 })))
  )
})
