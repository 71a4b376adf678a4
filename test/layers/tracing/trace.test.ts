import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { batchLeaves, type Mode, type Program, stateLeaves } from "../../../src/domain/Program.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import { clipByGlobalNorm, CrossReplicaOptimizer, valueAndGrads } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { runEagerly } from "../../../src/layers/tracing/runEagerly.ts"
import { trace } from "../../../src/layers/tracing/trace.ts"
import { makeEagerVariables } from "../../../src/layers/tracing/variables.ts"
import type { TraceRequest } from "../../../src/services/Tracer.ts"
import { initialState, type StateOf, step } from "./programs.ts"

const rows = 4
const request = (modelFn: ModelFn, more: Partial<TraceRequest<unknown>> = {}): TraceRequest<unknown> => ({
  modelFn,
  mode: "train",
  params: {},
  replicas: 1,
  features: { x: { dtype: "float32", shape: [rows, 3] } },
  labels: { dtype: "int32", shape: [rows] },
  perReplicaBatchSize: rows,
  ...more
})
const programOf = (modelFn: ModelFn, more?: Partial<TraceRequest<unknown>>): Program => trace(request(modelFn, more)).program
const names = (program: Program) => stateLeaves(program.step).map((l) => l.name)

const wave = (n: number, seed: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + seed) * 1.5)
const batch = (seed: number, n = rows) => [wave(n * 3, seed), Int32Array.from({ length: n }, (_, i) => (i + seed) % 2), new Float32Array(n).fill(1)]

const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, tolerance = 1e-5) => {
  assert.strictEqual(got.length, wanted.length, what)
  for (let i = 0; i < got.length; i++) assert.closeTo(got[i]!, wanted[i]!, tolerance, `${what}[${i}]`)
}

/** Two layers with dropout, written once for recording and eager runs. */
const classifier = (optimizer: () => tf.Optimizer, rate = 0.25): ModelFn => ({ features, labels, mode, random, variables }) => {
  const forward = () => {
    const hidden = variables.scope("hidden")
    const h = tf.tanh(tf.add(tf.matMul(features["x"]!, hidden.get("kernel", [3, 5])), hidden.get("bias", [5])))
    const logits = tf.matMul(random.dropout(h, mode === "train" ? rate : 0), variables.get("out", [5, 2]))
    return { loss: tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 2), logits) as tf.Scalar, logits }
  }
  if (mode === "predict") return { predictions: { p: tf.softmax(forward().logits) } }
  const { loss, logits } = mode === "train" ? new CrossReplicaOptimizer(optimizer()).minimize(forward) : forward()
  const metric = { initial: [0], update: (s: ReadonlyArray<number>) => s, result: () => 0 }
  return {
    loss,
    evalMetrics: { accuracy: { tensors: { hit: tf.equal(tf.argMax(logits, 1), labels) }, metric } },
    hostCall: { tensors: { logits }, call: () => undefined }
  }
}

describe("a traced program", () => {
  it("has its leaves and outputs in their order, by mode", () => {
    const { program, metrics, hostCall, predictions } = trace(request(classifier(() => tf.train.momentum(0.1, 0.9)), { mode: "train" }))
    assert.deepStrictEqual(names(program), [
      "global_step", "random_key", "hidden/kernel", "hidden/bias", "out", "hidden/kernel/Momentum/momentum", "hidden/bias/Momentum/momentum", "out/Momentum/momentum"
    ])
    assert.deepStrictEqual(stateLeaves(program.step).map((l) => `${l.kind} ${l.trainable}`).slice(2, 6), ["variable true", "variable true", "variable true", "slot false"])
    assert.deepStrictEqual(batchLeaves(program.step).map((l) => l.name), ["features/x", "labels", "valid"])
    assert.deepStrictEqual([metrics.length, predictions.length, hostCall?.tensors], [0, 0, [{ name: "logits", outfeed: 0 }]])
    const outputs = (mode: Mode) => programOf(classifier(() => tf.train.sgd(0.1)), { mode }).step.outputs.filter((o) => o.role._tag !== "State").map((o) => `${o.role._tag} ${o.name}`)
    assert.deepStrictEqual(outputs("evaluate"), ["Loss loss", "Outfeed metrics/accuracy/hit", "Outfeed host_call/logits"])
    assert.deepStrictEqual(outputs("predict"), ["Outfeed predictions/p"])
  })

  it("keeps the structure of features and labels", () => {
    const modelFn: ModelFn = ({ features, labels }) => ({ loss: tf.mean(tf.add(tf.mul(features["b"]!, (features["a"] as unknown as Array<tf.Tensor>)[1]!), labels["y"]!)) })
    const f = { dtype: "float32", shape: [rows] } as const
    const program = programOf(modelFn, { features: { b: f, a: [f, f] }, labels: { y: f }, mode: "evaluate" })
    assert.deepStrictEqual(batchLeaves(program.step).map((l) => l.name), ["features/a/0", "features/a/1", "features/b", "labels/y", "valid"])
    const { loss } = step(program, [initialState(program)], [[wave(4, 0), Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), Float32Array.of(1, 1, 1, 1), wave(4, 0)]])
    assert.strictEqual(loss, (5 + 12 + 21 + 32) / 4 + 1)
  })

  for (const [name, optimizer] of [["sgd", () => tf.train.sgd(0.3)], ["adam", () => tf.train.adam(0.05)], ["rmsprop", () => tf.train.rmsprop(0.05, 0.9, 0.5, 1e-6)]] as const) {
    it(`trains as the eager function does: ${name}`, async () => {
      await tf.setBackend("cpu")
      const program = programOf(classifier(optimizer))
      let states: ReadonlyArray<StateOf> = [initialState(program, 11)]
      const eager = makeEagerVariables(11)
      const shared = optimizer() // eagerly one optimizer keeps its slots
      for (let i = 0; i < 4; i++) {
        const result = step(program, states, [batch(i)])
        const [x, y] = batch(i)
        const spec = runEagerly({
          modelFn: classifier(() => shared),
          mode: "train",
          params: {},
          features: { x: Tensor.make(x!, [rows, 3]) },
          labels: Tensor.make(y!, [rows]),
          seed: 11,
          step: i,
          variables: eager
        })
        assert.closeTo(result.loss, spec.loss!.dataSync()[0]!, 1e-5, `loss of step ${i}`)
        states = result.states
      }
      close(states[0]!.get("hidden/kernel")!, eager.get("hidden/kernel", [3, 5]).dataSync(), "hidden/kernel", 1e-4)
      assert.deepStrictEqual([...states[0]!.get("global_step")!], [4])
      assert.deepStrictEqual([...states[0]!.get("random_key")!], [11, 0, 4])
      tf.disposeVariables()
    })
  }

  it("leaves the step and the variables alone in evaluate, but moves the key", () => {
    const program = programOf(classifier(() => tf.train.sgd(0.1)), { mode: "evaluate" })
    const before = initialState(program)
    const { states: [after] } = step(program, [before], [batch(1)])
    for (const name of ["global_step", "hidden/kernel", "out"]) assert.deepStrictEqual(after!.get(name), before.get(name))
    assert.strictEqual(after!.get("random_key")![2], 1)
  })

  it("trains on two halves as on the whole", () => {
    const adam = () => tf.train.adam(0.05)
    const whole = programOf(classifier(adam, 0), { features: { x: { dtype: "float32", shape: [8, 3] } }, labels: { dtype: "int32", shape: [8] }, perReplicaBatchSize: 8 })
    const halves = programOf(classifier(adam, 0), { replicas: 2 })
    let one: ReadonlyArray<StateOf> = [initialState(whole)]
    let two: ReadonlyArray<StateOf> = [initialState(halves), initialState(halves)]
    for (let i = 0; i < 3; i++) {
      const [x, y, v] = batch(i, 8) as [Float32Array, Int32Array, Float32Array]
      const a = step(whole, one, [[x, y, v]])
      const b = step(halves, two, [[x.subarray(0, 12), y.subarray(0, 4), v.subarray(0, 4)], [x.subarray(12), y.subarray(4), v.subarray(4)]])
      assert.closeTo(a.loss, b.loss, 1e-6)
      one = a.states
      two = b.states
    }
    close(two[0]!.get("out")!, one[0]!.get("out")!, "out", 1e-4)
    assert.deepStrictEqual(two[0]!.get("out"), two[1]!.get("out"))
  })

  it("carries the cache of each replica", () => {
    const modelFn: ModelFn = ({ features, cache }) => ({ loss: tf.mean(cache[0]!), cache: [tf.add(cache[0]!, tf.mean(features["x"]!, 1))] })
    const program = programOf(modelFn, { replicas: 2, cacheFn: (n) => [tf.fill([n], 2)] })
    assert.deepStrictEqual(names(program), ["global_step", "random_key", "cache/0"])
    const first = [initialState(program), initialState(program)]
    const { states, loss } = step(program, first, [batch(0), batch(5)])
    assert.strictEqual(loss, 2)
    assert.notDeepEqual(states[0]!.get("cache/0"), states[1]!.get("cache/0"))
  })

  it("draws other numbers in each step, replica and call, and none when dropout is off", () => {
    const modelFn: ModelFn = ({ random, features }) => ({
      loss: tf.scalar(0),
      hostCall: { call: () => undefined, tensors: { a: random.uniform([64], 1, 3), b: random.normal([64]), c: random.truncatedNormal([64], 0, 2), d: random.dropout(tf.onesLike(features["x"]!), 0.5) } }
    })
    const program = programOf(modelFn, { replicas: 2 })
    const first = step(program, [initialState(program), initialState(program)], [batch(0), batch(0)])
    const second = step(program, first.states, [batch(0), batch(0)])
    const a = first.outfeed("host_call/a")
    assert.isTrue(a.every((v) => v >= 1 && v < 3) && new Set(a).size > 60)
    assert.isTrue(first.outfeed("host_call/c").every((v) => Math.abs(v) <= 4))
    assert.isTrue(first.outfeed("host_call/d").every((v) => v === 0 || v === 2))
    assert.notDeepEqual(a, first.outfeed("host_call/a", 1))
    assert.notDeepEqual(a, second.outfeed("host_call/a"))
    assert.deepStrictEqual(step(program, first.states, [batch(0), batch(0)]).outfeed("host_call/a"), second.outfeed("host_call/a"))
  })
})

describe("initial values", () => {
  const twoVariables: ModelFn = ({ variables }) => {
    const [a, b] = [variables.get("a", [4, 4]), variables.get("b", [3, 2])]
    return { loss: tf.add(tf.sum(a), tf.sum(b)) }
  }
  const withThird: ModelFn = (input) => {
    input.variables.get("between", [7, 7])
    return twoVariables(input)
  }
  it("depend on the seed and on the variable's name alone", () => {
    const [plain, more] = [programOf(twoVariables), programOf(withThird)]
    assert.deepStrictEqual(initialState(plain, 3).get("b"), initialState(more, 3).get("b"))
    assert.deepStrictEqual(initialState(plain, 3), initialState(programOf(twoVariables), 3))
    assert.notDeepEqual(initialState(plain, 3).get("a"), initialState(plain, 4).get("a"))
    assert.isTrue(initialState(plain, 3).get("a")!.every((v) => Math.abs(v) <= Math.sqrt(6 / 8)))
  })
  it("may be made from other variables' first values, also after those were assigned to", () => {
    const modelFn: ModelFn = ({ variables }) => {
      const a = variables.get("a", [3], { initializer: () => tf.tensor([1, 2, 3]) })
      const twin = tf.variable(tf.mul(a, 2), false, "twin")
      twin.assign(tf.add(twin, 1))
      return { loss: tf.sum(twin) }
    }
    const program = programOf(modelFn)
    assert.deepStrictEqual([...initialState(program).get("twin")!], [2, 4, 6])
    assert.deepStrictEqual([...step(program, [initialState(program)], [batch(0)]).states[0]!.get("twin")!], [3, 5, 7])
  })
  it("of tf.layers are the same in each trace", () => {
    const modelFn: ModelFn = ({ features }) => ({ loss: tf.mean(tfl.layers.dense({ units: 4 }).apply(features["x"]!) as tf.Tensor) })
    const kernel = () => initialState(programOf(modelFn)).get("dense_Dense1/kernel")!
    assert.deepStrictEqual(kernel(), kernel())
    assert.isAbove(new Set(kernel()).size, 8)
  })
})

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
    const modelFn = (wrapped: boolean): ModelFn => ({ features, variables }) => {
      const w = variables.get("w", [3, 1])
      const f = () => tf.mean(tf.matMul(features["x"]!, w)) as tf.Scalar
      return { loss: wrapped ? new CrossReplicaOptimizer(optimizer()).minimize(f) : optimizer().minimize(f, true)! }
    }
    it(`of slots: ${expected.join(", ") || "none"}`, () => {
      for (const wrapped of [true, false]) {
        const leaves = stateLeaves(programOf(modelFn(wrapped)).step).slice(3)
        assert.deepStrictEqual(leaves.map((l) => l.name), expected)
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
      const part = (v: tf.Variable) => new CrossReplicaOptimizer(tf.train.adam(0.1)).minimize(() => tf.mean(tf.matMul(features["x"]!, v)) as tf.Scalar, false, [v])
      return { loss: tf.add(part(a), part(b)) }
    }
    assert.deepStrictEqual(names(programOf(modelFn)).filter((n) => n.includes("Adam")), [
      "Adam/accBeta1", "Adam/accBeta2", "a/Adam/m", "a/Adam/v", "Adam_1/accBeta1", "Adam_1/accBeta2", "b/Adam_1/m", "b/Adam_1/v"
    ])
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
    const forward = () => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 2), model.apply(features["x"]!, { training: mode === "train" }) as tf.Tensor) as tf.Scalar
    return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(forward) : forward() }
  }
  const images = { features: { x: { dtype: "float32", shape: [rows, 36] } } } as const

  it("of tf.layers are the same in each mode and repetition", () => {
    const expected = [
      "global_step", "random_key", "conv2d_Conv2D1/kernel", "conv2d_Conv2D1/bias",
      "batch_normalization_BatchNormalization1/gamma", "batch_normalization_BatchNormalization1/beta",
      "batch_normalization_BatchNormalization1/moving_mean", "batch_normalization_BatchNormalization1/moving_variance",
      "head/kernel", "head/bias", "layer_normalization_LayerNormalization1/gamma", "layer_normalization_LayerNormalization1/beta",
      "dense_Dense1/kernel", "dense_Dense1/bias", "dense_Dense2/kernel", "dense_Dense2/bias"
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

describe("tracing leaves TensorFlow.js as it was", () => {
  const snapshot = () => ({
    backend: tf.getBackend(),
    memory: { ...tf.memory(), reasons: undefined },
    variables: Object.keys(tf.engine().registeredVariables),
    random: Math.random,
    dispose: tf.Tensor.prototype.dispose,
    assign: tf.Variable.prototype.assign,
    minimize: tf.Optimizer.prototype.minimize,
    prepare: Reflect.get(Error, "prepareStackTrace"),
    own: Object.keys(tf.engine()).sort()
  })
  it("after success and after failure", async () => {
    await tf.setBackend("cpu")
    const table = tf.tensor([1, 2, 3])
    const mine = tf.variable(tf.zeros([2]), true, "mine_of_the_caller")
    const before = snapshot()
    const modelFn: ModelFn = ({ features, variables }) => ({ loss: tf.mean(tf.mul(tf.add(features["x"]!, table), variables.get("mine_of_the_caller", [3]))) })
    programOf(modelFn)
    assert.deepStrictEqual(snapshot(), before)
    assert.throws(() => programOf(() => (table.dispose(), tf.engine().startScope(), { loss: tf.mean(mine) })))
    assert.deepStrictEqual(snapshot(), before)
    assert.throws(() => programOf(({ features }) => (features["x"]!.dataSync(), {})))
    assert.deepStrictEqual(snapshot(), before)
    assert.deepStrictEqual([...table.dataSync()], [1, 2, 3])
    tf.dispose([table, mine])
  })

  it("when one trace runs within another", () => {
    let inner: Program | undefined
    const outer = programOf(({ features, variables }) => {
      inner = programOf(({ variables }) => ({ loss: tf.sum(variables.get("b", [2])) }))
      return { loss: tf.sum(tf.mul(features["x"]!, variables.get("a", [3]))) }
    })
    assert.deepStrictEqual([names(outer).slice(2), names(inner!).slice(2)], [["a"], ["b"]])
  })

  it("and gives the same program whatever was traced in between", () => {
    const one = classifier(() => tf.train.adam(0.1))
    const two: ModelFn = ({ features, variables }) => ({ loss: tf.mean(tf.matMul(features["x"]!, variables.get("hidden/kernel", [3, 2]))) })
    const first = programOf(one)
    programOf(two)
    const again = programOf(one)
    assert.deepStrictEqual(again, first)
  })
})

describe("gradients", () => {
  it("constants may be read and tables used while recording", async () => {
    await tf.setBackend("cpu")
    const table = tf.tensor([1, 2, 3])
    const modelFn: ModelFn = ({ features }) => {
      const total = tf.sum(tf.mul(tf.tensor([1, 2]), 3)).dataSync()[0]!
      return { loss: tf.mul(tf.sum(tf.mul(features["x"]!, table)), total) }
    }
    const program = programOf(modelFn, { mode: "evaluate" })
    const x = new Float32Array(12).fill(1)
    assert.strictEqual(step(program, [initialState(program)], [[x, new Int32Array(4), x.subarray(0, 4)]]).loss, 9 * 24)
    table.dispose()
  })

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
    const modelFn = (reduction: "mean" | "sum", clip: boolean): ModelFn => ({ features, variables }) => {
      const w = variables.get("w", [3], { initializer: () => tf.zeros([3]) })
      const transform = (g: { readonly [name: string]: tf.Tensor }) => (clip ? clipByGlobalNorm(g, 0.5).gradients : g)
      return { loss: new CrossReplicaOptimizer(tf.train.sgd(1), { reduction, transform }).minimize(() => tf.sum(tf.mul(tf.mean(features["x"]!, 0), w)) as tf.Scalar) }
    }
    const run = (f: ModelFn) => {
      const program = programOf(f, { replicas: 2 })
      const ones = (v: number) => [new Float32Array(12).fill(v), new Int32Array(4), new Float32Array(4)]
      return step(program, [initialState(program), initialState(program)], [ones(1), ones(3)]).states[1]!.get("w")!
    }
    close(run(modelFn("mean", false)), [-2, -2, -2], "mean")
    close(run(modelFn("sum", false)), [-4, -4, -4], "sum")
    close(run(modelFn("mean", true)), [-0.5 / Math.sqrt(3), -0.5 / Math.sqrt(3), -0.5 / Math.sqrt(3)], "clipped")
  })
})
