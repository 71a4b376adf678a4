import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { rowSums } from "../../../src/domain/passes/rowSums.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("the row sums of a softmax's gradient come from the shorter product", ({ expect }) => {
  const graph = graphWith({ scores: [3, 8], v: [8, 2], g: [3, 2] }, (b, { scores, v, g }) => {
    const p = b.add("Softmax", [scores!], {})
    const mixed = Builder.matMul(b, p, v!)
    const dp = b.add("Mul", [Builder.matMul(b, g!, v!, { transposeB: true }), p], {})
    const sums = Builder.reduce(b, "ReduceSum", dp, [1], true)
    return [mixed, b.add("Sub", [dp, Builder.binary(b, "Mul", sums, p)], {})]
  })
  expect(after(rowSums, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[3,8] = Parameter index=0 "scores" batch
    %1: f32[8,2] = Parameter index=1 "v" batch
    %2: f32[3,2] = Parameter index=2 "g" batch
    %3: f32[3,8] = Softmax(%0)
    %4: f32[3,2] = MatMul(%3, %1) transposeA=false transposeB=false
    %5: f32[3,8] = MatMul(%2, %1) transposeA=false transposeB=true
    %6: f32[3,2] = Mul(%2, %4)
    %7: f32[3,1] = ReduceSum(%6) axes=[1] keepDims=true
    %8: f32[3,8] = Broadcast(%7)
    %9: f32[3,8] = Sub(%5, %8)
    %10: f32[3,8] = Mul(%3, %9)
    output outfeed "o0" %4
    output outfeed "o1" %10
    "
  `)
  assertKeeps(rowSums, graph, 1e-5)
})

it("sums over other axes stay", () => {
  const graph = graphWith({ p: [3, 8], v: [8, 2], g: [3, 2] }, (b, { p, v, g }) => {
    const mixed = Builder.matMul(b, p!, v!)
    const dp = b.add("Mul", [Builder.matMul(b, g!, v!, { transposeB: true }), p!], {})
    return [mixed, Builder.reduce(b, "ReduceSum", dp, [0], true), Builder.reduce(b, "ReduceSum", dp, [0, 1], true)]
  })
  assert.strictEqual(rowSums(graph), graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(rowSums, graph, 1e-5), { arbitrary: { runs: 300 } })
