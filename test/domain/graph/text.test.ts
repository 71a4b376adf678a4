import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { parse } from "../../../src/domain/graph/parse.ts"
import { hash, print } from "../../../src/domain/graph/print.ts"
import { verify } from "../../../src/domain/graph/verify.ts"
import { choices, fromChoices } from "./graphs.ts"

const small = () => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, { dtype: "float32", shape: [3, 2] })
  const x = b.parameter("features/x", { _tag: "Batch" }, { dtype: "float32", shape: [4, 3] })
  const y = Builder.matMul(b, x, w, {}, "model.ts:3:14")
  const loss = Builder.reduce(b, "ReduceMean", y, [1, 0])
  const table = Builder.constant(b, Float32Array.of(1, -0, NaN, Infinity, 0.1, 2), [3, 2])
  b.output("w", { _tag: "State" }, Builder.binary(b, "Sub", w, Builder.binary(b, "Mul", table, Builder.scalar(b, "float32", 0.1))))
  b.output("loss", { _tag: "Loss" }, loss)
  b.output("y", { _tag: "Outfeed" }, y)
  return b.build()
}

it("prints one node a line, then the outputs", ({ expect }) => {
  expect(print(small())).toMatchInlineSnapshot(`
    "%0: f32[3,2] = Parameter index=0 "w" variable trainable
    %1: f32[4,3] = Parameter index=1 "features/x" batch
    %2: f32[4,2] = MatMul(%1, %0) transposeA=false transposeB=false @ "model.ts:3:14"
    %3: f32[] = ReduceMean(%2) axes=[0,1] keepDims=false
    %4: f32[3,2] = Constant data=[1,-0,NaN,Infinity,0.10000000149011612,2]
    %5: f32[] = Fill value=0.10000000149011612
    %6: f32[3,2] = Broadcast(%5)
    %7: f32[3,2] = Mul(%4, %6)
    %8: f32[3,2] = Sub(%0, %7)
    output state "w" %8
    output loss "loss" %3
    output outfeed "y" %2"
  `)
})

it.prop(
  "prints and parses back to the same graph, and verifies",
  [choices],
  ([list]) => {
    const graph = fromChoices(list)
    const text = print(graph)
    const back = Result.getOrThrow(parse(text))
    assert.deepStrictEqual(back, graph)
    assert.strictEqual(print(back), text)
    assert.strictEqual(hash(back), hash(graph))
    Result.getOrThrow(verify(back))
  },
  { arbitrary: { runs: 200, seed: "text" } }
)

it("hashes content, not sources", () => {
  const withFill = (value: number, source: string) => {
    const b = Builder.make()
    b.output("y", { _tag: "Outfeed" }, Builder.fill(b, { dtype: "float32", shape: [2] }, value, source))
    return b.build()
  }
  assert.strictEqual(hash(withFill(1, "a.ts:1:1")), hash(withFill(1, "b.ts:2:2")))
  assert.notStrictEqual(hash(withFill(1, "a.ts:1:1")), hash(withFill(2, "a.ts:1:1")))
  assert.notStrictEqual(hash(withFill(0, "a.ts:1:1")), hash(withFill(-0, "a.ts:1:1")))
  assert.match(hash(withFill(1, "a.ts:1:1")), /^[0-9a-f]{16}$/)
})

const refused = (text: string) => Result.getOrThrow(Result.flip(parse(text))).message

it("says which line cannot be read and why", () => {
  const x = `%0: f32[2] = Parameter index=0 "x" batch`
  assert.strictEqual(refused(`${x}\n%2: f32[2] = Neg(%0)`), "graph: line 2: expected node %1, got %2")
  assert.strictEqual(refused(`${x}\n%1: f32[2] = Nope(%0)`), `graph: line 2: there is no op "Nope"`)
  assert.strictEqual(refused(`${x}\n%1: f33[2] = Neg(%0)`), `graph: line 2: expected a type such as f32[2,3], got "f33[2]"`)
  assert.strictEqual(refused(`${x}\n%1: f32[] = ReduceSum(%0) axes=[0]`), `graph: line 2: ReduceSum lacks its attribute "keepDims"`)
  assert.strictEqual(refused(`${x}\n%1: f32[2] = Neg(%0) axis=1`), `graph: line 2: Neg has no attribute "axis" to give`)
  assert.strictEqual(refused(`${x}\noutput outfeed "y" %7`), "graph: line 2: there is no node %7")
  assert.strictEqual(refused(`%0: f32[2] = Parameter index=1 "x" batch`), "graph: there is no parameter with index 0")
  assert.strictEqual(refused(`%0: f32[99] = Constant data=base64:AAAA`), "graph: line 1: expected 99 elements of data, got 3 bytes")
})
