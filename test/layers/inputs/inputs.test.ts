import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { InputError } from "../../../src/domain/Errors.ts"
import type { Example, InputSource, PositionedExample } from "../../../src/domain/Input.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import { fromArrays } from "../../../src/layers/inputs/fromArrays.ts"
import { fromTokens } from "../../../src/layers/inputs/fromTokens.ts"
import { shuffled } from "../../../src/layers/inputs/permutation.ts"
import { leavesOf } from "../../../src/domain/batching.ts"
import { batch, stack } from "../../../src/layers/inputs/stack.ts"
import { continues } from "./continues.ts"

const int = (minimum: number, maximum: number) => Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))
const i32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Int32Array.from(values), shape)
const f32 = (values: ReadonlyArray<number>, shape: Tensor.Shape = [values.length]) => Tensor.make(Float32Array.from(values), shape)
const collect = <E, R>(source: InputSource<E, R>, n = Infinity): Effect.Effect<ReadonlyArray<PositionedExample>, E, R> =>
  source.batches(undefined).pipe(Stream.take(n), Stream.runCollect)
const dataOf = (example: Example, name: string) => [...leavesOf(example).find((leaf) => leaf.name === name)!.value.data]
const reasonOf = (source: InputSource<InputError>, from?: string) =>
  Effect.map(Effect.flip(Stream.runDrain(source.batches(from))), (error) => [error.reason, error.leaf])

const data = (n: number): Example => ({
  features: {
    x: f32(
      Array.from({ length: n * 2 }, (_, i) => i),
      [n, 2]
    )
  },
  labels: i32(Array.from({ length: n }, (_, i) => i))
})

describe("fromArrays", () => {
  it.effect("takes the examples in order; the last batch is what is left", () =>
    Effect.gen(function* () {
      const batches = yield* collect(fromArrays(data(5), { batchSize: 2 }))
      assert.deepStrictEqual(
        batches.map(({ example }) => dataOf(example, "labels")),
        [[0, 1], [2, 3], [4]]
      )
      assert.deepStrictEqual(dataOf(batches[1]!.example, "features/x"), [4, 5, 6, 7])
      assert.deepStrictEqual(
        leavesOf(batches[2]!.example).map(({ value }) => value.shape),
        [[1, 2], [1]]
      )
      assert.strictEqual((yield* collect(fromArrays(data(5), { batchSize: 2, dropRemainder: true }))).length, 2)
    })
  )
  it.effect("shuffles every epoch anew, each example once, and the seed alone decides", () =>
    Effect.gen(function* () {
      const labels = (seed: number) =>
        Effect.map(collect(fromArrays(data(40), { batchSize: 7, shuffle: seed, repeat: 2 })), (batches) =>
          batches.flatMap(({ example }) => dataOf(example, "labels"))
        )
      const order = yield* labels(1)
      const epochs = [order.slice(0, 40), order.slice(40)]
      for (const epoch of epochs)
        assert.deepStrictEqual(
          [...epoch].sort((a, b) => a - b),
          Array.from({ length: 40 }, (_, i) => i)
        )
      assert.notDeepEqual(epochs[0], epochs[1])
      assert.deepStrictEqual(yield* labels(1), order)
      assert.notDeepEqual(yield* labels(2), order)
    })
  )
  it.effect("batches run on over epochs for ever", () =>
    Effect.gen(function* () {
      const batches = yield* collect(fromArrays(data(3), { batchSize: 2, repeat: true }), 4)
      assert.deepStrictEqual(
        batches.map(({ example }) => dataOf(example, "labels")),
        [
          [0, 1],
          [2, 0],
          [1, 2],
          [0, 1]
        ]
      )
    })
  )
  it.effect.prop(
    "seek is continue",
    [int(1, 9), int(1, 12), int(0, 3), Schema.Boolean, Schema.Boolean],
    ([n, batchSize, repeat, shuffle, dropRemainder]) =>
      continues(fromArrays(data(n), { batchSize, repeat, dropRemainder, ...(shuffle ? { shuffle: 5 } : {}) })),
    { arbitrary: { runs: 60 } }
  )
  it.effect("batches do not share memory with the data set", () =>
    Effect.gen(function* () {
      const set = data(4)
      for (const { example } of yield* collect(fromArrays(set, { batchSize: 2, repeat: 2 })))
        for (const { value } of leavesOf(example)) value.data.fill(9)
      assert.deepStrictEqual(set, data(4))
    })
  )
  it.effect("refuses data and positions that cannot be right", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* reasonOf(fromArrays({ features: i32([]) }, { batchSize: 1 })), ["Empty", "features"])
      assert.deepStrictEqual(yield* reasonOf(fromArrays({ features: {} }, { batchSize: 1 })), ["Empty", ""])
      assert.deepStrictEqual(yield* reasonOf(fromArrays({ features: i32([1, 2]), labels: [i32([1])] }, { batchSize: 1 })), [
        "ShapeChanged",
        "labels/0"
      ])
      assert.deepStrictEqual(yield* reasonOf(fromArrays({ features: { a: i32([1], []) } }, { batchSize: 1 })), ["NotATensor", "features/a"])
      assert.deepStrictEqual(yield* reasonOf(fromArrays(data(3), { batchSize: 0 })), ["OutOfRange", ""])
      for (const bad of ["7", "{}", '{"epoch":0,"offset":9}', '{"epoch":0,"offset":-1}', '{"epoch":0,"batch":0}', "what"]) {
        assert.deepStrictEqual(yield* reasonOf(fromArrays(data(3), { batchSize: 1 }), bad), ["BadPosition", ""])
      }
    })
  )
})

describe("shuffled", () => {
  it.prop("is a permutation, the same whether asked for at once or in pieces", [int(1, 60), Schema.Int, int(0, 9)], ([n, seed, epoch]) => {
    const whole = [...shuffled(n, seed, epoch).order(n)]
    const pieces = shuffled(n, seed, epoch)
    for (let i = 0; i <= n; i += 3) assert.deepStrictEqual([...pieces.order(i).subarray(0, i)], whole.slice(0, i))
    assert.deepStrictEqual(
      [...whole].sort((a, b) => a - b),
      Array.from({ length: n }, (_, i) => i)
    )
  })
  it("is even: each of the 6 orders of 3 comes about as often", () => {
    const counts = new Map<string, number>()
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = shuffled(3, 11, epoch).order(3).join("")
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    assert.strictEqual(counts.size, 6)
    for (const count of counts.values()) assert.approximately(count, 1000, 130)
  })
  it("large seeds differ", () => assert.notDeepEqual(shuffled(20, 1, 0).order(20), shuffled(20, 1 + 2 ** 32, 0).order(20)))
})

describe("fromTokens", () => {
  const tokens = (n: number) => Int32Array.from({ length: n }, (_, i) => i + 100)

  it.effect("every row is one contiguous stretch, labels one further", () =>
    Effect.gen(function* () {
      const batches = yield* collect(fromTokens(tokens(14), { batchSize: 2, sequenceLength: 3 }))
      assert.deepStrictEqual(
        batches.map(({ example }) => dataOf(example, "features")),
        [
          [100, 101, 102, 106, 107, 108],
          [103, 104, 105, 109, 110, 111]
        ]
      )
      assert.deepStrictEqual(
        batches.map(({ example }) => dataOf(example, "labels")),
        [
          [101, 102, 103, 107, 108, 109],
          [104, 105, 106, 110, 111, 112]
        ]
      )
      assert.deepStrictEqual(
        leavesOf(batches[0]!.example).map(({ value }) => Tensor.printType(value)),
        ["i32[2,3]", "i32[2,3]"]
      )
    })
  )
  it.effect.prop(
    "padded: each label is counted once, the padding not at all",
    [int(2, 60), int(1, 5), int(1, 7)],
    ([n, batchSize, sequenceLength]) =>
      Effect.gen(function* () {
        const batches = yield* collect(fromTokens(tokens(n), { batchSize, sequenceLength, remainder: "pad" }))
        const seen: Array<number> = []
        for (const { example } of batches) {
          const inputs = dataOf(example, "features/tokens")
          const labels = dataOf(example, "labels")
          dataOf(example, "features/weights").forEach((weight, i) => {
            if (weight === 1) {
              assert.strictEqual(labels[i], inputs[i]! + 1)
              seen.push(labels[i]!)
            } else assert.deepStrictEqual([weight, inputs[i], labels[i]], [0, 0, 0])
          })
        }
        assert.deepStrictEqual(
          seen.sort((a, b) => a - b),
          [...tokens(n).subarray(1)]
        )
        // and rows go on from batch to batch
        for (let b = 1; b < batches.length; b++) {
          for (let r = 0; r < batchSize; r++) {
            const first = dataOf(batches[b]!.example, "features/tokens")[r * sequenceLength]!
            const last = dataOf(batches[b - 1]!.example, "features/tokens")[(r + 1) * sequenceLength - 1]!
            if (first !== 0) assert.strictEqual(first, last + 1)
          }
        }
      }),
    { arbitrary: { runs: 100 } }
  )
  it.effect.prop(
    "seek is continue",
    [int(13, 60), int(1, 3), int(1, 4), int(1, 3), Schema.Literals(["drop", "pad"])],
    ([n, batchSize, sequenceLength, repeat, remainder]) => continues(fromTokens(tokens(n), { batchSize, sequenceLength, repeat, remainder })),
    { arbitrary: { runs: 60 } }
  )
  it.effect("too short a text, and a position beyond its end", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* reasonOf(fromTokens(tokens(6), { batchSize: 2, sequenceLength: 3, repeat: true })), ["Empty", ""])
      assert.strictEqual((yield* collect(fromTokens(tokens(7), { batchSize: 2, sequenceLength: 3 }))).length, 1)
      assert.deepStrictEqual(yield* reasonOf(fromTokens(tokens(1), { batchSize: 2, sequenceLength: 3, remainder: "pad" })), ["Empty", ""])
      assert.deepStrictEqual(yield* reasonOf(fromTokens(tokens(7), { batchSize: 2, sequenceLength: 3 }), '{"epoch":0,"batch":1}'), [
        "BadPosition",
        ""
      ])
    })
  )
})

describe("batch", () => {
  const single = (i: number): Example => ({ features: { a: i32([i], []), b: f32([i, i + 0.5]) } })
  it.effect("stacks on a new axis 0", () =>
    Effect.gen(function* () {
      const batches = yield* Stream.fromIterable([0, 1, 2]).pipe(Stream.map(single), batch(2), Stream.runCollect)
      assert.deepStrictEqual(batches, [
        { features: { a: i32([0, 1]), b: f32([0, 0.5, 1, 1.5], [2, 2]) } },
        { features: { a: i32([2]), b: f32([2, 2.5], [1, 2]) } }
      ])
      assert.strictEqual(
        (yield* Stream.fromIterable([0, 1, 2]).pipe(Stream.map(single), batch(2, { dropRemainder: true }), Stream.runCollect)).length,
        1
      )
    })
  )
  it.effect("names the leaf that disagrees", () =>
    Effect.gen(function* () {
      const failing = (other: Example) => Effect.map(Effect.flip(Effect.fromResult(stack([single(0), other]))), (e) => [e.reason, e.leaf])
      assert.deepStrictEqual(yield* failing({ features: { a: i32([1], []), b: f32([1]) } }), ["ShapeChanged", "features/b"])
      assert.deepStrictEqual(yield* failing({ features: { a: f32([1], []), b: f32([1, 2]) } }), ["DTypeChanged", "features/a"])
      assert.deepStrictEqual(yield* failing({ features: { a: i32([1], []) } }), ["KeysChanged", "features/b"])
      assert.deepStrictEqual(yield* failing({ ...single(1), labels: i32([1]) }), ["KeysChanged", "labels"])
    })
  )
})
