/** Hooks of evaluations and predictions. */
import { assert, it } from "@effect/vitest"
import { Context, Effect, Exit, Schema, Stream } from "effect"
import * as tf from "@tensorflow/tfjs-core"
import { Estimator, EstimatorTest, Hook, type Hooks, type Model } from "../../src/index.ts"
import { descending, ones, rows } from "./hooks/harness.ts"
import { batches, makeRecurrent } from "./models.ts"

class Full extends Schema.TaggedError<Full>()("Full", { at: Schema.Number }) {}
class Board extends Context.Service<Board, { readonly write: (line: string) => Effect.Effect<void> }>()("test/Board") {}

/** Writes each point with the step that it is told, and what a run gave. */
const probe = (name: string): Hooks.Hook<never, Board> => {
  const at = (point: string) => (context: Hooks.RunContext) =>
    Board.use((board) => board.write(`${name} ${point} ${context.mode} ${context.step}@${context.globalStep}`))
  return {
    name,
    begin: Board.use((board) => board.write(`${name} begin`)),
    afterCreate: at("create"),
    beforeRun: at("before"),
    afterRun: (context, { iterations }) => Effect.as(at(`after(${iterations})`)(context), "continue" as const),
    end: at("end")
  }
}

const onBoard = <A, E, R>(lines: Array<string>, effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Board, { write: (line) => Effect.sync(() => void lines.push(line)) })

const stopAfter = (count: number): Hooks.Hook => ({
  name: "stop",
  afterRun: ({ step }) => Effect.succeed(step >= count ? "stop" : "continue")
})

const predicted = Stream.fromIterable(batches(40, 2))

it.effect("[row 143] hooks of an evaluation: in order, around each run, counting batches, the global step staying that of the state", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const estimator = descending({ modelDir: "batch-hooks" })
    yield* Estimator.train(estimator, { input: ones(3) })
    const result = yield* onBoard(lines, Estimator.evaluate(estimator, { input: ones(40), hooks: [probe("a"), probe("b")] }))
    assert.strictEqual(result.examples, 40)
    const of = (line: string) => [`a ${line}`, `b ${line}`]
    assert.deepStrictEqual(lines, [
      ...of("begin"),
      ...of("create evaluate 0@3"),
      ...of("before evaluate 0@3"),
      ...of("after(32) evaluate 32@3"),
      ...of("before evaluate 32@3"),
      ...of("after(8) evaluate 40@3"),
      ...of("end evaluate 40@3")
    ])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 157] hooks of a prediction: likewise; every prediction has come when they end", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const predictions = Estimator.predict(makeRecurrent(), { input: predicted, hooks: [probe("a")] })
    const count = yield* onBoard(lines, Stream.runCount(predictions))
    assert.strictEqual(count, 80)
    assert.deepStrictEqual(lines, [
      "a begin",
      "a create predict 0@0",
      "a before predict 0@0",
      "a after(32) predict 32@0",
      "a before predict 32@0",
      "a after(8) predict 40@0",
      "a end predict 40@0"
    ])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 143] [row 157] a stop ends them with what has been run", () =>
  Effect.gen(function* () {
    const { examples, loss } = yield* Estimator.evaluate(descending(), {
      input: rows(...Array.from({ length: 100 }, (_, i) => i)),
      hooks: [stopAfter(1)]
    })
    assert.strictEqual(examples, 32)
    assert.closeTo(loss, Array.from({ length: 32 }, (_, i) => i * i).reduce((a, b) => a + b) / 32, 1e-3)
    const predictions = Estimator.predict(makeRecurrent(), { input: Stream.forever(predicted), hooks: [stopAfter(33)] })
    assert.strictEqual(yield* Stream.runCount(predictions), 2 * 64)
    // a hook made for training does its work here, too: 40 is met at the end of the second run
    const stopped = yield* Estimator.evaluate(descending(), { input: ones(200), hooks: [Hook.stopAtStep({ numSteps: 40 })] })
    assert.strictEqual(stopped.examples, 64)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 143] [row 157] a failure of a hook is the program's, and every hook that began is ended", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const full: Hooks.Hook<Full> = { name: "full", afterRun: ({ step }) => Effect.fail(new Full({ at: step })) }
    const evaluated = yield* onBoard(lines, Effect.flip(Estimator.evaluate(descending(), { input: ones(5), hooks: [probe("a"), full] })))
    assert.deepStrictEqual(evaluated, new Full({ at: 5 }))
    assert.strictEqual(lines.at(-1), "a end evaluate 5@0")
    const seen: Array<unknown> = []
    const predictions = Estimator.predict(makeRecurrent(), { input: predicted, hooks: [full] }).pipe(
      Stream.tap((row) => Effect.sync(() => seen.push(row)))
    )
    assert.deepStrictEqual(yield* Effect.flip(Stream.runDrain(predictions)), new Full({ at: 32 }))
    // what was predicted before the failure has come
    assert.strictEqual(seen.length, 64)
    lines.length = 0
    const unusable = yield* onBoard(lines, Effect.exit(Estimator.evaluate(descending(), { input: Stream.empty, hooks: [probe("a")] })))
    assert.isTrue(Exit.isFailure(unusable))
    assert.deepStrictEqual(lines, ["a begin", "a end evaluate 0@0"])
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("[row 144] [row 157] variables are checked in evaluation and prediction where checkNumerics is among the hooks", () =>
  Effect.gen(function* () {
    const modelFn: Model.ModelFn = ({ features, variables }) => {
      const w = variables.get("w", [1], { initializer: () => tf.tensor1d([NaN]) })
      const y = tf.mul(features, w)
      return { loss: tf.mean(tf.zerosLike(y)), predictions: { y } }
    }
    const estimator = Estimator.make({ modelFn })
    const evaluated = yield* Effect.flip(Estimator.evaluate(estimator, { input: ones(2), hooks: [Hook.checkNumerics()] }))
    assert.strictEqual(evaluated._tag, "NumericsError")
    assert.include(evaluated.message, '"w" holds NaN')
    const predicted = yield* Effect.flip(Stream.runDrain(Estimator.predict(estimator, { input: ones(2), hooks: [Hook.checkNumerics()] })))
    assert.strictEqual(predicted._tag, "NumericsError")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
