import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { blocksOf, checkDims, join, match, split, splitSizes } from "../../../src/domain/deployment/partition.ts"
import { make, sizeOf, type TensorType } from "../../../src/domain/Tensor.ts"

const f32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })
const int = (minimum: number, maximum: number) => Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))
const numbered = (shape: ReadonlyArray<number>) =>
  make(
    Int32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape
  )
const failed = <A, E>(result: Result.Result<A, E>): E => (Result.isFailure(result) ? result.failure : assert.fail("expected a failure"))

describe("partition", () => {
  it("[row 194] splits unevenly: the larger parts first, then the rest, then empty ones", () => {
    assert.deepStrictEqual(splitSizes(5, 4), [2, 2, 1, 0])
    assert.deepStrictEqual(splitSizes(14, 4), [4, 4, 4, 2])
    assert.deepStrictEqual(splitSizes(321, 2), [161, 160])
  })
  it("[row 194] gives the blocks to the logical cores in row-major order", () => {
    const parts = split(numbered([2, 3]), [2, 2], 4)
    assert.deepStrictEqual(
      parts.map(({ data, shape }) => [shape, [...data]]),
      [
        [
          [1, 2],
          [0, 1]
        ],
        [[1, 1], [2]],
        [
          [1, 2],
          [3, 4]
        ],
        [[1, 1], [5]]
      ]
    )
    const whole = numbered([2, 3])
    assert.deepStrictEqual(split(whole, null, 3), [whole, whole, whole])
  })
  it.prop(
    "[row 194] the parts put together are the whole, and no element is in two of them",
    { shape: Schema.Tuple([int(0, 5), int(1, 6), int(0, 4)]), dims: Schema.Tuple([int(1, 4), int(1, 4), int(1, 3)]) },
    ({ dims, shape }) => {
      const whole = numbered(shape)
      const parts = split(whole, dims, sizeOf(dims))
      assert.strictEqual(parts.length, sizeOf(dims))
      assert.strictEqual(
        blocksOf(shape, dims).reduce((sum, block) => sum + sizeOf(block.shape), 0),
        sizeOf(shape)
      )
      const back = join(parts, whole, dims)
      assert.deepStrictEqual(back, whole)
      const seen = parts.flatMap(({ data }) => [...data]).sort((a, b) => a - b)
      assert.deepStrictEqual(seen, [...whole.data])
    }
  )
  it("[row 193] checks signs, then the product, then the rank; a product of 1 is no partition", () => {
    const type = f32(4, 8)
    assert.deepInclude(checkDims("features/x", type, [0, 2], 2), { _tag: "ConfigError", key: "tpu.inputPartitionDims" })
    assert.include(
      checkDims("features/x", type, [-1, -2, 3], 2)!.message,
      "[-1,-2,3] for features/x: every entry must be a whole number of at least 1"
    )
    assert.include(checkDims("features/x", type, [2, 2], 2)!.message, "4 parts, but a replica has 2 cores")
    assert.include(checkDims("features/x", type, [2], 2)!.message, "1 entries for f32[4,8]")
    assert.isUndefined(checkDims("features/x", type, [1], 2))
    assert.isUndefined(checkDims("features/x", type, [1, 2], 2))
    assert.isUndefined(checkDims("features/x", type, null, 2))
  })
  it("[row 190] needs an entry for the features, and replicates labels without one", () => {
    assert.include(failed(match({ x: f32(4) }, undefined, [null], 2)).message, "features, which may not be null")
    assert.include(failed(match({ x: f32(4) }, undefined, [], 2)).message, "an entry for the features")
    const matched = Result.getOrThrow(match({ x: f32(4), y: f32(2, 2) }, { z: f32(4) }, [{ x: [2], y: null }], 2))
    assert.deepStrictEqual(
      matched.map(({ dims, name }) => [name, dims]),
      [
        ["features/x", [2]],
        ["features/y", null],
        ["labels/z", null]
      ]
    )
    const mismatched = failed(match({ x: f32(4), y: f32(4) }, undefined, [{ x: [2], w: [2] }], 2)).message
    assert.include(mismatched, "mismatched features keys")
    assert.include(mismatched, "expected an entry for each of features/x, features/y; got features/w, features/x")
    assert.include(failed(match(f32(4), { z: f32(4) }, [[2], { w: [2] }], 2)).message, "mismatched labels keys")
  })
  it("[row 191] compares nested structures to the last key", () => {
    const labels = { a: { b: f32(4), c: f32(4) } }
    const matched = Result.getOrThrow(match(f32(4), labels, [[2], { a: { b: [2], c: null } }], 2))
    assert.deepStrictEqual(
      matched.map(({ dims }) => dims),
      [[2], [2], null]
    )
    const wrong = (dims: Parameters<typeof match>[2]) => failed(match(f32(4), labels, dims, 2)).message
    assert.include(wrong([[2], { a: [2] }]), "expected an entry for each of labels/a/b, labels/a/c; got labels/a")
    // as many leaves under the same key, one of them with another name
    assert.include(wrong([[2], { a: { b: [2], d: null } }]), "expected an entry for each of labels/a/b, labels/a/c; got labels/a/b, labels/a/d")
    assert.include(wrong([[2], { z: { b: [2], c: null } }]), "got labels/z/b, labels/z/c")
    assert.include(wrong([[2], { a: { b: [2], c: null, d: null } }]), "got labels/a/b, labels/a/c, labels/a/d")
  })
  it("[row 193] one part is the whole on logical core 0", () => {
    const [leaf] = Result.getOrThrow(match(f32(2, 3), undefined, [[1]], 2))
    assert.deepStrictEqual(leaf!.dims, [1, 1])
    const whole = make(new Float32Array(6).fill(7), [2, 3])
    assert.deepStrictEqual(split(whole, leaf!.dims, 2), [whole])
  })
})
