import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { TraceError } from "../../../../src/domain/Errors.ts"
import * as cases from "./cases.ts"
import { refusedByTfjs } from "./casesRefused.ts"
import { attempt, checkCase, compile, of } from "./compare.ts"

const errorOf = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return error
  }
  return assert.fail("nothing was thrown")
}

describe("a layer does the same compiled and eagerly: forward, in training, and one step of SGD", () => {
  for (const [group, list] of Object.entries(cases)) {
    describe(group, () => {
      for (const layerCase of list) {
        it(layerCase.name, async () => {
          await tf.setBackend("cpu")
          checkCase(layerCase)
        })
      }
    })
  }
})

describe("what TensorFlow.js does not do is refused by name", () => {
  for (const [layerCase, message] of refusedByTfjs) {
    it(layerCase.name, async () => {
      await tf.setBackend("cpu")
      const error = errorOf(() => compile(layerCase, "train"))
      assert.instanceOf(error, TraceError)
      assert.strictEqual(error.reason, "ModelThrew")
      assert.match(error.message, message)
      assert.match(String(errorOf(() => attempt(layerCase, "train"))), message)
    })
  }

  it("randomWidth: the shape would depend on a draw", () => {
    const error = errorOf(() =>
      compile(
        of("randomWidth", [4, 4, 1], () => tfl.layers.randomWidth({ factor: 0.5 })),
        "train"
      )
    )
    assert.instanceOf(error, TraceError)
    assert.deepInclude(error, { reason: "DataDependentShape", op: "RandomWidth" })
    assert.include(error.message, "resizing")
  })
})

it("every class of tf.layers is in a table", () => {
  const text = JSON.stringify(
    Object.values(cases)
      .flat()
      .map(({ make }) => String(make))
  )
  const aliases = /^(avgPool|globalMaxPool\dd|maxPool\dd|input|inputLayer|Layer|RNN|RNNCell|convLstm2dCell|randomWidth)/
  const missing = Object.keys(tfl.layers).filter((name) => !aliases.test(name) && !new RegExp(`\\.${name}\\(`).test(text))
  assert.deepStrictEqual(missing, [])
})
