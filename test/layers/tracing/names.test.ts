import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { stateLeaves } from "../../../src/domain/Program.ts"
import { CrossReplicaOptimizer } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { initialState, step } from "./programs.ts"
import { batch, names, programOf, rows, wave } from "./requests.ts"

describe("names", () => {
  const slots: ReadonlyArray<readonly [() => tf.Optimizer, ReadonlyArray<string>]> = [
    [() => tf.train.sgd(0.1), []],
    [() => tf.train.momentum(0.1, 0.9), ["w/Momentum/momentum"]],
    [() => tf.train.adagrad(0.1), ["w/Adagrad/accumulator"]],
    [() => tf.train.adadelta(0.1), ["w/Adadelta/accum_grad", "w/Adadelta/accum_var"]],
    [() => tf.train.adam(0.1), ["Adam/accBeta1", "Adam/accBeta2", "w/Adam/m", "w/Adam/v"]],
    [() => tf.train.adamax(0.1), ["Adamax/iteration", "Adamax/accBeta1", "w/Adamax/m", "w/Adamax/v"]],
    [() => tf.train.rmsprop(0.1, 0.9, 0, 1e-7, true), ["w/RMSProp/rms", "w/RMSProp/momentum", "w/RMSProp/mg"]]
  ]
  for (const [optimizer, expected] of slots) {
    const modelFn =
      (wrapped: boolean): ModelFn =>
      ({ features, variables }) => {
        const w = variables.get("w", [3, 1])
        const f = () => tf.mean(tf.matMul(features["x"]!, w)) as tf.Scalar
        return { loss: wrapped ? new CrossReplicaOptimizer(optimizer()).minimize(f) : optimizer().minimize(f, true)! }
      }
    it(`of slots: ${expected.join(", ") || "none"}`, () => {
      for (const wrapped of [true, false]) {
        const leaves = stateLeaves(programOf(modelFn(wrapped)).step).slice(3)
        assert.deepStrictEqual(
          leaves.map((l) => l.name),
          expected
        )
        assert.isTrue(leaves.every((l) => l.kind === "slot" && !l.trainable))
      }
    })
  }

  it("of an optimizer that takes no step are not there", () => {
    const modelFn: ModelFn = ({ features, variables }) => {
      tf.train.adam(0.1)
      return { loss: tf.mean(tf.matMul(features["x"]!, variables.get("w", [3, 1]))) }
    }
    assert.deepStrictEqual(names(programOf(modelFn, { mode: "evaluate" })), ["global_step", "random_key", "w"])
  })

  it("of two optimizers of one class differ", () => {
    const modelFn: ModelFn = ({ features, variables }) => {
      const [a, b] = [variables.get("a", [3, 1]), variables.get("b", [3, 1])]
      const part = (v: tf.Variable) =>
        new CrossReplicaOptimizer(tf.train.adam(0.1)).minimize(() => tf.mean(tf.matMul(features["x"]!, v)) as tf.Scalar, false, [v])
      return { loss: tf.add(part(a), part(b)) }
    }
    assert.deepStrictEqual(
      names(programOf(modelFn)).filter((n) => n.includes("Adam")),
      ["Adam/accBeta1", "Adam/accBeta2", "a/Adam/m", "a/Adam/v", "Adam_1/accBeta1", "Adam_1/accBeta2", "b/Adam_1/m", "b/Adam_1/v"]
    )
  })

  const layersModel: ModelFn = ({ features, labels, mode }) => {
    const { layers } = tfl
    const model = tfl.sequential({
      layers: [
        layers.reshape({ targetShape: [6, 6, 1], inputShape: [36] }),
        layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu" }),
        layers.batchNormalization({}),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 4, name: "head" }),
        layers.layerNormalization(),
        layers.activation({ activation: "tanh" }),
        layers.dense({ units: 2 }),
        layers.dense({ units: 2 })
      ]
    })
    const forward = () =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 2), model.apply(features["x"]!, { training: mode === "train" }) as tf.Tensor) as tf.Scalar
    return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(forward) : forward() }
  }
  const images = { features: { x: { dtype: "float32", shape: [rows, 36] } } } as const

  it("of tf.layers are the same in each mode and repetition", () => {
    const expected = [
      "global_step",
      "random_key",
      "conv2d_Conv2D1/kernel",
      "conv2d_Conv2D1/bias",
      "batch_normalization_BatchNormalization1/gamma",
      "batch_normalization_BatchNormalization1/beta",
      "batch_normalization_BatchNormalization1/moving_mean",
      "batch_normalization_BatchNormalization1/moving_variance",
      "head/kernel",
      "head/bias",
      "layer_normalization_LayerNormalization1/gamma",
      "layer_normalization_LayerNormalization1/beta",
      "dense_Dense1/kernel",
      "dense_Dense1/bias",
      "dense_Dense2/kernel",
      "dense_Dense2/bias"
    ]
    for (const mode of ["train", "evaluate", "train"] as const) assert.sameMembers([...names(programOf(layersModel, { ...images, mode }))], expected)
  })

  it("moving averages are averaged over replicas and stay equal", () => {
    const program = programOf(layersModel, { ...images, replicas: 2 })
    const leaf = stateLeaves(program.step).find((l) => l.name.endsWith("moving_mean"))!
    assert.deepStrictEqual([leaf.kind, leaf.trainable], ["variable", false])
    const given = (seed: number) => [wave(rows * 36, seed), Int32Array.of(0, 1, 0, 1), new Float32Array(rows)]
    const { states } = step(program, [initialState(program), initialState(program)], [given(1), given(9)])
    assert.deepStrictEqual(states[0]!.get(leaf.name), states[1]!.get(leaf.name))
    assert.notDeepEqual(states[0]!.get(leaf.name), initialState(program).get(leaf.name))
    assert.deepStrictEqual(states[0]!.get("dense_Dense1/kernel"), states[1]!.get("dense_Dense1/kernel"))
  })

  it("an embedding layer can be trained", () => {
    const modelFn: ModelFn = ({ labels }) => {
      const table = tfl.layers.embedding({ inputDim: 5, outputDim: 3 })
      return { loss: new CrossReplicaOptimizer(tf.train.sgd(1)).minimize(() => tf.mean(tf.square(table.apply(labels) as tf.Tensor)) as tf.Scalar) }
    }
    const program = programOf(modelFn)
    const before = initialState(program)
    const after = step(program, [before], [batch(0)]).states[0]!
    const name = "embedding_Embedding1/embeddings"
    assert.notDeepEqual(after.get(name)!.slice(0, 6), before.get(name)!.slice(0, 6))
    assert.deepStrictEqual(after.get(name)!.slice(6), before.get(name)!.slice(6))
  })
})
