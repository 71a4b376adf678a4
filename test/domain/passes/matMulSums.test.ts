import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { matMulSums } from "../../../src/domain/passes/matMulSums.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

/** Weights' gradient over `steps` steps of one row each. */
const overTime = (steps: number, rows = 1) => {
  const shapes = Object.fromEntries(
    Array.from({ length: steps }, (_, t) => [
      [`x${t}`, [rows, 3]],
      [`d${t}`, [rows, 4]]
    ]).flat()
  ) as { [name: string]: Array<number> }
  return graphWith({ ...shapes, decay: [3, 4] }, (b, given) => {
    const products = Array.from({ length: steps }, (_, t) => Builder.matMul(b, given[`x${t}`]!, given[`d${t}`]!, { transposeA: true }))
    return [[given["decay"]!, ...products].reduce((sum, x) => b.add("Add", [x, sum], {}))]
  })
}

it("the gradient of weights that each step in time uses is one product", ({ expect }) => {
  const graph = overTime(4)
  expect(after(matMulSums, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[1,3] = Parameter index=0 "x0" batch
    %1: f32[1,4] = Parameter index=1 "d0" batch
    %2: f32[1,3] = Parameter index=2 "x1" batch
    %3: f32[1,4] = Parameter index=3 "d1" batch
    %4: f32[1,3] = Parameter index=4 "x2" batch
    %5: f32[1,4] = Parameter index=5 "d2" batch
    %6: f32[1,3] = Parameter index=6 "x3" batch
    %7: f32[1,4] = Parameter index=7 "d3" batch
    %8: f32[3,4] = Parameter index=8 "decay" batch
    %9: f32[4,3] = Concat(%6, %4, %2, %0) axis=0
    %10: f32[4,4] = Concat(%7, %5, %3, %1) axis=0
    %11: f32[3,4] = MatMul(%9, %10) transposeA=true transposeB=false
    %12: f32[3,4] = Add(%11, %8)
    output outfeed "o0" %12
    "
  `)
  assertKeeps(matMulSums, graph, 1e-5)
})

it("few products, products of more rows than copies are worth, and products that are read elsewhere stay", () => {
  for (const graph of [overTime(3), overTime(5, 2)]) assert.strictEqual(matMulSums(graph), graph)
  const shown = graphWith({ x: [1, 3], d: [1, 4] }, (b, { x, d }) => {
    const products = [1, 2, 3, 4].map((c) =>
      Builder.matMul(b, Builder.binary(b, "Mul", x!, Builder.scalar(b, "float32", c)), d!, { transposeA: true })
    )
    return [products.reduce((sum, y) => b.add("Add", [sum, y], {})), products[2]!]
  })
  assert.strictEqual(matMulSums(shown), shown)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulSums, graph, 1e-5), {
  arbitrary: { runs: 300 }
})
