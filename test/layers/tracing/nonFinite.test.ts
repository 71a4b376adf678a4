/** Infinities and NaN stay where they belong: no value that does not read them becomes NaN. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { onOrt, openOrt } from "../device/onnx/onOrt.ts"
import { type Evaluation, type F, type Input, onCpu, recorded, values } from "./harness.ts"
import { x4 } from "./kernelCase.ts"

const ort = openOrt()
const engines: Readonly<Record<string, Evaluation>> = { reference: evaluate, onnx: (graph, parameters) => onOrt(ort, graph, parameters) }
const floats = (shape: ReadonlyArray<number>, ...data: ReadonlyArray<number>) => values("float32", shape, ...data)
const row = floats([1, 1, 4, 1], 1, Infinity, 2, NaN)

const cases: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["resizeNearestNeighbor", (x) => tf.image.resizeNearestNeighbor(x4(x), [2, 7]), [row]],
  ["resizeBilinear", (x) => tf.image.resizeBilinear(x4(x), [1, 8], false, true), [row]],
  ["localResponseNormalization", (x) => tf.localResponseNormalization(x4(x), 1), [floats([1, 1, 1, 6], 1, 2, 3, 4, NaN, 5)]],
  ["localResponseNormalization by itself", (x) => tf.localResponseNormalization(x4(x), 0), [floats([1, 1, 1, 3], NaN, 2, 3)]],
  [
    "depthwiseConv2d",
    (x, w) => tf.depthwiseConv2d(x4(x), x4(w), 1, "valid"),
    [floats([1, 1, 2, 2], Infinity, 2, 1, NaN), floats([1, 1, 2, 1], 1, 1)]
  ],
  ["localResponseNormalization of all", (x) => tf.localResponseNormalization(x4(x), 9), [floats([1, 1, 2, 3], 1, 2, 3, 4, Infinity, 5)]]
]

for (const [engine, evaluation] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    it.each(cases)("%s, as in tfjs", (_, f, inputs) => {
      const [want, got] = [onCpu(f, inputs)[0]!, recorded(f, inputs, evaluation)[0]!]
      assert.deepStrictEqual([got.dtype, got.shape], [want.dtype, want.shape])
      assert(want.data.some(Number.isFinite), "the case shows nothing")
      for (const [i, value] of want.data.entries()) {
        if (Number.isFinite(value)) assert.closeTo(got.data[i]!, value, 1e-5, `element ${i}`)
        else assert.isFalse(Number.isFinite(got.data[i]), `element ${i}`)
      }
    })
  })
}

it("integers are resized to their nearest neighbours as integers, none of them rounded", () => {
  const inputs = [values("int32", [1, 1, 2, 1], 16_777_217, 2)]
  for (const evaluation of Object.values(engines)) {
    const [resized] = recorded((x) => tf.image.resizeNearestNeighbor(x4(x), [1, 4]), inputs, evaluation)
    assert.deepStrictEqual(resized, { dtype: "int32", shape: [1, 1, 4, 1], data: [16_777_217, 16_777_217, 2, 2] })
  }
})
