import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { globalStepName, type Program } from "../../../../src/domain/Program.ts"
import * as StepModule from "../../../../src/layers/device/pjrt/stepModule.ts"
import { f32, i32 } from "../../../conformance/opCase.ts"
import { linear, lookup } from "../../../conformance/programs.ts"

const single = { replicas: 1, iterations: 1, precision: "default" } as const

describe("the module of a step", () => {
  it("gives the memory of state to its successor, whatever the order of the outputs", () => {
    const { arguments: args, results, text } = StepModule.make(linear(2), { ...single, replicas: 2 })
    assert.deepStrictEqual(
      args.map(({ source, type }) => [source, type]),
      [
        [{ _tag: "State", leaf: "w" }, f32(3)],
        [{ _tag: "State", leaf: globalStepName }, i32()],
        [{ _tag: "Batch", index: 0 }, f32(2, 3)],
        [{ _tag: "Batch", index: 1 }, f32(2)]
      ]
    )
    assert.deepStrictEqual(
      results.map(({ target, type }) => [target, type]),
      [
        [{ _tag: "State", leaf: "w" }, f32(3)],
        [{ _tag: "State", leaf: globalStepName }, i32()],
        [{ _tag: "Loss" }, f32()],
        [{ _tag: "Outfeed", index: 0 }, f32(2)],
        [{ _tag: "Outfeed", index: 1 }, i32()]
      ]
    )
    const main =
      "func.func public @main(%arg0: tensor<3xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<i32> {tf.aliasing_output = 1 : i32}, " +
      "%arg2: tensor<2x3xf32>, %arg3: tensor<2xf32>) -> (tensor<3xf32>, tensor<i32>, tensor<f32>, tensor<2xf32>, tensor<i32>) {"
    assert.include(text, main)
    assert.include(text, "mhlo.num_replicas = 2 : i32")
    assert.match(text, /"stablehlo\.all_reduce"\(%\d+\) <\{replica_groups = dense<\[\[0, 1\]\]> : tensor<1x2xi64>\}>/)
    assert.notInclude(text, "channel")
  })

  it("has no collective for one replica", () => {
    assert.notMatch(StepModule.make(linear(1), single).text, /all_reduce|replica_id/)
  })

  it("stacks what is not state on a first axis of steps, and reads row by row", () => {
    const { arguments: args, failures, results, text } = StepModule.make(lookup(), { ...single, iterations: 5 })
    assert.deepStrictEqual(
      args.map(({ type }) => type),
      [i32(), i32(5, 2)]
    )
    assert.deepStrictEqual(
      results.map(({ target, type }) => [target, type]),
      [
        [{ _tag: "State", leaf: globalStepName }, i32()],
        [{ _tag: "Outfeed", index: 0 }, f32(5, 2, 2)],
        [{ _tag: "Failed" }, i32(5)]
      ]
    )
    assert.deepStrictEqual(failures, ["Gather: an index is out of range (at model.ts:7:9)"])
    assert.include(text, "stablehlo.while(%i = %zero, %r0 = %arg0, %r1 = %z1, %r2 = %z2)")
    assert.include(text, "func.call @step(%r0, %b1)")
    assert.include(text, "stablehlo.dynamic_slice %arg1, %i, %zero, sizes = [1, 2] : (tensor<5x2xi32>, tensor<i32>, tensor<i32>) -> tensor<1x2xi32>")
  })

  it("has the table of a literal that is too large as an argument", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, i32(2))
    const table = Float32Array.from({ length: 20_000 }, (_, i) => i)
    b.output("rows", { _tag: "Outfeed" }, b.add("Gather", [Builder.constant(b, table, [20_000]), x], { axis: 0 }))
    const program: Program = { mode: "predict", step: b.build(), init: Builder.make().build() }
    const module = StepModule.make(program, { ...single, iterations: 2 })
    assert.deepStrictEqual(module.arguments[1], { type: f32(20_000), source: { _tag: "Constant", data: table } })
    assert.isBelow(module.text.length, 4000)
  })

  it("tells which node a place in the text is of, in a loop too", () => {
    for (const iterations of [1, 3]) {
      const { at, text } = StepModule.make(lookup(), { ...single, iterations })
      const line = text.split("\n").findIndex((l) => l.includes("stablehlo.gather"))
      assert.strictEqual(at(line + 1, 10)?.source, "model.ts:7:9")
      assert.strictEqual(at(line + 1, 10)?.op, "Gather")
    }
  })
})
