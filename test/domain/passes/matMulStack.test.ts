import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import { matMulStack } from "../../../src/domain/passes/matMulStack.ts"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

const products = (graph: Graph) => graph.nodes.filter(({ op }) => op === "MatMul").length

/** Two layers of a recurrent net over `steps` steps, each as wide as its inputs. */
const recurrent = (steps: number) =>
  graphWith({ x: [steps, 2, 3], w0: [3, 3], u0: [3, 3], w1: [3, 3], u1: [3, 3] }, (b, { x, w0, u0, w1, u1 }) => {
    const hidden = [x!, x!]
    for (let t = 0; t < steps; t++) {
      const input = b.add("Slice", [x!], { begin: [t, 0, 0], size: [1, 2, 3], strides: [1, 1, 1] })
      let below = Builder.reshape(b, input, [2, 3])
      for (const [layer, w, u] of [
        [0, w0!, u0!],
        [1, w1!, u1!]
      ] as const) {
        const fromBelow = Builder.matMul(b, below, w)
        below = Builder.unary(b, "Tanh", t === 0 ? fromBelow : b.add("Add", [fromBelow, Builder.matMul(b, hidden[layer]!, u)], {}))
        hidden[layer] = below
      }
    }
    return hidden
  })

it("products with the same weights that need no other's result are one", ({ expect }) => {
  const graph = graphWith({ a: [1, 2], b: [1, 2], w: [2, 3] }, (build, { a, b, w }) => {
    const left = [a!, b!, build.add("Add", [a!, b!], {}), build.add("Mul", [a!, b!], {})]
    return left.map((x) => Builder.unary(build, "Tanh", Builder.matMul(build, x, w!)))
  })
  expect(after(matMulStack, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[1,2] = Parameter index=0 "a" batch
    %1: f32[1,2] = Parameter index=1 "b" batch
    %2: f32[2,3] = Parameter index=2 "w" batch
    %3: f32[1,2] = Add(%0, %1)
    %4: f32[1,2] = Mul(%0, %1)
    %5: f32[4,2] = Concat(%0, %1, %3, %4) axis=0
    %6: f32[4,3] = MatMul(%5, %2) transposeA=false transposeB=false
    %7: f32[1,3] = Slice(%6) begin=[0,0] size=[1,3] strides=[1,1]
    %8: f32[1,3] = Tanh(%7)
    %9: f32[1,3] = Slice(%6) begin=[1,0] size=[1,3] strides=[1,1]
    %10: f32[1,3] = Tanh(%9)
    %11: f32[1,3] = Slice(%6) begin=[2,0] size=[1,3] strides=[1,1]
    %12: f32[1,3] = Tanh(%11)
    %13: f32[1,3] = Slice(%6) begin=[3,0] size=[1,3] strides=[1,1]
    %14: f32[1,3] = Tanh(%13)
    output outfeed "o0" %8
    output outfeed "o1" %10
    output outfeed "o2" %12
    output outfeed "o3" %14
    "
  `)
  assertKeeps(matMulStack, graph, 1e-6)
})

it("a recurrent net's products with inputs are stacked layer by layer, those with its own results are not", () => {
  const graph = recurrent(5)
  assert.strictEqual(products(graph), 2 * 5 + 2 * 4)
  assert.strictEqual(products(matMulStack(graph)), 2 + 2 * 4)
  assertKeeps(matMulStack, graph, 1e-6)
  assert.strictEqual(products(optimize(graph)), 2 + 2 * 4, "no other rewrite takes it back")
  assertKeeps(optimize, graph, 1e-6)
})

it("few products, products of many rows, and chains of products stay", () => {
  const many = graphWith({ x: [64, 2], w: [2, 2] }, (b, { x, w }) =>
    [1, 2, 3, 4].map((c) => Builder.matMul(b, Builder.binary(b, "Add", x!, Builder.scalar(b, "float32", c)), w!))
  )
  const chain = graphWith({ x: [1, 2], w: [2, 2] }, (b, { x, w }) => {
    let y = x!
    for (let i = 0; i < 6; i++) y = Builder.matMul(b, y, w!)
    return [y]
  })
  for (const graph of [recurrent(3), many, chain]) assert.strictEqual(matMulStack(graph), graph)
})

it("of two sets that need each other's results one is stacked", () => {
  const graph = graphWith({ x: [1, 2], u: [2, 2], w: [2, 2] }, (b, { x, u, w }) =>
    [1, 2, 3, 4].map((c) => {
      const input = Builder.binary(b, "Mul", x!, Builder.scalar(b, "float32", c))
      return c % 2 === 0 ? Builder.matMul(b, Builder.matMul(b, input, u!), w!) : Builder.matMul(b, Builder.matMul(b, input, w!), u!)
    })
  )
  assert.strictEqual(products(matMulStack(graph)), 1 + 4)
  assertKeeps(matMulStack, graph, 1e-6)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(matMulStack, graph, 1e-5), {
  arbitrary: { runs: 300 }
})
