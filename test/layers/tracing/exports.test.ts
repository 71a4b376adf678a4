/** `exportOutputs` of a spec: what it may be, and where its tensors go. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"
import type { EstimatorSpec, ModelFn } from "../../../src/domain/Model.ts"
import * as TracerTfjs from "../../../src/layers/tracing/TracerTfjs.ts"

const modelOf =
  (exportOutputs: (y: tf.Tensor2D) => unknown): ModelFn =>
  ({ features, variables }) => {
    const y = tf.matMul(features as tf.Tensor2D, variables.get("w", [2, 3]) as tf.Tensor2D) as tf.Tensor2D
    // as callers without types write it
    return { predictions: { y }, exportOutputs: exportOutputs(y) as NonNullable<EstimatorSpec["exportOutputs"]> }
  }

const traced = (exportOutputs: (y: tf.Tensor2D) => unknown, exporting = true) =>
  TracerTfjs.make.trace({
    modelFn: modelOf(exportOutputs),
    mode: "predict",
    params: undefined,
    replicas: 1,
    features: { dtype: "float32", shape: [4, 2] },
    perReplicaBatchSize: 4,
    exporting
  })

describe("exportOutputs", () => {
  it.effect("[row 185] a classification has scores, classes or both, a regression one value, a prediction what it names", () =>
    Effect.gen(function* () {
      const { exports } = yield* traced((y) => ({
        a: { kind: "classification", scores: y },
        b: { kind: "classification", scores: y, classes: tf.argMax(y, -1) },
        c: { kind: "regression", value: tf.sum(y, -1) },
        d: { kind: "predict", outputs: { y, twice: tf.mul(y, 2) } }
      }))
      assert.deepStrictEqual(
        exports.map(({ kind, name, outputs }) => [
          name,
          kind,
          outputs
            .map(({ key }) => key)
            .sort()
            .join()
        ]),
        [
          ["a", "classification", "scores"],
          ["b", "classification", "classes,scores"],
          ["c", "regression", "outputs"],
          ["d", "predict", "twice,y"]
        ]
      )
    })
  )

  it.effect("a prediction that is no export computes none of them", () =>
    Effect.gen(function* () {
      const { exports, program } = yield* traced((y) => ({ a: { kind: "predict", outputs: { exp: tf.exp(y) } } }), false)
      assert.deepStrictEqual(exports, [])
      assert.isFalse(program.step.nodes.some(({ op }) => op === "Exp"))
    })
  )

  for (const [wrong, says] of [
    [() => [1], "exportOutputs must be a record"],
    [(y: tf.Tensor2D) => ({ a: y }), "exportOutputs.a must be"],
    [
      (y: tf.Tensor2D) => ({ a: { kind: "ranking", outputs: { y } } }),
      'exportOutputs.a.kind must be "classification", "regression" or "predict", got string "ranking"'
    ],
    [() => ({ a: { kind: "classification" } }), "has neither scores nor classes"],
    [() => ({ a: { kind: "regression" } }), "exportOutputs.a.value must be a tensor, got undefined"],
    [() => ({ a: { kind: "predict", outputs: {} } }), "exportOutputs.a.outputs must be a record of tensors, got an empty record"],
    [(y: tf.Tensor2D) => ({ a: { kind: "regression", value: tf.mean(y) } }), "exports/a/outputs"]
  ] as const) {
    it.effect(`is refused: ${says}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(traced(wrong))
        assert.strictEqual(error.reason, "InvalidSpec")
        assert.include(error.detail, says)
      })
    )
  }
})
