import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { CrossReplicaOptimizer } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as TracerTfjs from "../../../src/layers/tracing/TracerTfjs.ts"
import { Tracer } from "../../../src/services/Tracer.ts"

const type = { dtype: "float32", shape: [2, 3] } as const
const failureOf = (modelFn: ModelFn<undefined>) =>
  Tracer.use((tracer) =>
    tracer.trace({ modelFn, mode: "train", params: undefined, replicas: 1, features: { x: type }, perReplicaBatchSize: 2 })
  ).pipe(
    Effect.flip,
    Effect.map((error) => error.message),
    Effect.provide(TracerTfjs.layer)
  )

it.effect("a feature or cache leaf that is not there: says which there are", () =>
  Effect.gen(function* () {
    for (const wrong of [
      failureOf(({ features }) => ({ loss: tf.mean(tf.matMul(features["X"]!, tf.ones([3, 1]))) })),
      failureOf(({ cache }) => ({ loss: tf.mean(tf.mul(cache[0]!, 2)) })),
      failureOf(({ labels }) => ({ loss: tf.mean(tf.square(labels)) }))
    ]) {
      assert.include(yield* wrong, "The input and the cache have these tensors: features/x, valid")
    }
  })
)

it.effect("a training step that changes nothing says how to minimize", () =>
  Effect.gen(function* () {
    const message = yield* failureOf(({ features, variables }) => ({ loss: tf.mean(tf.matMul(features.x!, variables.get("w", [3, 1]))) }))
    assert.include(message, "no new value to any of the 1 trainable variables")
    assert.include(message, "CrossReplicaOptimizer")
    assert.include(message, "mistakes.test.ts")
  })
)

it.effect("a plain optimizer over variables made in its function says what to do", () =>
  Effect.gen(function* () {
    const message = yield* failureOf(({ features, variables }) => ({
      loss: tf.train.sgd(0.1).minimize(() => tf.mean(tf.matMul(features.x!, variables.get("w", [3, 1]))) as tf.Scalar, true)!
    }))
    assert.include(message, "CrossReplicaOptimizer")
  })
)

it.effect("a loss that is not a scalar is refused by minimize", () =>
  Effect.gen(function* () {
    const message = yield* failureOf(({ features, variables }) => ({
      loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => tf.matMul(features.x!, variables.get("w", [3, 1])))
    }))
    assert.include(message, "scalar")
  })
)
