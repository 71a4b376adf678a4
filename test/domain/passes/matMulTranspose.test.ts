import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { matMulTranspose } from "../../../src/domain/passes/matMulTranspose.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("transposes become flags", ({ expect }) => {
  const graph = graphWith({ x: [2, 4, 3], y: [2, 4, 5] }, (b, { x, y }) => {
    const swap = (node: number) => Builder.transpose(b, node, [0, 2, 1])
    return [swap(Builder.matMul(b, swap(x!), y!))]
  })
  expect(after(matMulTranspose, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,4,3] = Parameter index=0 "x" batch
    %1: f32[2,4,5] = Parameter index=1 "y" batch
    %2: f32[2,5,3] = MatMul(%1, %0) transposeA=true transposeB=false
    output outfeed "o0" %2
    "
  `)
  assertKeeps(matMulTranspose, graph)
})

it("other transposes stay", ({ expect }) => {
  const graph = graphWith({ x: [4, 2, 3], y: [2, 3, 5] }, (b, { x, y }) => [Builder.matMul(b, Builder.transpose(b, x!, [1, 0, 2]), y!)])
  expect(after(matMulTranspose, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4,2,3] = Parameter index=0 "x" batch
    %1: f32[2,3,5] = Parameter index=1 "y" batch
    %2: f32[2,4,3] = Transpose(%0) perm=[1,0,2]
    %3: f32[2,4,5] = MatMul(%2, %1) transposeA=false transposeB=false
    output outfeed "o0" %3
    "
  `)
  assertKeeps(matMulTranspose, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulTranspose, graph), {
  arbitrary: { runs: 300 }
})
