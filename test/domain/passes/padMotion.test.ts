import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { padMotion } from "../../../src/domain/passes/padMotion.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("zeros move behind transposes and reshapes", ({ expect }) => {
  const graph = graphWith({ x: [2, 3, 4] }, (b, { x }) => {
    const padded = b.add("Pad", [x!], {
      paddings: [
        [1, 0],
        [0, 0],
        [0, 0]
      ],
      value: 0
    })
    return [Builder.reshape(b, Builder.transpose(b, padded, [1, 0, 2]), [3, 12])]
  })
  expect(after(padMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3,4] = Parameter index=0 "x" batch
    %1: f32[3,2,4] = Transpose(%0) perm=[1,0,2]
    %2: f32[3,8] = Reshape(%1)
    %3: f32[3,12] = Pad(%2) paddings=[[0,0],[4,0]] value=0
    output outfeed "o0" %3
    "
  `)
  assertKeeps(padMotion, graph)
})

it("so do concatenations that hold some", ({ expect }) => {
  const graph = graphWith({ x: [1, 2, 4], y: [1, 3, 4] }, (b, { x, y }) => {
    const padded = b.add("Pad", [x!], {
      paddings: [
        [0, 0],
        [1, 0],
        [0, 0]
      ],
      value: 0
    })
    const both = b.add("Concat", [padded, y!], { axis: 0 })
    return [Builder.reshape(b, Builder.transpose(b, both, [1, 0, 2]), [3, 8])]
  })
  expect(after(padMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[1,2,4] = Parameter index=0 "x" batch
    %1: f32[1,3,4] = Parameter index=1 "y" batch
    %2: f32[2,1,4] = Transpose(%0) perm=[1,0,2]
    %3: f32[3,1,4] = Transpose(%1) perm=[1,0,2]
    %4: f32[2,4] = Reshape(%2)
    %5: f32[3,4] = Pad(%4) paddings=[[1,0],[0,0]] value=0
    %6: f32[3,4] = Reshape(%3)
    %7: f32[3,8] = Concat(%5, %6) axis=1
    output outfeed "o0" %7
    "
  `)
  assertKeeps(padMotion, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(padMotion, graph), { arbitrary: { runs: 300 } })
