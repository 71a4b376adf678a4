import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { distance, nearest } from "../../src/domain/suggest.ts"

describe("distance", () => {
  it("counts insertions, deletions, substitutions and swaps", () => {
    for (const [a, b, d] of [
      ["", "", 0],
      ["abc", "", 3],
      ["kitten", "sitting", 3],
      ["ab", "ba", 1],
      ["a cat", "an act", 2],
      ["ca", "abc", 3]
    ] as const) {
      assert.strictEqual(distance(a, b), d, `${a} ${b}`)
    }
  })
  it.prop("is 0 only for equal words, the same both ways, and at most the longer one", [Schema.String, Schema.String], ([a, b]) => {
    assert.strictEqual(distance(a, b), distance(b, a))
    assert.strictEqual(distance(a, b) === 0, a === b)
    assert.isAtMost(distance(a, b), Math.max(a.length, b.length))
    assert.strictEqual(distance(a, a + b), b.length)
  })
})

describe("nearest", () => {
  const known = ["modelDir", "trainBatchSize", "evalBatchSize", "iterationsPerLoop", "seed"]
  it("finds slips", () => {
    assert.strictEqual(nearest("modelDri", known), "modelDir")
    assert.strictEqual(nearest("model-dir", known), "modelDir")
    assert.strictEqual(nearest("train_batchsize", known), "trainBatchSize")
    assert.strictEqual(nearest("evlBatchSize", known), "evalBatchSize")
    assert.strictEqual(nearest("iterationPerLop", known), "iterationsPerLoop")
    assert.strictEqual(nearest("sede", known), "seed")
  })
  it("says nothing where nothing is near", () => {
    for (const name of ["colour", "x", "", "zz"]) assert.isUndefined(nearest(name, known))
    assert.isUndefined(nearest("a", []))
  })
})
