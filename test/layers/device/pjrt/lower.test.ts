import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { mixedPrecision } from "../../../../src/domain/passes/mixedPrecision.ts"
import * as RandomKey from "../../../../src/domain/RandomKey.ts"
import type { TensorData } from "../../../../src/domain/Tensor.ts"
import { opNames } from "../../../../src/layers/device/pjrt/lower.ts"
import { assertClose, f32, i32, numbers } from "../../../conformance/opCase.ts"
import { opSuite } from "../../../conformance/opSuite.ts"
import { withXla } from "./available.ts"
import { lazyClient, onXla } from "./onXla.ts"
import { single } from "./single.ts"

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

    it("where the second operand of Atan2 is the number 1, in arrays that are vectors", () => {
      const b = Builder.make()
      const x = b.parameter("x", { _tag: "Batch" }, f32(1225))
      const ones = b.add("Fill", [], { dtype: "float32", shape: [1225], value: 1 })
      b.output("y", { _tag: "Outfeed" }, b.add("Mul", [b.add("Atan2", [b.add("Mul", [x, x], {}), ones], {}), ones], {}))
      same(b.build(), [numbers(f32(1225), 3)], 1e-5)
    })

    it("where integers do not fit or are divided by 0", () => {
      const a = Int32Array.of(-2147483648, 7, 0, -9, 2147483647, -7, 6)
      const b = Int32Array.of(-1, 0, 0, -2, 2, 3, -4)
      for (const op of ["Add", "Mul", "Div", "FloorDiv", "Mod"] as const) same(single(op, [i32(7), i32(7)], {}), [a, b])
      same(single("Pow", [i32(6), i32(6)], {}), [Int32Array.of(2, 2, -1, -1, 1, 0), Int32Array.of(31, -1, -3, -2, -5, -1)])
      same(single("Pow", [i32(4), i32(4)], {}), [Int32Array.of(0, 2, 2, -1), Int32Array.of(64, 64, 257, 257)])
    })

    it("where floats are beyond int32", () => {
      const x = Float32Array.of(2147483648, -2147483648, 4294967296, 6442450944, -3e9, 1e20, -1e38, NaN, Infinity, -Infinity, -0.9, 2147483520)
      same(single("Cast", [f32(12)], { dtype: "int32" }), [x])
    })

    it("where a format's numbers are smaller than its smallest normal one", () => {
      const x = Float32Array.of(6e-5, -6.103e-5, 5.96e-8, 2.9e-8, 8.95e-8, -1e-7, 6.2e-5, 65519, 65520)
      same(single("ReducePrecision", [f32(9)], { exponentBits: 5, mantissaBits: 10 }), [x])
    })

    it("where a remainder rounds to its divisor, or the divisor is infinite", () => {
      const a = Float32Array.of(-1e-9, 1e-9, 5, -5, 5, -0, NaN, 4, -4)
      const b = Float32Array.of(1, -1, -Infinity, Infinity, Infinity, 3, 1, -2, 2)
      same(single("Mod", [f32(9), f32(9)], {}), [a, b])
    })

    it("where powers are of 1, and to NaN", () => {
      same(single("Pow", [f32(5), f32(5)], {}), [Float32Array.of(1, 1, -1, 2, NaN), Float32Array.of(NaN, Infinity, -Infinity, NaN, 0)])
    })

    it("where many elements are equal: the first of them comes first", () => {
      const x = Float32Array.from({ length: 2000 }, (_, i) => (i * 7) % 5)
      same(single("TopKIndices", [f32(2, 1000)], { k: 700 }), [x])
    })

    it("where operands of products are rounded by mixed precision", () => {
      for (const precision of ["mixed_bfloat16", "mixed_float16"] as const) {
        const graph = mixedPrecision(single("MatMul", [f32(5, 64), f32(64, 7)], { transposeA: false, transposeB: false }), precision)
        same(graph, [numbers(f32(5, 64), 1), numbers(f32(64, 7), 2)], 1e-5)
      }
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
