/** Programs within programs: one estimator's input or hooks ask another one. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Stream } from "effect"
import { Estimator, EstimatorTest, Tensor } from "../../src/index.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"

const one = () => Tensor.make(Float32Array.of(1), [1, 1])

/** Predicts its features times `k`; its loss is the labels times `k`. */
const times = (k: number, modelDir?: string) =>
  Estimator.make({
    modelFn: ({ features, labels, mode, variables }) => {
      const w = variables.get("w", [1], { initializer: () => tf.zeros([1]) })
      const scaled = (x: unknown) => tf.add(tf.mul(x as tf.Tensor, k), tf.mul(w, 0))
      if (mode === "predict") return { predictions: { y: scaled(features) } }
      return { loss: tf.mean<tf.Scalar>(scaled(labels)) }
    },
    predictBatchSize: 1,
    evalBatchSize: 1,
    ...(modelDir === undefined ? {} : { config: { modelDir } })
  })

it.live("a predictor whose input is made by another estimator's predictions", () =>
  Effect.gen(function* () {
    const { predict } = yield* Estimator.predictor(times(10))
    const input = Estimator.predict(times(3), { input: Stream.make({ features: one() }) }).pipe(
      // a prediction comes without the batch axis
      Stream.map(({ y }) => ({ features: { ...y!, shape: [1, 1] } }))
    )
    const rows = yield* Stream.runCollect(predict({ input }))
    assert.deepStrictEqual(
      [...rows].map(({ y }) => y!.data[0]),
      [30]
    )
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)

it.live("evaluateAll whose input evaluates another estimator", () =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const checkpoint = { step: 1, state: new Map([["w", Tensor.make(new Float32Array(1), [1])]]), texts: new Map() }
    yield* store.save("student", checkpoint, 5, { everyHours: undefined, steps: undefined })
    const example = { features: one(), labels: one() }
    const input = Stream.unwrap(
      Effect.map(Estimator.evaluate(times(3), { input: Stream.make(example) }), ({ loss }) =>
        Stream.make({ features: one(), labels: Tensor.make(Float32Array.of(loss), [1, 1]) })
      )
    )
    const [result] = yield* Estimator.evaluateAll(times(10, "student"), { input })
    assert.strictEqual(result!.loss, 30)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

class User extends Context.Service<User, { readonly name: string }>()("test/User") {}

it.live("a predictor's input has the services of the one who calls", () =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    const input = Stream.unwrap(
      Effect.map(User, ({ name }) => {
        seen.push(name)
        return Stream.make({ features: one() })
      })
    )
    const { predict } = yield* Effect.provideService(Estimator.predictor(times(1)), User, { name: "when it was made" })
    const ask = (name: string) => Effect.provideService(Stream.runDrain(predict({ input })), User, { name })
    yield* ask("first")
    yield* ask("second")
    assert.deepStrictEqual(seen, ["first", "second"])
  }).pipe(Effect.scoped, Effect.provide(EstimatorTest.layer()))
)
