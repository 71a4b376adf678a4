import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import type { TensorData } from "../../../src/domain/Tensor.ts"
import * as EvaluatorOnnx from "../../../src/layers/device/EvaluatorOnnx.ts"
import * as EvaluatorReference from "../../../src/layers/device/EvaluatorReference.ts"

/** `x * x + n`, two numbers. */
const square = (n: number): Graph => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2] })
  b.output("y", { _tag: "Outfeed" }, Builder.binary(b, "Add", Builder.binary(b, "Mul", x, x), Builder.scalar(b, "float32", n)))
  return b.build()
}

/** A draw, its first parameter, a comparison as bool, and a sum of integers. */
const mixed = (): Graph => {
  const b = Builder.make()
  const key = b.parameter("key", { _tag: "Batch" }, { dtype: "int32", shape: [3] })
  const empty = b.parameter("empty", { _tag: "Batch" }, { dtype: "float32", shape: [0, 2] })
  const draw = b.add("RandomUniform", [key], { shape: [4], draw: 1 })
  const outputs = [draw, key, Builder.binary(b, "Less", draw, Builder.scalar(b, "float32", 0.5)), Builder.reduce(b, "ReduceSum", key, [0]), empty]
  outputs.forEach((node, i) => b.output(`y${i}`, { _tag: "Outfeed" }, node))
  return b.build()
}

const makers = { reference: EvaluatorReference.make, onnx: EvaluatorOnnx.make } as const
const values = (data: ReadonlyArray<TensorData>) => data.map((x) => [...x])

describe.each(["reference", "onnx"] as const)("Evaluator on %s", (engine) => {
  const make = makers[engine]

  it.effect("evaluates, and compiles equal graphs once", () =>
    Effect.gen(function* () {
      const { evaluateSync, statistics } = yield* make()
      assert.deepStrictEqual(values(Result.getOrThrow(evaluateSync(square(1), [Float32Array.of(2, 3)]))), [[5, 10]])
      assert.deepStrictEqual(values(Result.getOrThrow(evaluateSync(square(1), [Float32Array.of(0, -1)]))), [[1, 2]])
      assert.deepStrictEqual(statistics(), { compiled: 1, reused: 1, kept: 1 })
    }).pipe(Effect.scoped)
  )

  it.effect("keeps as many compiled graphs as it is told, those used last", () =>
    Effect.gen(function* () {
      const { evaluateSync, statistics } = yield* make({ capacity: 2 })
      const run = (n: number) => Result.getOrThrow(evaluateSync(square(n), [Float32Array.of(1, 1)]))
      for (const n of [1, 2, 1, 3]) run(n)
      assert.deepStrictEqual(statistics(), { compiled: 3, reused: 1, kept: 2 })
      run(1) // 2 had to go
      assert.deepStrictEqual(statistics(), { compiled: 3, reused: 2, kept: 2 })
      assert.throws(() => make({ capacity: 0 }).pipe(Effect.scoped, Effect.runSync), /capacity/)
    }).pipe(Effect.scoped)
  )

  it.effect("has the draws, dtypes and empty tensors of the reference rules", () =>
    Effect.gen(function* () {
      const here = yield* make()
      const reference = yield* EvaluatorReference.make()
      const parameters = [Int32Array.of(3, 5, 7), new Float32Array(0)]
      const [a, b] = [here, reference].map(({ evaluateSync }) => Result.getOrThrow(evaluateSync(mixed(), parameters)))
      assert.deepStrictEqual(a, b)
      assert.deepStrictEqual(
        a!.map((x) => x.constructor.name),
        ["Float32Array", "Int32Array", "Uint8Array", "Int32Array", "Float32Array"]
      )
    }).pipe(Effect.scoped)
  )

  it("fails with Closed once its scope is closed", () => {
    const { evaluateSync } = Effect.runSync(Effect.scoped(make()))
    const error = Result.getOrThrow(Result.flip(evaluateSync(square(1), [Float32Array.of(1, 1)])))
    assert.deepInclude(error, { _tag: "ExecuteError", engine, reason: "Closed" })
  })
})

describe("Evaluator on onnx says what a failed evaluation has against the values", () => {
  const size = 512
  /** A row of the operand of a product of `2 * 512^3` operations, or of the product itself. */
  const gather = (from: "x" | "product"): Graph => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [size, size] })
    const index = b.parameter("index", { _tag: "Batch" }, { dtype: "int32", shape: [1] })
    const product = Builder.matMul(b, x, x)
    b.output("product", { _tag: "Outfeed" }, product)
    b.output("row", { _tag: "Outfeed" }, b.add("Gather", [from === "x" ? x : product, index], { axis: 0 }, "model.ts:7:9"))
    return b.build()
  }
  const detailOf = (graph: Graph) =>
    Effect.gen(function* () {
      const { evaluateSync } = yield* EvaluatorOnnx.make()
      const error = Result.getOrThrow(Result.flip(evaluateSync(graph, [new Float32Array(size * size), Int32Array.of(size)])))
      assert.deepInclude(error, { _tag: "ExecuteError", reason: "OpFailed" })
      return error._tag === "ExecuteError" ? error.detail : ""
    }).pipe(Effect.scoped)

  it.effect("by the reference rules, of what its gathers need", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* detailOf(gather("x")), "Gather: expected indices in 0 … 511 (axis 0 of [512,512]), got 512 (at model.ts:7:9)")
    })
  )

  it.effect("in the engine's words where finding that out would take long", () =>
    Effect.gen(function* () {
      assert.match(yield* detailOf(gather("product")), /Gather.*out of data bounds/)
    })
  )
})
