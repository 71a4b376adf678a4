import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { stateLeaves } from "../../../src/domain/Program.ts"
import { CrossReplicaOptimizer } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { f32 } from "./harness.ts"
import { initialState, step } from "./programs.ts"
import { close, programOf } from "./requests.ts"

const { layers: l } = tfl
type Layer = ReturnType<typeof l.dense>
type AnyLayer = Pick<Layer, "apply" | "setWeights">

/** Name, input shape without the batch, and the layer. */
const cases: ReadonlyArray<readonly [name: string, shape: ReadonlyArray<number>, make: () => AnyLayer]> = [
  ["dense", [5], () => l.dense({ units: 3, activation: "relu", kernelInitializer: "orthogonal" })],
  ["batchNormalization", [5], () => l.batchNormalization()],
  ["layerNormalization", [5], () => l.layerNormalization()],
  ["prelu", [4], () => l.prelu()],
  ["elu", [4], () => l.elu()],
  ["thresholdedReLU", [5], () => l.thresholdedReLU({ theta: 0.3 })],
  ["softmax", [4], () => l.softmax()],
  ["hardSigmoid", [5], () => l.activation({ activation: "hardSigmoid" })],
  ["gelu", [5], () => l.activation({ activation: "gelu" as "relu" })],
  ["repeatVector", [4], () => l.repeatVector({ n: 3 })],
  ["permute", [4, 3], () => l.permute({ dims: [2, 1] })],
  ["masking", [6, 3], () => l.masking({ maskValue: 0 })],
  ["simpleRNN", [6, 3], () => l.simpleRNN({ units: 4 })],
  ["lstm", [4, 3], () => l.lstm({ units: 3 })],
  ["gru", [4, 3], () => l.gru({ units: 3, returnSequences: true })],
  ["bidirectional", [4, 3], () => l.bidirectional({ layer: l.lstm({ units: 2 }) as never, mergeMode: "concat" })], // typed for its own class of layer
  ["timeDistributed", [4, 3], () => l.timeDistributed({ layer: l.dense({ units: 2 }) })],
  ["conv1d", [6, 3], () => l.conv1d({ filters: 2, kernelSize: 3 })],
  ["maxPooling1d", [6, 3], () => l.maxPooling1d({ poolSize: 2 })],
  ["conv2d", [6, 6, 2], () => l.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "tanh" })],
  ["depthwiseConv2d", [6, 6, 3], () => l.depthwiseConv2d({ kernelSize: 3 })],
  ["separableConv2d", [6, 6, 3], () => l.separableConv2d({ filters: 2, kernelSize: 3 })],
  ["conv2dTranspose", [4, 4, 2], () => l.conv2dTranspose({ filters: 3, kernelSize: 3 })],
  ["averagePooling2d", [4, 4, 2], () => l.averagePooling2d({ poolSize: 2 })],
  ["globalAveragePooling2d", [3, 3, 2], () => l.globalAveragePooling2d({})],
  ["globalMaxPooling2d", [3, 3, 2], () => l.globalMaxPooling2d({})],
  ["upSampling2d", [3, 3, 2], () => l.upSampling2d({})],
  ["zeroPadding2d", [3, 3, 2], () => l.zeroPadding2d({})],
  [
    "cropping2D",
    [5, 5, 2],
    () =>
      l.cropping2D({
        cropping: [
          [1, 1],
          [0, 2]
        ]
      })
  ]
]

describe("tf.layers", () => {
  for (const [name, shape, make] of cases) {
    it(`${name} is recorded as it is computed, and can be trained through`, async () => {
      await tf.setBackend("cpu")
      const rows = 2
      const features = { dtype: "float32", shape: [rows, ...shape] } as const
      const x = f32(features.shape).data
      const valid = new Float32Array(rows).fill(1)
      const forward: ModelFn = ({ features }) => ({ predictions: { y: make().apply(features) as tf.Tensor } })
      const given = { features, labels: undefined, perReplicaBatchSize: rows }
      const program = programOf(forward, { ...given, mode: "predict" })
      const state = initialState(program)

      const eager = make()
      const input = tf.tensor(x, features.shape as unknown as Array<number>)
      eager.apply(input) // makes the weights
      const weights = stateLeaves(program.step).slice(2)
      eager.setWeights(weights.map((w) => tf.tensor(state.get(w.name)!, [...w.type.shape])))
      close(step(program, [state], [[x, valid]]).outfeed("predictions/y"), (eager.apply(input) as tf.Tensor).dataSync(), name)
      tf.disposeVariables()

      const training: ModelFn = ({ features, variables }) => {
        const f = () =>
          tf.mean(
            tf.square(
              make().apply(tf.mul(features, variables.get("scale", [], { initializer: () => tf.scalar(1) })), { training: true }) as tf.Tensor
            )
          ) as tf.Scalar
        return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(f) }
      }
      const trained = programOf(training, given)
      const first = initialState(trained)
      const after = step(trained, [first], [[x, valid]]).states[0]!
      const changed = stateLeaves(trained.step)
        .slice(2)
        .filter((leaf) => leaf.trainable && after.get(leaf.name)!.some((v, i) => v !== first.get(leaf.name)![i]))
      assert.isAtLeast(changed.length, 1)
      assert.isTrue([...after.values()].every((values) => values.every(Number.isFinite)))
    })
  }
})
