/** The host call of a model in prediction. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import { DeviceOnnx, Estimator, EstimatorTest, type Model, Tensor } from "../../src/index.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", { sum: Schema.Number }) {}
class Desk extends Context.Service<Desk, { readonly put: (sum: number, step: number) => Effect.Effect<void, Refused> }>()("test/PredictDesk") {}

const sumOf = (data: ArrayLike<number>) => Array.from(data).reduce((a, b) => a + b, 0)

const modelFn: Model.ModelFn<undefined, Refused, Desk> = ({ features }) => {
  const doubled = tf.mul(features, 2)
  return {
    predictions: { doubled },
    hostCall: { tensors: { doubled }, call: ({ doubled }, step) => Desk.use((desk) => desk.put(sumOf(doubled!.data), step)) }
  }
}

const estimator = Estimator.make({ modelFn, params: undefined, predictBatchSize: 4 })
const batch = (...rows: ReadonlyArray<number>) => ({ features: Tensor.make(Float32Array.from(rows), [rows.length]) })
const input = Stream.make(batch(1, 2, 3, 4), batch(5, 6, 7, 8), batch(9, 10, 11))

const engines = { reference: Layer.empty, onnx: DeviceOnnx.layer({ replicas: 2 }) }

for (const [engine, layer] of Object.entries(engines)) {
  it.live(`[row 48] [row 150] sees each batch of a prediction once, whole, without padding, before its predictions (${engine})`, () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const put = (sum: number, step: number) => Effect.sync(() => void lines.push(`call ${sum} at ${step}`))
      const predictions = Estimator.predict(estimator, { input, yieldSingleExamples: false })
      yield* Stream.runForEach(predictions, ({ doubled }) => Effect.sync(() => void lines.push(`got ${sumOf(doubled!.data)}`))).pipe(
        Effect.provideService(Desk, { put })
      )
      assert.deepStrictEqual(
        lines.filter((line) => line.startsWith("call")),
        ["call 20 at 0", "call 52 at 0", "call 60 at 0"]
      )
      for (const sum of [20, 52, 60]) assert.isBelow(lines.indexOf(`call ${sum} at 0`), lines.indexOf(`got ${sum}`))
    }).pipe(Effect.provide(layer.pipe(Layer.provideMerge(EstimatorTest.layer({ replicas: 2 })))))
  )
}

it.effect("[row 48] its failure ends the stream, after the predictions before it", () =>
  Effect.gen(function* () {
    const put = (sum: number) => (sum === 52 ? Effect.fail(new Refused({ sum })) : Effect.void)
    const got: Array<number> = []
    const predictions = Estimator.predict(estimator, { input, yieldSingleExamples: false })
    const error = yield* Stream.runForEach(predictions, ({ doubled }) => Effect.sync(() => void got.push(sumOf(doubled!.data)))).pipe(
      Effect.flip,
      Effect.provideService(Desk, { put })
    )
    assert.deepStrictEqual(error, new Refused({ sum: 52 }))
    assert.deepStrictEqual(got, [20])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it("types flow: what the host call fails with and needs, the prediction does", () => {
  const program = Stream.runDrain(Estimator.predict(estimator, { input }))
  const typed: Effect.Effect<void, unknown, Desk | Estimator.EstimatorServices> = program
  // @ts-expect-error without the desk there is a requirement left
  const untyped: Effect.Effect<void, unknown, Estimator.EstimatorServices> = program
  assert.strictEqual(typed, untyped)
})
