/** Promises of values in a model function: the trace fails with a typed error, and nothing is left that ends the process. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ModelFn } from "../../../src/domain/Model.ts"
import * as TracerTfjs from "../../../src/layers/tracing/TracerTfjs.ts"
import { Tracer } from "../../../src/services/Tracer.ts"
import { lineOf } from "./programs.ts"

const failing = (modelFn: ModelFn<undefined>) =>
  Tracer.use((tracer) =>
    tracer.trace({
      modelFn,
      mode: "evaluate",
      params: undefined,
      replicas: 1,
      features: { x: { dtype: "float32", shape: [4, 4] }, y: { dtype: "int32", shape: [4] } },
      perReplicaBatchSize: 4
    })
  ).pipe(Effect.flip, Effect.provide(TracerTfjs.layer))

/** Rejections that nobody handled until all that was promised has been settled. */
const unhandledIn = <A, E>(program: Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const seen: Array<unknown> = []
      const listener = (reason: unknown) => void seen.push(reason)
      process.on("unhandledRejection", listener)
      return { seen, listener }
    }),
    ({ seen }) =>
      program.pipe(
        Effect.tap(Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))),
        Effect.map((result) => ({ result, unhandled: seen }))
      ),
    ({ listener }) => Effect.sync(() => process.off("unhandledRejection", listener))
  )

const x2 = (x: tf.Tensor) => x as tf.Tensor2D
const row = (x: tf.Tensor) => tf.sum<tf.Tensor1D>(x, 1)

type Read = (x: tf.Tensor, y: tf.Tensor) => Promise<unknown>
const cases: ReadonlyArray<readonly [string, Read, string, string | undefined, RegExp]> = [
  ["whereAsync", (x) => tf.whereAsync(tf.greater(x, 0)), "DataDependentShape", "whereAsync", /tf\.where/],
  ["whereAsync of constants", () => tf.whereAsync(tf.tensor1d([true, false])), "DataDependentShape", "whereAsync", /tf\.where/],
  ["booleanMaskAsync", (x) => tf.booleanMaskAsync(x, tf.greater(row(x), 0)), "DataDependentShape", "booleanMaskAsync", /tf\.where/],
  ["setdiff1dAsync", (x) => tf.setdiff1dAsync(row(x), row(x)), "DataDependentShape", "setdiff1dAsync", /mask/],
  ["nonMaxSuppressionAsync", (x) => tf.image.nonMaxSuppressionAsync(x2(x), row(x), 2), "DataDependentShape", "nonMaxSuppressionAsync", /mask/],
  ["inTopKAsync", (x, y) => tf.inTopKAsync(x, y, 2), "HostRead", "inTopKAsync", /tf\.oneHot\(targets.*topKAccuracy/],
  [
    "data that is given up",
    (x) =>
      tf
        .square(x)
        .data()
        .catch(() => undefined),
    "HostRead",
    "Square",
    /recorded/
  ],
  ["data", (x) => tf.exp(x).data(), "HostRead", "Exp", /recorded/]
]

for (const [name, read, reason, op, advice] of cases) {
  it.effect(`${name} fails the trace and leaves no rejection`, () =>
    Effect.gen(function* () {
      const { result, unhandled } = yield* unhandledIn(
        failing(({ features }) => {
          void read(features["x"]!, features["y"]!)
          return { loss: tf.mean(features["x"]!) }
        })
      )
      assert.strictEqual(result.reason, reason, result.message)
      assert.strictEqual(result.op, op)
      assert.match(result.detail, advice)
      assert.match(lineOf(result), /async|Async|data\(\)/)
      assert.deepStrictEqual(unhandled, [])
    })
  )
}

it.effect("an asynchronous model function is refused, and what it throws later is not heard of", () =>
  Effect.gen(function* () {
    const { result, unhandled } = yield* unhandledIn(failing((() => Promise.reject(new Error("later"))) as unknown as ModelFn<undefined>))
    assert.match(result.message, /synchronous/)
    const read = yield* unhandledIn(
      failing((async ({ features }: { readonly features: Record<string, tf.Tensor> }) => {
        void features["x"]!.data()
        throw new Error("after a read")
      }) as unknown as ModelFn<undefined>)
    )
    assert.strictEqual(read.result.reason, "HostRead")
    assert.deepStrictEqual([...unhandled, ...read.unhandled], [])
  })
)

it.effect("values known while recording can be awaited, and kept tensors fail when the recording is over", () =>
  Effect.gen(function* () {
    const kept: Array<tf.Tensor> = []
    let known: Promise<unknown> | undefined
    const traced = Tracer.use((tracer) =>
      tracer.trace({
        modelFn: ({ features }) => {
          known ??= tf.tensor1d([1, 2]).data()
          kept.push(features["x"]!)
          return { loss: tf.mean(features["x"]!) }
        },
        mode: "evaluate",
        params: undefined,
        replicas: 1,
        features: { x: { dtype: "float32", shape: [4] } },
        perReplicaBatchSize: 4
      })
    )
    yield* Effect.provide(traced, TracerTfjs.layer)
    assert.deepStrictEqual(yield* Effect.promise(() => known!), Float32Array.of(1, 2))
    const later = yield* Effect.exit(Effect.tryPromise(() => Promise.resolve(kept[0]!.data())))
    assert.strictEqual(later._tag, "Failure")
  })
)
