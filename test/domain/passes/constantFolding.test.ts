import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { constantFolding, foldLimit } from "../../../src/domain/passes/constantFolding.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("computes what depends on literals", ({ expect }) => {
  const graph = graphWith({ x: [3] }, (b, { x }) => {
    const numbers = b.add("Iota", [], { dtype: "float32", shape: [3], axis: 0 })
    const scale = Builder.binary(b, "Pow", Builder.scalar(b, "float32", 2), Builder.scalar(b, "float32", -1))
    return [b.add("Mul", [x!, Builder.binary(b, "Mul", numbers, scale)], {})]
  })
  expect(after(constantFolding, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[3] = Parameter index=0 "x" batch
    %1: f32[3] = Iota axis=0
    %2: f32[] = Fill value=0.5
    %3: f32[3] = Broadcast(%2)
    %4: f32[3] = Mul(%1, %3)
    %5: f32[3] = Mul(%0, %4)
    output outfeed "o0" %5
    "
  `)
  assertKeeps(constantFolding, graph)
})

it("leaves a look-up out of range to the run", () => {
  const graph = graphWith({ x: [3] }, (b, { x }) => {
    const table = Builder.constant(b, Float32Array.of(1, 2, 4), [3])
    const picked = b.add("Gather", [table, Builder.constant(b, Int32Array.of(0, 3, 1), [3])], { axis: 0 })
    return [b.add("Add", [x!, picked], {})]
  })
  assert.strictEqual(constantFolding(graph), graph)
})

it("leaves large results computed", () => {
  const graph = graphWith({}, (b) => [Builder.unary(b, "Exp", b.add("Iota", [], { dtype: "float32", shape: [foldLimit + 1], axis: 0 }))])
  assert.strictEqual(constantFolding(graph), graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(constantFolding, graph), {
  arbitrary: { runs: 300 }
})
