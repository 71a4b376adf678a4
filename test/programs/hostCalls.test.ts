/** Host calls beside the steps: when they are made, in which order, and that none is lost, however a program ends. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { CheckpointError } from "../../src/domain/Errors.ts"
import type { RunConfigInput } from "../../src/domain/RunConfig.ts"
import { Estimator, EstimatorTest, type Model } from "../../src/index.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { Device } from "../../src/services/Device.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import { ones, recordSteps, rows } from "./hooks/harness.ts"
import { batches, descent, makeRecurrent, recordLosses, recurrent, seekable } from "./models.ts"

/** `descent` with a host call that is told the step. */
const calling = <E>(call: (step: number) => Effect.Effect<unknown, E>, config: RunConfigInput = {}) =>
  Estimator.make({
    modelFn: (input: Model.ModelInput<{ readonly rate: number }>): Model.EstimatorSpec<E> => ({
      ...descent(input),
      hostCall: { tensors: { y: input.labels }, call: (_, step) => call(step) }
    }),
    params: { rate: 0.25 },
    config: { iterationsPerLoop: 1, logStepCountSteps: 0, ...config }
  })

/** Lets everything run that does not wait for what this test has yet to do. */
const turns = Effect.forEach(Array.from({ length: 200 }), () => Effect.yieldNow, { discard: true })

/** Notes a step, once the gate is open for it. */
const gated = Effect.fnUntraced(function* (at: number) {
  const steps: Array<number> = []
  const waiting = yield* Deferred.make<void>()
  const gate = yield* Deferred.make<void>()
  const call = (step: number) =>
    Effect.gen(function* () {
      if (step === at) {
        yield* Deferred.succeed(waiting, undefined)
        yield* Deferred.await(gate)
      }
      steps.push(step)
    })
  return { steps, waiting: Deferred.await(waiting), open: Deferred.succeed(gate, undefined), call }
})

it.effect("[row 85] [row 88] an effect has ended before the next step's is begun, and before the program does", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const call = (step: number) =>
      Effect.gen(function* () {
        log.push(`begin ${step}`)
        for (let i = 0; i < 5; i++) yield* Effect.yieldNow
        log.push(`end ${step}`)
      })
    const order = (steps: ReadonlyArray<number>) => steps.flatMap((step) => [`begin ${step}`, `end ${step}`])
    yield* Estimator.train(calling(call, { iterationsPerLoop: 4 }), { input: ones(4) })
    assert.deepStrictEqual(log, order([1, 2, 3, 4]))
    log.length = 0
    yield* Estimator.evaluate(calling(call), { input: ones(3) })
    // an evaluation tells the global step of its state
    assert.deepStrictEqual(log, order([0, 0, 0]))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 89] steps go on while a host call waits, as far as the outfeed holds their outputs", () =>
  Effect.gen(function* () {
    const { call, open, steps, waiting } = yield* gated(1)
    const ran: Array<number> = []
    const run = yield* Effect.forkChild(Estimator.train(calling(call), { input: ones(40), hooks: [recordSteps(ran)] }))
    yield* waiting
    yield* turns
    assert.deepStrictEqual(steps, [])
    // the output that the host call has, and 8 that wait
    assert.isAtLeast(ran.length, 8)
    assert.isBelow(ran.length, 20)
    yield* open
    yield* Fiber.join(run)
    assert.deepStrictEqual(steps, ran)
    assert.strictEqual(steps.length, 40)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

/** The device of the test layer; the executable's end is noted. */
const closing = (log: Array<string>) =>
  Layer.effect(
    Device,
    Effect.map(Device, (inner) =>
      Device.of({
        ...inner,
        compile: (program) =>
          Effect.andThen(
            Effect.addFinalizer(() => Effect.sync(() => void log.push("device"))),
            inner.compile(program)
          )
      })
    )
  )

for (const program of ["train", "evaluate"] as const) {
  it.effect(`[row 97] at the end of ${program} the last host call is waited for, then hooks end, then the device`, () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const waiting = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      let calls = 0
      const call = () =>
        Effect.gen(function* () {
          const number = ++calls
          if (number === 3) {
            yield* Deferred.succeed(waiting, undefined)
            yield* Deferred.await(gate)
          }
          log.push(`call ${number}`)
        })
      const end: Hook = { name: "end", end: () => Effect.sync(() => void log.push("hooks")) }
      const options = { input: ones(3), hooks: [end] }
      const running: Effect.Effect<unknown, unknown, Estimator.EstimatorServices> =
        program === "train" ? Estimator.train(calling(call), options) : Estimator.evaluate(calling(call), options)
      const run = yield* Effect.forkChild(Effect.provide(running, closing(log)))
      yield* Deferred.await(waiting)
      yield* turns
      assert.deepStrictEqual(log, ["call 1", "call 2"])
      assert.isUndefined(run.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(run)
      assert.deepStrictEqual(log, ["call 1", "call 2", "call 3", "hooks", "device"])
    }).pipe(Effect.provide(EstimatorTest.layer()))
  )
}

class Refused {
  readonly _tag = "Refused"
}

it.effect("[row 49] the steps before a failure of the host call are saved: the newest checkpoint is of the last of them", () =>
  Effect.gen(function* () {
    const refusing = calling((step) => (step === 3 ? Effect.fail(new Refused()) : Effect.void), { modelDir: "refused", saveCheckpointsSecs: 0 })
    // after three batches the input waits, so that no further step can be run
    const error = yield* Effect.flip(Estimator.train(refusing, { input: Stream.concat(ones(3), Stream.never) }))
    assert.instanceOf(error, Refused)
    const store = yield* CheckpointStore
    const ref = yield* store.latest("refused")
    assert.strictEqual(ref?.step, 3)
    const { state, step } = yield* store.load(ref!.path)
    assert.strictEqual(step, 3)
    // half of what is left at each step: 1/2, 3/4, 7/8
    assert.deepStrictEqual([...state.get("w")!.data], [0.875])
    const next = yield* Estimator.train(
      calling(() => Effect.void, { modelDir: "refused" }),
      { input: ones(8), maxSteps: 8 }
    )
    assert.deepInclude(next, { globalStep: 8, steps: 5 })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 98] [row 171] interrupted inside a long device run, every step done is saved, counted and told to the host", () =>
  Effect.gen(function* () {
    const input = seekable(batches(60, 4))
    const whole: Array<number> = []
    yield* Estimator.train(makeRecurrent(), { input, hooks: [recordLosses(whole)] })
    const { call, open, steps, waiting } = yield* gated(3)
    const ends: Array<number> = []
    const losses: Array<number> = []
    const end: Hook = { name: "end", end: ({ step }) => Effect.sync(() => void ends.push(step)) }
    const telling = {
      ...makeRecurrent({ modelDir: "long", iterationsPerLoop: 1000, saveCheckpointsSecs: 0 }),
      modelFn: (spec: Model.ModelInput<{ readonly dropout: number }>): Model.EstimatorSpec => ({
        ...recurrent(spec),
        hostCall: { tensors: { valid: spec.valid }, call: (_, step) => call(step) }
      })
    }
    // signals are the application's: a training installs no handlers, so there are none to put back
    const handlers = () => (["SIGINT", "SIGTERM"] as const).map((signal) => process.listeners(signal))
    const before = handlers()
    const run = yield* Effect.forkChild(Estimator.train(telling, { input, hooks: [end, recordLosses(losses)] }))
    yield* waiting
    yield* turns
    assert.deepStrictEqual(handlers(), before)
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(run))
    yield* turns
    yield* open
    yield* Fiber.join(interrupting)
    assert.deepStrictEqual(handlers(), before)
    const saved = (yield* (yield* CheckpointStore).latest("long"))!.step
    // inside the run: it has given no losses, and is not at its end
    assert.deepStrictEqual(losses, [])
    assert.isTrue(saved > 3 && saved < 60, `${saved}`)
    assert.deepStrictEqual(
      steps,
      Array.from({ length: saved }, (_, i) => i + 1)
    )
    assert.deepStrictEqual(ends, [saved])
    // input position, cache, key and weights are of that step
    yield* Estimator.train(makeRecurrent({ modelDir: "long" }), { input, hooks: [recordLosses(losses)] })
    assert.deepStrictEqual(losses, whole.slice(saved))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 178] after a NaN loss the host calls still come to their end, that of the NaN step among them", () =>
  Effect.gen(function* () {
    const { call, open, steps, waiting } = yield* gated(2)
    const run = yield* Effect.forkChild(Effect.flip(Estimator.train(calling(call), { input: rows(1, NaN, 1) })))
    yield* waiting
    yield* turns
    assert.isUndefined(run.pollUnsafe())
    assert.deepStrictEqual(steps, [1])
    yield* open
    assert.deepInclude(yield* Fiber.join(run), { _tag: "NanLossError", step: 2 })
    assert.deepStrictEqual(steps, [1, 2])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 178] after a NaN loss a checkpoint that is being written is waited for, and its failure is not lost", () =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    const slowDisk = Layer.effect(
      CheckpointStore,
      Effect.map(CheckpointStore, (inner) =>
        CheckpointStore.of({
          ...inner,
          save: (file, checkpoint) =>
            checkpoint.step === 0
              ? inner.save(file, checkpoint, 0)
              : Effect.andThen(Deferred.await(gate), Effect.fail(new CheckpointError({ reason: "DiskFull", file, detail: "no space left" })))
        })
      )
    )
    const estimator = calling(() => Effect.void, { modelDir: "nan", saveCheckpointsSteps: 1 })
    const training = Estimator.train(estimator, { input: rows(1, NaN, 1) })
    const run = yield* Effect.forkChild(Effect.exit(Effect.provide(training, slowDisk)))
    yield* turns
    assert.isUndefined(run.pollUnsafe())
    yield* Deferred.succeed(gate, undefined)
    const exit = yield* Fiber.join(run)
    const tags = exit._tag === "Success" ? [] : exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error._tag : reason._tag))
    assert.deepStrictEqual(tags, ["NanLossError", "CheckpointError"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
