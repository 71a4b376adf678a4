import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { addNode, compact, passOf, rebuild, sameGraph } from "../../../src/domain/passes/rebuild.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("applies rules also to what they make, and keeps the place in the source", ({ expect }) => {
  const graph = graphWith({ x: [2] }, (b, { x }) => [
    b.add("Neg", [b.add("Neg", [b.add("Neg", [x!], {}, "a.ts:1:1")], {}, "a.ts:2:1")], {}, "a.ts:3:1")
  ])
  // Neg(x) becomes Abs(x), and Abs(Abs(x)) one of them
  const pass = passOf({
    Neg: [(cx, node) => cx.add("Abs", node.inputs, {})],
    Abs: [(cx, node) => (cx.nodeOf(node.inputs[0]!).op === "Abs" ? node.inputs[0]! : undefined)]
  })
  expect(after(pass, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    %1: f32[2] = Abs(%0)
    output outfeed "o0" %1
    "
  `)
  assert.strictEqual(pass(graph).nodes[1]!.source, "a.ts:1:1")
})

it("gives the graph itself when nothing changes", () => {
  const graph = graphWith({ x: [2] }, (b, { x }) => [Builder.unary(b, "Exp", x!)])
  assert.strictEqual(passOf({})(graph), graph)
  assert.strictEqual(compact(graph), graph)
})

it("a deep graph needs no deep stack", () => {
  const graph = graphWith({ x: [1], y: [1] }, (b, { x, y }) => {
    let node = x!
    for (let i = 0; i < 20_000; i++) node = b.add(i % 2 === 0 ? "Max" : "Min", [node, y!], {})
    return [node]
  })
  assert.isTrue(sameGraph(rebuild(graph, { map: (cx, node) => addNode(cx, node, node.inputs) }), graph))
})

it.prop("an empty set of rules keeps the meaning", [GraphArbitrary], ([graph]) => assertKeeps(passOf({}), graph), { arbitrary: { runs: 100 } })
