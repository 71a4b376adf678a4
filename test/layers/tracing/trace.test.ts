import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { batchLeaves, type Mode, outfeedLeaves, type Program, stateLeaves } from "../../../src/domain/Program.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { runEagerly } from "../../../src/layers/tracing/runEagerly.ts"
import { trace } from "../../../src/layers/tracing/trace.ts"
import { makeEagerVariables } from "../../../src/layers/tracing/variables.ts"
import { initialState, type StateOf, step } from "./programs.ts"
import { batch, close, names, programOf, request, rows, wave } from "./requests.ts"

/** Two layers with dropout, written once for recording and eager runs. */
const classifier =
  (optimizer: () => tf.Optimizer, rate = 0.25): ModelFn =>
  ({ features, labels, mode, random, variables }) => {
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
    const { program, metrics, hostCall, predictions } = trace(
      request(
        classifier(() => tf.train.momentum(0.1, 0.9)),
        { mode: "train" }
      )
    )
    assert.deepStrictEqual(names(program), [
      "global_step",
      "random_key",
      "hidden/kernel",
      "hidden/bias",
      "out",
      "hidden/kernel/Momentum/momentum",
      "hidden/bias/Momentum/momentum",
      "out/Momentum/momentum"
    ])
    assert.deepStrictEqual(
      stateLeaves(program.step)
        .map((l) => `${l.kind} ${l.trainable}`)
        .slice(2, 6),
      ["variable true", "variable true", "variable true", "slot false"]
    )
    assert.deepStrictEqual(
      batchLeaves(program.step).map((l) => l.name),
      ["features/x", "labels", "valid"]
    )
    assert.deepStrictEqual([metrics.length, predictions.length, hostCall?.tensors], [0, 0, [{ name: "logits", outfeed: 0 }]])
    const outputs = (mode: Mode) =>
      programOf(
        classifier(() => tf.train.sgd(0.1)),
        { mode }
      )
        .step.outputs.filter((o) => o.role._tag !== "State")
        .map((o) => `${o.role._tag} ${o.name}`)
    assert.deepStrictEqual(outputs("evaluate"), ["Loss loss", "Outfeed replica_loss", "Outfeed metrics/accuracy/hit", "Outfeed host_call/logits"])
    assert.deepStrictEqual(outputs("predict"), ["Outfeed predictions/p"])
  })

  it("keeps the structure of features and labels", () => {
    const modelFn: ModelFn = ({ features, labels }) => ({
      loss: tf.mean(tf.add(tf.mul(features["b"]!, (features["a"] as unknown as Array<tf.Tensor>)[1]!), labels["y"]!))
    })
    const f = { dtype: "float32", shape: [rows] } as const
    const program = programOf(modelFn, { features: { b: f, a: [f, f] }, labels: { y: f }, mode: "evaluate" })
    assert.deepStrictEqual(
      batchLeaves(program.step).map((l) => l.name),
      ["features/a/0", "features/a/1", "features/b", "labels/y", "valid"]
    )
    const { loss } = step(
      program,
      [initialState(program)],
      [[wave(4, 0), Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), Float32Array.of(1, 1, 1, 1), wave(4, 0)]]
    )
    assert.strictEqual(loss, (5 + 12 + 21 + 32) / 4 + 1)
  })

  for (const [name, optimizer] of [
    ["sgd", () => tf.train.sgd(0.3)],
    ["adam", () => tf.train.adam(0.05)],
    ["rmsprop", () => tf.train.rmsprop(0.05, 0.9, 0.5, 1e-6)]
  ] as const) {
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
    const program = programOf(
      classifier(() => tf.train.sgd(0.1)),
      { mode: "evaluate" }
    )
    const before = initialState(program)
    const {
      states: [after]
    } = step(program, [before], [batch(1)])
    for (const name of ["global_step", "hidden/kernel", "out"]) assert.deepStrictEqual(after!.get(name), before.get(name))
    assert.strictEqual(after!.get("random_key")![2], 1)
  })

  it("trains on two halves as on the whole", () => {
    const adam = () => tf.train.adam(0.05)
    const whole = programOf(classifier(adam, 0), {
      features: { x: { dtype: "float32", shape: [8, 3] } },
      labels: { dtype: "int32", shape: [8] },
      perReplicaBatchSize: 8
    })
    const halves = programOf(classifier(adam, 0), { replicas: 2 })
    let one: ReadonlyArray<StateOf> = [initialState(whole)]
    let two: ReadonlyArray<StateOf> = [initialState(halves), initialState(halves)]
    for (let i = 0; i < 3; i++) {
      const [x, y, v] = batch(i, 8) as [Float32Array, Int32Array, Float32Array]
      const a = step(whole, one, [[x, y, v]])
      const b = step(halves, two, [
        [x.subarray(0, 12), y.subarray(0, 4), v.subarray(0, 4)],
        [x.subarray(12), y.subarray(4), v.subarray(4)]
      ])
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
      hostCall: {
        call: () => undefined,
        tensors: {
          a: random.uniform([64], 1, 3),
          b: random.normal([64]),
          c: random.truncatedNormal([64], 0, 2),
          d: random.dropout(tf.onesLike(features["x"]!), 0.5)
        }
      }
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

  it("takes tables of the caller as constants and lets constants be read", async () => {
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

  it("takes a table and its cast for two, though the caller's backend keeps one array for both", async () => {
    await tf.setBackend("cpu")
    const ints = tf.tensor([1, 2], [2], "int32")
    const floats = tf.cast(ints, "float32")
    const program = programOf(() => ({ loss: tf.scalar(0), hostCall: { call: () => undefined, tensors: { floats, ints } } }))
    assert.deepStrictEqual(
      outfeedLeaves(program.step).map((leaf) => `${leaf.name} ${leaf.type.dtype}`),
      ["host_call/floats float32", "host_call/ints int32"]
    )
    tf.dispose([ints, floats])
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
    const modelFn: ModelFn = ({ features, variables }) => ({
      loss: tf.mean(tf.mul(tf.add(features["x"]!, table), variables.get("mine_of_the_caller", [3])))
    })
    programOf(modelFn, { mode: "evaluate" })
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
    const outer = programOf(
      ({ features, variables }) => {
        inner = programOf(({ variables }) => ({ loss: tf.sum(variables.get("b", [2])) }), { mode: "evaluate" })
        return { loss: tf.sum(tf.mul(features["x"]!, variables.get("a", [3]))) }
      },
      { mode: "evaluate" }
    )
    assert.deepStrictEqual([names(outer).slice(2), names(inner!).slice(2)], [["a"], ["b"]])
  })

  it("and gives the same program whatever was traced in between", () => {
    const one = classifier(() => tf.train.adam(0.1))
    const two: ModelFn = ({ features, variables }) => ({ loss: tf.mean(tf.matMul(features["x"]!, variables.get("hidden/kernel", [3, 2]))) })
    const first = programOf(one)
    programOf(two, { mode: "evaluate" })
    const again = programOf(one)
    assert.deepStrictEqual(again, first)
  })
})
