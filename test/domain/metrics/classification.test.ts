import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Metrics from "../../../src/domain/metrics/Metrics.ts"
import type { Metric } from "../../../src/domain/Model.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"

type Batch = { readonly [name: string]: Tensor.Tensor }
const f32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Float32Array.from(values), shape)
const i32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Int32Array.from(values), shape)
const bool = (values: ReadonlyArray<number>) => Tensor.make(Uint8Array.from(values), [values.length])
const over = (metric: Metric, batches: ReadonlyArray<Batch>) =>
  metric.result(batches.reduce((state, batch) => metric.update(state, batch), metric.initial))

describe("binary classification", () => {
  const batch = { l: bool([1, 1, 1, 0, 0, 1]), p: bool([1, 0, 1, 1, 0, 0]), w: f32([1, 2, 3, 4, 5, 6]) }
  const cases: ReadonlyArray<readonly [string, (l: string, p: string, w?: string) => Metric, plain: number, weighted: number]> = [
    ["truePositives", Metrics.truePositives, 2, 4],
    ["falsePositives", Metrics.falsePositives, 1, 4],
    ["trueNegatives", Metrics.trueNegatives, 1, 5],
    ["falseNegatives", Metrics.falseNegatives, 2, 8],
    ["precision", Metrics.precision, 2 / 3, 4 / 8],
    ["recall", Metrics.recall, 2 / 4, 4 / 12]
  ]
  for (const [name, metric, plain, weighted] of cases) {
    it(name, () => {
      assert.strictEqual(over(metric("l", "p"), [batch]), plain)
      assert.strictEqual(over(metric("l", "p", "w"), [batch]), weighted)
      assert.strictEqual(over(metric("l", "p"), []), 0)
    })
  }
  it("refuses predictions of another size", () =>
    assert.throws(() => over(Metrics.precision("l", "p"), [{ l: bool([1]), p: bool([1, 0]) }]), /"p" \[2\].*"l" \[1\]/))
})

describe("auc", () => {
  // 0.1, 0.4 (negatives), 0.35, 0.8 (positives): 3 of the 4 pairs are in order
  const batch = { l: i32([0, 0, 1, 1]), p: f32([0.1, 0.4, 0.35, 0.8]) }
  it("ROC is the part of pairs in order", () => {
    assert.approximately(over(Metrics.auc("l", "p"), [batch]), 0.75, 1e-5)
    assert.approximately(over(Metrics.auc("l", "p"), [{ l: i32([0, 1]), p: f32([0.2, 0.9]) }]), 1, 1e-5)
    assert.approximately(over(Metrics.auc("l", "p"), [{ l: i32([1, 0]), p: f32([0.2, 0.9]) }]), 0, 1e-5)
  })
  it("PR: trapezoids over recall", () => {
    // thresholds down: (recall, precision) = (1/2, 1) from 0.8 on, (1/2, 1/2) from 0.4, (1, 2/3) from 0.35, (1, 1/2);
    // above 0.8 there is nothing: (0, 1). Areas: (1/2)(1 + 1)/2 + (1/2)(1/2 + 2/3)/2
    assert.approximately(over(Metrics.auc("l", "p", { curve: "PR" }), [batch]), 0.5 + 0.25 * (1 / 2 + 2 / 3), 1e-5)
  })
  it("weights count as repetitions", () => {
    const weighted = { ...batch, w: f32([1, 3, 2, 1]) }
    const repeated = { l: i32([0, 0, 0, 0, 1, 1, 1]), p: f32([0.1, 0.4, 0.4, 0.4, 0.35, 0.35, 0.8]) }
    for (const curve of ["ROC", "PR"] as const) {
      const expected = over(Metrics.auc("l", "p", { curve }), [repeated])
      assert.approximately(over(Metrics.auc("l", "p", { curve, weights: "w" }), [weighted]), expected, 1e-6)
    }
    // by hand: (2 * 1 + 1 * 4) of 12 pairs in order
    assert.approximately(over(Metrics.auc("l", "p", { weights: "w" }), [weighted]), 6 / 12, 1e-5)
  })
  it("few thresholds: predictions between two of them are ties; one at a threshold is not above it", () => {
    // thresholds -e, 0.5, 1+e; 0.5 is not above 0.5: tied with 0.2
    const tied = { l: i32([0, 1, 1]), p: f32([0.2, 0.5, 0.9]) }
    assert.approximately(over(Metrics.auc("l", "p", { thresholds: 3 }), [tied]), 0.75, 1e-5)
  })
  it("without positives or negatives it is defined", () => {
    assert.approximately(over(Metrics.auc("l", "p"), [{ l: i32([1, 1]), p: f32([0.2, 0.9]) }]), 0, 1e-5)
    assert.isTrue(Number.isFinite(over(Metrics.auc("l", "p", { curve: "PR" }), [{ l: i32([0]), p: f32([0.2]) }])))
  })
  it("refuses what is no probability", () => {
    assert.throws(() => over(Metrics.auc("l", "p"), [{ l: i32([0]), p: f32([1.5]) }]), /1\.5.*not a probability/)
    assert.throws(() => Metrics.auc("l", "p", { thresholds: 1 }), /two thresholds/)
  })
})

describe("regression", () => {
  const batch = { l: f32([1, 2, 3]), p: f32([2, 2, 0]), w: f32([1, 1, 2]) }
  it("squared, its root, absolute", () => {
    assert.strictEqual(over(Metrics.meanSquaredError("l", "p"), [batch]), 10 / 3)
    assert.strictEqual(over(Metrics.meanSquaredError("l", "p", "w"), [batch]), 19 / 4)
    assert.strictEqual(over(Metrics.rootMeanSquaredError("l", "p", "w"), [batch]), Math.sqrt(19 / 4))
    assert.strictEqual(over(Metrics.meanAbsoluteError("l", "p"), [batch]), 4 / 3)
    assert.strictEqual(over(Metrics.meanAbsoluteError("l", "p", "w"), [batch]), 7 / 4)
  })
})

describe("many classes", () => {
  const p = f32([0.1, 0.5, 0.4, /**/ 0.3, 0.3, 0.4, /**/ 0.2, 0.2, 0.6], [3, 3])
  it("topKAccuracy: ties at the boundary are in, other labels are not", () => {
    assert.strictEqual(over(Metrics.topKAccuracy("l", "p", 1), [{ l: i32([1, 0, 2]), p }]), 2 / 3)
    assert.strictEqual(over(Metrics.topKAccuracy("l", "p", 2), [{ l: i32([2, 0, 1]), p }]), 1)
    assert.strictEqual(over(Metrics.topKAccuracy("l", "p", 2), [{ l: i32([0, -1, 3]), p }]), 0)
    assert.strictEqual(over(Metrics.topKAccuracy("l", "p", 1), [{ l: i32([0]), p: f32([NaN, 1], [1, 2]) }]), 0)
    assert.strictEqual(over(Metrics.topKAccuracy("l", "p", 1, "w"), [{ l: i32([1, 0, 2]), p, w: f32([1, 2, 1]) }]), 0.5)
    assert.throws(() => Metrics.topKAccuracy("l", "p", 0), /positive/)
  })
  it("meanPerClassAccuracy: a class that never comes counts as 0", () => {
    const batch = { l: i32([0, 0, 0, 1]), p: i32([0, 0, 1, 1]), w: f32([1, 1, 2, 5]) }
    assert.approximately(over(Metrics.meanPerClassAccuracy("l", "p", 2), [batch]), (2 / 3 + 1) / 2, 1e-12)
    assert.approximately(over(Metrics.meanPerClassAccuracy("l", "p", 4), [batch]), (2 / 3 + 1) / 4, 1e-12)
    assert.approximately(over(Metrics.meanPerClassAccuracy("l", "p", 2, "w"), [batch]), (2 / 4 + 1) / 2, 1e-12)
    assert.throws(() => over(Metrics.meanPerClassAccuracy("l", "p", 1), [batch]), /label 1 .* class/)
  })
})

// small whole weights add up without rounding in any order
const Row = Schema.Struct({ l: Schema.Int, p: Schema.Int, w: Schema.Int })
const within = (n: number, count: number) => ((n % count) + count) % count
const Rows = Arbitrary.array(Arbitrary.schema(Row), { minLength: 1, maxLength: 24 })
const all: ReadonlyArray<readonly [string, Metric]> = [
  ["accuracy", Metrics.accuracy("c", "k", "w")],
  ["auc ROC", Metrics.auc("l", "p", { weights: "w" })],
  ["auc PR", Metrics.auc("l", "p", { curve: "PR", weights: "w" })],
  ["bitsPerCharacter", Metrics.bitsPerCharacter("k", "w")],
  ["truePositives", Metrics.truePositives("l", "b", "w")],
  ["falsePositives", Metrics.falsePositives("l", "b", "w")],
  ["trueNegatives", Metrics.trueNegatives("l", "b", "w")],
  ["falseNegatives", Metrics.falseNegatives("l", "b", "w")],
  ["precision", Metrics.precision("l", "b", "w")],
  ["recall", Metrics.recall("l", "b", "w")],
  ["mean", Metrics.mean("k", "w")],
  ["meanPerClassAccuracy", Metrics.meanPerClassAccuracy("c", "k", 4, "w")],
  ["meanSquaredError", Metrics.meanSquaredError("c", "k", "w")],
  ["rootMeanSquaredError", Metrics.rootMeanSquaredError("c", "k", "w")],
  ["meanAbsoluteError", Metrics.meanAbsoluteError("c", "k", "w")],
  ["perplexity", Metrics.perplexity("k", "w")],
  ["topKAccuracy", Metrics.topKAccuracy("c", "s", 2, "w")]
]
for (const [name, metric] of all) {
  it.prop(`${name}: any split into batches gives what one batch gives`, [Rows, Schema.Natural, Schema.Natural], ([rows, a, b]) => {
    const batchOf = (part: typeof rows): Batch => ({
      l: bool(part.map(({ l }) => within(l, 2))),
      b: bool(part.map(({ p }) => within(p, 2))),
      p: f32(part.map(({ p }) => within(p, 11) / 10)),
      c: i32(part.map(({ l }) => within(l, 4))),
      k: i32(part.map(({ p }) => within(p, 4))),
      s: f32(
        part.flatMap(({ p, w }) => [0, 1, 2, 3].map((j) => within(p * j + w, 5))),
        [part.length, 4]
      ),
      w: f32(part.map(({ w }) => within(w, 3)))
    })
    const [from, to] = [a % (rows.length + 1), b % (rows.length + 1)].sort((x, y) => x - y) as [number, number] // two of them
    const parts = [rows.slice(0, from), rows.slice(from, to), rows.slice(to)].filter((part) => part.length > 0)
    assert.deepStrictEqual(over(metric, parts.map(batchOf)), over(metric, [batchOf(rows)]))
  })
}
