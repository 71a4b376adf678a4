import { it } from "@effect/vitest"
import { slices } from "../../../src/domain/passes/slices.ts"
import { after, assertKeeps, GraphArbitrary, graphWith } from "./graphs.ts"

it("cuts before it joins", ({ expect }) => {
  const graph = graphWith({ x: [2, 3], y: [4, 3] }, (b, { x, y }) => {
    const cut = (node: number, begin: number, size: number) => b.add("Slice", [node], { begin: [begin, 0], size: [size, 3], strides: [1, 1] })
    const joined = b.add("Concat", [x!, y!], { axis: 0 })
    const padded = b.add("Pad", [x!], {
      paddings: [
        [2, 1],
        [0, 0]
      ],
      value: 0
    })
    return [cut(joined, 3, 2), cut(cut(joined, 1, 4), 1, 2), cut(padded, 2, 2), cut(padded, 0, 2)]
  })
  expect(after(slices, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[4,3] = Parameter index=1 "y" batch
    %2: f32[2,3] = Slice(%1) begin=[1,0] size=[2,3] strides=[1,1]
    %3: f32[2,3] = Slice(%1) begin=[0,0] size=[2,3] strides=[1,1]
    %4: f32[2,3] = Fill value=0
    output outfeed "o0" %2
    output outfeed "o1" %3
    output outfeed "o2" %0
    output outfeed "o3" %4
    "
  `)
  assertKeeps(slices, graph)
})

it("a sum of gradients of slices is their concatenation", ({ expect }) => {
  const graph = graphWith({ q: [2, 1], k: [2, 2], v: [2, 3], rest: [2, 6] }, (b, { q, k, v, rest }) => {
    const strip = (node: number, before: number, after: number) =>
      b.add("Pad", [node], {
        paddings: [
          [0, 0],
          [before, after]
        ],
        value: 0
      })
    const sum = b.add("Add", [b.add("Add", [strip(q!, 0, 5), strip(k!, 1, 3)], {}), strip(v!, 3, 0)], {})
    const behind = b.add("Add", [b.add("Add", [rest!, strip(q!, 0, 5)], {}), strip(v!, 1, 2)], {})
    return [sum, behind]
  })
  expect(after(slices, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[2,1] = Parameter index=0 "q" batch
    %1: f32[2,2] = Parameter index=1 "k" batch
    %2: f32[2,3] = Parameter index=2 "v" batch
    %3: f32[2,6] = Parameter index=3 "rest" batch
    %4: f32[2,6] = Concat(%0, %1, %2) axis=1
    %5: f32[2,4] = Concat(%0, %2) axis=1
    %6: f32[2,6] = Pad(%5) paddings=[[0,0],[0,2]] value=0
    %7: f32[2,6] = Add(%3, %6)
    output outfeed "o0" %4
    output outfeed "o1" %7
    "
  `)
  assertKeeps(slices, graph)
})

it("joins slices that were cut apart", ({ expect }) => {
  const graph = graphWith({ x: [6] }, (b, { x }) => {
    const part = (begin: number) => b.add("Slice", [x!], { begin: [begin], size: [2], strides: [1] })
    return [
      b.add("Concat", [part(0), part(2), part(4)], { axis: 0 }),
      b.add("Concat", [part(2), part(4)], { axis: 0 }),
      b.add("Concat", [part(4), part(2)], { axis: 0 })
    ]
  })
  expect(after(slices, graph)).toMatchInlineSnapshot(`
    "
    %0: f32[6] = Parameter index=0 "x" batch
    %1: f32[2] = Slice(%0) begin=[2] size=[2] strides=[1]
    %2: f32[2] = Slice(%0) begin=[4] size=[2] strides=[1]
    %3: f32[4] = Slice(%0) begin=[2] size=[4] strides=[1]
    %4: f32[4] = Concat(%2, %1) axis=0
    output outfeed "o0" %0
    output outfeed "o1" %3
    output outfeed "o2" %4
    "
  `)
  assertKeeps(slices, graph)
})

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(slices, graph), { arbitrary: { runs: 400 } })
