import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { matMulBatch } from "../../../src/domain/passes/matMulBatch.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("a batch of rows times one matrix is one product", ({ expect }) => {
  const graph = graphWith({ x: [2, 3, 4], w: [4, 5] }, (b, { x, w }) => [Builder.matMul(b, x!, b.add("Broadcast", [w!], { shape: [2, 4, 5] }))])
  expect(after(matMulBatch, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3,4] = Parameter index=0 "x" batch
    %1: f32[4,5] = Parameter index=1 "w" batch
    %2: f32[1,4,5] = Reshape(%1)
    %3: f32[4,5] = Reshape(%2)
    %4: f32[6,4] = Reshape(%0)
    %5: f32[6,5] = MatMul(%4, %3) transposeA=false transposeB=false
    %6: f32[2,3,5] = Reshape(%5)
    output outfeed "o0" %6
    "
  `)
  assertKeeps(matMulBatch, graph, 1e-5)
})

it("and so is the gradient of the matrix", ({ expect }) => {
  const graph = graphWith({ x: [2, 3, 4], dy: [2, 3, 5] }, (b, { x, dy }) => [
    Builder.reduce(b, "ReduceSum", Builder.matMul(b, x!, dy!, { transposeA: true }), [0])
  ])
  expect(after(matMulBatch, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3,4] = Parameter index=0 "x" batch
    %1: f32[2,3,5] = Parameter index=1 "dy" batch
    %2: f32[6,4] = Reshape(%0)
    %3: f32[6,5] = Reshape(%1)
    %4: f32[4,5] = MatMul(%2, %3) transposeA=true transposeB=false
    output outfeed "o0" %4
    "
  `)
  assertKeeps(matMulBatch, graph, 1e-5)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulBatch, graph, 1e-5), {
  arbitrary: { runs: 300 }
})
