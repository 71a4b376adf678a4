import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { stateLeaves } from "../../../../src/domain/Program.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Layers from "../../../../src/layers/tracing/layers/Layers.ts"
import { runEagerly } from "../../../../src/layers/tracing/runEagerly.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf, wave } from "../requests.ts"
import { inner } from "./compare.ts"

const { layers: l } = tfl
const rows = 4
const features = { dtype: "float32", shape: [rows, 3] } as const
const x = wave(rows * 3, 1)
const batch = [x, new Float32Array(rows).fill(1)]

interface Apply {
  readonly apply: (x: tf.Tensor, kwargs?: never) => unknown
}
const training = { training: true } as never
const meanSquare = (y: unknown) => tf.mean(tf.square(tf.add(y as tf.Tensor, 1))) as tf.Scalar

const trainer =
  (make: () => Apply, { more = () => tf.scalar(0), optimizer = () => tf.train.sgd(0.5) as tf.Optimizer, plain = false } = {}): ModelFn =>
  ({ features }) => {
    const f = () => tf.add(meanSquare(make().apply(features, training)), more()) as tf.Scalar
    if (!plain) return { loss: new CrossReplicaOptimizer(optimizer()).minimize(f) }
    const layer = make()
    layer.apply(features) // a plain optimizer sees only what there is
    return { loss: optimizer().minimize(() => tf.add(meanSquare(layer.apply(features, training)), more()) as tf.Scalar, true)! }
  }

/** One step: first values and next ones by name. */
const stepped = (modelFn: ModelFn, replicas = 1) => {
  const program = programOf(modelFn, { features, labels: undefined, replicas, perReplicaBatchSize: rows })
  const first = initialState(program)
  const batches = Array.from({ length: replicas }, (_, r) => [wave(rows * 3, r + 1), batch[1]!])
  const { states } = step(
    program,
    Array.from({ length: replicas }, () => first),
    batches
  )
  const moved = (name: string) => states[0]!.get(name)!.some((value, i) => value !== first.get(name)![i])
  return { program, first, next: states[0]!, states, moved, names: stateLeaves(program.step).map((leaf) => leaf.name) }
}

describe("layers that are not trainable keep their values", () => {
  const frozenFirst = (freeze: (layer: tfl.layers.Layer) => void, trainable = true) => {
    const first = l.dense({ units: 2, inputShape: [3], trainable })
    freeze(first)
    return tfl.sequential({ layers: [first, l.dense({ units: 1 })] })
  }
  const cases: ReadonlyArray<readonly [name: string, make: () => Apply]> = [
    ["by the constructor", () => frozenFirst(() => undefined, false)],
    [
      "by the setter",
      () =>
        frozenFirst((layer) => {
          layer.trainable = false
        })
    ],
    [
      "within a model that is not",
      () => {
        const base = tfl.sequential({ layers: [l.dense({ units: 2, inputShape: [3] })] })
        base.trainable = false
        return tfl.sequential({ layers: [base, l.dense({ units: 1 })] })
      }
    ]
  ]
  for (const plain of [false, true]) {
    for (const [name, make] of cases) {
      it(`${name}${plain ? ", with a plain optimizer" : ""}`, () => {
        const { moved, program } = stepped(trainer(make, { plain }))
        assert.isFalse(moved("dense_Dense1/kernel"))
        assert.isTrue(moved("dense_Dense2/kernel"))
        // a warm start takes its value all the same
        assert.isTrue(stateLeaves(program.step).find((leaf) => leaf.name === "dense_Dense1/kernel")!.trainable)
      })
    }
  }
  it("a recurrent layer, whose cell holds the weights", () => {
    const make = () =>
      tfl.sequential({
        layers: [l.reshape({ targetShape: [3, 1], inputShape: [3] }), l.lstm({ units: 2, trainable: false }), l.dense({ units: 1 })]
      })
    const { moved } = stepped(trainer(make))
    assert.isFalse(moved("lstm_LSTM1/recurrent_kernel"))
    assert.isTrue(moved("dense_Dense1/kernel"))
  })
})

describe("constraints hold after each update", () => {
  const nonNegative = () => l.dense({ units: 4, kernelConstraint: "nonNeg", useBias: false })
  for (const plain of [false, true]) {
    it(`nonNeg${plain ? ", with a plain optimizer" : ""}`, () => {
      const { first, next } = stepped(trainer(nonNegative, { plain }))
      const free = stepped(trainer(() => l.dense({ units: 4, useBias: false }), { plain })).next
      assert.deepStrictEqual(first.get("dense_Dense1/kernel")!.length, 12)
      close(
        next.get("dense_Dense1/kernel")!,
        [...free.get("dense_Dense1/kernel")!].map((v) => Math.max(0, v)),
        "kernel"
      )
      assert.isTrue([...free.get("dense_Dense1/kernel")!].some((v) => v < 0))
    })
  }
  it("maxNorm and unitNorm, also of a cell", () => {
    const make = () =>
      tfl.sequential({
        layers: [
          l.reshape({ targetShape: [3, 1], inputShape: [3] }),
          l.gru({ units: 2, recurrentConstraint: tfl.constraints.unitNorm({ axis: 0 }) }),
          l.dense({ units: 1, kernelConstraint: tfl.constraints.maxNorm({ maxValue: 0.1 }) })
        ]
      })
    const { next } = stepped(trainer(make))
    const kernel = next.get("dense_Dense1/kernel")!
    assert.closeTo(Math.hypot(...kernel), 0.1, 1e-4)
    const recurrent = next.get("gru_GRU1/recurrent_kernel")!
    for (let j = 0; j < 6; j++) assert.closeTo(Math.hypot(recurrent[j]!, recurrent[j + 6]!), 1, 1e-5)
  })
  it("in eager runs too", async () => {
    await tf.setBackend("cpu")
    runEagerly({ modelFn: trainer(nonNegative), mode: "train", params: undefined, features: { ...features, data: x } })
    const [kernel] = Object.values(tf.engine().state.registeredVariables)
    assert.isTrue([...kernel!.dataSync()].every((v) => v >= 0))
    tf.disposeVariables()
  })
})

describe("regularizationLoss", () => {
  const { l1, l2 } = tfl.regularizers
  it("adds up what each weight costs, once", () => {
    const shared = () => {
      const one = l.dense({ units: 3, kernelRegularizer: l2({ l2: 0.5 }) })
      const two = l.dense({ units: 1, biasRegularizer: l1({ l1: 2 }), biasInitializer: "ones", kernelRegularizer: l1({ l1: 0.25 }) })
      return { apply: (x: tf.Tensor, k?: never) => two.apply(one.apply(one.apply(x, k) as tf.Tensor, k) as tf.Tensor, k) }
    }
    const modelFn: ModelFn = ({ features }) => {
      shared().apply(features)
      return { loss: Layers.regularizationLoss() }
    }
    const program = programOf(modelFn, { mode: "evaluate", features, labels: undefined })
    const state = initialState(program)
    const sum = (name: string, f: (v: number) => number) => [...state.get(name)!].reduce((total, v) => total + f(v), 0)
    const wanted = 0.5 * sum("dense_Dense1/kernel", (v) => v * v) + 0.25 * sum("dense_Dense2/kernel", Math.abs) + 2
    close([step(program, [state], [batch]).loss], [wanted], "loss")
  })
  it("has a gradient, and finds the weights of recurrent cells and wrapped layers", () => {
    const sequence = (layer: tfl.layers.Layer) => tfl.sequential({ layers: [l.reshape({ targetShape: [3, 1], inputShape: [3] }), layer] })
    const kernelRegularizer = l2({ l2: 1 })
    const made: ReadonlyArray<readonly [name: string, make: () => Apply]> = [
      ["lstm_LSTM1/kernel", () => sequence(l.lstm({ units: 2, kernelRegularizer }))],
      ["time_distributed_TimeDistributed1/kernel", () => sequence(l.timeDistributed({ layer: l.dense({ units: 2, kernelRegularizer }) }))],
      [
        "bidirectional_Bidirectional1/backward_gru_GRU1/kernel",
        () => sequence(l.bidirectional({ layer: inner(l.gru({ units: 2, kernelRegularizer })), mergeMode: "sum" }))
      ]
    ]
    for (const [name, make] of made) {
      const without = stepped(trainer(make))
      const withPenalty = stepped(trainer(make, { more: Layers.regularizationLoss }))
      const before = without.first.get(name)!
      // the step of SGD at rate 0.5 on w^2 is -w
      close(
        withPenalty.next.get(name)!,
        [...without.next.get(name)!].map((v, i) => v - before[i]!),
        name
      )
    }
  })
  it("is 0 without any, and refused outside a model function", () => {
    const modelFn: ModelFn = ({ features }) => ({ loss: tf.add(tf.sum(features), Layers.regularizationLoss()) })
    const program = programOf(modelFn, { mode: "evaluate", features, labels: undefined })
    close([step(program, [initialState(program)], [batch]).loss], [x.reduce((a, b) => a + b)], "loss")
    assert.throws(Layers.regularizationLoss, /call it within one/)
  })
})

describe("values given to a layer are its first ones", () => {
  const kernel = Float32Array.of(1, 2, 3)
  const given = () => [tf.tensor(kernel, [3, 1]), tf.tensor1d([0.5])]
  const cases: ReadonlyArray<readonly [name: string, make: () => Apply]> = [
    ["by the constructor", () => l.dense({ units: 1, weights: given() })],
    [
      "by setWeights of a model",
      () => {
        const model = tfl.sequential({ layers: [l.dense({ units: 1, inputShape: [3] })] })
        model.setWeights(given())
        return model
      }
    ],
    [
      "by loadWeights",
      () => {
        const model = tfl.sequential({ layers: [l.dense({ units: 1, inputShape: [3], name: "out" })] })
        const [w, b] = given()
        model.loadWeights({ "out/kernel": w!, "out/bias": b! })
        return model
      }
    ]
  ]
  for (const [name, make] of cases) {
    it(`${name}, and training moves them`, () => {
      const { first, names, next } = stepped(trainer(make))
      const at = names.find((n) => n.endsWith("/kernel"))!
      assert.deepStrictEqual([...first.get(at)!], [...kernel])
      const { loss } = step(programOf(trainer(make), { features, labels: undefined }), [next], [batch])
      const again = stepped(trainer(make)).next.get(at)!
      assert.deepStrictEqual(again, next.get(at)!)
      assert.notDeepEqual([...next.get(at)!], [...kernel])
      assert.isTrue(Number.isFinite(loss))
    })
  }
  it("a value that depends on the step is written in the step", () => {
    const modelFn: ModelFn = ({ features }) => {
      const online = l.dense({ units: 1 })
      const target = l.dense({ units: 1, trainable: false })
      target.apply(features)
      const loss = new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => meanSquare(online.apply(features)))
      target.setWeights(online.getWeights())
      return { loss }
    }
    const { next } = stepped(modelFn)
    assert.deepStrictEqual(next.get("dense_Dense1/kernel"), next.get("dense_Dense2/kernel"))
  })
})
