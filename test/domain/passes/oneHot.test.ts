import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
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

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(oneHot, graph), { arbitrary: { runs: 200 } })
