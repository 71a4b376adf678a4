import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-backend-cpu"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect, Stream } from "effect"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { fillNormal, fillUniform, fromSeed } from "../../../../src/domain/RandomKey.ts"
import { make as tensor } from "../../../../src/domain/Tensor.ts"
import * as DeviceOnnx from "../../../../src/layers/device/DeviceOnnx.ts"
import * as EstimatorTest from "../../../../src/EstimatorTest.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Estimator from "../../../../src/programs/Estimator.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf, wave } from "../requests.ts"

const { layers: l } = tfl
const [rows, steps, width] = [2, 3, 4]
const size = rows * steps * width
const x = wave(size, 2)
const features = { dtype: "float32", shape: [rows, steps, width] } as const
const seed = 7

const trainingOf =
  (make: () => tfl.layers.Layer): ModelFn =>
  ({ features, variables }) => {
    let y: tf.Tensor | undefined
    const loss = new CrossReplicaOptimizer(tf.train.sgd(0)).minimize(() => {
      y = make().apply(features, { training: true }) as tf.Tensor
      return tf.mul(tf.mean(y), variables.get("w", [], { initializer: () => tf.scalar(1) }))
    })
    return { loss, hostCall: { tensors: { y: y! }, call: () => undefined } }
  }

/** What the layer gives in training, in the first steps of a replica each. */
const inTraining = (make: () => tfl.layers.Layer, replicas = 1, count = 1) => {
  const program = programOf(trainingOf(make), { features, labels: undefined, replicas, perReplicaBatchSize: rows })
  let states = Array.from({ length: replicas }, () => initialState(program, seed))
  const results: Array<ReadonlyArray<ArrayLike<number>>> = []
  for (let i = 0; i < count; i++) {
    const run = step(
      program,
      states,
      states.map(() => [x, new Float32Array(rows).fill(1)])
    )
    states = [...run.states]
    results.push(states.map((_, r) => run.outfeed("host_call/y", r)))
  }
  return results
}

const drawn = (fill: typeof fillUniform, n: number) => {
  const data = new Float32Array(n)
  fill(data, fromSeed(seed), 0, 0)
  return data
}

describe("noise layers compute what they are named after, from the draws of the step", () => {
  const rate = 0.3
  const [alpha, scale] = [1.6732632423543772, 1.0507009873554805]
  const uniform = drawn(fillUniform, size)
  const normal = drawn(fillNormal, size)
  const slope = ((1 - rate) * (1 + rate * (alpha * scale) ** 2)) ** -0.5
  const cases: ReadonlyArray<readonly [name: string, make: () => tfl.layers.Layer, wanted: (v: number, i: number) => number]> = [
    ["dropout", () => l.dropout({ rate }), (v, i) => (uniform[i]! >= rate ? v / (1 - rate) : 0)],
    [
      "dropout with a noise shape",
      () => l.dropout({ rate, noiseShape: [rows, 1, 1] }),
      (v, i) => (uniform[Math.floor(i / (steps * width))]! >= rate ? v / (1 - rate) : 0)
    ],
    [
      "spatialDropout1d drops whole channels",
      () => l.spatialDropout1d({ rate }),
      (v, i) => (uniform[Math.floor(i / (steps * width)) * width + (i % width)]! >= rate ? v / (1 - rate) : 0)
    ],
    ["gaussianNoise", () => l.gaussianNoise({ stddev: 0.4 }), (v, i) => v + 0.4 * normal[i]!],
    ["gaussianDropout", () => l.gaussianDropout({ rate }), (v, i) => v * (1 + Math.sqrt(rate / (1 - rate)) * normal[i]!)],
    ["alphaDropout", () => l.alphaDropout({ rate }), (v, i) => slope * (uniform[i]! >= rate ? v : -alpha * scale) + slope * alpha * scale * rate]
  ]
  for (const [name, make, wanted] of cases) {
    it(name, () => close(inTraining(make)[0]![0]!, [...x].map(wanted), name))
  }
})

it("draws differ between steps, replicas and layers, and come again for the same seed, whatever the layer's own", () => {
  const make = () => l.dropout({ rate: 0.5, seed: 3 })
  const [[one, other], [later]] = inTraining(make, 2, 2) as [[ArrayLike<number>, ArrayLike<number>], [ArrayLike<number>]]
  assert.notDeepEqual(one, other)
  assert.notDeepEqual(one, later)
  assert.deepStrictEqual(inTraining(make, 2)[0]![0], one)
  const twice = () => tfl.sequential({ layers: [l.dropout({ rate: 0.5, inputShape: [steps, width] }), l.dropout({ rate: 0.5 })] })
  const both = inTraining(twice)[0]![0]!
  const kept = (y: ArrayLike<number>) => Array.from(y).filter((v) => v !== 0).length
  assert.isBelow(kept(both), kept(one))
})

it("outside training nothing is drawn", () => {
  for (const mode of ["predict", "evaluate"] as const) {
    const modelFn: ModelFn = ({ features }) => {
      const model = tfl.sequential({
        layers: [l.dropout({ rate: 0.5, inputShape: [steps, width] }), l.lstm({ units: 1, dropout: 0.5, recurrentDropout: 0.5 })]
      })
      const y = model.apply(features) as tf.Tensor
      return { loss: tf.mean(y), predictions: { y } }
    }
    const program = programOf(modelFn, { mode, features, labels: undefined, perReplicaBatchSize: rows })
    assert.isFalse(program.step.nodes.some(({ op }) => op.startsWith("Random")))
  }
})

it("each recurrent layer's dropout is drawn once for all its steps", () => {
  const draws = (make: () => tfl.layers.Layer) =>
    programOf(trainingOf(make), { features, labels: undefined, perReplicaBatchSize: rows }).step.nodes.filter(({ op }) => op === "RandomUniform")
      .length
  assert.strictEqual(
    draws(() => l.simpleRNN({ units: 2, dropout: 0.2 })),
    1
  )
  assert.strictEqual(
    draws(() => l.lstm({ units: 2, dropout: 0.2, recurrentDropout: 0.2 })),
    2
  )
})

it("on ONNX Runtime as on the reference", async () => {
  const modelFn: ModelFn = ({ features, labels }) => {
    const lossOf = () => {
      const model = tfl.sequential({
        layers: [
          l.gaussianNoise({ stddev: 0.2, inputShape: [steps, width] }),
          l.gru({ units: 3, dropout: 0.2 }),
          l.alphaDropout({ rate: 0.2 }),
          l.batchNormalization(),
          l.dense({ units: 1, kernelRegularizer: "l1l2", kernelConstraint: "unitNorm" })
        ]
      })
      return tf.mean(tf.square(tf.sub(model.apply(features, { training: true }) as tf.Tensor, labels))) as tf.Scalar
    }
    return { loss: new CrossReplicaOptimizer(tf.train.adam(0.05)).minimize(lossOf) }
  }
  const estimator = Estimator.make({ modelFn, config: { iterationsPerLoop: 2, seed: 3 } })
  const batch = { features: tensor(wave(4 * steps * width, 1), [4, steps, width]), labels: tensor(wave(4, 5), [4, 1]) }
  const losses = Estimator.train(estimator, { input: Stream.forever(Stream.succeed(batch)), maxSteps: 6 }).pipe(Effect.map(({ loss }) => loss))
  const reference = await losses.pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })), Effect.runPromise)
  const onnx = await losses.pipe(Effect.provide(DeviceOnnx.layer({ replicas: 2 })), Effect.provide(EstimatorTest.layer()), Effect.runPromise)
  assert.isTrue(Number.isFinite(reference))
  assert.closeTo(onnx!, reference!, 1e-4)
})
