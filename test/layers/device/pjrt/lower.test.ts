import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import type { OpAttrs, OpName } from "../../../../src/domain/graph/ops.ts"
import { typeRules } from "../../../../src/domain/graph/typeRules.ts"
import * as RandomKey from "../../../../src/domain/RandomKey.ts"
import type { TensorData, TensorType } from "../../../../src/domain/Tensor.ts"
import { evaluation } from "../../../../src/layers/device/pjrt/evaluation.ts"
import { NoRule, opNames, rules } from "../../../../src/layers/device/pjrt/lower.ts"
import { assertClose, bool, f32, i32 } from "../../../conformance/opCase.ts"
import { opSuite } from "../../../conformance/opSuite.ts"
import { withXla } from "./available.ts"
import { lazyClient, onXla } from "./onXla.ts"

const single = <K extends Exclude<OpName, "Parameter">>(op: K, types: ReadonlyArray<TensorType>, attrs: OpAttrs[K]): Graph => {
  const b = Builder.make()
  const inputs = types.map((type, i) => b.parameter(`x${i}`, { _tag: "Batch" }, type))
  b.output("y", { _tag: "Outfeed" }, b.add(op, inputs, attrs, "model.ts:3:7"))
  return b.build()
}

/** The largest difference of two elements at one place. */
const farthest = (a: TensorData, b: TensorData): number => {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}

/** Without a list of all that differ, which would take minutes. */
const sameBits = (actual: TensorData, expected: TensorData) => {
  assert.strictEqual(actual.length, expected.length)
  const at = actual.findIndex((value, i) => !Object.is(value, expected[i]))
  assert.strictEqual(at, -1, `element ${at}: ${actual[at]} instead of ${expected[at]}`)
}

withXla("ops of StableHLO", (file) => {
  const client = lazyClient(file)
  const run = (graph: Graph, data: ReadonlyArray<TensorData>) => onXla(client(), graph, data)
  // XLA adds the elements of a padded mean up in another order
  opSuite("pjrt", opNames, run, { tolerance: (c) => (c.op === "AvgPool" ? 2 * c.tolerance : c.tolerance) })

  describe("StableHLO means what the reference does", () => {
    const same = (graph: Graph, data: ReadonlyArray<TensorData>, tolerance = 0) =>
      assertClose(run(graph, data)[0]!, evaluate(graph, data)[0]!, tolerance)

    it("where an index is out of range: an error that says where it was asked for", () => {
      const graph = single("Gather", [f32(3, 2), i32(2)], { axis: 0 })
      const data = (index: number) => [Float32Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(0, index)]
      same(graph, data(2))
      for (const index of [3, -1]) assert.throws(() => run(graph, data(index)), /Gather: an index is out of range \(at model.ts:3:7\)/)
    })

    it("where an operand of an extremum is NaN", () => {
      const a = Float32Array.of(NaN, 1, 2, 3, 4, 5, 6, 7, NaN)
      const b = Float32Array.of(1, NaN, 3, 2, 5, 4, 7, 6, 0)
      for (const op of ["Max", "Min"] as const) same(single(op, [f32(9), f32(9)], {}), [a, b])
      for (const op of ["ReduceMax", "ReduceMin"] as const) same(single(op, [f32(3, 3)], { axes: [1], keepDims: false }), [a])
      same(single("Relu", [f32(9)], {}), [a])
      same(single("Sign", [f32(9)], {}), [a])
      same(single("Softmax", [f32(3, 3)], {}), [a], 1e-6)
    })

    it("where integers do not fit or are divided by 0", () => {
      const a = Int32Array.of(-2147483648, 7, 0, -9, 2147483647, -7, 6)
      const b = Int32Array.of(-1, 0, 0, -2, 2, 3, -4)
      for (const op of ["Add", "Mul", "Div", "FloorDiv", "Mod"] as const) same(single(op, [i32(7), i32(7)], {}), [a, b])
      same(single("Pow", [i32(6), i32(6)], {}), [Int32Array.of(2, 2, -1, -1, 1, 0), Int32Array.of(31, -1, -3, -2, -5, -1)])
    })

    it("where floats are beyond int32", () => {
      const x = Float32Array.of(2147483648, -2147483648, 4294967296, 6442450944, -3e9, 1e20, -1e38, NaN, Infinity, -Infinity, -0.9, 2147483520)
      same(single("Cast", [f32(12)], { dtype: "int32" }), [x])
    })

    it("where a format's numbers are smaller than its smallest normal one", () => {
      const x = Float32Array.of(6e-5, -6.103e-5, 5.96e-8, 2.9e-8, 8.95e-8, -1e-7, 6.2e-5, 65519, 65520)
      same(single("ReducePrecision", [f32(9)], { exponentBits: 5, mantissaBits: 10 }), [x])
    })

    it("where powers are of 1, and to NaN", () => {
      same(single("Pow", [f32(5), f32(5)], {}), [Float32Array.of(1, 1, -1, 2, NaN), Float32Array.of(NaN, Infinity, -Infinity, NaN, 0)])
    })

    it("where many elements are equal: the first of them comes first", () => {
      const x = Float32Array.from({ length: 2000 }, (_, i) => (i * 7) % 5)
      same(single("TopKIndices", [f32(2, 1000)], { k: 700 }), [x])
    })

    it("where windows hold no number", () => {
      const attrs = {
        window: [2, 2],
        strides: [2, 2],
        padding: [
          [0, 0],
          [0, 0]
        ]
      } as const
      const x = Float32Array.of(NaN, -Infinity, 1, NaN, -Infinity, NaN, NaN, 1)
      same(single("MaxPool", [f32(1, 2, 4, 1)], attrs), [x])
      same(single("MaxPoolGrad", [f32(1, 1, 2, 1), f32(1, 2, 4, 1), f32(1, 1, 2, 1)], attrs), [
        Float32Array.of(3, 5),
        x,
        Float32Array.of(-Infinity, 1)
      ])
    })

    it("where there are no elements", () => {
      same(single("Gather", [f32(0, 2), i32(0)], { axis: 0 }), [new Float32Array(0), new Int32Array(0)])
      same(single("SegmentSum", [f32(0, 2), i32(0)], { numSegments: 3 }), [new Float32Array(0), new Int32Array(0)])
      same(single("MatMul", [f32(2, 0), f32(0, 3)], { transposeA: false, transposeB: false }), [new Float32Array(0), new Float32Array(0)])
      same(single("CumSum", [i32(0)], { axis: 0, exclusive: true, reverse: false }), [new Int32Array(0)])
      same(single("TopKIndices", [f32(2, 0)], { k: 0 }), [new Float32Array(0)])
    })

    it("where literals are bools, or infinite", () => {
      const b = Builder.make()
      const flags = Uint8Array.from({ length: 37 }, (_, i) => (i % 3 === 0 ? 1 : 0))
      b.output("flags", { _tag: "Outfeed" }, Builder.constant(b, flags, [37]))
      b.output("ends", { _tag: "Outfeed" }, Builder.constant(b, Float32Array.of(-Infinity, Infinity, NaN, -0, 1e-45), [5]))
      const [actual, ends] = run(b.build(), [])
      assert.deepStrictEqual(actual, flags)
      assert.deepStrictEqual(ends, Float32Array.of(-Infinity, Infinity, NaN, -0, 1e-45))
    })
  })

  describe("draws of StableHLO", () => {
    const fills = { RandomUniform: RandomKey.fillUniform, RandomNormal: RandomKey.fillNormal, RandomTruncatedNormal: RandomKey.fillTruncatedNormal }
    const key = Int32Array.of(-1234567, 89, 7)
    const size = 30_001

    for (const op of ["RandomUniform", "RandomNormal", "RandomTruncatedNormal"] as const) {
      const expected = (replica: number) => {
        const all = new Float32Array(size)
        fills[op](all, key, replica, 5)
        return all
      }
      it(`${op} has the bits of RandomKey`, () => {
        sameBits(run(single(op, [i32(3)], { shape: [size], draw: 5 }), [key])[0]!, expected(0))
        sameBits(run(single(op, [i32(3)], { shape: [size], draw: 5, replica: 3 }), [key])[0]!, expected(3))
      })

      it(`${op} in float32 alone is within 1e-6`, () => {
        const [actual] = onXla(client(), single(op, [i32(3)], { shape: [size], draw: 5 }), [key], { wide: false })
        const exact = expected(0)
        assert.isAtMost(farthest(actual!, exact), 1e-6)
      })
    }
  })
})

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
    const attrs = {
      strides: [1, 1],
      padding: [
        [0, 0],
        [0, 0]
      ],
      dilations: [1, 1]
    } as const
    const image = single("Conv2D", [f32(1, 4, 4, 1), f32(2, 2, 1, 1)], attrs)
    assert.include(evaluation(image, { precision: "highest" }).text, "#stablehlo<precision HIGHEST>")
    assert.include(evaluation(image, { precision: "bfloat16" }).text, "tensor<2x2x1x1xbf16>")
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
