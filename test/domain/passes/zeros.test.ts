import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { zeros } from "../../../src/domain/passes/zeros.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("nothing comes of a zero factor", ({ expect }) => {
  const graph = graphWith({ x: [2, 3], w: [3, 4] }, (b, { x, w }) => {
    const zero = b.add("Mul", [x!, Builder.fill(b, { dtype: "float32", shape: [2, 3] }, 0)], {})
    return [Builder.reduce(b, "ReduceSum", Builder.matMul(b, zero, w!), [0])]
  })
  expect(after(zeros, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[3,4] = Parameter index=1 "w" batch
    %2: f32[4] = Fill value=0
    output outfeed "o0" %2
    "
  `)
  assertKeeps(zeros, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(zeros, graph), { arbitrary: { runs: 300 } })
