import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { mixedPrecision } from "../../../src/domain/passes/mixedPrecision.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

const graph = () =>
  graphWith({ x: [2, 3], w: [3, 2] }, (b, { w, x }) => {
    const y = Builder.matMul(b, x!, w!)
    return [Builder.unary(b, "Tanh", y), Builder.matMul(b, y, w!, { transposeB: true })]
  })

it("rounds the operands of products, each once, and nothing else", ({ expect }) => {
  expect(after((g) => mixedPrecision(g, "mixed_bfloat16"), graph())).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[3,2] = Parameter index=1 "w" batch
    %2: f32[2,3] = ReducePrecision(%0) exponentBits=8 mantissaBits=7
    %3: f32[3,2] = ReducePrecision(%1) exponentBits=8 mantissaBits=7
    %4: f32[2,2] = MatMul(%2, %3) transposeA=false transposeB=false
    %5: f32[2,2] = Tanh(%4)
    %6: f32[2,2] = ReducePrecision(%4) exponentBits=8 mantissaBits=7
    %7: f32[2,3] = MatMul(%6, %3) transposeA=false transposeB=true
    output outfeed "o0" %5
    output outfeed "o1" %7
    "
  `)
})

it("float32 leaves the graph as it is, and a second time adds nothing", () => {
  const g = graph()
  assert.strictEqual(mixedPrecision(g, "float32"), g)
  const once = mixedPrecision(g, "mixed_float16")
  assert.strictEqual(mixedPrecision(once, "mixed_float16").nodes.length, once.nodes.length)
})

it("products are those of rounded operands, added up in float32", () => {
  const g = graphWith({ x: [1, 2], w: [2, 1] }, (b, { w, x }) => [Builder.matMul(b, x!, w!)])
  // 1 + 2^-9 rounds to 1 in bfloat16; the sum 1 + 2^-9 does not
  const [got] = evaluate(mixedPrecision(g, "mixed_bfloat16"), [Float32Array.of(1 + 2 ** -9, 2 ** -9), Float32Array.of(1, 1)])
  assert.deepStrictEqual([...got!], [1 + 2 ** -9])
  const [exact] = evaluate(g, [Float32Array.of(1 + 2 ** -9, 2 ** -9), Float32Array.of(1, 1)])
  assert.deepStrictEqual([...exact!], [1 + 2 ** -8])
})

it.prop(
  "keeps graphs well formed and, to the format's precision, their meaning",
  [GraphArbitrary],
  // within what rounding does to the operands of a few products
  ([generated]) => assertKeeps((g) => mixedPrecision(g, "mixed_bfloat16"), generated, 0.2),
  { arbitrary: { runs: 200 } }
)

it("products are convolutions and both of their gradients, too", () => {
  const attrs = {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [
      [0, 0],
      [0, 0]
    ]
  } as const
  const g = graphWith({ x: [1, 4, 4, 2], w: [2, 2, 2, 3], dy: [1, 3, 3, 3], m: [2, 2] }, (b, { x, w, dy, m }) => [
    b.add("Conv2D", [x!, w!], attrs),
    b.add("Conv2DBackpropInput", [dy!, w!], { ...attrs, inputShape: [1, 4, 4, 2] }),
    b.add("Conv2DBackpropFilter", [x!, dy!], { ...attrs, filterShape: [2, 2, 2, 3] }),
    Builder.matMul(b, m!, m!)
  ])
  const { nodes } = mixedPrecision(g, "mixed_bfloat16")
  const operands = nodes.flatMap(({ op, inputs }) => (inputs.length === 2 ? [[op, ...inputs.map((i) => nodes[i]!.op)].join(" ")] : []))
  const rounded = "ReducePrecision ReducePrecision"
  assert.sameMembers(operands, [`Conv2D ${rounded}`, `Conv2DBackpropInput ${rounded}`, `Conv2DBackpropFilter ${rounded}`, `MatMul ${rounded}`])
})
