import { assert, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import type { RunEvent } from "../../../src/domain/Events.ts"
import { Estimator, EstimatorTest, Hooks } from "../../../src/index.ts"
import { CheckpointStore } from "../../../src/services/CheckpointStore.ts"
import { Device } from "../../../src/services/Device.ts"
import type { Hook } from "../../../src/services/Hooks.ts"
import { recordEvents } from "../models.ts"
import { descending, ones, slow } from "./harness.ts"

/** Notes each of its points. */
const probe = (log: Array<string>, name: string): Hook => {
  const note = (text: string) => Effect.sync(() => void log.push(`${name} ${text}`))
  return {
    name,
    begin: note("begin"),
    restore: (text) => note(`restore ${text}`),
    afterCreate: ({ step }) => note(`create ${step}`),
    beforeRun: ({ step }) => note(`before ${step}`),
    afterRun: ({ step }) => Effect.as(note(`after ${step}`), "continue" as const),
    beforeSave: ({ step }) => note(`beforeSave ${step}`),
    save: Effect.as(note("save"), name.toUpperCase()),
    afterSave: ({ step }) => Effect.as(note(`afterSave ${step}`), "continue" as const),
    end: ({ step }) => note(`end ${step}`)
  }
}

/** Notes what the device and the store are asked for. */
const watched = (log: Array<string>) =>
  Layer.merge(
    Layer.effect(
      Device,
      Effect.map(Device, (inner) =>
        Device.of({
          ...inner,
          compile: (program) =>
            Effect.map(inner.compile(program), (executable) => ({
              ...executable,
              initialise: (seed: number) => Effect.andThen(note(log, "initialise"), executable.initialise(seed)),
              writeState: (state) => Effect.andThen(note(log, "restore state"), executable.writeState(state)),
              run: (count: number) => Effect.andThen(note(log, `run ${count}`), executable.run(count))
            }))
        })
      )
    ),
    Layer.effect(
      CheckpointStore,
      Effect.map(CheckpointStore, (inner) =>
        CheckpointStore.of({
          ...inner,
          save: (directory, checkpoint, ...rest) => Effect.andThen(note(log, `write ${checkpoint.step}`), inner.save(directory, checkpoint, ...rest))
        })
      )
    )
  )
const note = (log: Array<string>, text: string) => Effect.sync(() => void log.push(text))

const both = (text: string) => [`a ${text}`, `b ${text}`]
const saved = (step: number) => [...both(`beforeSave ${step}`), ...both("save"), `write ${step}`, ...both(`afterSave ${step}`)]

it.effect("[row 206] order: begin; state made; create, with the start checkpoint; per run before, run, after; at last the end checkpoint, end", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    // `a` of the application, `b` of the program
    const train = Estimator.train(descending({ modelDir: "order", iterationsPerLoop: 2 }), {
      input: ones(8),
      steps: 3,
      hooks: [probe(log, "b")]
    }).pipe(Effect.provide(Hooks.layerAppend(probe(log, "a"))), Effect.provide(watched(log)))
    yield* train
    assert.deepStrictEqual(log, [
      ...both("begin"),
      "initialise",
      ...both("create 0"),
      ...saved(0),
      ...both("before 0"),
      "run 2",
      ...both("after 2"),
      ...both("before 2"),
      "run 1",
      ...both("after 3"),
      ...saved(3),
      ...both("end 3")
    ])
    log.length = 0
    yield* train
    assert.deepStrictEqual(log.slice(0, 8), [...both("begin"), "initialise", "restore state", "a restore A", "b restore B", ...both("create 3")])
    // what the checkpoint holds already is not saved again
    assert.deepStrictEqual(log.slice(8, 10), both("before 3"))
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

class Torn extends Schema.TaggedError<Torn>()("Torn", {}) {}

it.effect("[row 98] after a failure every hook's end comes too, and the state before it is saved", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const failing: Hook<Torn> = { name: "failing", afterRun: ({ step }) => (step === 2 ? Effect.fail(new Torn()) : Effect.succeed("continue")) }
    const error = yield* Estimator.train(descending({ modelDir: "failed" }), {
      input: ones(8),
      hooks: [probe(log, "a"), failing, probe(log, "b")]
    }).pipe(Effect.provide(watched(log)), Effect.flip)
    assert.instanceOf(error, Torn)
    assert.deepStrictEqual(log.slice(log.indexOf("a before 1")), [...both("before 1"), "run 1", "a after 2", ...saved(2), ...both("end 2")])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 206] a stop takes effect after all hooks have seen the run, a save before the next run", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const asks: Hook = { name: "asks", afterRun: ({ step }) => Effect.succeed(step === 2 ? "save" : step === 3 ? "stop" : "continue") }
    yield* Estimator.train(descending({ modelDir: "signals" }), { input: ones(8), hooks: [probe(log, "a"), asks, probe(log, "b")] }).pipe(
      Effect.provide(watched(log))
    )
    assert.deepStrictEqual(log.slice(log.indexOf("a after 2")), [
      ...both("after 2"),
      ...saved(2),
      ...both("before 2"),
      "run 1",
      ...both("after 3"),
      ...saved(3),
      ...both("end 3")
    ])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 111] the application's hooks come first, then the program's, then NaN guard, checkpoint and log", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const events: Array<RunEvent> = []
    const noted = (name: string): Hook => ({ name, afterRun: () => Effect.as(note(log, name), "continue" as const) })
    const listener: Hook = { name: "listener", beforeSave: ({ step }) => note(log, `save ${step}`) }
    yield* Estimator.train(descending({ modelDir: "who", saveCheckpointsSteps: 1, logStepCountSteps: 1 }), {
      input: ones(1),
      hooks: [noted("program 1"), noted("program 2"), listener]
    }).pipe(
      Effect.provide(Layer.provideMerge(Hooks.layerAppend(noted("application 2")), Hooks.layerAppend(noted("application 1")))),
      Effect.provide(recordEvents(events))
    )
    assert.deepStrictEqual(log, ["save 0", "application 1", "application 2", "program 1", "program 2", "save 1"])
    const order = events.map((event) => ("step" in event ? `${event.event} ${event.step}` : event.event))
    assert.deepStrictEqual(order.slice(0, 3), ["begin 0", "compile", "graph"])
    assert.sameMembers(order.slice(3, -1), ["checkpoint 0", "checkpoint 1", "train 1"])
    assert.strictEqual(order.at(-1), "end 1")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

const savesOf = (config: Parameters<typeof descending>[0], count: number, hooks: ReadonlyArray<Hook> = []) =>
  Effect.gen(function* () {
    const at: Array<number> = []
    const listener: Hook = { name: "listener", beforeSave: ({ step }) => Effect.sync(() => void at.push(step)) }
    yield* Estimator.train(descending({ modelDir: "saves", keepCheckpointMax: 0, ...config }), { input: ones(count), hooks: [...hooks, listener] })
    return at
  }).pipe(Effect.provide(EstimatorTest.layer()))

it.effect("[row 160] saves at the start, at the first run boundary at or after each due step, and at the end if that is not saved", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSteps: 3 }, 7), [0, 3, 6, 7])
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSteps: 3 }, 6), [0, 3, 6])
    // due at 3: saved at 4, hence due at 7: saved at 8
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSteps: 3, iterationsPerLoop: 4 }, 12), [0, 4, 8, 12])
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSteps: 5, iterationsPerLoop: 2 }, 14), [0, 6, 12, 14])
    // by time: a second a step
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSecs: 4 }, 10, [slow(1000)]), [0, 4, 8, 10])
  })
)

it.effect("[row 159] every 600 seconds unless told otherwise, and not by time when steps are given", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* savesOf({}, 5, [slow(300_000)]), [0, 2, 4, 5])
    assert.deepStrictEqual(yield* savesOf({ saveCheckpointsSteps: 100 }, 5, [slow(300_000)]), [0, 5])
  })
)

it.effect(
  "[row 161] listeners see each checkpoint before it is written and when it is there, and may end the run; without checkpoints they are refused",
  () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const store = yield* CheckpointStore
      const latest = Effect.map(store.latest("listened"), (ref) => ref?.step)
      const look = (point: string) => Effect.map(latest, (step) => void seen.push(`${point}: newest ${step}`))
      const listener: Hook = {
        name: "listener",
        beforeSave: ({ step }) => Effect.orDie(look(`before ${step}`)),
        afterSave: ({ step }) => Effect.as(Effect.orDie(look(`after ${step}`)), step === 0 || step >= 4 ? "stop" : "continue")
      }
      const result = yield* Estimator.train(descending({ modelDir: "listened", saveCheckpointsSteps: 2 }), { input: ones(20), hooks: [listener] })
      // its word at the start is not heeded, that at 4 is
      assert.strictEqual(result.globalStep, 4)
      const steps = [0, 2, 4]
      assert.deepStrictEqual(
        seen,
        steps.flatMap((step, i) => [`before ${step}: newest ${steps[i - 1]}`, `after ${step}: newest ${step}`])
      )
      const error = yield* Effect.flip(Estimator.train(descending(), { input: ones(2), hooks: [listener] }))
      assert.deepInclude(error, { _tag: "ConfigError", key: "modelDir" })
      assert.include(error.message, `"listener"`)
    }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 161] a listener that fails fails the run; one that asks for the end at a save asked for by a hook is heard", () =>
  Effect.gen(function* () {
    const fails: Hook<Torn> = { name: "fails", beforeSave: ({ step }) => (step === 2 ? Effect.fail(new Torn()) : Effect.void) }
    const error = yield* Effect.flip(Estimator.train(descending({ modelDir: "l", saveCheckpointsSteps: 2 }), { input: ones(9), hooks: [fails] }))
    assert.instanceOf(error, Torn)
    assert.strictEqual((yield* (yield* CheckpointStore).latest("l"))?.step, 0)
    const asks: Hook = { name: "asks", afterRun: ({ step }) => Effect.succeed(step === 3 ? "save" : "continue") }
    const ends: Hook = { name: "ends", afterSave: () => Effect.succeed("stop") }
    assert.strictEqual((yield* Estimator.train(descending({ modelDir: "k" }), { input: ones(9), hooks: [asks, ends] })).globalStep, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("where a hook cannot begin, those before it are ended, and no others", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const failing: Hook<string> = { ...probe(log, "b"), begin: Effect.fail("no") }
    const error = yield* Effect.flip(Estimator.evaluate(descending(), { input: ones(2), hooks: [probe(log, "a"), failing, probe(log, "c")] }))
    assert.strictEqual(error, "no")
    assert.deepStrictEqual(log, ["a begin", "a end 0"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
