/** Host calls and metrics that are effects: their services, errors and interruption are the program's. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Cause, Context, Deferred, Effect, Exit, Fiber, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, type Model } from "../../src/index.ts"
import * as OutfeedQueue from "../../src/layers/feed/OutfeedQueue.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { ones, rows } from "./hooks/harness.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", { step: Schema.Number }) {}
class Desk extends Context.Service<Desk, { readonly put: (step: number, value: number) => Effect.Effect<void, Refused> }>()("test/Desk") {}

/** `loss = mean(w - y)^2`; what `hostCall` is handed is the error of each row. */
const modelFn: Model.ModelFn<{ readonly rate: number }, Refused, Desk> = ({ labels, mode, params, variables }) => {
  const w = variables.get("w", [1], { initializer: (shape) => tf.zeros([...shape]) })
  const forward = () => tf.mean(tf.square(tf.sub(w, labels))) as tf.Scalar
  const loss = mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(params.rate)).minimize(forward) : forward()
  const error = tf.abs(tf.sub(w, labels))
  return {
    loss,
    predictions: { error },
    hostCall: { tensors: { error }, call: ({ error }, step) => Desk.use((desk) => desk.put(step, error!.data[0]!)) },
    evalMetrics: {
      largest: {
        tensors: { error },
        metric: {
          initial: [0],
          update: ([most], { error }) => Desk.use((desk) => Effect.as(desk.put(-1, error!.data.length), [Math.max(most!, ...error!.data)])),
          result: ([most]) => most!
        }
      }
    }
  }
}

const estimator = Estimator.make({ modelFn, params: { rate: 0.25 }, config: { iterationsPerLoop: 4, logStepCountSteps: 0 } })

const desk = (lines: Array<readonly [number, number]>, refuseAt = Infinity) =>
  Effect.provideService(Desk, {
    put: (step, value) => (step === refuseAt ? Effect.fail(new Refused({ step })) : Effect.sync(() => void lines.push([step, value])))
  })

it.effect("[row 85] [row 88] a host call may be an effect over services of the program, one step after another", () =>
  Effect.gen(function* () {
    const lines: Array<readonly [number, number]> = []
    yield* Estimator.train(estimator, { input: ones(3) }).pipe(desk(lines))
    assert.deepStrictEqual(lines, [
      [1, 0.5],
      [2, 0.25],
      [3, 0.125]
    ])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 140] so may the update of a metric", () =>
  Effect.gen(function* () {
    const lines: Array<readonly [number, number]> = []
    const { metrics } = yield* Estimator.evaluate(estimator, { input: rows(2, 7, 3) }).pipe(desk(lines))
    assert.deepStrictEqual(metrics, { largest: 7 })
    assert.strictEqual(lines.filter(([step]) => step === -1).length, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 49] its failure is the program's, typed; the steps before it are saved", () =>
  Effect.gen(function* () {
    const lines: Array<readonly [number, number]> = []
    const saving = Estimator.configure(estimator, { modelDir: "host-functions", iterationsPerLoop: 1 })
    const error = yield* Effect.flip(Estimator.train(saving, { input: ones(8), maxSteps: 8 }).pipe(desk(lines, 2)))
    assert.deepStrictEqual(error, new Refused({ step: 2 }))
    const { globalStep } = yield* Estimator.train(saving, { input: ones(8), maxSteps: 8 }).pipe(desk([]))
    assert.strictEqual(globalStep, 8)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("an interruption frees a run whose host call waits", () =>
  Effect.gen(function* () {
    const waiting = yield* Deferred.make<void>()
    const freed = yield* Deferred.make<void>()
    const put = () => Effect.onInterrupt(Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never), () => Deferred.succeed(freed, undefined))
    const run = yield* Estimator.evaluate(estimator, { input: ones(5) }).pipe(Effect.provideService(Desk, { put }), Effect.forkChild)
    yield* Deferred.await(waiting)
    yield* Fiber.interrupt(run)
    yield* Deferred.await(freed)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it("types flow: what the host functions fail with and need, the program does", () => {
  const program = Estimator.train(estimator, { input: ones(1) })
  const typed: Effect.Effect<unknown, unknown, Desk | Estimator.EstimatorServices> = program
  // @ts-expect-error without the desk there is a requirement left
  const untyped: Effect.Effect<unknown, unknown, Estimator.EstimatorServices> = program
  assert.strictEqual(typed, untyped)
})

it.effect("[row 172] [row 180] interrupted while a host call hangs, a training is saved, and ends interrupted when its patience is over", () =>
  Effect.gen(function* () {
    const waiting = yield* Deferred.make<void>()
    const put = () => Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never)
    const saving = Estimator.configure(estimator, { modelDir: "hanging", iterationsPerLoop: 1 })
    const run = yield* Estimator.train(saving, { input: Stream.forever(ones(1)) }).pipe(Effect.provideService(Desk, { put }), Effect.forkChild)
    yield* Deferred.await(waiting)
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(run))
    for (let i = 0; i < 200; i++) yield* Effect.yieldNow
    assert.isUndefined(run.pollUnsafe())
    yield* TestClock.adjust("20 seconds")
    yield* Fiber.join(interrupting)
    const exit = yield* Fiber.await(run)
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    assert.isAtLeast((yield* (yield* CheckpointStore).latest("hanging"))!.step, 1)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("interrupted once its steps are done and a host call hangs, a training ends interrupted when its patience is over", () =>
  Effect.gen(function* () {
    const saved = yield* Deferred.make<void>()
    const put = () => Effect.never
    const hook = {
      name: "saved",
      afterSave: ({ step }: { readonly step: number }) =>
        Effect.as(step === 3 ? Deferred.succeed(saved, undefined) : Effect.void, "continue" as const)
    }
    const finishing = Estimator.configure(estimator, { modelDir: "finishing" })
    const run = yield* Estimator.train(finishing, { input: ones(3), steps: 3, hooks: [hook] }).pipe(
      Effect.provideService(Desk, { put }),
      Effect.forkChild
    )
    yield* Deferred.await(saved)
    for (let i = 0; i < 200; i++) yield* Effect.yieldNow
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(run))
    for (let i = 0; i < 200; i++) yield* Effect.yieldNow
    yield* TestClock.adjust("20 seconds")
    yield* Fiber.join(interrupting)
    const exit = yield* Fiber.await(run)
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("predictions that are left when all steps are done end at once", () =>
  Effect.gen(function* () {
    const done = yield* Deferred.make<void>()
    const hook = {
      name: "done",
      afterRun: ({ step }: { readonly step: number }) => Effect.as(step === 12 ? Deferred.succeed(done, undefined) : Effect.void, "continue" as const)
    }
    // more batches than an outfeed holds
    const stream = Estimator.predict(estimator, { input: ones(12), hooks: [hook] })
    const first = Stream.take(stream, 1).pipe(
      Stream.tap(() =>
        Effect.gen(function* () {
          yield* Deferred.await(done)
          for (let i = 0; i < 200; i++) yield* Effect.yieldNow
        })
      )
    )
    assert.strictEqual((yield* Stream.runCollect(first)).length, 1)
  }).pipe(Effect.provideService(Desk, { put: () => Effect.void }), Effect.provide(OutfeedQueue.layer), Effect.provide(EstimatorTest.layer()))
)
