/** The optimizers as they are, without a program; and tfjs's seven, in a program and without. */
import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"
import { EstimatorTest } from "../../../../src/index.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Clip from "../../../../src/layers/tracing/optimizers/Clip.ts"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import { gradientsOf } from "../../../../src/layers/tracing/optimizers/SlotOptimizer.ts"
import * as Schedules from "../../../../src/layers/tracing/schedules/Schedules.ts"
import { close } from "../requests.ts"
import { modelOf, train, trainEagerly, turns } from "./problem.ts"
import { settings } from "./settings.ts"

const seven: { readonly [name: string]: (rate: number) => tf.Optimizer } = {
  sgd: (rate) => tf.train.sgd(rate),
  momentum: (rate) => tf.train.momentum(rate, 0.9),
  adagrad: (rate) => tf.train.adagrad(rate),
  adadelta: (rate) => tf.train.adadelta(rate),
  adam: (rate) => tf.train.adam(rate),
  adamax: (rate) => tf.train.adamax(rate),
  rmsprop: (rate) => tf.train.rmsprop(rate)
}

describe("tfjs's seven", () => {
  for (const [name, make] of Object.entries(seven)) {
    it.effect(`${name}: in a program as eagerly, and with a constant schedule as with the number`, () =>
      Effect.gen(function* () {
        const plain = { make: () => make(0.01) }
        const scheduled = { make: () => Optimizers.withSchedule(make(1), Schedules.constant(0.01)) }
        const eager = yield* Effect.promise(() => trainEagerly(plain, turns(30)))
        for (const replicas of [1, 2]) {
          const layer = EstimatorTest.layer({ replicas })
          close((yield* train(modelOf(plain), turns(30)).pipe(Effect.provide(layer))).state.get("w")!.data, eager.get("w")!, name, 2e-6)
          close(
            (yield* train(modelOf(scheduled), turns(30)).pipe(Effect.provide(layer))).state.get("w")!.data,
            eager.get("w")!,
            `scheduled ${name}`,
            5e-6
          )
        }
      })
    )
  }
})

describe("eagerly", () => {
  it("minimize works, no tensor is left behind, and dispose takes the state along", async () => {
    await tf.setBackend("cpu")
    for (const [name, { make }] of Object.entries(settings)) {
      const none = tf.memory().numTensors
      const [w, b] = tf.tidy(() => [tf.variable(tf.ones([3, 2]), true, "w"), tf.variable(tf.ones([2]), true, "b")] as [tf.Variable, tf.Variable])
      const optimizer = make({} as Parameters<typeof make>[0]) // none of them looks at the input
      const step = () => optimizer.minimize(() => tf.mean(tf.square(tf.add(w, b))), true)!.dispose()
      for (let i = 0; i < 4; i++) step()
      const before = tf.memory().numTensors
      for (let i = 0; i < 4; i++) step()
      assert.strictEqual(tf.memory().numTensors, before, name)
      assert.strictEqual(optimizer.iterations, 8, name)
      assert.isBelow(tf.max(w).dataSync()[0]!, 1, name)
      optimizer.dispose()
      tf.dispose([w, b])
      tf.disposeVariables()
      // tfjs's own momentum keeps the constant of its rate
      assert.isAtMost(tf.memory().numTensors - none, name.includes("momentum") || name.startsWith("sgd") ? 2 : 1, name)
    }
  })

  it("gradients come as a record or a list, and missing ones are left out", async () => {
    await tf.setBackend("cpu")
    const g = tf.scalar(1)
    assert.deepStrictEqual(gradientsOf([{ name: "a", tensor: g }]), [["a", g]])
    assert.deepStrictEqual(gradientsOf({ a: g, b: null as unknown as tf.Tensor }), [["a", g]])
    assert.throws(() => new Optimizers.SGD({ learningRate: 1 }).applyGradients({ nowhere: g }), `no variable of this name`)
  })

  it("options out of range are refused", () => {
    assert.throws(() => new Optimizers.AdamW({ learningRate: 1, beta1: 1 }), "AdamW takes a beta1 of at least 0 and less than 1, and got 1")
    assert.throws(() => new Optimizers.SGD({ learningRate: 1, momentum: -1 }), "momentum")
    assert.throws(() => new Optimizers.Adafactor({ epsilon2: -1 }), "epsilon2 of at least 0, and got -1")
    assert.throws(() => Clip.byNorm(0), "Clip.byNorm takes a positive max, and got 0")
    assert.throws(() => Clip.byGlobalNorm(Infinity), "Clip.byGlobalNorm takes a positive max, and got Infinity")
  })

  it("so is what is no learning rate", async () => {
    await tf.setBackend("cpu")
    const cases: ReadonlyArray<readonly [unknown, string]> = [
      [NaN, "got NaN"],
      [-1, "got -1"],
      [undefined, "got undefined"],
      [Math.sqrt, "got a function"],
      ["0.1", "got 0.1"],
      [{ rate: 0.1 }, `got {"rate":0.1}`],
      [tf.tensor([0.1, 0.2]), "got float32 of shape [2]"]
    ]
    for (const [rate, message] of cases) {
      const learningRate = rate as number // as JavaScript may
      assert.throws(() => new Optimizers.AdamW({ learningRate }), message)
      assert.throws(() => new Optimizers.AdamW({ learningRate }), "AdamW takes a learningRate that is a finite number of at least 0, a schedule")
    }
    for (const learningRate of [0, tf.scalar(0.1), Schedules.cosine({ initial: 0.1, steps: 10 })]) new Optimizers.SGD({ learningRate })
  })

  it("so are Nesterov's momentum without momentum, options that are none, and what is no optimizer", () => {
    assert.throws(() => new Optimizers.SGD({ learningRate: 1, nesterov: true }), "SGD with nesterov takes a momentum above 0")
    const { AdamW, LAMB, Lion, RMSProp, SGD, Adadelta, Adafactor } = Optimizers
    for (const Class of [AdamW, LAMB, Lion, RMSProp, SGD, Adadelta, Adafactor]) {
      const options = null as unknown as { learningRate: number } // as JavaScript may
      assert.throws(() => new Class(options), `${Class.className} takes an object of options, such as { learningRate: 0.01 }, and got null`)
    }
    assert.throws(() => Reflect.construct(AdamW, []), "and got undefined")
    const none = {} as tf.Optimizer // as JavaScript may
    const message = "takes an optimizer of TensorFlow.js or of Optimizers, such as tf.train.adam(0.001), and got an object without applyGradients"
    const wrap: ReadonlyArray<readonly [string, () => unknown]> = [
      ["Accumulate", () => Optimizers.accumulate(none, 2)],
      ["LossScale", () => Optimizers.lossScale(none)],
      ["Schedule", () => Optimizers.withSchedule(none, 1)],
      ["Transform", () => Optimizers.withTransform(none, Clip.byNorm(1))],
      ["CrossReplicaOptimizer", () => new CrossReplicaOptimizer(none)]
    ]
    for (const [owner, make] of wrap) assert.throws(make, `${owner} ${message}`)
    assert.throws(() => Optimizers.accumulate(Optimizers.AdamW as unknown as tf.Optimizer, 2), "and got the function AdamW")
  })

  it("Adafactor: a variable of three axes is a batch of matrices", async () => {
    await tf.setBackend("cpu")
    const options = { learningRate: 0.1, relativeStep: false, scaleParameter: false, clipThreshold: 0 }
    const values = (seed: number) => tf.randomUniform([2, 3, 4], -1, 1, "float32", seed)
    const [start, ...gradients] = [1, 2, 3].map(values) as [tf.Tensor, ...Array<tf.Tensor>]
    const train = (name: string, part: (x: tf.Tensor) => tf.Tensor) => {
      const w = tf.variable(part(start), true, name)
      const optimizer = new Optimizers.Adafactor(options)
      for (const gradient of gradients) optimizer.applyGradients({ [name]: part(gradient) })
      return w.arraySync()
    }
    const whole = train("whole", (x) => x)
    const matrices = [0, 1].map((i) => train(`matrix${i}`, (x) => tf.gather(x, i)))
    assert.deepStrictEqual(whole as unknown, matrices)
    tf.disposeVariables()
  })

  it("RMSProp, centered: a gradient that stays zero is no NaN", async () => {
    await tf.setBackend("cpu")
    const w = tf.variable(tf.ones([2]), true, "w")
    new Optimizers.RMSProp({ learningRate: 0.1, centered: true }).applyGradients({ w: tf.tensor([0, 1]) })
    const values = w.dataSync()
    assert.strictEqual(values[0], 1)
    assert.isBelow(values[1]!, 1)
    tf.disposeVariables()
  })
})
