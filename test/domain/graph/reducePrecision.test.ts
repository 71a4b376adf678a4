/** The formats of mixed precision: what is rounded, on the reference and on ONNX Runtime. */
import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { onOrt, openOrt } from "../../layers/device/onnx/onOrt.ts"

const graphOf = (count: number, exponentBits: number, mantissaBits: number) => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [count] })
  b.output("y", { _tag: "Outfeed" }, b.add("ReducePrecision", [x], { exponentBits, mantissaBits }))
  return b.build()
}
const rounded = (values: ReadonlyArray<number>, exponentBits: number, mantissaBits: number) => [
  ...evaluate(graphOf(values.length, exponentBits, mantissaBits), [Float32Array.from(values)])[0]!
]

it("bfloat16 keeps 8 bits, ties to even", () => {
  const step = 2 ** -7
  assert.deepStrictEqual(
    rounded([1, 1 + step, 1 + step / 2, 1 + (3 * step) / 2, 1 + step / 2 + 2 ** -20, -1 - (3 * step) / 2, 3.4e38, -0, NaN, Infinity], 8, 7),
    [1, 1 + step, 1, 1 + 2 * step, 1 + step, -1 - 2 * step, Infinity, -0, NaN, Infinity]
  )
})

it("float16 has a range: too large is infinite, too small is a multiple of 2^-24, or 0", () => {
  assert.deepStrictEqual(
    rounded([65504, 65519, 65520, -70000, 2 ** -24, 2 ** -25, 1.5 * 2 ** -24, -(2 ** -26), 1 + 2 ** -11, 1 + 3 * 2 ** -11], 5, 10),
    [65504, 65504, Infinity, -Infinity, 2 ** -24, 0, 2 ** -23, -0, 1, 1 + 2 ** -9]
  )
})

it("ONNX Runtime rounds to the same bits", () => {
  // patterns over the whole range, with those around the ties of both formats
  const bits = Uint32Array.from({ length: 4096 }, (_, i) => Math.imul(i, 1_048_577) ^ ((i % 5) << 12) ^ (i % 3 === 0 ? 0x8000 : 0))
  const x = new Float32Array(bits.buffer).filter((value) => !Number.isNaN(value))
  const ort = openOrt()
  for (const [exponentBits, mantissaBits] of [
    [8, 7],
    [5, 10]
  ] as const) {
    const graph = graphOf(x.length, exponentBits, mantissaBits)
    const expected = evaluate(graph, [x])[0]!
    const got = onOrt(ort, graph, [x])[0]!
    const differing = [...x.keys()].filter((i) => !Object.is(expected[i], got[i]))
    assert.deepStrictEqual(
      differing.slice(0, 5).map((i) => [x[i], expected[i], got[i]]),
      []
    )
    assert.isAbove(new Set(got).size, 500)
  }
  ort.close()
})
