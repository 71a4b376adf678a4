import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { reluMask } from "../../../src/domain/passes/reluMask.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("the mask comes from the result", ({ expect }) => {
  const graph = graphWith({ x: [3], dy: [3] }, (b, { x, dy }) => {
    const zero = Builder.fill(b, { dtype: "float32", shape: [3] }, 0)
    const mask = Builder.cast(b, b.add("Greater", [x!, zero], {}), "float32")
    return [b.add("Mul", [dy!, mask], {}), Builder.unary(b, "Relu", x!)]
  })
  expect(after(reluMask, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[3] = Parameter index=0 "x" batch
    %1: f32[3] = Parameter index=1 "dy" batch
    %2: f32[3] = Relu(%0)
    %3: f32[3] = Sign(%2)
    %4: f32[3] = Mul(%1, %3)
    output outfeed "o0" %4
    output outfeed "o1" %2
    "
  `)
  assertKeeps(reluMask, graph)
})

it("a mask without a ReLU stays", ({ expect }) => {
  const graph = graphWith({ x: [3] }, (b, { x }) => [
    Builder.cast(b, b.add("Greater", [x!, Builder.fill(b, { dtype: "float32", shape: [3] }, 0)], {}), "float32")
  ])
  expect(after(reluMask, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[3] = Parameter index=0 "x" batch
    %1: f32[3] = Fill value=0
    %2: bool[3] = Greater(%0, %1)
    %3: f32[3] = Cast(%2)
    output outfeed "o0" %3
    "
  `)
  assertKeeps(reluMask, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(reluMask, graph), { arbitrary: { runs: 300 } })
