import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { composites } from "../../../src/domain/passes/composites.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("log-softmax as tf.logSoftmax records it", ({ expect }) => {
  const graph = graphWith({ x: [2, 3] }, (b, { x }) => {
    const shifted = Builder.binary(b, "Sub", x!, Builder.reduce(b, "ReduceMax", x!, [1], true))
    const sum = Builder.reduce(b, "ReduceSum", Builder.unary(b, "Exp", shifted), [1], true)
    return [Builder.binary(b, "Sub", shifted, Builder.unary(b, "Log", sum))]
  })
  expect(after(composites, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[2,3] = LogSoftmax(%0)
    output outfeed "o0" %1
    "
  `)
  assertKeeps(composites, graph, 1e-6)
})

it("softmax, written out", ({ expect }) => {
  const graph = graphWith({ x: [2, 3] }, (b, { x }) => {
    const exp = Builder.unary(b, "Exp", Builder.binary(b, "Sub", x!, Builder.reduce(b, "ReduceMax", x!, [1], true)))
    return [Builder.binary(b, "Div", exp, Builder.reduce(b, "ReduceSum", exp, [1], true))]
  })
  expect(after(composites, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[2,3] = Softmax(%0)
    output outfeed "o0" %1
    "
  `)
  assertKeeps(composites, graph, 1e-6)
})

it("another axis is another thing", ({ expect }) => {
  const graph = graphWith({ x: [2, 3] }, (b, { x }) => {
    const exp = Builder.unary(b, "Exp", Builder.binary(b, "Sub", x!, Builder.reduce(b, "ReduceMax", x!, [0], true)))
    return [Builder.binary(b, "Div", exp, Builder.reduce(b, "ReduceSum", exp, [0], true))]
  })
  expect(after(composites, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[1,3] = ReduceMax(%0) axes=[0] keepDims=true
    %2: f32[2,3] = Broadcast(%1)
    %3: f32[2,3] = Sub(%0, %2)
    %4: f32[2,3] = Exp(%3)
    %5: f32[1,3] = ReduceSum(%4) axes=[0] keepDims=true
    %6: f32[2,3] = Broadcast(%5)
    %7: f32[2,3] = Div(%4, %6)
    output outfeed "o0" %7
    "
  `)
  assertKeeps(composites, graph, 1e-6)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(composites, graph, 1e-6), {
  arbitrary: { runs: 200 }
})
