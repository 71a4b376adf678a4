import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect, Stream } from "effect"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { make as tensor } from "../../../../src/domain/Tensor.ts"
import { Estimator, EstimatorTest } from "../../../../src/index.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import { runEagerly } from "../../../../src/layers/tracing/runEagerly.ts"
import { makeEagerVariables } from "../../../../src/layers/tracing/variables.ts"
import { CheckpointStore } from "../../../../src/services/CheckpointStore.ts"

const batchOf = (y: number) => {
  const data = tensor(Float32Array.of(y, y), [2])
  return { features: data, labels: data }
}
const ys = [4, 2, 6, 0, 8]
/** `w += (y - w) / 2` from 1, as gradient descent on `(w - y)^2` with rate 0.25 gives. */
const weights = ys.reduce<Array<number>>((all, y) => [...all, (all.at(-1)! + y) / 2], [1])
/** The averages over these, from the first. */
const average = (values: ReadonlyArray<number>, decay: (n: number) => number) =>
  values.slice(1).reduce((a, w, n) => a - (1 - decay(n)) * (a - w), values[0]!)

type Ramp = "none" | "step" | "own"
const descent =
  (ramp: Ramp, every = 1): ModelFn =>
  ({ globalStep, labels, mode, variables }) => {
    const numUpdates = ramp === "none" ? {} : { numUpdates: ramp === "own" ? ("own" as const) : globalStep }
    const averages = new Optimizers.MovingAverages({ variables, mode, decay: 0.6, ...numUpdates })
    const w = averages.variables.scope("inner").get("w", [1], { initializer: () => tf.ones([1]) })
    const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(w, labels)))
    if (mode !== "train") return { loss: lossOf() }
    const following = Optimizers.withAverages(tf.train.sgd(0.25), averages)
    return { loss: new CrossReplicaOptimizer(every === 1 ? following : Optimizers.accumulate(following, every)).minimize(lossOf) }
  }

const name = "inner/w/ExponentialMovingAverage"
const runs = (modelFn: ModelFn, input: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn, params: {}, config: { modelDir: "averages", iterationsPerLoop: 2 } })
    yield* Estimator.train(estimator, { input: Stream.fromIterable(input.map(batchOf)) })
    const store = yield* CheckpointStore
    const { state } = yield* store.load((yield* store.latest("averages"))!.path)
    const { loss } = yield* Estimator.evaluate(estimator, { input: Stream.make(batchOf(0)) })
    return { state, average: state.get(name)!.data[0]!, loss }
  })

const on = (replicas: number) => Effect.provide(EstimatorTest.layer({ replicas }))
const ramped = (n: number) => Math.min(0.6, (1 + n) / (10 + n))

describe("moving averages", () => {
  it.effect("follow the weights, and evaluation is with them", () =>
    Effect.gen(function* () {
      for (const replicas of [1, 2]) {
        const { average: got, loss, state } = yield* runs(descent("none"), ys).pipe(on(replicas))
        const wanted = average(weights, () => 0.6)
        assert.closeTo(got, wanted, 1e-5)
        assert.closeTo(loss, wanted ** 2, 1e-4)
        assert.closeTo(state.get("inner/w")!.data[0]!, weights.at(-1)!, 1e-5)
      }
    })
  )

  it.effect("move faster at first, by a step or their own count", () =>
    Effect.gen(function* () {
      const wanted = average(weights, ramped)
      assert.isAbove(Math.abs(wanted - average(weights, () => 0.6)), 0.1)
      assert.closeTo((yield* runs(descent("step"), ys).pipe(on(1))).average, wanted, 1e-5)
      const own = yield* runs(descent("own"), ys).pipe(on(2))
      assert.closeTo(own.average, wanted, 1e-5)
      assert.deepStrictEqual([...own.state.get("ExponentialMovingAverage/num_updates")!.data], [5])
    })
  )

  it.effect("stand still with the weights while gradients are added up", () =>
    Effect.gen(function* () {
      const twice = ys.flatMap((y) => [y + 1, y - 1])
      const { average: got, state } = yield* runs(descent("own", 2), [...twice, 100]).pipe(on(1))
      assert.closeTo(got, average(weights, ramped), 1e-5)
      assert.deepStrictEqual([...state.get("ExponentialMovingAverage/num_updates")!.data], [5])
    })
  )

  it("are the same in an eager run", async () => {
    await tf.setBackend("cpu")
    const variables = makeEagerVariables(0)
    ys.forEach((y, step) => runEagerly({ modelFn: descent("step"), mode: "train", params: {}, ...batchOf(y), step, variables }))
    assert.closeTo(variables.get(name, [1]).dataSync()[0]!, average(weights, ramped), 1e-5)
    tf.disposeVariables()
  })

  it.effect("of a tf.layers model: evaluation swaps them in and leaves the weights", () =>
    Effect.gen(function* () {
      const modelFn: ModelFn = ({ labels, mode, variables }) => {
        const averages = new Optimizers.MovingAverages({ variables, mode, decay: 0.6 })
        const dense = tfl.layers.dense({ units: 1, useBias: false, name: "inner", kernelInitializer: "ones" })
        dense.build([2, 1])
        const list = variables.trainable()
        const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(dense.apply(tf.ones([2, 1])) as tf.Tensor, tf.expandDims(labels, 1))))
        if (mode !== "train") return { loss: averages.swap(list, lossOf) }
        const loss = new CrossReplicaOptimizer(tf.train.sgd(0.25)).minimize(lossOf)
        averages.update(list)
        return { loss }
      }
      const estimator = Estimator.make({ modelFn, params: {}, config: { modelDir: "layers" } })
      yield* Estimator.train(estimator, { input: Stream.fromIterable(ys.map(batchOf)) })
      const wanted = average(weights, () => 0.6)
      for (const _ of [1, 2]) {
        const { loss } = yield* Estimator.evaluate(estimator, { input: Stream.make(batchOf(0), batchOf(0)) })
        assert.closeTo(loss, wanted ** 2, 1e-4)
      }
    }).pipe(on(1))
  )

  it("swap gives the variables their own values again, after a failure too", async () => {
    await tf.setBackend("cpu")
    const variables = makeEagerVariables(0)
    const averages = new Optimizers.MovingAverages({ variables, mode: "train", decay: 0.5 })
    const w = averages.variables.get("w", [1], { initializer: () => tf.ones([1]) })
    w.assign(tf.tensor([5]))
    averages.update()
    const value = () => w.dataSync()[0]
    const kept = tf.memory().numTensors
    assert.deepStrictEqual([averages.swap([w], value), value()], [3, 5])
    const fails = () => {
      throw new Error(`failed at ${value()}`)
    }
    assert.throws(() => averages.swap([w], fails), "failed at 3")
    assert.deepStrictEqual([value(), tf.memory().numTensors], [5, kept])
    tf.disposeVariables()
  })

  it("refuses a variable of whole numbers", async () => {
    await tf.setBackend("cpu")
    const averages = new Optimizers.MovingAverages({ variables: makeEagerVariables(0), mode: "train", decay: 0.5 })
    assert.throws(() => averages.variables.get("n", [1], { dtype: "int32", initializer: () => tf.zeros([1], "int32") }), `"n" is int32`)
    assert.throws(() => new Optimizers.MovingAverages({ variables: makeEagerVariables(0), mode: "train", decay: 1 }), "decay")
    tf.disposeVariables()
  })
})
