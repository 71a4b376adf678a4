import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import { statsOf } from "../../../src/domain/passes/stats.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("the gradient that tfjs records for a mean is one small product", ({ expect }) => {
  const graph = graphWith({ x: [2, 3], dy: [] }, (b, { x, dy }) => {
    const ones = Builder.fill(b, { dtype: "float32", shape: [2, 3] }, 1)
    const spread = Builder.binary(b, "Mul", Builder.reshape(b, dy!, [1, 1]), ones)
    const gradient = Builder.binary(b, "Div", spread, Builder.scalar(b, "float32", 8))
    return [b.add("Mul", [gradient, x!], {})]
  })
  expect(after(optimize, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[] = Parameter index=1 "dy" batch
    %2: f32[] = Fill value=0.125
    %3: f32[] = Mul(%1, %2)
    %4: f32[2,3] = Broadcast(%3)
    %5: f32[2,3] = Mul(%0, %4)
    output outfeed "o0" %5
    "
  `)
  assertKeeps(optimize, graph)
})

// Letters: B rows, T tokens, K = memory + T, D width, N heads, E head width
const [B, T, K, D, N, E] = [2, 32, 64, 32, 2, 16]

it("one product for queries, keys and values of memory and segment computes no more than is read, forward and backward", () => {
  const shapes = { memory: [B, K - T, D], h: [B, T, D], w: [D, 3 * N * E], dq: [N, B, T, E], dk: [N, B, K, E], dv: [N, B, K, E] }
  const graph = graphWith(shapes, (b, { memory, h, w, dq, dk, dv }) => {
    const context = Builder.reshape(b, b.add("Concat", [memory!, h!], { axis: 1 }), [B * K, D])
    const joint = Builder.transpose(b, Builder.reshape(b, Builder.matMul(b, context, w!), [B, K, 3, N, E]), [2, 3, 0, 1, 4])
    const cut = (x: number, begin: ReadonlyArray<number>, size: ReadonlyArray<number>) =>
      b.add("Slice", [x], { begin, size, strides: size.map(() => 1) })
    const [q, k, v] = [0, 1, 2].map((i) => Builder.reshape(b, cut(joint, [i, 0, 0, 0, 0], [1, N, B, K, E]), [N, B, K, E]))
    const query = cut(q!, [0, 0, K - T, 0], [N, B, T, E])
    // what tfjs records as gradients of these
    const padded = b.add("Pad", [dq!], {
      paddings: [
        [0, 0],
        [0, 0],
        [K - T, 0],
        [0, 0]
      ],
      value: 0
    })
    const parts = [padded, dk!, dv!].map((x) => Builder.reshape(b, x, [1, N, B, K, E]))
    const dJoint = Builder.reshape(b, Builder.transpose(b, b.add("Concat", parts, { axis: 0 }), [2, 3, 0, 1, 4]), [B * K, 3 * N * E])
    const dw = Builder.matMul(b, context, dJoint, { transposeA: true })
    const dContext = Builder.reshape(b, Builder.matMul(b, dJoint, w!, { transposeB: true }), [B, K, D])
    return [query, k!, v!, dw, cut(dContext, [0, K - T, 0], [B, T, D])]
  })
  const product = 2 * B * D * N * E
  // queries of T, keys and values of K tokens; the same for the weights' gradient; three of T tokens for the hidden values'
  assert.strictEqual(statsOf(optimize(graph)).matMulFlops, product * (T + 2 * K) * 2 + product * 3 * T)
  assertKeeps(optimize, graph, 1e-5)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(optimize, graph, 2e-5), { arbitrary: { runs: 400 } })

it.prop(
  "has nothing left to do the second time",
  [GraphArbitrary],
  ([graph]) => {
    const once = optimize(graph)
    assert.strictEqual(optimize(once), once)
  },
  { arbitrary: { runs: 300 } }
)
