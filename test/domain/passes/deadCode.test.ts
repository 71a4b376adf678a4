import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { deadCode } from "../../../src/domain/passes/deadCode.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("drops what no output needs and merges equal nodes", ({ expect }) => {
  const graph = graphWith({ x: [2], unused: [3] }, (b, { x, unused }) => {
    Builder.unary(b, "Exp", unused!)
    return [Builder.binary(b, "Mul", Builder.unary(b, "Neg", x!), Builder.unary(b, "Neg", x!))]
  })
  expect(after(deadCode, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    %1: f32[3] = Parameter index=1 "unused" batch
    %2: f32[2] = Neg(%0)
    %3: f32[2] = Mul(%2, %2)
    output outfeed "o0" %3
    "
  `)
  assertKeeps(deadCode, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(deadCode, graph), { arbitrary: { runs: 150 } })
