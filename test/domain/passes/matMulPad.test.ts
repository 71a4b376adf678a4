import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { matMulPad } from "../../../src/domain/passes/matMulPad.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("rows of zeros are left out", ({ expect }) => {
  const graph = graphWith({ x: [4, 2], dy: [2, 3], w: [5, 3] }, (b, { x, dy, w }) => {
    const padded = b.add("Pad", [dy!], {
      paddings: [
        [2, 0],
        [0, 0]
      ],
      value: 0
    })
    return [Builder.matMul(b, x!, padded, { transposeA: true }), Builder.matMul(b, padded, w!, { transposeB: true })]
  })
  expect(after(matMulPad, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4,2] = Parameter index=0 "x" batch
    %1: f32[2,3] = Parameter index=1 "dy" batch
    %2: f32[5,3] = Parameter index=2 "w" batch
    %3: f32[2,2] = Slice(%0) begin=[2,0] size=[2,2] strides=[1,1]
    %4: f32[2,3] = MatMul(%3, %1) transposeA=true transposeB=false
    %5: f32[2,5] = MatMul(%1, %2) transposeA=false transposeB=true
    %6: f32[4,5] = Pad(%5) paddings=[[2,0],[0,0]] value=0
    output outfeed "o0" %4
    output outfeed "o1" %6
    "
  `)
  assertKeeps(matMulPad, graph, 1e-5)
})

it("parts of a concatenation have products of their own where one is padded", ({ expect }) => {
  const graph = graphWith({ x: [4, 2], q: [2, 3], k: [4, 3], w: [5, 6] }, (b, { x, q, k, w }) => {
    const both = b.add(
      "Concat",
      [
        b.add("Pad", [q!], {
          paddings: [
            [2, 0],
            [0, 0]
          ],
          value: 0
        }),
        k!
      ],
      { axis: 1 }
    )
    return [Builder.matMul(b, x!, both, { transposeA: true }), Builder.matMul(b, both, w!, { transposeB: true })]
  })
  expect(after(matMulPad, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4,2] = Parameter index=0 "x" batch
    %1: f32[2,3] = Parameter index=1 "q" batch
    %2: f32[4,3] = Parameter index=2 "k" batch
    %3: f32[5,6] = Parameter index=3 "w" batch
    %4: f32[2,2] = Slice(%0) begin=[2,0] size=[2,2] strides=[1,1]
    %5: f32[2,3] = MatMul(%4, %1) transposeA=true transposeB=false
    %6: f32[2,3] = MatMul(%0, %2) transposeA=true transposeB=false
    %7: f32[2,6] = Concat(%5, %6) axis=1
    %8: f32[5,3] = Slice(%3) begin=[0,0] size=[5,3] strides=[1,1]
    %9: f32[2,5] = MatMul(%1, %8) transposeA=false transposeB=true
    %10: f32[4,5] = Pad(%9) paddings=[[2,0],[0,0]] value=0
    %11: f32[5,3] = Slice(%3) begin=[0,3] size=[5,3] strides=[1,1]
    %12: f32[4,5] = MatMul(%2, %11) transposeA=false transposeB=true
    %13: f32[4,5] = Add(%10, %12)
    output outfeed "o0" %7
    output outfeed "o1" %13
    "
  `)
  assertKeeps(matMulPad, graph, 1e-5)
})

it("a few zeros stay", ({ expect }) => {
  const graph = graphWith({ x: [9, 2], dy: [8, 3] }, (b, { x, dy }) => [
    Builder.matMul(
      b,
      x!,
      b.add("Pad", [dy!], {
        paddings: [
          [1, 0],
          [0, 0]
        ],
        value: 0
      }),
      { transposeA: true }
    )
  ])
  expect(after(matMulPad, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[9,2] = Parameter index=0 "x" batch
    %1: f32[8,3] = Parameter index=1 "dy" batch
    %2: f32[9,3] = Pad(%1) paddings=[[1,0],[0,0]] value=0
    %3: f32[2,3] = MatMul(%0, %2) transposeA=true transposeB=false
    output outfeed "o0" %3
    "
  `)
  assertKeeps(matMulPad, graph, 1e-5)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulPad, graph, 1e-5), {
  arbitrary: { runs: 300 }
})
