import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { reshapes } from "../../../src/domain/passes/reshapes.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("a dense layer over a sequence works on rows", ({ expect }) => {
  const graph = graphWith({ x: [2, 3, 4], w: [4, 5], bias: [5] }, (b, { x, w, bias }) => {
    const y = Builder.reshape(b, Builder.matMul(b, Builder.reshape(b, x!, [6, 4]), w!), [2, 3, 5])
    const hidden = Builder.unary(b, "Relu", Builder.binary(b, "Add", y, bias!))
    const centred = Builder.binary(b, "Sub", hidden, Builder.reduce(b, "ReduceMean", hidden, [2], true))
    return [Builder.reshape(b, centred, [6, 5])]
  })
  expect(after(reshapes, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3,4] = Parameter index=0 "x" batch
    %1: f32[4,5] = Parameter index=1 "w" batch
    %2: f32[5] = Parameter index=2 "bias" batch
    %3: f32[6,4] = Reshape(%0)
    %4: f32[6,5] = MatMul(%3, %1) transposeA=false transposeB=false
    %5: f32[6,5] = Broadcast(%2)
    %6: f32[6,5] = Add(%4, %5)
    %7: f32[6,5] = Relu(%6)
    %8: f32[6,1] = ReduceMean(%7) axes=[1] keepDims=true
    %9: f32[6,5] = Broadcast(%8)
    %10: f32[6,5] = Sub(%7, %9)
    output outfeed "o0" %10
    "
  `)
  assertKeeps(reshapes, graph)
})

it("undoes transposes and moves of single elements", ({ expect }) => {
  const graph = graphWith({ x: [2, 3], y: [1, 4, 1] }, (b, { x, y }) => [
    Builder.transpose(b, Builder.transpose(b, x!, [1, 0]), [1, 0]),
    Builder.transpose(b, y!, [2, 1, 0]),
    Builder.transpose(b, Builder.transpose(b, Builder.reshape(b, x!, [2, 1, 3]), [2, 0, 1]), [1, 0, 2])
  ])
  expect(after(reshapes, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[1,4,1] = Parameter index=1 "y" batch
    %2: f32[2,3,1] = Reshape(%0)
    output outfeed "o0" %0
    output outfeed "o1" %1
    output outfeed "o2" %2
    "
  `)
  assertKeeps(reshapes, graph)
})

it("keeps a broadcast last", ({ expect }) => {
  const graph = graphWith({ x: [3] }, (b, { x }) => {
    const wide = b.add("Broadcast", [b.add("Broadcast", [x!], { shape: [2, 3] })], { shape: [4, 2, 3] })
    return [Builder.reshape(b, wide, [8, 3]), Builder.transpose(b, wide, [2, 0, 1]), b.add("Broadcast", [x!], { shape: [1, 3] })]
  })
  expect(after(reshapes, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[3] = Parameter index=0 "x" batch
    %1: f32[1,3] = Reshape(%0)
    %2: f32[8,3] = Broadcast(%0)
    %3: f32[3,1,1] = Reshape(%0)
    %4: f32[3,4,2] = Broadcast(%3)
    output outfeed "o0" %2
    output outfeed "o1" %4
    output outfeed "o2" %1
    "
  `)
  assertKeeps(reshapes, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(reshapes, graph), { arbitrary: { runs: 400 } })
