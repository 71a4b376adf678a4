import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { CrossReplicaOptimizer, type CrossReplicaOptions } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Clip from "../../../../src/layers/tracing/optimizers/Clip.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf } from "../requests.ts"

const values = (transform: Clip.GradientTransform) => {
  const clipped = transform({ a: tf.tensor([3, -4]), b: tf.tensor([0.5, 12]) })
  return [...clipped["a"]!.dataSync(), ...clipped["b"]!.dataSync()]
}

describe("Clip", () => {
  it("by value, by each norm, by the norm of all, and one after the other", async () => {
    await tf.setBackend("cpu")
    close(values(Clip.byValue(-1, 2)), [2, -1, 0.5, 2], "value")
    const norm = Math.hypot(0.5, 12)
    close(values(Clip.byNorm(5)), [3, -4, 2.5 / norm, 60 / norm], "norm")
    const all = Math.hypot(3, 4, 0.5, 12)
    close(values(Clip.byGlobalNorm(1)), [3 / all, -4 / all, 0.5 / all, 12 / all], "global norm")
    close(values(Clip.byGlobalNorm(100)), [3, -4, 0.5, 12], "within")
    close(
      values(Clip.all(Clip.byValue(-3, 3), Clip.byNorm(3))),
      [3 / Math.SQRT2, -3 / Math.SQRT2, 1.5 / Math.hypot(0.5, 3), 9 / Math.hypot(0.5, 3)],
      "both"
    )
    close([...Clip.byNorm(1)({ a: tf.zeros([2]) })["a"]!.dataSync()], [0, 0], "zero")
    assert.throws(() => Clip.byNorm(0), "max")
    assert.throws(() => Clip.byValue(1, 1), "low")
  })

  it("before the sum over replicas it sees each one's share, after it their sum", () => {
    const modelFn =
      (options: CrossReplicaOptions): ModelFn =>
      ({ features, variables }) => {
        const w = variables.get("w", [3], { initializer: () => tf.zeros([3]) })
        const lossOf = () => tf.sum<tf.Scalar>(tf.mul(tf.mean(features["x"]!, 0), w))
        return { loss: new CrossReplicaOptimizer(tf.train.sgd(1), options).minimize(lossOf) }
      }
    const run = (options: CrossReplicaOptions) => {
      const program = programOf(modelFn(options), { replicas: 2 })
      const ones = (v: number) => [new Float32Array(12).fill(v), new Int32Array(4), new Float32Array(4)]
      return step(program, [initialState(program), initialState(program)], [ones(1), ones(3)]).states[1]!.get("w")!
    }
    // gradients 1 and 3: shares 0.5 and 1.5, mean 2
    const transform = Clip.byValue(-1, 1)
    close(run({ transformReplica: transform }), [-1.5, -1.5, -1.5], "before")
    close(run({ transform }), [-1, -1, -1], "after")
    close(run({ transform, transformReplica: transform }), [-1, -1, -1], "both")
  })
})
