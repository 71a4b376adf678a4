import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { decompose, decomposeRules } from "../../../src/domain/graph/decompose.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import type { NodeId } from "../../../src/domain/graph/Graph.ts"
import type { OpName } from "../../../src/domain/graph/ops.ts"
import { print } from "../../../src/domain/graph/print.ts"
import { verify } from "../../../src/domain/graph/verify.ts"
import { choices, fromChoices, parameterValues } from "./graphs.ts"

const all: ReadonlySet<OpName> = new Set(Object.keys(decomposeRules) as Array<OpName>) // the table's keys are ops

it("writes a softmax in smaller ops", ({ expect }) => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2, 3] })
  b.output("y", { _tag: "Outfeed" }, b.add("Softmax", [x], {}, "m.ts:1:1"))
  expect(print(decompose(b.build(), all))).toMatchInlineSnapshot(`
    "%0: f32[2,3] = Parameter index=0 "x" batch
    %1: f32[2,1] = ReduceMax(%0) axes=[1] keepDims=true @ "m.ts:1:1"
    %2: f32[2,3] = Broadcast(%1) @ "m.ts:1:1"
    %3: f32[2,3] = Sub(%0, %2) @ "m.ts:1:1"
    %4: f32[2,3] = Exp(%3) @ "m.ts:1:1"
    %5: f32[2,1] = ReduceSum(%4) axes=[1] keepDims=true @ "m.ts:1:1"
    %6: f32[2,3] = Broadcast(%5) @ "m.ts:1:1"
    %7: f32[2,3] = Div(%4, %6) @ "m.ts:1:1"
    output outfeed "y" %7"
  `)
})

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) => {
  assert.strictEqual(actual.length, expected.length)
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]
    if (Object.is(a, e) || a === e) continue
    assert.isBelow(Math.abs(a - e), 2e-6 * (1 + Math.abs(e)), `${what}[${i}]: ${a} is not ${e}`)
  }
}

type Build = Builder.Builder

/** One graph for each op with a decomposition, over values that show NaN, infinities and indices out of range. */
const bodies: { readonly [K in keyof typeof decomposeRules]: (b: Build, x: NodeId, ids: NodeId) => NodeId } = {
  Softmax: (b, x) => b.add("Softmax", [x], {}),
  LogSoftmax: (b, x) => b.add("LogSoftmax", [x], {}),
  ReduceMean: (b, x) => Builder.reduce(b, "ReduceMean", x, [0], true),
  Relu: (b, x) => Builder.unary(b, "Relu", x),
  Reciprocal: (b, x) => Builder.unary(b, "Reciprocal", x),
  Rsqrt: (b, x) => Builder.unary(b, "Rsqrt", x),
  Sigmoid: (b, x) => Builder.unary(b, "Sigmoid", x),
  NotEqual: (b, x) => Builder.binary(b, "NotEqual", x, x),
  IsNan: (b, x) => b.add("IsNan", [x], {}),
  IsInf: (b, x) => b.add("IsInf", [x], {}),
  IsFinite: (b, x) => b.add("IsFinite", [x], {}),
  OneHot: (b, _, ids) => b.add("OneHot", [ids], { depth: 3, onValue: 5, offValue: -1, dtype: "int32" }),
  SegmentSum: (b, _, ids) => {
    const rows = Builder.constant(
      b,
      Float32Array.from({ length: 12 }, (_, n) => n / 4),
      [4, 3]
    )
    const sums = b.add("SegmentSum", [rows, ids], { numSegments: 3 })
    const integers = b.add("SegmentSum", [Builder.cast(b, rows, "int32"), ids], { numSegments: 3 })
    return Builder.binary(b, "Add", sums, Builder.cast(b, integers, "float32"))
  }
}

for (const [op, body] of Object.entries(bodies)) {
  it(`keeps the meaning of ${op}`, () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2, 4] })
    const ids = b.parameter("ids", { _tag: "Batch" }, { dtype: "int32", shape: [4] })
    b.output("y", { _tag: "Outfeed" }, body(b, x, ids))
    const graph = b.build()
    const after = decompose(graph, all)
    Result.getOrThrow(verify(after))
    assert.isFalse(after.nodes.some((node) => all.has(node.op)))
    for (const values of [Float32Array.of(1, -2, 0.5, 0, 3, 4, -1, 100), Float32Array.of(NaN, 1, 2, 3, 4, Infinity, -Infinity, 0)]) {
      const parameters = [values, Int32Array.of(2, 0, -1, 2)]
      near(Evaluate.evaluate(after, parameters)[0]!, Evaluate.evaluate(graph, parameters)[0]!, op)
    }
  })
}

it.prop(
  "keeps graphs well formed, and leaves what it is not asked for",
  [choices],
  ([list]) => {
    const graph = fromChoices(list)
    const after = decompose(graph, all)
    Result.getOrThrow(verify(after))
    assert.isFalse(after.nodes.some((node) => all.has(node.op)))
    assert.strictEqual(print(decompose(graph, new Set())), print(graph))
    Evaluate.evaluate(after, parameterValues(after))
  },
  { arbitrary: { runs: 100, seed: "decompose" } }
)
