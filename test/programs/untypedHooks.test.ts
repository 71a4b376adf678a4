/** Hooks as callers without types may give them. */
import { assert, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Estimator, EstimatorTest, Hooks } from "../../src/index.ts"
import { descending, ones } from "./hooks/harness.ts"
import { batches, makeRecurrent } from "./models.ts"

const predicted = Stream.fromIterable(batches(2, 2))

/** The error of each program with these hooks. */
const refusals = (hooks: unknown, modelDir?: string) => {
  const given = { hooks: hooks as ReadonlyArray<Hooks.Hook> } // what no typed caller could give
  const estimator = descending(modelDir === undefined ? {} : { modelDir })
  return Effect.all([
    Effect.flip(Estimator.train(estimator, { input: ones(3), ...given })),
    Effect.flip(Estimator.evaluate(descending(), { input: ones(3), ...given })),
    Effect.flip(Stream.runDrain(Estimator.predict(makeRecurrent(), { input: predicted, ...given })))
  ])
}

const malformed: ReadonlyArray<readonly [hooks: unknown, key: string, message: RegExp]> = [
  [3, "hooks", /expected an array of hooks, got 3/],
  [{ name: "alone" }, "hooks", /expected an array of hooks, got a record/],
  [[3], "hooks[0]", /expected a hook, a record of a name and points.*got 3/],
  [[{ name: "a" }, () => {}], "hooks[1]", /expected a hook.*got a function/],
  [[null], "hooks[0]", /expected a hook.*got null/],
  [[{ afterRun: () => Effect.succeed("continue") }], "hooks[0].name", /a string, got undefined/],
  [[{ name: "a", begin: () => Effect.void }], "hooks[0].begin", /expected an Effect, got a function/],
  [[{ name: "a", afterRun: Effect.succeed("continue") }], "hooks[0].afterRun", /expected a function that gives an Effect, got an Effect/],
  [[{ name: "a", end: 3 }], "hooks[0].end", /expected a function that gives an Effect, got 3/],
  [[{ name: "a", beforRun: () => Effect.void }], "hooks[0].beforRun", /there is no such point.*Did you mean "beforeRun"\?$/],
  [[{ name: "a", afterrun: () => Effect.void }], "hooks[0].afterrun", /there is no such point.*Did you mean "afterRun"\?$/],
  [[{ name: "a", begn: Effect.void }], "hooks[0].begn", /there is no such point.*Did you mean "begin"\?$/]
]

it.effect("what is no hook is refused before anything is run, with its place", () =>
  Effect.gen(function* () {
    for (const [hooks, key, message] of malformed) {
      for (const error of yield* refusals(hooks)) {
        assert.include(error, { _tag: "ConfigError", key })
        assert.match(error.message, message)
      }
    }
    const application = Effect.provideService(Hooks.Hooks, [3 as unknown as Hooks.Hook])
    assert.include(yield* application(Effect.flip(Estimator.train(descending(), { input: ones(1) }))), { key: "hooks[0]" })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a hook may have fields of its own", () =>
  Effect.gen(function* () {
    const own = { name: "own", value: Effect.succeed(1), saved: 3, ends: () => 1, end: () => Effect.void }
    yield* Estimator.train(descending(), { input: ones(1), hooks: [own] })
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a point that gives no Effect is an error, not a wait without end", () =>
  Effect.gen(function* () {
    for (const point of ["afterCreate", "beforeRun", "afterRun", "end"]) {
      for (const [value, what] of [
        [undefined, "undefined"],
        ["continue", '"continue"'],
        [Promise.resolve("continue"), "a promise"]
      ]) {
        for (const error of yield* refusals([{ name: "plain", [point]: () => value }])) {
          assert.include(error, { _tag: "ConfigError", key: "hook plain" })
          assert.include(error.message, `${point} must give an Effect, it gave ${String(what)}. Wrap what it does`)
        }
      }
    }
    for (const point of ["beforeSave", "afterSave"]) {
      const given = [{ name: "plain", [point]: () => undefined }] as unknown as ReadonlyArray<Hooks.Hook>
      const error = yield* Effect.flip(Estimator.train(descending({ modelDir: point }), { input: ones(2), hooks: given }))
      assert.include(error.message, `hook plain: ${point} must give an Effect, it gave undefined`)
    }
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("a signal that is none is refused with the nearest; none at all goes on", () =>
  Effect.gen(function* () {
    for (const error of yield* refusals([{ name: "misspelt", afterRun: () => Effect.succeed("stopp") }])) {
      assert.include(error, { _tag: "ConfigError", key: "hook misspelt", suggestion: "stop" })
      assert.include(error.message, 'afterRun must give one of "continue", "save", "stop", "discard", it gave "stopp"')
    }
    const after = { name: "saved", afterSave: () => Effect.succeed("discard") } as unknown as Hooks.Hook
    const error = yield* Effect.flip(Estimator.train(descending({ modelDir: "signals" }), { input: ones(2), hooks: [after] }))
    assert.include(error.message, 'afterSave must give one of "continue", "stop", it gave "discard"')
    const silent = { name: "silent", afterRun: () => Effect.void } as unknown as Hooks.Hook
    assert.strictEqual((yield* Estimator.train(descending(), { input: ones(3), hooks: [silent] })).steps, 3)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
