import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import type { NodeId } from "../../../src/domain/graph/Graph.ts"
import { oneHot } from "../../../src/domain/passes/oneHot.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("rows with indices in range are gathered", ({ expect }) => {
  const graph = graphWith({ scores: [4, 3], table: [3, 2] }, (b, { scores, table }) => {
    const ids = b.add("ArgMax", [scores!], { axis: 1 })
    return [Builder.matMul(b, b.add("OneHot", [ids], { depth: 3, onValue: 1, offValue: 0, dtype: "float32" }), table!)]
  })
  expect(after(oneHot, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4,3] = Parameter index=0 "scores" batch
    %1: f32[3,2] = Parameter index=1 "table" batch
    %2: i32[4] = ArgMax(%0) axis=1
    %3: f32[4,2] = Gather(%1, %2) axis=0
    output outfeed "o0" %3
    "
  `)
  assertKeeps(oneHot, graph)
})

it("others may be out of range and stay", ({ expect }) => {
  const graph = graphWith({ x: [4], table: [3, 2] }, (b, { x, table }) => {
    const ids = Builder.cast(b, x!, "int32")
    return [Builder.matMul(b, b.add("OneHot", [ids], { depth: 3, onValue: 1, offValue: 0, dtype: "float32" }), table!)]
  })
  expect(after(oneHot, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4] = Parameter index=0 "x" batch
    %1: f32[3,2] = Parameter index=1 "table" batch
    %2: i32[4] = Cast(%0)
    %3: f32[4,3] = OneHot(%2) depth=3 offValue=0 onValue=1
    %4: f32[4,2] = MatMul(%3, %1) transposeA=false transposeB=false
    output outfeed "o0" %4
    "
  `)
  assertKeeps(oneHot, graph)
})

it("so may those of which the greatest alone is known", () => {
  const graph = graphWith({ x: [4], table: [3, 2] }, (b, { x, table }) => {
    const ids = Builder.binary(b, "Min", Builder.cast(b, x!, "int32"), Builder.scalar(b, "int32", 2))
    const literals = b.add("Constant", [], { shape: [2], data: Int32Array.of(-1, 1) })
    const product = (of: NodeId) => Builder.matMul(b, b.add("OneHot", [of], { depth: 3, onValue: 1, offValue: 0, dtype: "float32" }), table!)
    return [product(ids), product(literals)]
  })
  assert.strictEqual(oneHot(graph), graph)
  const [rows] = evaluate(oneHot(graph), [Float32Array.of(-1, 0, 2, 7), Float32Array.of(1, 2, 3, 4, 5, 6)])
  assert.deepStrictEqual([...rows!], [0, 0, 1, 2, 5, 6, 5, 6])
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(oneHot, graph), { arbitrary: { runs: 200 } })
