import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { clipByGlobalNorm, CrossReplicaOptimizer, valueAndGrads } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { makeEagerVariables } from "../../../src/layers/tracing/variables.ts"
import { initialState, step } from "./programs.ts"
import { close, programOf } from "./requests.ts"

describe("gradients", () => {
  it("clipping scales by the norm of all together", async () => {
    await tf.setBackend("cpu")
    const { gradients, globalNorm } = clipByGlobalNorm({ a: tf.tensor([3, 0]), b: tf.tensor([4]) }, 1)
    assert.closeTo(globalNorm.dataSync()[0]!, 5, 1e-6)
    close(gradients["a"]!.dataSync(), [0.6, 0], "a")
    close(clipByGlobalNorm({ a: tf.tensor([3, 0]), b: tf.tensor([4]) }, 10).gradients["b"]!.dataSync(), [4], "b")
  })

  it("variables made within the function count, and its results stay usable", async () => {
    await tf.setBackend("cpu")
    const variables = makeEagerVariables(1)
    const { value, gradients } = valueAndGrads(() => {
      const w = variables.get("grads_w", [2], { initializer: () => tf.tensor([2, 3]) })
      const squares = tf.square(w)
      return { loss: tf.sum(squares) as tf.Scalar, squares }
    })
    assert.deepStrictEqual([...gradients["grads_w"]!.dataSync()], [4, 6])
    assert.deepStrictEqual([...value.squares.dataSync()], [4, 9])
    tf.disposeVariables()
  })

  it("a sum over replicas is its own gradient, and options choose what is summed and clipped", () => {
    const modelFn =
      (reduction: "mean" | "sum", clip: boolean, before = false): ModelFn =>
      ({ features, variables }) => {
        const w = variables.get("w", [3], { initializer: () => tf.zeros([3]) })
        const transform = (g: { readonly [name: string]: tf.Tensor }) => (clip ? clipByGlobalNorm(g, 0.5).gradients : g)
        const options = before ? { reduction, transformReplica: transform } : { reduction, transform }
        return {
          loss: new CrossReplicaOptimizer(tf.train.sgd(1), options).minimize(() => tf.sum(tf.mul(tf.mean(features["x"]!, 0), w)) as tf.Scalar)
        }
      }
    const run = (f: ModelFn) => {
      const program = programOf(f, { replicas: 2 })
      const ones = (v: number) => [new Float32Array(12).fill(v), new Int32Array(4), new Float32Array(4)]
      return step(program, [initialState(program), initialState(program)], [ones(1), ones(3)]).states[1]!.get("w")!
    }
    close(run(modelFn("mean", false)), [-2, -2, -2], "mean")
    close(run(modelFn("sum", false)), [-4, -4, -4], "sum")
    close(run(modelFn("mean", true)), [-0.5 / Math.sqrt(3), -0.5 / Math.sqrt(3), -0.5 / Math.sqrt(3)], "clipped")
    // each replica's share is longer than 0.5 and clipped by itself; the two are added up unclipped
    close(run(modelFn("mean", true, true)), [-1 / Math.sqrt(3), -1 / Math.sqrt(3), -1 / Math.sqrt(3)], "clipped before the sum")
  })
})
