import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { sliceMotion } from "../../../src/domain/passes/sliceMotion.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("cuts before transposes, reshapes and elementwise ops that nothing else reads", ({ expect }) => {
  const graph = graphWith({ x: [4, 3], y: [3, 4] }, (b, { x, y }) => {
    const sum = b.add("Add", [Builder.transpose(b, x!, [1, 0]), y!], {})
    return [b.add("Slice", [Builder.reshape(b, sum, [3, 1, 4])], { begin: [1, 0, 0], size: [2, 1, 3], strides: [1, 1, 1] })]
  })
  expect(after(sliceMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4,3] = Parameter index=0 "x" batch
    %1: f32[3,4] = Parameter index=1 "y" batch
    %2: f32[3,2] = Slice(%0) begin=[0,1] size=[3,2] strides=[1,1]
    %3: f32[2,3] = Transpose(%2) perm=[1,0]
    %4: f32[2,3] = Slice(%1) begin=[1,0] size=[2,3] strides=[1,1]
    %5: f32[2,3] = Add(%3, %4)
    %6: f32[2,1,3] = Reshape(%5)
    output outfeed "o0" %6
    "
  `)
  assertKeeps(sliceMotion, graph)
})

it("leaves alone what others read whole", ({ expect }) => {
  const graph = graphWith({ x: [4] }, (b, { x }) => {
    const y = Builder.unary(b, "Exp", x!)
    return [y, b.add("Slice", [y], { begin: [1], size: [2], strides: [1] })]
  })
  expect(after(sliceMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[4] = Parameter index=0 "x" batch
    %1: f32[4] = Exp(%0)
    %2: f32[2] = Slice(%1) begin=[1] size=[2] strides=[1]
    output outfeed "o0" %1
    output outfeed "o1" %2
    "
  `)
  assertKeeps(sliceMotion, graph)
})

it("cuts an axis that a reshape split off, where its parts lie together", ({ expect }) => {
  const graph = graphWith({ x: [24] }, (b, { x }) => {
    const split = Builder.reshape(b, x!, [4, 3, 2])
    const cut = (begin: ReadonlyArray<number>, size: ReadonlyArray<number>) => b.add("Slice", [split], { begin, size, strides: [1, 1, 1] })
    return [cut([1, 0, 0], [2, 3, 2]), cut([0, 1, 0], [4, 1, 2])]
  })
  expect(after(sliceMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[24] = Parameter index=0 "x" batch
    %1: f32[4,3,2] = Reshape(%0)
    %2: f32[12] = Slice(%0) begin=[6] size=[12] strides=[1]
    %3: f32[2,3,2] = Reshape(%2)
    %4: f32[4,1,2] = Slice(%1) begin=[0,1,0] size=[4,1,2] strides=[1,1,1]
    output outfeed "o0" %3
    output outfeed "o1" %4
    "
  `)
  assertKeeps(sliceMotion, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(sliceMotion, graph), { arbitrary: { runs: 400 } })
