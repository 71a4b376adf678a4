import { assert, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import * as scores from "../../src/domain/scores.ts"

const odd = { nan: NaN, inf: Infinity, low: -Infinity }
const Value = Schema.Union([Schema.Finite, Schema.Literals(["nan", "inf", "low"])])
const toNumber = (value: number | keyof typeof odd) => (typeof value === "number" ? value : odd[value])
const All = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Schema.Struct({ loss: Value, accuracy: Value })), { maxLength: 8 }), (values) =>
  values.map(({ accuracy, loss }, i): scores.Scores => ({
    globalStep: i * 10,
    loss: toNumber(loss),
    examples: i,
    metrics: { accuracy: toNumber(accuracy) }
  }))
)

it.prop("what is noted is read back, numbers that JSON does not have too", [All], ([all]) => {
  // -0 is 0 in JSON
  const positive = all.map((one) => ({ ...one, loss: one.loss + 0, metrics: { accuracy: one.metrics["accuracy"]! + 0 } }))
  assert.deepStrictEqual(scores.parse(scores.print(positive)), positive)
})

it.prop("the best come first, those without a number last", [All, Schema.Boolean], ([all, higher]) => {
  const sorted = Result.getOrThrow(scores.sortBest(all, { metric: "accuracy", order: higher ? "higher" : "lower" }))
  assert.strictEqual(new Set(sorted).size, all.length)
  const values = sorted.map(({ metrics }) => metrics["accuracy"]!)
  const numbers = values.filter((value) => !Number.isNaN(value))
  assert.deepStrictEqual(values.slice(0, numbers.length), numbers)
  for (const [i, value] of numbers.entries()) if (i > 0) assert.isTrue(higher ? numbers[i - 1]! >= value : numbers[i - 1]! <= value)
})

it("an unknown metric is named with those there are; a text that is no note is none", () => {
  const one: scores.Scores = { globalStep: 1, loss: 2, examples: 3, metrics: { accuracy: 0.5 } }
  assert.include(Result.getOrThrow(Result.flip(scores.scoreOf(one, "acuracy"))).message, 'Did you mean "accuracy"?')
  for (const text of ["", "{}", '[{"globalStep":-1}]']) assert.isUndefined(scores.parse(text))
})
