import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { initialState, step } from "../programs.ts"
import { close, programOf, wave } from "../requests.ts"
import { checkCase, compile, onReference, of } from "./compare.ts"

const { layers: l, initializers } = tfl

describe("every initializer gives first values that follow the seed alone", () => {
  const made: Readonly<Record<string, () => tfl.layers.Layer>> = Object.fromEntries(
    (["zeros", "ones", "randomUniform", "randomNormal", "truncatedNormal", "glorotUniform", "glorotNormal", "heNormal", "heUniform", "leCunNormal", "leCunUniform", "orthogonal", "identity"] as const // prettier-ignore
    )
      .map((kernelInitializer) => [kernelInitializer, () => l.dense({ units: 5, kernelInitializer })])
  )
  const more: Readonly<Record<string, () => tfl.layers.Layer>> = {
    constant: () => l.dense({ units: 5, kernelInitializer: initializers.constant({ value: 3 }) }),
    varianceScaling: () =>
      l.dense({ units: 5, kernelInitializer: initializers.varianceScaling({ scale: 2, mode: "fanOut", distribution: "uniform" }) }),
    "varianceScaling with a seed": () => l.dense({ units: 5, kernelInitializer: initializers.glorotNormal({ seed: 4 }) })
  }
  const valuesAt = (make: () => tfl.layers.Layer, seed: number) => {
    const modelFn: ModelFn = ({ features }) => ({ predictions: { y: make().apply(features) as tf.Tensor } })
    const features = { dtype: "float32", shape: [4, 5] } as const
    return initialState(programOf(modelFn, { mode: "predict", features, labels: undefined, seed })).get("dense_Dense1/kernel")!
  }
  for (const [name, make] of Object.entries({ ...made, ...more })) {
    it(name, () => {
      const [one, again, other] = [valuesAt(make, 1), valuesAt(make, 1), valuesAt(make, 2)]
      assert.deepStrictEqual(one, again)
      assert.isTrue(one.every(Number.isFinite))
      const drawn = !/zeros|ones|identity|constant|seed/.test(name)
      assert.strictEqual(
        one.some((v, i) => v !== other[i]),
        drawn
      )
      if (name === "orthogonal") {
        const dot = (a: number, b: number) => [0, 1, 2, 3, 4].reduce((sum, i) => sum + one[5 * i + a]! * one[5 * i + b]!, 0)
        for (let a = 0; a < 5; a++) for (let b = 0; b < 5; b++) assert.closeTo(dot(a, b), a === b ? 1 : 0, 1e-5)
      }
    })
  }
})

describe("batch normalisation where TensorFlow.js itself fails", () => {
  const lastAxis = () => {
    const model = tfl.sequential()
    model.add(l.permute({ dims: [2, 3, 1], inputShape: [2, 3, 3] }))
    model.add(l.batchNormalization())
    model.add(l.permute({ dims: [3, 1, 2] }))
    return model
  }
  it("in training along another axis: as with the axes exchanged", () => {
    const first = onReference(
      compile(
        of("", [2, 3, 3], () => l.batchNormalization({ axis: 1 })),
        "train"
      )
    )
    const { data, program, state } = compile(of("", [2, 3, 3], lastAxis), "train")
    const names = ["batch_normalization_BatchNormalization1/beta", "batch_normalization_BatchNormalization1/moving_variance"]
    assert.containsAllKeys(Object.fromEntries(state), names)
    const own = compile(
      of("", [2, 3, 3], () => l.batchNormalization({ axis: 1 })),
      "train"
    )
    assert.deepStrictEqual(own.program.step.outputs.length, program.step.outputs.length)
    const wanted = onReference({ data: own.data, program, state })
    const got = onReference({ ...own, data: own.data })
    got.weights.forEach((w, i) => close(w, wanted.weights[i]!, `weight ${i}`))
    close(got.ys[0]!, wanted.ys[0]!, "result")
    assert.strictEqual(first.weights.length, 5)
    assert.strictEqual(data.length, 1)
  })
  it("in training without scale and center", () => {
    const { data, program, state } = compile(
      of("", [2], () => l.batchNormalization({ scale: false, center: false, momentum: 0.75 })),
      "train"
    )
    const { ys, weights } = onReference({ data, program, state })
    const x = data[0]!.data
    for (const column of [0, 1]) {
      const values = [0, 1, 2].map((row) => x[2 * row + column]!)
      const mean = values.reduce((a, b) => a + b) / 3
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3
      values.forEach((v, row) => assert.closeTo(ys[0]![2 * row + column]!, (v - mean) / Math.sqrt(variance + 1e-3), 1e-5))
      assert.closeTo(weights[0]![column]!, mean / 4, 1e-6)
      assert.closeTo(weights[1]![column]!, 0.75 + variance / 4, 1e-6)
    }
  })
  it("on five axes: as with some put together", () => {
    const folded = () => {
      const model = tfl.sequential()
      model.add(l.reshape({ targetShape: [4, 2, 3], inputShape: [2, 2, 2, 3] }))
      model.add(l.batchNormalization())
      return model
    }
    for (const mode of ["predict", "train"] as const) {
      const got = compile(
        of("", [2, 2, 2, 3], () => l.batchNormalization()),
        mode
      )
      const wanted = compile(of("", [2, 2, 2, 3], folded), mode)
      const [a, b] = [onReference(got), onReference({ ...wanted, data: got.data })]
      close(a.ys[0]!, b.ys[0]!, mode)
      if (mode === "train") a.weights.slice(0, 4).forEach((w, i) => close(w, b.weights[i]!, `weight ${i}`))
    }
  })
  it("eagerly in the same way", async () => {
    await tf.setBackend("cpu")
    checkCase(of("batchNormalization of channels first", [2, 3, 3], () => l.batchNormalization({ axis: 1 })))
  })
})

it("replicas average the moving statistics, and share the gradients", () => {
  const rows = 2
  const modelFn: ModelFn = ({ features }) => {
    const f = () => tf.mean(tf.square(l.batchNormalization({ momentum: 0.5 }).apply(features, { training: true } as never) as tf.Tensor)) as tf.Scalar
    return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(f) }
  }
  const features = { dtype: "float32", shape: [rows, 2] } as const
  const program = programOf(modelFn, { features, labels: undefined, replicas: 2, perReplicaBatchSize: rows })
  const batches = [1, 2].map((i) => [wave(4, i), new Float32Array(rows).fill(1)])
  const { states } = step(program, [initialState(program), initialState(program)], batches)
  const [a, b] = states
  for (const [name, value] of a!) if (name !== "random_key") assert.deepStrictEqual(value, b!.get(name)!, name)
  const mean = (batches[0]![0]![0]! + batches[0]![0]![2]! + batches[1]![0]![0]! + batches[1]![0]![2]!) / 4
  assert.closeTo(a!.get("batch_normalization_BatchNormalization1/moving_mean")![0]!, mean / 2, 1e-6)
})

it("nothing of a recording is kept by tfjs-layers, whose cache of models is as large as before", async () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void // what the flag adds
  const seen: Array<WeakRef<object>> = []
  const modelFn: ModelFn = ({ features }) => {
    const layer = l.dense({ units: 2, inputShape: [3] })
    const model = tfl.sequential({ layers: [layer] })
    const y = model.apply(features) as tf.Tensor
    seen.push(new WeakRef(layer))
    return { predictions: { y } }
  }
  programOf(modelFn, { mode: "predict", features: { dtype: "float32", shape: [4, 3] }, labels: undefined })
  await new Promise((resolve) => setImmediate(resolve)) // a WeakRef holds until the turn ends
  collect()
  assert.strictEqual(seen.length, 2)
  assert.isTrue(seen.every((ref) => ref.deref() === undefined))
  assert.strictEqual(tf.env().getNumber("TOPOLOGICAL_SORT_CACHE_MAX_ENTRIES"), 100)
})
