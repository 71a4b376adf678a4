import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { OpName } from "../../../../src/domain/graph/ops.ts"
import { typeRules } from "../../../../src/domain/graph/typeRules.ts"
import { mixedPrecision } from "../../../../src/domain/passes/mixedPrecision.ts"
import { evaluation } from "../../../../src/layers/device/pjrt/evaluation.ts"
import { NoRule } from "../../../../src/layers/device/hosted/NoRule.ts"
import { opNames, rules } from "../../../../src/layers/device/pjrt/lower.ts"
import { bool, f32, i32 } from "../../../conformance/opCase.ts"
import { single } from "./single.ts"

/** A convolution that neither strides nor pads. */
const plain = {
  strides: [1, 1],
  padding: [
    [0, 0],
    [0, 0]
  ],
  dilations: [1, 1]
} as const

describe("lowering to StableHLO", () => {
  it("has a rule for every op", () => {
    assert.deepStrictEqual([...opNames].sort(), Object.keys(typeRules).sort())
  })

  it("writes an instruction once, with types and bits of literals", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(2, 3))
    const half = Builder.fill(b, f32(2, 3), 0.5)
    const relu = b.add("Relu", [Builder.binary(b, "Mul", x, half)], {})
    b.output("y", { _tag: "Outfeed" }, Builder.binary(b, "Add", relu, Builder.binary(b, "Mul", half, x)))
    b.output("z", { _tag: "Outfeed" }, b.add("Cast", [b.add("Greater", [relu, Builder.fill(b, f32(2, 3), 0)], {})], { dtype: "int32" }))
    assert.strictEqual(
      evaluation(b.build()).text,
      `module @step attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>) {
    %0 = stablehlo.constant dense<0x3F000000> : tensor<2x3xf32>
    %1 = stablehlo.multiply %arg0, %0 : tensor<2x3xf32>
    %2 = stablehlo.constant dense<0x00000000> : tensor<2x3xf32>
    %3 = stablehlo.compare LE, %1, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %4 = stablehlo.select %3, %2, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    %5 = stablehlo.multiply %0, %arg0 : tensor<2x3xf32>
    %6 = stablehlo.add %4, %5 : tensor<2x3xf32>
    %7 = stablehlo.compare GT, %4, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %8 = stablehlo.convert %7 : (tensor<2x3xi1>) -> tensor<2x3xi32>
    return %6, %8 : tensor<2x3xf32>, tensor<2x3xi32>
  }
}
`
    )
  })

  it("repeats no matrix that the batch shares, and transposes none", () => {
    const graph = single("MatMul", [f32(5, 4, 3), f32(1, 2, 3)], { transposeA: false, transposeB: true })
    const { text } = evaluation(graph)
    assert.include(text, "stablehlo.dot_general %arg0, %0, contracting_dims = [2] x [1] : (tensor<5x4x3xf32>, tensor<2x3xf32>) -> tensor<5x4x2xf32>")
    assert.notInclude(text, "broadcast_in_dim")
    assert.notInclude(text, "stablehlo.transpose")
  })

  it("asks for an order in which equals stay as they were", () => {
    const { text } = evaluation(single("TopKIndices", [i32(9)], { k: 2 }))
    assert.include(text, "<{dimension = 0 : i64, is_stable = true}> ({ ^bb0(%a0: tensor<i32>, %b0: tensor<i32>, ")
    assert.include(text, "%r = stablehlo.compare GT, %a0, %b0 : ")
  })

  it("computes products with the precision asked for, and exact ones with all bits", () => {
    const product = (exact: boolean, precision: "default" | "highest" | "bfloat16") => {
      const attrs = { transposeA: false, transposeB: false, ...(exact ? { exact } : {}) } as const
      return evaluation(single("MatMul", [f32(2, 3), f32(3, 2)], attrs), { precision }).text
    }
    assert.notMatch(product(false, "default"), /HIGHEST|bf16/)
    assert.include(product(false, "highest"), "precision = [HIGHEST, HIGHEST]")
    assert.include(product(false, "bfloat16"), "(tensor<2x3xbf16>, tensor<3x2xbf16>) -> tensor<2x2xf32>")
    for (const precision of ["default", "highest", "bfloat16"] as const) {
      assert.include(product(true, precision), "precision = [HIGHEST, HIGHEST]")
      assert.notInclude(product(true, precision), "bf16")
    }
    const image = single("Conv2D", [f32(1, 4, 4, 1), f32(2, 2, 1, 1)], plain)
    assert.include(evaluation(image, { precision: "highest" }).text, "#stablehlo<precision HIGHEST>")
    assert.include(evaluation(image, { precision: "bfloat16" }).text, "tensor<2x2x1x1xbf16>")
  })

  it("takes operands that mixed precision has rounded as bfloat16, but for exact products", () => {
    const image = mixedPrecision(single("Conv2D", [f32(1, 4, 4, 1), f32(2, 2, 1, 1)], plain), "mixed_bfloat16")
    assert.include(evaluation(image).text, "(tensor<1x4x4x1xbf16>, tensor<2x2x1x1xbf16>) -> tensor<1x3x3x1xf32>")
    const matrices = mixedPrecision(single("MatMul", [f32(2, 3), f32(3, 2)], { transposeA: false, transposeB: false }), "mixed_bfloat16")
    assert.include(evaluation(matrices, { precision: "highest" }).text, "(tensor<2x3xbf16>, tensor<3x2xbf16>) -> tensor<2x2xf32>")
    const halves = mixedPrecision(single("MatMul", [f32(2, 3), f32(3, 2)], { transposeA: false, transposeB: false }), "mixed_float16")
    assert.notInclude(evaluation(halves).text, "bf16")
  })

  it("gives literals above 64 KiB as arguments, others in the text", () => {
    const b = Builder.make()
    const data = (n: number) => Float32Array.from({ length: n }, (_, i) => i)
    const [small, big] = [Builder.constant(b, data(16384), [16384]), Builder.constant(b, data(16385), [16385])]
    b.output("small", { _tag: "Outfeed" }, small)
    b.output("big", { _tag: "Outfeed" }, b.add("Neg", [big], {}))
    const { arguments: args, text } = evaluation(b.build())
    assert.deepStrictEqual(args, [{ type: f32(16385), data: data(16385) }])
    assert.include(text, "stablehlo.negate %arg0 : tensor<16385xf32>")
    assert.match(text, /dense<"0x[0-9A-F]{131072}"> : tensor<16384xf32>/)
  })

  it("tells which node a place in the text is of", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(2))
    const doubled = b.add("Add", [x, x], {}, "model.ts:1:1")
    b.output("y", { _tag: "Outfeed" }, b.add("Tanh", [doubled], {}, "model.ts:2:5"))
    const { at, text } = evaluation(b.build())
    const lines = text.split("\n")
    lines.forEach((line, i) => {
      const node = at(i + 1, 5)
      assert.strictEqual(node?.source, line.includes("stablehlo.add") ? "model.ts:1:1" : line.includes("stablehlo.tanh") ? "model.ts:2:5" : undefined)
    })
    assert.isUndefined(at(0, 1))
    assert.isUndefined(at(lines.length + 1, 1))
  })

  it("names an op without a rule", () => {
    const table = rules as { [K in OpName]?: unknown }
    const kept = table.Tanh
    let error: unknown
    try {
      delete table.Tanh
      evaluation(single("Tanh", [f32(2)], {}))
    } catch (thrown) {
      error = thrown
    } finally {
      table.Tanh = kept
    }
    assert.instanceOf(error, NoRule)
    assert.strictEqual((error as NoRule).node.source, "model.ts:3:7")
  })

  it("refuses a rule that gives another type than the node's", () => {
    const table = rules as { [K in OpName]?: unknown }
    const kept = table.Tanh
    try {
      table.Tanh = table.IsNan
      assert.throws(() => evaluation(single("Tanh", [f32(2)], {})), /Tanh: its lowering gives tensor<2xi1> instead of f32\[2\]/)
    } finally {
      table.Tanh = kept
    }
  })

  it("does not grow with the depth of the stack", () => {
    const b = Builder.make()
    let x = b.parameter("x", { _tag: "Batch" }, bool(1))
    const other = b.parameter("y", { _tag: "Batch" }, bool(1))
    for (let i = 0; i < 20_000; i++) x = b.add(i % 2 === 0 ? "And" : "Or", [x, other], {})
    b.output("z", { _tag: "Outfeed" }, x)
    assert.strictEqual(evaluation(b.build()).text.match(/stablehlo\.(and|or)/g)?.length, 20_000)
  })
})
