import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { firstRows, prepare, specOf } from "../../src/domain/batching.ts"
import type { Example } from "../../src/domain/Input.ts"
import { make, type Shape } from "../../src/domain/Tensor.ts"

const floats = (shape: Shape, value = 1) => make(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape)
const ints = (shape: Shape, value = 1) => make(new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape)
const example = (rows: number): Example => ({ features: { b: floats([rows, 3]), a: ints([rows, 2]) }, labels: ints([rows, 5]) })

const spec = (replicas = 2, size?: number) => Result.getOrThrow(specOf(example(4), replicas, size))
const failure = <A, E extends { reason: string; leaf: string; message: string }>(result: Result.Result<A, E>) =>
  Result.isFailure(result)
    ? { reason: result.failure.reason, leaf: result.failure.leaf, message: result.failure.message }
    : assert.fail("expected a failure")

describe("specOf", () => {
  it("names leaves in sorted order, features first, and splits the batch over the replicas", () => {
    const { batchSize, features, leaves, tokensPerExample } = spec()
    assert.deepStrictEqual(
      leaves.map((leaf) => [leaf.name, leaf.type.dtype, ...leaf.type.shape]),
      [
        ["features/a", "int32", 4, 2],
        ["features/b", "float32", 4, 3],
        ["labels", "int32", 4, 5]
      ]
    )
    assert.deepStrictEqual(features, { a: { dtype: "int32", shape: [2, 2] }, b: { dtype: "float32", shape: [2, 3] } })
    assert.strictEqual(batchSize, 4)
    assert.strictEqual(tokensPerExample, 5)
  })
  it("refuses a batch that the replicas cannot share", () => {
    const { message, reason } = failure(specOf(example(4), 3))
    assert.strictEqual(reason, "NotDivisible")
    assert.include(message, "4 rows cannot be split over 3 replicas; make it a multiple of 3")
  })
  it("refuses leaves that disagree on the number of examples, scalars and what is no tensor", () => {
    assert.strictEqual(failure(specOf({ features: { a: floats([2]), b: floats([3]) } }, 1)).leaf, "features/b")
    const scalar = failure(specOf({ features: floats([]) }, 1))
    assert.deepInclude(scalar, { reason: "ShapeChanged", leaf: "features" })
    assert.include(scalar.message, "a scalar has no axis for the examples; give it the shape [batch]")
    for (const none of [floats([0, 2]), { a: floats([0]), b: ints([0, 3]) }])
      assert.strictEqual(failure(specOf({ features: none }, 1)).reason, "Empty")
    assert.include(failure(specOf({ features: {} }, 1)).message, "the batch has no tensors")
    // a caller without types
    const plain = { features: { a: [1, 2, 3] } } as unknown as Example
    assert.deepInclude(failure(specOf(plain, 1)), { reason: "NotATensor", leaf: "features/a/0" })
  })
})

describe("prepare", () => {
  it("gives the data itself, and a mask of ones last", () => {
    const batch = example(4)
    const { data, valid } = Result.getOrThrow(prepare(spec(), batch, 0, false))
    assert.strictEqual(data[2], (batch.labels as ReturnType<typeof ints>).data)
    assert.deepStrictEqual([...data[3]!], [1, 1, 1, 1])
    assert.strictEqual(valid, 4)
  })
  it("pads a smaller batch with zeros and marks the padding", () => {
    const { data, valid } = Result.getOrThrow(prepare(spec(), example(3), 7, true))
    assert.deepStrictEqual([...data[0]!], [1, 1, 1, 1, 1, 1, 0, 0])
    assert.deepStrictEqual([...data[3]!], [1, 1, 1, 0])
    assert.strictEqual(valid, 3)
  })
  const cases: ReadonlyArray<[string, Example, string, string]> = [
    ["a smaller batch in training", example(2), "PartialBatch", ""],
    ["a smaller batch that the replicas cannot share", example(3), "NotDivisible", ""],
    ["a larger batch", example(5), "BatchTooLarge", ""],
    ["a key that vanishes", { features: { a: ints([4, 2]) }, labels: ints([4, 5]) }, "KeysChanged", "features/b"],
    ["a key that appears", { features: { a: ints([4, 2]), b: floats([4, 3]), c: floats([4]) }, labels: ints([4, 5]) }, "KeysChanged", "features/c"],
    ["labels that vanish", { features: { a: ints([4, 2]), b: floats([4, 3]) } }, "KeysChanged", "labels"],
    ["another shape", { features: { a: ints([4, 2]), b: floats([4, 9]) }, labels: ints([4, 5]) }, "ShapeChanged", "features/b"],
    ["another dtype", { features: { a: floats([4, 2]), b: floats([4, 3]) }, labels: ints([4, 5]) }, "DTypeChanged", "features/a"]
  ]
  for (const [what, batch, reason, leaf] of cases) {
    it(`refuses ${what}`, () => {
      const failed = failure(prepare(spec(), batch, 7, false))
      assert.deepInclude(failed, { reason, leaf })
      assert.include(failed.message, "batch 7")
    })
  }
})

describe("firstRows", () => {
  it("cuts the padding off batch leaves only", () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    assert.deepStrictEqual(firstRows(data, { dtype: "float32", shape: [2, 2] }, spec(), 3), {
      dtype: "float32",
      shape: [3, 2],
      data: data.subarray(0, 6)
    })
    assert.deepStrictEqual(firstRows(data, { dtype: "float32", shape: [4] }, spec(), 3).shape, [8])
    assert.deepStrictEqual(firstRows(Float32Array.of(1, 2), { dtype: "float32", shape: [] }, spec(), 3).shape, [2])
  })
})
