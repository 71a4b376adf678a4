import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import type { NodeId } from "../../../src/domain/graph/Graph.ts"
import { parse } from "../../../src/domain/graph/parse.ts"
import { print } from "../../../src/domain/graph/print.ts"
import { inferType } from "../../../src/domain/graph/typeRules.ts"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import type { TensorData, TensorType } from "../../../src/domain/Tensor.ts"
import { onOrt, openOrt } from "../../layers/device/onnx/onOrt.ts"

const ort = openOrt()

const graphOf = (types: ReadonlyArray<TensorType>, f: (b: Builder.Builder, xs: ReadonlyArray<NodeId>) => ReadonlyArray<NodeId>) => {
  const b = Builder.make()
  const xs = types.map((type, i) => b.parameter(`x${i}`, { _tag: "Batch" }, type))
  f(b, xs).forEach((node, i) => b.output(`y${i}`, { _tag: "Outfeed" }, node))
  return b.build()
}

/** On both engines, which must give `wanted`; the printed graph must parse back. */
const holds = (graph: ReturnType<typeof graphOf>, values: ReadonlyArray<TensorData>, wanted: ReadonlyArray<TensorData>) => {
  assert.deepStrictEqual(evaluate(graph, values), wanted)
  assert.deepStrictEqual(onOrt(ort, graph, values), wanted)
  assert.strictEqual(print(Result.getOrThrow(parse(print(graph)))), print(graph))
}

const f32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })
const i32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "int32", shape })

describe("TopKValues and TopKIndices", () => {
  it("order descending, the first of equal elements first, infinities included", () => {
    const graph = graphOf([f32(2, 5)], (b, [x]) => [b.add("TopKValues", [x!], { k: 3 }), b.add("TopKIndices", [x!], { k: 3 })])
    holds(
      graph,
      [Float32Array.of(-Infinity, Infinity, 0, Infinity, -Infinity, 2, 1, 2, 2, -1)],
      [Float32Array.of(Infinity, Infinity, 0, 2, 2, 2), Int32Array.of(1, 3, 2, 0, 2, 3)]
    )
  })

  it("take int32 and all elements of a row", () => {
    const graph = graphOf([i32(4)], (b, [x]) => [b.add("TopKValues", [x!], { k: 4 }), b.add("TopKIndices", [x!], { k: 4 })])
    holds(graph, [Int32Array.of(3, -2147483648, 2147483647, 3)], [Int32Array.of(2147483647, 3, 3, -2147483648), Int32Array.of(2, 0, 3, 1)])
  })

  it("refuse more elements than there are, and bools", () => {
    assert.isTrue(Result.isFailure(inferType("TopKValues", [f32(2, 3)], { k: 4 })))
    assert.isTrue(Result.isFailure(inferType("TopKIndices", [f32()], { k: 1 })))
    assert.isTrue(Result.isFailure(inferType("TopKValues", [{ dtype: "bool", shape: [3] }], { k: 1 })))
  })
})

describe("BitwiseAnd", () => {
  it("is that of two's complement", () => {
    const graph = graphOf([i32(4), i32(4)], (b, [x, y]) => [b.add("BitwiseAnd", [x!, y!], {})])
    holds(graph, [Int32Array.of(12, -1, -8, 2147483647), Int32Array.of(10, 7, -3, -2)], [Int32Array.of(8, 7, -8, 2147483646)])
  })
  it("refuses float32", () => {
    assert.isTrue(Result.isFailure(inferType("BitwiseAnd", [f32(2), f32(2)], {})))
  })
})

describe("Barrier", () => {
  it("is its first operand, whatever the second is", () => {
    for (const after of [f32(2, 2), i32(4), f32(), { dtype: "bool", shape: [4] } as const]) {
      const graph = graphOf([f32(2, 3), after], (b, [x, y]) => [Builder.unary(b, "Neg", b.add("Barrier", [x!, y!], {}))])
      const other = after.dtype === "float32" ? Float32Array.of(NaN, 1, 2, 3) : after.dtype === "int32" ? new Int32Array(4) : new Uint8Array(4)
      const rest = other.slice(
        0,
        after.shape.reduce((a, b) => a * b, 1)
      )
      holds(graph, [Float32Array.of(1, 2, 3, 4, 5, 6), rest], [Float32Array.of(-1, -2, -3, -4, -5, -6)])
    }
  })

  it("keeps what is computed from it apart, through all rewrites", () => {
    const graph = graphOf([f32(4)], (b, [x]) => {
      const y = Builder.unary(b, "Exp", x!)
      return [y, Builder.unary(b, "Exp", b.add("Barrier", [x!, y], {}))]
    })
    assert.strictEqual(optimize(graph).nodes.filter(({ op }) => op === "Exp").length, 2)
  })
})
