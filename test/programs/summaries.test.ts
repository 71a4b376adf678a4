import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import type { SinkError } from "../../src/domain/Errors.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import { Estimator, EstimatorTest, Hook, Summaries, Summary, Tensor } from "../../src/index.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { recordEvents } from "./models.ts"

/** `y = w x` from w = 0, with its residuals and inputs to be seen, within and outside of what is minimized. */
const modelFn: ModelFn<{ readonly rate: number }> = ({ features, labels, mode, params, summary, variables }) => {
  const w = variables.get("w", [1], { initializer: (shape) => tf.zeros([...shape]) })
  const lossOf = () => {
    const residuals = tf.sub(labels, tf.mul(features, w))
    summary.histogram("residuals", residuals, { buckets: 2 })
    return tf.mean<tf.Scalar>(tf.square(residuals))
  }
  if (mode === "predict") {
    summary.histogram("inputs", features)
    return { predictions: { y: tf.mul(features, w) } }
  }
  const loss = mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(params.rate)).minimize(lossOf) : lossOf()
  summary.scalar("largest", tf.max(features))
  summary.image("inputs", tf.reshape(features, [-1, 1, 1, 1]), { maxOutputs: 1 })
  return { loss }
}

const batch = { features: Tensor.make(Float32Array.of(0.5, 1, 0, 0.25), [4, 1]), labels: Tensor.make(Float32Array.of(1, 2, 3, 4), [4, 1]) }
const input = Stream.forever(Stream.succeed(batch))
const estimator = (config: object = {}) => Estimator.make({ modelFn, params: { rate: 0.1 }, config: { iterationsPerLoop: 2, ...config } })
const summaryEvents = (events: ReadonlyArray<RunEvent>) => events.flatMap((event) => (event.event === "summary" ? [event] : []))

it.effect("a model function marks what is to be seen: of the first step and then every so many, over all replicas", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    yield* Estimator.train(estimator({ saveSummarySteps: 3 }), { input, maxSteps: 7 }).pipe(Effect.provide(recordEvents(events)))
    const seen = summaryEvents(events)
    assert.deepStrictEqual(
      seen.map(({ scalars, step }) => [step, scalars]),
      [1, 4, 7].map((step) => [step, { largest: (1 + 0.25) / 2 }])
    )
    const [residuals, inputs] = seen[0]!.summaries!
    assert.deepInclude(residuals, { _tag: "Histogram", name: "residuals" })
    // w is 0 in the first step, so that they are the labels
    assert.deepInclude(residuals!._tag === "Histogram" ? residuals!.histogram : {}, { min: 1, max: 4, count: 4, sum: 10, counts: [2, 2] })
    assert.deepStrictEqual(inputs, { _tag: "Image", name: "inputs", images: [{ height: 1, width: 1, channels: 1, pixels: Uint8Array.of(128) }] })
    const begin = events.find((event) => event.event === "begin")
    assert.deepInclude(begin, { params: { rate: 0.1 } })
    const graph = events.find((event) => event.event === "graph")
    assert.deepInclude(graph?.event === "graph" ? graph.graph.outputs.map(({ name }) => name) : [], "summary/residuals")
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
)

it.effect("with saveSummarySteps 0 nothing of them leaves the step; in evaluation they are those of the first batch, in prediction none", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const record = Effect.provide(recordEvents(events))
    yield* Estimator.train(estimator({ saveSummarySteps: 0 }), { input, maxSteps: 2 }).pipe(record)
    assert.deepStrictEqual(summaryEvents(events), [])
    const graph = events.find((event) => event.event === "graph")
    assert.deepStrictEqual(graph?.event === "graph" ? graph.graph.outputs.filter(({ role }) => role._tag === "Outfeed") : undefined, [])
    yield* Estimator.evaluate(estimator(), { input: Stream.make(batch, batch, batch), name: "held" }).pipe(record)
    assert.deepStrictEqual(
      summaryEvents(events).map(({ step }) => step),
      [0]
    )
    assert.deepInclude(
      events.find((event) => event.event === "begin" && event.mode === "evaluate"),
      { name: "held" }
    )
    yield* Stream.runDrain(Estimator.predict(estimator(), { input: Stream.make({ features: batch.features }) })).pipe(record)
    assert.strictEqual(summaryEvents(events).length, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 164] host calls and hooks write summaries to the sinks of their run", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const calling: ModelFn<{ readonly rate: number }, never> = (given) => {
      const spec = modelFn(given)
      const call = ({ features }: { readonly [name: string]: Tensor.Tensor }, step: number) =>
        Effect.orDie(Summaries.write(step, [Summary.text("rows", `${features!.shape[0]}`), Summary.scalar("half", features!)]))
      return { ...spec, hostCall: { tensors: { features: given.features }, everySteps: 2, call } }
    }
    const hook = Hook.summarySaver({
      everySteps: 2,
      summaries: ({ readState }) => Effect.map(readState, (state) => Summary.histograms(state, /^w$/))
    })
    const made = Estimator.make({ modelFn: calling, params: { rate: 0.1 }, config: { iterationsPerLoop: 2, saveSummarySteps: 0 } })
    yield* Estimator.train(made, { input, maxSteps: 4, hooks: [hook] }).pipe(Effect.provide(recordEvents(events)))
    const texts = summaryEvents(events).filter(({ summaries }) => summaries?.[0]?._tag === "Text")
    assert.deepStrictEqual(
      texts.map(({ scalars, step, summaries }): ReadonlyArray<unknown> => [step, scalars, summaries]),
      [1, 3].map((step) => [step, { half: 0.4375 }, [{ _tag: "Text", name: "rows", texts: ["4"] }]])
    )
    const hooked = summaryEvents(events).filter(({ summaries }) => summaries?.[0]?._tag === "Histogram")
    assert.deepStrictEqual(
      hooked.map(({ scalars, step, summaries }) => [step, Object.keys(scalars), summaries![0]!.name]),
      [2, 4].map((step) => [step, ["loss"], "w"])
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("host calls and hooks of predictions write summaries, too, at the step of the state", () =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const calling: ModelFn<undefined, SinkError> = ({ features }) => ({
      predictions: { features },
      hostCall: { tensors: { features }, call: (given, step) => Summaries.write(step, [Summary.scalar("mean", given["features"]!)]) }
    })
    const hook = Hook.summarySaver({
      everySteps: 2,
      scalars: () => Effect.succeed({ one: 1 }),
      summaries: () => Effect.succeed([Summary.text("note", "seen"), Summary.scalar("two", 2)])
    })
    const predicted = Stream.make({ features: batch.features })
    const made = Estimator.make({ modelFn: calling, params: undefined })
    yield* Stream.runDrain(Estimator.predict(made, { input: predicted, hooks: [hook] })).pipe(Effect.provide(recordEvents(events)))
    const seen = summaryEvents(events)
    assert.deepStrictEqual(
      seen.filter(({ mode }) => mode === undefined),
      [{ event: "summary", step: 0, scalars: { mean: 0.4375 } }]
    )
    assert.deepStrictEqual(
      seen.filter(({ mode }) => mode !== undefined),
      [
        {
          event: "summary",
          mode: "predict",
          step: 0,
          batches: 1,
          scalars: { one: 1, two: 2 },
          summaries: [{ _tag: "Text", name: "note", texts: ["seen"] }]
        }
      ]
    )
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("outside of a run nobody listens", () => Summaries.write(1, [Summary.scalar("x", 1)]))

for (const [what, mark, message] of [
  ["a scalar that is none", (s, x) => s.scalar("x", x), /summary "x": expected a scalar, got f32\[4,1\]/],
  ["an image that is none", (s, x) => s.image("x", x), /summary "x": expected float32 \(0 to 1\).*got f32\[4,1\]/],
  ["a name twice", (s, x) => [s.histogram("x", x), s.histogram("x", x)], /summary "x": the name must be a text of its own/],
  ["no buckets", (s, x) => s.histogram("x", x, { buckets: 0 }), /positive whole numbers/]
] as ReadonlyArray<readonly [string, (s: Parameters<ModelFn>[0]["summary"], x: tf.Tensor) => unknown, RegExp]>) {
  it.effect(`refuses ${what}, with its place`, () =>
    Effect.gen(function* () {
      const wrong: ModelFn = ({ features, summary }) => {
        mark(summary, features)
        return { loss: tf.mean(features) }
      }
      const error = yield* Effect.flip(Estimator.evaluate(Estimator.make({ modelFn: wrong }), { input }))
      assert.strictEqual(error._tag, "TraceError")
      assert.match(error.message, message)
      assert.include(error.message, "summaries.test.ts")
    }).pipe(Effect.provide(EstimatorTest.layer()))
  )
}
