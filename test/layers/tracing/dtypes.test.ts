/** Result types of integers, and sparse shapes: as on tfjs's CPU backend. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { TraceError } from "../../../src/domain/Errors.ts"
import { onOrt, openOrt } from "../device/onnx/onOrt.ts"
import { type Evaluation, type F, f32, graphOf, i32, type Input, onCpu, recorded, values } from "./harness.ts"
import { x1, x2, x4 } from "./kernelCase.ts"

const ort = openOrt()
const engines: Readonly<Record<string, Evaluation>> = { reference: evaluate, onnx: (graph, parameters) => onOrt(ort, graph, parameters) }
const reshaped =
  (from: ReadonlyArray<number>, to: ReadonlyArray<number>): F =>
  (x) => {
    const { outputIndices, outputShape } = tf.sparse.sparseReshape(x2(x), tf.tensor1d([...from], "int32"), tf.tensor1d([...to], "int32"))
    return [outputIndices!, outputShape!]
  }
const places = values("int32", [4, 3], 0, 0, 0, 0, 2, 1, 1, 0, 3, 1, 2, 0)

const cases: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["maxPool of int32", (x) => tf.maxPool(x4(x), 2, 1, "same"), [i32([1, 3, 4, 2])]],
  ["a pool of single int32", (x) => tf.maxPool(x4(x), 1, 1, "valid"), [i32([1, 3, 4, 2])]],
  ["floorDiv of float32", (x, y) => tf.floorDiv(x!, y!), [f32([6]), f32([6], 0.3, 2)]],
  ["floorDiv of int32", (x, y) => tf.floorDiv(x!, y!), [i32([6]), i32([6], 1, 4)]],
  ["sparseReshape", reshaped([2, 3, 4], [4, 6]), [places]],
  ["sparseReshape with one extent left out", reshaped([2, 3, 4], [3, -1, 2, 1]), [places]],
  ["sparseReshape of nothing", reshaped([2, 0, 4], [0, 5]), [values("int32", [0, 3])]]
]

for (const [engine, evaluation] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    it.each(cases)("%s", (_, f, inputs) => {
      assert.deepStrictEqual(recorded(f, inputs, evaluation), onCpu(f, inputs))
    })
  })
}

const refusal = (f: F, inputs: ReadonlyArray<Input>): TraceError => {
  try {
    graphOf(f, inputs)
  } catch (error) {
    if (error instanceof TraceError) return error
    throw error
  }
  return assert.fail("it was recorded")
}

it("sparseReshape says what does not fit, and what must be known", () => {
  assert.match(refusal(reshaped([2, 3, 4], [5, -1]), [places]).message, /InvalidOperands in SparseReshape: .*24/)
  assert.match(refusal(reshaped([2, 3, 4], [-1, -1]), [places]).message, /only one output dimension may be -1/)
  const computed: F = (x, shape) => tf.sparse.sparseReshape(x2(x), tf.tensor1d([2, 3, 4], "int32"), x1(shape))["outputIndices"]!
  const error = refusal(computed, [places, values("int32", [2], 4, 6)])
  assert.strictEqual(error.reason, "UnknownKernel")
  assert.match(error.detail, /newShape must be known when the step is recorded/)
})

it("nonMaxSuppressionPadded gives the reason that is true of its form", () => {
  const boxes = [f32([5, 4]), f32([5])]
  const padded =
    (pad: boolean): F =>
    (x, s) =>
      tf.image.nonMaxSuppressionPadded(x2(x), x1(s), 3, 0.5, 0, pad)["selectedIndices"]!
  assert.strictEqual(refusal(padded(false), boxes).reason, "DataDependentShape")
  const error = refusal(padded(true), boxes)
  assert.strictEqual(error.reason, "UnknownKernel")
  assert.match(error.detail, /one after another/)
})
