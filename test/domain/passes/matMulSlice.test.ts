import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { matMulSlice } from "../../../src/domain/passes/matMulSlice.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("queries of the memory are not computed", ({ expect }) => {
  const graph = graphWith({ x: [2, 64, 32], w: [32, 96] }, (b, { x, w }) => {
    const joint = Builder.reshape(b, Builder.matMul(b, Builder.reshape(b, x!, [128, 32]), w!), [2, 64, 96])
    const part = (from: number, begin: number) => b.add("Slice", [joint], { begin: [0, from, begin], size: [2, 64 - from, 32], strides: [1, 1, 1] })
    return [part(60, 0), part(60, 32), part(60, 64)]
  })
  expect(after(matMulSlice, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,64,32] = Parameter index=0 "x" batch
    %1: f32[32,96] = Parameter index=1 "w" batch
    %2: f32[2,4,32] = Slice(%0) begin=[0,60,0] size=[2,4,32] strides=[1,1,1]
    %3: f32[8,32] = Reshape(%2)
    %4: f32[32,32] = Slice(%1) begin=[0,0] size=[32,32] strides=[1,1]
    %5: f32[8,32] = MatMul(%3, %4) transposeA=false transposeB=false
    %6: f32[2,4,32] = Reshape(%5)
    %7: f32[32,32] = Slice(%1) begin=[0,32] size=[32,32] strides=[1,1]
    %8: f32[8,32] = MatMul(%3, %7) transposeA=false transposeB=false
    %9: f32[2,4,32] = Reshape(%8)
    %10: f32[32,32] = Slice(%1) begin=[0,64] size=[32,32] strides=[1,1]
    %11: f32[8,32] = MatMul(%3, %10) transposeA=false transposeB=false
    %12: f32[2,4,32] = Reshape(%11)
    output outfeed "o0" %6
    output outfeed "o1" %9
    output outfeed "o2" %12
    "
  `)
  assertKeeps(matMulSlice, graph)
})

it("a product that is read whole stays", ({ expect }) => {
  const graph = graphWith({ x: [8, 4], w: [4, 6] }, (b, { x, w }) => {
    const product = Builder.matMul(b, x!, w!)
    return [product, b.add("Slice", [product], { begin: [0, 0], size: [1, 6], strides: [1, 1] })]
  })
  expect(after(matMulSlice, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[8,4] = Parameter index=0 "x" batch
    %1: f32[4,6] = Parameter index=1 "w" batch
    %2: f32[8,6] = MatMul(%0, %1) transposeA=false transposeB=false
    %3: f32[1,6] = Slice(%2) begin=[0,0] size=[1,6] strides=[1,1]
    output outfeed "o0" %2
    output outfeed "o1" %3
    "
  `)
  assertKeeps(matMulSlice, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulSlice, graph), { arbitrary: { runs: 300 } })
