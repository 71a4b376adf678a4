import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Metrics from "../../../src/domain/metrics/Metrics.ts"
import type { Metric } from "../../../src/domain/Model.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"

type Batch = { readonly [name: string]: Tensor.Tensor }
const f32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Float32Array.from(values), shape)
const i32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Int32Array.from(values), shape)
const over = (metric: Metric, batches: ReadonlyArray<Batch>) =>
  metric.result(batches.reduce((state, batch) => metric.update(state, batch), metric.initial))

describe("metrics", () => {
  it("mean: weights as values, one for each row, none", () => {
    const x = f32([1, 2, 3, 4], [2, 2])
    assert.strictEqual(over(Metrics.mean("x"), [{ x }, { x: f32([10]) }]), 4)
    assert.strictEqual(over(Metrics.mean("x", "w"), [{ x, w: f32([1, 0, 0, 3], [2, 2]) }]), 13 / 4)
    assert.strictEqual(over(Metrics.mean("x", "w"), [{ x, w: f32([0, 2]) }]), 3.5)
    assert.isNaN(over(Metrics.mean("x"), []))
  })
  it("what has weight 0 does not count, NaN or not", () =>
    assert.strictEqual(over(Metrics.mean("x", "w"), [{ x: f32([NaN, 5]), w: f32([0, 1]) }]), 5))
  it("accuracy: classes, logits, weights", () => {
    const labels = i32([2, 0, 1])
    assert.strictEqual(over(Metrics.accuracy("labels", "p"), [{ labels, p: i32([2, 1, 1]) }]), 2 / 3)
    const logits = f32([0, 1, 5, /**/ 3, 3, 0, /**/ 9, 1, 0], [3, 3])
    assert.strictEqual(over(Metrics.accuracy("labels", "p"), [{ labels, p: logits }]), 2 / 3)
    assert.strictEqual(over(Metrics.accuracy("labels", "p", "w"), [{ labels, p: logits, w: f32([1, 1, 2]) }]), 0.5)
    assert.strictEqual(over(Metrics.accuracy("labels", "p"), [{ labels: i32([0]), p: f32([0.2], [1, 1]) }]), 1)
  })
  it("perplexity and bits are of the mean, not means of batches", () => {
    const batches = [{ x: f32([Math.log(2), Math.log(2), Math.log(2)]) }, { x: f32([Math.log(32)]) }]
    assert.approximately(over(Metrics.perplexity("x"), batches), 4, 1e-6)
    assert.approximately(over(Metrics.bitsPerCharacter("x"), batches), 2, 1e-6)
    // three of weight 1 and one of weight 3: 2^((3 + 15) / 6)
    const weighted = [
      { ...batches[0]!, w: f32([1, 1, 1]) },
      { ...batches[1]!, w: f32([3]) }
    ]
    assert.approximately(over(Metrics.perplexity("x", "w"), weighted), 8, 1e-5)
    assert.approximately(over(Metrics.bitsPerCharacter("x", "w"), weighted), 3, 1e-6)
  })
  const Values = Arbitrary.array(Arbitrary.schema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: -50, maximum: 50 })))), {
    minLength: 1,
    maxLength: 20
  })
  it.prop("the cut into batches does not matter", [Values, Schema.Natural], ([values, at]) => {
    const cut = at % (values.length + 1)
    const whole = over(Metrics.mean("x"), [{ x: f32(values) }])
    assert.strictEqual(over(Metrics.mean("x"), [{ x: f32(values.slice(0, cut)) }, { x: f32(values.slice(cut)) }]), whole)
    assert.approximately(whole, values.reduce((a, b) => a + b, 0) / values.length, 1e-12)
  })
  it("names the tensor that is not there, and what does not fit", () => {
    assert.throws(() => over(Metrics.mean("x"), [{ y: f32([1]) }]), /"x".*y/)
    assert.throws(() => over(Metrics.mean("x", "w"), [{ x: f32([1, 2, 3]), w: f32([1, 1]) }]), /2 weights/)
    assert.throws(() => over(Metrics.accuracy("l", "p"), [{ l: i32([1, 2]), p: f32([1, 2, 3]) }]), /neither classes nor logits/)
  })
})
