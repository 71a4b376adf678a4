import { it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { algebraic } from "../../../src/domain/passes/algebraic.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("drops neutral elements", ({ expect }) => {
  const graph = graphWith({ x: [2] }, (b, { x }) => {
    const literal = (value: number) => Builder.fill(b, { dtype: "float32", shape: [2] }, value)
    const plus = b.add("Add", [literal(0), x!], {})
    const times = b.add("Mul", [plus, literal(1)], {})
    return [b.add("Div", [b.add("Sub", [times, literal(0)], {}), literal(1)], {})]
  })
  expect(after(algebraic, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    output outfeed "o0" %0
    "
  `)
  assertKeeps(algebraic, graph)
})

it("divides by a power of two by multiplying, and by nothing else", ({ expect }) => {
  const graph = graphWith({ x: [2] }, (b, { x }) => {
    const literal = (value: number) => Builder.fill(b, { dtype: "float32", shape: [2] }, value)
    return [b.add("Div", [x!, literal(-8)], {}), b.add("Div", [x!, literal(3)], {})]
  })
  expect(after(algebraic, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    %1: f32[2] = Fill value=-0.125
    %2: f32[2] = Mul(%0, %1)
    %3: f32[2] = Fill value=3
    %4: f32[2] = Div(%0, %3)
    output outfeed "o0" %2
    output outfeed "o1" %4
    "
  `)
  assertKeeps(algebraic, graph)
})

it("moves signs into sums, products and literals", ({ expect }) => {
  const graph = graphWith({ x: [2], y: [2] }, (b, { x, y }) => {
    const [nx, ny] = [Builder.unary(b, "Neg", x!), Builder.unary(b, "Neg", y!)]
    const scaled = b.add("Mul", [x!, Builder.fill(b, { dtype: "float32", shape: [2] }, 3)], {})
    return [b.add("Add", [x!, ny], {}), b.add("Mul", [nx, ny], {}), Builder.unary(b, "Neg", scaled), Builder.unary(b, "Neg", nx)]
  })
  expect(after(algebraic, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    %1: f32[2] = Parameter index=1 "y" batch
    %2: f32[2] = Sub(%0, %1)
    %3: f32[2] = Mul(%0, %1)
    %4: f32[2] = Fill value=-3
    %5: f32[2] = Mul(%0, %4)
    output outfeed "o0" %2
    output outfeed "o1" %3
    output outfeed "o2" %5
    output outfeed "o3" %0
    "
  `)
  assertKeeps(algebraic, graph)
})

it("moves a power of two to the smaller factor", ({ expect }) => {
  const graph = graphWith({ x: [2, 3], y: [2, 1] }, (b, { x, y }) => {
    const doubled = b.add("Mul", [x!, Builder.fill(b, { dtype: "float32", shape: [2, 3] }, 2)], {})
    return [Builder.binary(b, "Mul", doubled, y!)]
  })
  expect(after(algebraic, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[2,1] = Parameter index=1 "y" batch
    %2: f32[2,1] = Fill value=2
    %3: f32[2,1] = Mul(%1, %2)
    %4: f32[2,3] = Broadcast(%3)
    %5: f32[2,3] = Mul(%0, %4)
    output outfeed "o0" %5
    "
  `)
  assertKeeps(algebraic, graph)
})

it("sees through selections and casts", ({ expect }) => {
  const graph = graphWith({ x: [2], y: [2] }, (b, { x, y }) => {
    const less = b.add("Less", [x!, y!], {})
    const [one, zero] = [Builder.fill(b, { dtype: "float32", shape: [2] }, 1), Builder.fill(b, { dtype: "float32", shape: [2] }, 0)]
    const twice = Builder.cast(b, Builder.cast(b, less, "int32"), "float32")
    return [b.add("Select", [b.add("Not", [less], {}), x!, y!], {}), b.add("Select", [less, one, zero], {}), twice]
  })
  expect(after(algebraic, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "x" batch
    %1: f32[2] = Parameter index=1 "y" batch
    %2: bool[2] = Less(%0, %1)
    %3: f32[2] = Cast(%2)
    %4: f32[2] = Select(%2, %1, %0)
    output outfeed "o0" %4
    output outfeed "o1" %3
    output outfeed "o2" %3
    "
  `)
  assertKeeps(algebraic, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(algebraic, graph), { arbitrary: { runs: 400 } })
