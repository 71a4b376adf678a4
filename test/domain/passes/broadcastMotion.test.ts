import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { broadcastMotion } from "../../../src/domain/passes/broadcastMotion.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("computes what is repeated before it is repeated", ({ expect }) => {
  const graph = graphWith({ x: [2, 1], y: [3] }, (b, { x, y }) => {
    const wide = (node: number) => Builder.broadcastTo(b, node, [4, 2, 3])
    const scaled = b.add("Mul", [wide(Builder.unary(b, "Exp", x!)), Builder.fill(b, { dtype: "float32", shape: [4, 2, 3] }, 2)], {})
    return [b.add("Add", [scaled, wide(y!)], {})]
  })
  expect(after(broadcastMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,1] = Parameter index=0 "x" batch
    %1: f32[3] = Parameter index=1 "y" batch
    %2: f32[2,1] = Exp(%0)
    %3: f32[] = Fill value=2
    %4: f32[2,1] = Broadcast(%3)
    %5: f32[2,1] = Mul(%2, %4)
    %6: f32[2,3] = Broadcast(%5)
    %7: f32[2,3] = Broadcast(%1)
    %8: f32[2,3] = Add(%6, %7)
    %9: f32[4,2,3] = Broadcast(%8)
    output outfeed "o0" %9
    "
  `)
  assertKeeps(broadcastMotion, graph, 1e-6)
})

it("reduces the different values only", ({ expect }) => {
  const graph = graphWith({ x: [2, 1] }, (b, { x }) => {
    const wide = Builder.broadcastTo(b, x!, [2, 3])
    return [Builder.reduce(b, "ReduceSum", wide, [1]), Builder.reduce(b, "ReduceMax", wide, [0, 1]), Builder.reduce(b, "ReduceMean", wide, [1], true)]
  })
  expect(after(broadcastMotion, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,1] = Parameter index=0 "x" batch
    %1: f32[2] = Reshape(%0)
    %2: f32[] = Fill value=3
    %3: f32[2] = Broadcast(%2)
    %4: f32[2] = Mul(%1, %3)
    %5: f32[] = ReduceMax(%0) axes=[0,1] keepDims=false
    output outfeed "o0" %4
    output outfeed "o1" %5
    output outfeed "o2" %0
    "
  `)
  assertKeeps(broadcastMotion, graph, 1e-6)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(broadcastMotion, graph, 1e-6), {
  arbitrary: { runs: 300 }
})
