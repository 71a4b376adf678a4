import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { TraceError } from "../../../../src/domain/Errors.ts"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { stateLeaves } from "../../../../src/domain/Program.ts"
import { make as tensor, type Tensor } from "../../../../src/domain/Tensor.ts"
import * as Layers from "../../../../src/layers/tracing/layers/Layers.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf, wave } from "../requests.ts"

const { layers: l } = tfl

/** A convolutional model with a nested one, a shared layer and a merge, as a user would save it. */
const branched = () => {
  const input = tfl.input({ shape: [6, 6, 2], name: "image" })
  const conv = l.conv2d({ filters: 3, kernelSize: 3, activation: "relu", name: "my_conv", kernelRegularizer: "l1l2" })
  const tail = tfl.sequential({ layers: [l.flatten({ inputShape: [4, 4, 3] }), l.dense({ units: 4, activation: "hardSigmoid" })], name: "tail" })
  const shared = l.dense({ units: 4, kernelInitializer: tfl.initializers.randomUniform({ minval: 0.1, maxval: 1 }), kernelConstraint: "nonNeg" })
  const hidden = tail.apply(conv.apply(input)) as tfl.SymbolicTensor
  const out = l.add().apply([hidden, shared.apply(shared.apply(hidden)) as tfl.SymbolicTensor])
  return tfl.model({ inputs: input, outputs: out as tfl.SymbolicTensor, name: "branched" })
}
const sequence = () =>
  tfl.sequential({
    layers: [
      l.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }),
      l.bidirectional({ layer: l.lstm({ units: 2, returnSequences: true }) as never, mergeMode: "concat" }), // typed for its own class of layer
      l.rnn({ cell: [l.gruCell({ units: 3 }), l.simpleRNNCell({ units: 2 })] }),
      l.batchNormalization()
    ]
  })
const image = { data: wave(2 * 72, 1), dtype: "float32", shape: [2, 6, 6, 2] } as const
const ids = { data: Int32Array.of(1, 2, 0, 4, 3, 3, 1, 0), dtype: "int32", shape: [2, 4] } as const
const models: ReadonlyArray<readonly [name: string, make: () => tfl.LayersModel, input: Tensor]> = [
  ["a functional model", branched, image],
  ["a sequential model of recurrent layers", sequence, ids]
]

const weightsOf = (model: tfl.LayersModel): ReadonlyMap<string, Tensor> =>
  new Map(model.weights.map((w) => [w.originalName, tensor(w.read().dataSync() as Float32Array, w.read().shape)]))

const predicting = (json: unknown, options: Layers.FromJsonOptions, input: Tensor) => {
  const modelFn: ModelFn = ({ features }) => ({ predictions: { y: Layers.fromJson(json, options).apply(features) as tf.Tensor } })
  return programOf(modelFn, { mode: "predict", features: input, labels: undefined, perReplicaBatchSize: 2 })
}

describe("a model from its JSON", () => {
  for (const [name, make, input] of models) {
    it(`${name}, with its weights, predicts what the saved one does`, async () => {
      await tf.setBackend("cpu")
      const model = make()
      const weights = weightsOf(model)
      const wanted = (model.apply(tf.tensor(input.data, [...input.shape], input.dtype)) as tf.Tensor).dataSync()
      const topology: unknown = model.toJSON(null, false)
      const forms = {
        topology,
        text: JSON.stringify(topology),
        file: { modelTopology: topology, weightsManifest: [] },
        keras: { model_config: topology }
      }
      for (const [form, json] of Object.entries(forms)) {
        const program = predicting(json, { weights }, input)
        const leaves = stateLeaves(program.step).filter(({ kind }) => kind === "variable")
        // names are the file's, whatever numbers they have
        assert.sameMembers(
          leaves.map((leaf) => leaf.name),
          [...weights.keys()]
        )
        const { outfeed } = step(program, [initialState(program)], [[input.data, new Float32Array(2).fill(1)]])
        close(outfeed("predictions/y"), wanted, `${name} as ${form}`)
      }
      tf.disposeVariables()
    })
  }

  it("without weights draws its own, and an automatic layer beside it takes no name of it", () => {
    const layers = [l.dense({ units: 2, inputShape: [3], name: "dense_Dense7" }), l.dense({ units: 1, useBias: false, name: "dense_Dense1" })]
    const json = tfl.sequential({ layers }).toJSON(null, false)
    const modelFn: ModelFn = ({ features }) => {
      const y = l.dense({ units: 3 }).apply(Layers.fromJson(json).apply(features) as tf.Tensor) as tf.Tensor
      return { predictions: { y } }
    }
    const program = programOf(modelFn, { mode: "predict", features: { dtype: "float32", shape: [2, 3] }, labels: undefined, perReplicaBatchSize: 2 })
    assert.deepStrictEqual(
      stateLeaves(program.step)
        .slice(2)
        .map((leaf) => leaf.name),
      ["dense_Dense7/kernel", "dense_Dense7/bias", "dense_Dense1/kernel", "dense_Dense2/kernel", "dense_Dense2/bias"]
    )
    tf.disposeVariables()
  })

  it("layers of one's own, once registered", () => {
    class Doubled extends tfl.layers.Layer {
      static readonly className = "DoubledForTest"
      override call(inputs: tf.Tensor | Array<tf.Tensor>) {
        return tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, 2)
      }
    }
    const json = {
      class_name: "Sequential",
      config: { name: "s", layers: [{ class_name: "DoubledForTest", config: { batch_input_shape: [null, 2] } }] }
    }
    const input: Tensor = { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }
    assert.throws(() => predicting(json, {}, input), /Unknown layer: DoubledForTest/)
    tf.serialization.registerClass(Doubled)
    const program = predicting(json, {}, input)
    const { outfeed } = step(program, [initialState(program)], [[input.data, Float32Array.of(1, 1)]])
    assert.deepStrictEqual([...outfeed("predictions/y")], [2, 4, 6, 8])
  })
})

describe("what is no model is a TraceError that says what was expected", () => {
  const dense = { class_name: "Dense", config: { units: 1, batch_input_shape: [null, 3] } }
  const cases: ReadonlyArray<readonly [name: string, json: unknown, message: RegExp, weights?: ReadonlyMap<string, Tensor>]> = [
    ["text that is no JSON", "{", /one that is no JSON/],
    ["a number", 3, /expected a model.json/],
    ["nothing", undefined, /expected a model.json/],
    ["an empty object", {}, /class_name and config/],
    ["a graph model", { format: "graph-model", modelTopology: { node: [] } }, /graph model/],
    ["a class that there is not", { class_name: "Sequentiel", config: {} }, /there is no class Sequentiel/],
    ["a layer alone", dense, /is not a model|expected Sequential/],
    [
      "a layer that there is not",
      { class_name: "Sequential", config: { layers: [{ class_name: "Densest", config: {} }] } },
      /Unknown layer: Densest/
    ],
    ["no layers", { class_name: "Sequential", config: {} }, /cannot be made/],
    ["a config without meaning", { class_name: "Functional", config: 7 }, /cannot be made/],
    [
      "weights that lack one",
      { class_name: "Sequential", config: { layers: [dense] } },
      /the weights have no ".*kernel"/,
      new Map([["other", tensor(new Float32Array(1), [1])]])
    ],
    [
      "weights of another shape",
      { class_name: "Sequential", config: { layers: [{ ...dense, config: { ...dense.config, name: "d" } }] } },
      /"d\/kernel" is f32\[3,1\] in the model, and f32\[2,1\] in the weights/,
      new Map([["d/kernel", tensor(new Float32Array(2), [2, 1])]])
    ]
  ]
  const input: Tensor = { dtype: "float32", shape: [2, 3], data: new Float32Array(6) }
  for (const [name, json, message, weights] of cases) {
    it(name, () => {
      try {
        predicting(json, weights === undefined ? {} : { weights }, input)
      } catch (error) {
        assert.instanceOf(error, TraceError)
        assert.deepInclude(error, { reason: "InvalidSpec", op: "Layers.fromJson" })
        return assert.match(error.message, message)
      }
      return assert.fail("nothing was thrown")
    })
  }
})
