import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect, Stream } from "effect"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { stateLeaves } from "../../../../src/domain/Program.ts"
import { make as tensor } from "../../../../src/domain/Tensor.ts"
import * as EstimatorTest from "../../../../src/EstimatorTest.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Estimator from "../../../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../../../src/services/CheckpointStore.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf, wave } from "../requests.ts"
import { inner } from "./compare.ts"

const { layers: l } = tfl
const rows = 2
const shape = (inputs: ReadonlyArray<number>) => [rows, ...inputs]
const size = (inputs: ReadonlyArray<number>) => shape(inputs).reduce((a, b) => a * b, 1)

type Make = () => tfl.Sequential
const of = (
  inputs: ReadonlyArray<number>,
  make: (more: { readonly stateful: true; readonly batchInputShape: Array<number> }) => tfl.layers.Layer
): Make => {
  return () => tfl.sequential({ layers: [make({ stateful: true, batchInputShape: shape(inputs) })] })
}
const cases: ReadonlyArray<readonly [name: string, inputs: ReadonlyArray<number>, make: Make, leaves: ReadonlyArray<string>]> = [
  ["simpleRNN", [3, 2], of([3, 2], (more) => l.simpleRNN({ units: 2, ...more })), ["cache/simple_rnn_SimpleRNN1/state"]],
  ["gru", [3, 2], of([3, 2], (more) => l.gru({ units: 2, ...more })), ["cache/gru_GRU1/state"]],
  ["lstm", [3, 2], of([3, 2], (more) => l.lstm({ units: 2, ...more })), ["cache/lstm_LSTM1/state", "cache/lstm_LSTM1/state_1"]],
  [
    "rnn of stacked cells",
    [3, 2],
    of([3, 2], (more) => l.rnn({ cell: [l.gruCell({ units: 2 }), l.simpleRNNCell({ units: 3 })], ...more })),
    ["cache/rnn_RNN1/state", "cache/rnn_RNN1/state_1"]
  ],
  [
    "convLstm2d",
    [2, 3, 3, 1],
    of([2, 3, 3, 1], (more) => l.convLstm2d({ filters: 1, kernelSize: 2, ...more })),
    ["cache/conv_lst_m2d_ConvLSTM2D1/state", "cache/conv_lst_m2d_ConvLSTM2D1/state_1"]
  ]
]

const weightNames = (program: Parameters<typeof initialState>[0]) => stateLeaves(program.step).filter(({ kind }) => kind === "variable")

describe("a stateful layer carries its states from step to step, in the recurrent cache", () => {
  for (const [name, inputs, make, leaves] of cases) {
    it(name, async () => {
      await tf.setBackend("cpu")
      const features = { dtype: "float32", shape: shape(inputs) } as const
      const modelFn: ModelFn = ({ features }) => ({ predictions: { y: make().apply(features) as tf.Tensor } })
      const program = programOf(modelFn, { mode: "predict", features, labels: undefined, perReplicaBatchSize: rows })
      assert.deepStrictEqual(
        stateLeaves(program.step).flatMap((leaf) => (leaf.kind === "cache" ? [leaf.name] : [])),
        leaves
      )
      const model = make()
      const weights = weightNames(program)
      let states = [initialState(program), initialState(program)]
      model.setWeights(weights.map((w) => tf.tensor(states[0]!.get(w.name)!, [...w.type.shape])))
      const data = (i: number, replica = 0) => wave(size(inputs), 3 * i + replica)
      const results: Array<ArrayLike<number>> = []
      for (let i = 0; i < 3; i++) {
        const run = step(
          program,
          states,
          states.map((_, r) => [data(i, r), new Float32Array(rows).fill(1)])
        )
        states = [...run.states]
        results.push(run.outfeed("predictions/y"))
        close(results[i]!, (model.apply(tf.tensor(data(i), shape(inputs))) as tf.Tensor).dataSync(), `${name}, step ${i}`)
      }
      // the other replica has had other batches
      assert.notDeepEqual(states[0]!.get(leaves[0]!), states[1]!.get(leaves[0]!))
      model.resetStates()
      const fresh = (model.apply(tf.tensor(data(2), shape(inputs))) as tf.Tensor).dataSync()
      assert.isTrue([...fresh].some((v, i) => Math.abs(v - results[2]![i]!) > 1e-3))
      tf.disposeVariables()
    })
  }

  it("both directions of bidirectional", () => {
    const modelFn: ModelFn = ({ features }) => {
      const layer = l.bidirectional({ layer: inner(l.gru({ units: 2, stateful: true })), mergeMode: "sum", batchInputShape: [rows, 3, 2] })
      return { predictions: { y: tfl.sequential({ layers: [layer] }).apply(features) as tf.Tensor } }
    }
    const features = { dtype: "float32", shape: shape([3, 2]) } as const
    const program = programOf(modelFn, { mode: "predict", features, labels: undefined, perReplicaBatchSize: rows })
    const caches = stateLeaves(program.step).filter(({ kind }) => kind === "cache")
    assert.deepStrictEqual(
      caches.map((c) => c.name),
      ["cache/forward_gru_GRU1/state", "cache/backward_gru_GRU1/state"]
    )
    const { states } = step(program, [initialState(program)], [[wave(size([3, 2]), 1), new Float32Array(rows).fill(1)]])
    for (const { name } of caches) assert.isTrue(states[0]!.get(name)!.some((v) => v !== 0))
  })

  it("resetStates within the step begins anew, all rows or those of a mask", () => {
    const features = { x: { dtype: "float32", shape: shape([3, 2]) }, keep: { dtype: "float32", shape: [rows, 1] } } as const
    const modelFn: ModelFn = ({ features }) => {
      const rnn = l.simpleRNN({ units: 2, stateful: true, batchInputShape: shape([3, 2]) })
      const model = tfl.sequential({ layers: [rnn] })
      rnn.resetStates(rnn.states.map((state) => tf.mul(state, features["keep"]!)))
      return { predictions: { y: model.apply(features["x"]!) as tf.Tensor } }
    }
    const program = programOf(modelFn, { mode: "predict", features, labels: undefined, perReplicaBatchSize: rows })
    const valid = new Float32Array(rows).fill(1)
    const x = wave(size([3, 2]), 1)
    const batch = (...keep: ReadonlyArray<number>) => [Float32Array.from(keep), x, valid]
    const first = step(program, [initialState(program)], [batch(1, 1)])
    const second = step(program, first.states, [batch(1, 0)])
    const y = (run: typeof first) => [...run.outfeed("predictions/y")]
    assert.isAbove(Math.abs(y(second)[0]! - y(first)[0]!), 1e-4)
    close(y(second).slice(2), y(first).slice(2), "the row that was reset")
  })

  it("in a run: saved with each checkpoint, and evaluated from a fresh state", async () => {
    const modelFn: ModelFn = ({ batchSize, features, labels, mode }) => {
      const lossOf = () => {
        const rnn = l.gru({
          units: 2,
          stateful: true,
          batchInputShape: [batchSize, 3, 2],
          kernelInitializer: "ones"
        })
        const y = tfl.sequential({ layers: [rnn, l.dense({ units: 1, kernelInitializer: "ones" })] }).apply(features) as tf.Tensor
        return tf.mean(tf.square(tf.sub(y, labels))) as tf.Scalar
      }
      return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0.01)).minimize(lossOf) : lossOf() }
    }
    const examples = (n: number, i: number) => ({ features: tensor(wave(n * 6, i), [n, 3, 2]), labels: tensor(wave(n, i + 1), [n, 1]) })
    const estimator = Estimator.make({ modelFn, config: { modelDir: "runs", iterationsPerLoop: 1 } })
    await Effect.gen(function* () {
      const store = yield* CheckpointStore
      const input = (...batches: ReadonlyArray<number>) => Stream.fromIterable(batches.map((i) => examples(4, i)))
      yield* Estimator.train(estimator, { input: input(1, 2), maxSteps: 2 })
      const saved = (yield* store.load((yield* store.latest("runs"))!.path)).state
      assert.deepStrictEqual(saved.get("cache/gru_GRU1/state")!.shape, [2, 2, 2])
      assert.isTrue(saved.get("cache/gru_GRU1/state")!.data.some((v) => v !== 0))
      const once = yield* Estimator.evaluate(estimator, { input: input(5) })
      const again = yield* Estimator.evaluate(estimator, { input: input(5) })
      assert.strictEqual(once.loss, again.loss)
      const twice = yield* Estimator.evaluate(estimator, { input: input(5, 5) })
      assert.notStrictEqual(twice.loss, once.loss)
    }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })), Effect.runPromise)
  })
})
