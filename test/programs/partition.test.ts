/** Several cores for one replica: images cut over them, with the losses of the run that is not cut. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer, Stream } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import { CrossReplicaOptimizer, DeviceOnnx, DevicePjrt, Estimator, EstimatorTest, Metrics, type Model, Tensor } from "../../src/index.ts"
import { Device, type Executable } from "../../src/services/Device.ts"
import { withXla } from "../layers/device/pjrt/available.ts"
import { recordEvents, recordLosses } from "./models.ts"

const [height, width, classes] = [10, 9, 3]

/** Convolution, pool, strided convolution, dense: as an image classifier is made. */
const modelFn: Model.ModelFn = ({ features, labels, mode, valid, variables }) => {
  const scale = (shape: ReadonlyArray<number>, seed: number) =>
    tf.tensor(
      Float32Array.from({ length: Tensor.sizeOf(shape) }, (_, i) => Math.sin(seed + i * 1.7) * 0.3),
      [...shape]
    )
  const variable = (name: string, shape: ReadonlyArray<number>, seed: number) => variables.get(name, shape, { initializer: () => scale(shape, seed) })
  const [first, second] = [variable("first", [3, 3, 1, 4], 1), variable("second", [3, 3, 4, 4], 2)]
  const bias = variable("bias", [4], 3)
  const logitsOf = () => {
    const one = tf.relu(tf.add(tf.conv2d(features.image as tf.Tensor4D, first as tf.Tensor4D, 1, "same"), bias))
    const two = tf.relu(tf.conv2d(tf.maxPool(one as tf.Tensor4D, 2, 2, "same"), second as tf.Tensor4D, 2, "same"))
    const rows = two.shape[0]!
    const flat = tf.reshape(two, [rows, -1])
    return tf.matMul(flat, variable("dense", [flat.shape[1]!, classes], 4))
  }
  const lossesOf = (logits: tf.Tensor) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels as tf.Tensor1D, classes)), -1))
  if (mode === "predict") return { predictions: { logits: logitsOf() } }
  if (mode === "evaluate") {
    const logits = logitsOf()
    const accuracy = { tensors: { labels, logits, valid }, metric: Metrics.accuracy("labels", "logits", "valid") }
    return { loss: tf.mean(lossesOf(logits)), evalMetrics: { accuracy } }
  }
  return { loss: new CrossReplicaOptimizer(tf.train.momentum(0.1, 0.9)).minimize(() => tf.mean<tf.Scalar>(lossesOf(logitsOf()))) }
}

const examples = Array.from({ length: 4 }, (_, k) => ({
  features: {
    image: Tensor.make(
      Float32Array.from({ length: 4 * height * width }, (_, i) => Math.cos(k * 5 + i * 0.37)),
      [4, height, width, 1]
    )
  },
  labels: Tensor.make(Int32Array.of(k % 3, (k + 1) % 3, (k * 2) % 3, 1), [4])
}))

const estimatorOf = (dims: ReadonlyArray<number> | undefined) => {
  const cores = dims?.reduce((a, b) => a * b) ?? 1
  const tpu = {
    perHostInput: "PerHostV2",
    numCoresPerReplica: cores as 2,
    ...(dims === undefined ? {} : { inputPartitionDims: [{ image: dims }, null] })
  } as const
  return Estimator.make({ modelFn, config: { iterationsPerLoop: 2, logStepCountSteps: 0, ...(dims === undefined ? {} : { tpu }) } })
}

const trained = (dims: ReadonlyArray<number> | undefined) =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const log: Array<RunEvent> = []
    yield* Estimator.train(estimatorOf(dims), { input: Stream.fromIterable(examples), hooks: [recordLosses(losses)] }).pipe(
      Effect.provide(recordEvents(log))
    )
    return { losses, compiled: log.find((event) => event.event === "compile")! }
  })

const engines = {
  reference: (replicas: number) => EstimatorTest.layer({ replicas }),
  onnx: (replicas: number) => Layer.provideMerge(DeviceOnnx.layer({ replicas }), EstimatorTest.layer())
}

/** `tells`: whether the engine says what its cut came to. */
const coresSuite = (engine: (typeof engines)["onnx"], tells: boolean) => {
  for (const replicas of [1, 2]) {
    it.live(
      `[row 189] [row 194] images cut by height, width, both and unevenly train as whole ones do (${replicas} replicas)`,
      () =>
        Effect.gen(function* () {
          const whole = yield* trained(undefined)
          assert.strictEqual(whole.losses.length, 4)
          assert.notProperty(whole.compiled, "cores")
          for (const dims of [
            [1, 2, 1, 1],
            [1, 1, 2, 1],
            [1, 2, 2, 1],
            // 10 by 4: 3, 3, 3, 1; 9 by 8: 2, 2, 2, 2, 1 and three cores without a part
            [1, 4, 1, 1],
            [1, 1, 8, 1]
          ]) {
            const cut = yield* trained(dims)
            for (const [i, loss] of cut.losses.entries()) assert.closeTo(loss, whole.losses[i]!, 1e-5, `[${dims}], step ${i}`)
            if (cut.compiled.event !== "compile") return assert.fail("no compile event")
            const { cores, cutNodes, movedElements } = cut.compiled
            assert.strictEqual(
              cores,
              dims.reduce((a, b) => a * b)
            )
            assert.strictEqual(cutNodes !== undefined, tells)
            if (!tells) continue
            // convolutions and pool with their gradients, and what lies between them
            assert.isAbove(cutNodes!, 10)
            assert.isAbove(movedElements!, 0)
          }
        }).pipe(Effect.provide(engine(replicas))),
      300_000
    )
  }

  it.live("[row 189] evaluation and prediction are cut likewise", () =>
    Effect.gen(function* () {
      const input = Stream.fromIterable(examples)
      const [whole, cut] = [estimatorOf(undefined), estimatorOf([1, 2, 2, 1])]
      const [expected, got] = [yield* Estimator.evaluate(whole, { input }), yield* Estimator.evaluate(cut, { input })]
      assert.closeTo(got.loss, expected.loss, 1e-5)
      assert.deepStrictEqual(got.metrics, expected.metrics)
      const logits = (estimator: typeof whole) => Stream.runCollect(Estimator.predict(estimator, { input }))
      const [rows, cutRows] = [yield* logits(whole), yield* logits(cut)]
      assert.strictEqual(cutRows.length, 16)
      for (const [i, row] of cutRows.entries()) {
        for (const [j, value] of row["logits"]!.data.entries()) assert.closeTo(value, rows[i]!["logits"]!.data[j]!, 1e-5)
      }
    }).pipe(Effect.provide(engine(2)))
  )
}

describe.each(Object.entries(engines))("cores of a replica on %s", (_, engine) => {
  coresSuite(engine, true)
})

withXla("cores of a replica on XLA", () => {
  describe("cores of a replica on XLA", () => {
    coresSuite((replicas) => Layer.provideMerge(DevicePjrt.layer({ replicas, cache: false }), EstimatorTest.layer()), false)
  })
})

it.effect("the report says whether it pays: a part of the work for each core, and what moves", () =>
  Effect.gen(function* () {
    const two = (yield* trained([1, 2, 1, 1])).compiled
    const four = (yield* trained([1, 2, 2, 1])).compiled
    if (two.event !== "compile" || four.event !== "compile") return assert.fail("no compile events")
    assert.isBelow(two.busiestShare!, 0.85)
    assert.isBelow(four.busiestShare!, two.busiestShare!)
    assert.isAbove(four.movedElements!, two.movedElements!)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)

it.effect("the compile event has the engine's own figures; of one that tells none, the cores", () =>
  Effect.gen(function* () {
    const inner = yield* Device
    const compiledBy = (told: (cut: Executable["cut"]) => Executable["cut"]) => {
      const device = Device.of({
        ...inner,
        compile: (program) => Effect.map(inner.compile(program), (made) => ({ ...made, cut: told(made.cut) }))
      })
      return Effect.map(Effect.provideService(trained([1, 2, 1, 1]), Device, device), ({ compiled }) => compiled)
    }
    const figures = { cutNodes: 7, wholeNodes: 5, movedElements: 3, busiestShare: 0.625 }
    assert.include(yield* compiledBy((cut) => ({ ...cut!, ...figures })), { ...figures, cores: 2 })
    const silent = yield* compiledBy(() => undefined)
    assert.include(silent, { cores: 2 })
    assert.notProperty(silent, "cutNodes")
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
