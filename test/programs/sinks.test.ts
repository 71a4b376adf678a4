/** Sinks that open something of their own for an event. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Estimator, EstimatorTest, MetricSink, Tensor } from "../../src/index.ts"

it.effect("what a sink opens late is closed when all is written, also where predictions are left before their end", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const left = yield* Deferred.make<void>()
    const sink: MetricSink.Sink = {
      name: "late",
      open: () =>
        Effect.map(Effect.scope, (scope) => (event) => {
          if (event.event !== "begin") return Effect.sync(() => void log.push(event.event))
          // a file whose opening takes until the stream is left
          const file = Effect.acquireRelease(
            Effect.sync(() => void log.push("open")),
            () => Effect.sync(() => void log.push("close"))
          )
          return Effect.andThen(Scope.provide(file, scope), Deferred.await(left))
        })
    }
    const estimator = Estimator.make({ modelFn: ({ features }) => ({ predictions: { y: tf.neg(features) } }), config: {} })
    const input = Stream.forever(Stream.succeed({ features: Tensor.make(Float32Array.of(1, 2), [2]) }))
    const [y] = yield* Estimator.predict(estimator, { input }).pipe(
      Stream.take(1),
      Stream.tap(() => Deferred.succeed(left, undefined)),
      Stream.runCollect,
      Effect.provideService(MetricSink.MetricSink, [sink])
    )
    assert.deepStrictEqual([...y!["y"]!.data], [-1])
    assert.strictEqual(log[0], "open")
    assert.deepStrictEqual(log.slice(-2), ["end", "close"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
