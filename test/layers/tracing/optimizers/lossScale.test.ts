import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import type { Example } from "../../../../src/domain/Input.ts"
import { make as tensor, type Tensor } from "../../../../src/domain/Tensor.ts"
import { Estimator, EstimatorTest, type Model } from "../../../../src/index.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import { CheckpointStore } from "../../../../src/services/CheckpointStore.ts"
import { modelOf, rowsOf, train, trainEagerly, turns } from "./problem.ts"

const adam = () => new Optimizers.AdamW({ learningRate: 0.05 })
const scaled = (options?: Optimizers.LossScaleOptions) => ({ make: () => Optimizers.lossScale(adam(), options) })
const on = (replicas: number) => Effect.provide(EstimatorTest.layer({ replicas }))

/** Rows `from … to`, the last of which makes a gradient of its replica infinite. */
const broken = (from: number, to: number): Example => {
  const { features, labels } = rowsOf(from, to)
  const { data, shape } = labels as Tensor
  const wrong = Float32Array.from(data)
  wrong[wrong.length - 1] = 3e38
  return { features, labels: tensor(wrong, shape) }
}

it.effect("a power of two changes nothing while gradients are finite; with replicas neither", () =>
  Effect.gen(function* () {
    const plain = yield* train(modelOf({ make: adam }), turns(12)).pipe(on(1))
    const { losses, state } = yield* train(modelOf(scaled()), turns(12)).pipe(on(1))
    assert.deepStrictEqual(losses, plain.losses)
    for (const [name, { data }] of plain.state) assert.deepStrictEqual(state.get(name)!.data, data, name)
    assert.deepStrictEqual([state.get("LossScale/scale")!.data[0], state.get("LossScale/steps")!.data[0]], [32768, 12])
    const two = yield* train(modelOf(scaled()), turns(12)).pipe(on(2))
    for (const [i, loss] of two.losses.entries()) assert.closeTo(loss, plain.losses[i]!, 1e-6)
  })
)

for (const replicas of [1, 2]) {
  it.effect(`a gradient that is not finite, on whichever replica, skips the step and halves the scale (${replicas} replicas)`, () =>
    Effect.gen(function* () {
      const good = turns(4)
      const clean = yield* train(modelOf({ make: adam }), good).pipe(on(replicas))
      const { losses, state } = yield* train(modelOf(scaled()), [...good.slice(0, 2), broken(0, 8), ...good.slice(2), broken(8, 16)]).pipe(
        on(replicas)
      )
      assert.strictEqual(losses[2], Infinity)
      for (const name of ["w", "b", "w/AdamW/m", "w/AdamW/v", "AdamW/iteration"]) {
        assert.deepStrictEqual(state.get(name)!.data, clean.state.get(name)!.data, name)
      }
      assert.deepStrictEqual([state.get("LossScale/scale")!.data[0], state.get("LossScale/steps")!.data[0]], [32768 / 4, 0])
    })
  )
}

it.effect("the scale is doubled after so many good steps", () =>
  Effect.gen(function* () {
    const { state } = yield* train(modelOf(scaled({ initial: 4, growthSteps: 3 })), turns(10)).pipe(on(1))
    assert.deepStrictEqual([state.get("LossScale/scale")!.data[0], state.get("LossScale/steps")!.data[0]], [32, 1])
  })
)

it("eagerly it does the same", async () => {
  const batches = [...turns(2), broken(0, 8), ...turns(2)]
  const got = await trainEagerly(scaled(), batches)
  const wanted = await trainEagerly({ make: adam }, turns(4))
  assert.deepStrictEqual(got.get("w"), wanted.get("w"))
})

/** The gradient that reaches `w` through a product is far below the smallest float16. */
const faint =
  (optimizer: () => tf.Optimizer): Model.ModelFn =>
  ({ features, variables }) => {
    const w = variables.get("w", [1, 1], { initializer: () => tf.ones([1, 1]) })
    return { loss: new CrossReplicaOptimizer(optimizer()).minimize(() => tf.mul(tf.mean<tf.Scalar>(tf.matMul(features, w)), 2 ** -26)) }
  }

it.effect("gradients that float16 would lose come through", () =>
  Effect.gen(function* () {
    const input = Stream.make({ features: tensor(Float32Array.of(1, 1), [2, 1]) })
    const moved = Effect.fnUntraced(function* (optimizer: () => tf.Optimizer) {
      const modelDir = `faint-${optimizer.name}`
      yield* Estimator.train(Estimator.make({ modelFn: faint(optimizer), config: { modelDir, precision: "mixed_float16" } }), { input })
      const store = yield* CheckpointStore
      return (yield* store.load((yield* store.latest(modelDir))!.path)).state.get("w")!.data[0]! !== 1
    })
    const plain = () => tf.train.sgd(2 ** 20)
    const withScale = () => Optimizers.lossScale(tf.train.sgd(2 ** 20))
    assert.deepStrictEqual([yield* moved(plain), yield* moved(withScale)], [false, true])
  }).pipe(on(1))
)

it("refuses what cannot be a scale", () => {
  assert.throws(() => Optimizers.lossScale(adam(), { initial: 0 }), /positive initial scale/)
  assert.throws(() => Optimizers.lossScale(adam(), { growthSteps: 0.5 }), /growthSteps/)
})

it("minimize of the optimizer itself scales, too", async () => {
  await tf.setBackend("cpu")
  const seen: Array<number> = []
  const look = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      seen.push(dy.dataSync()[0]!)
      return dy
    }
  }))
  const w = tf.variable(tf.scalar(3), true, "scaled/w")
  const optimizer = Optimizers.accumulate(Optimizers.lossScale(new Optimizers.SGD({ learningRate: 0.25 }), { initial: 1024 }), 1)
  const loss = optimizer.minimize(() => tf.square(look(w)) as tf.Scalar, true, [w])
  assert.deepStrictEqual([seen, loss?.dataSync()[0], w.dataSync()[0]], [[6 * 1024], 9, 1.5])
  tf.disposeVariables()
})
