/** The Transformer-XL program through one changed layer: the engines' losses. */
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Stream } from "effect"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as transformerXl from "../../bench/model/transformerXlEstimator.ts"
import * as Workload from "../../bench/peers/Workload.ts"
import * as EstimatorNode from "../../src/EstimatorNode.ts"
import * as DeviceOnnx from "../../src/layers/device/DeviceOnnx.ts"
import * as DeviceReference from "../../src/layers/device/DeviceReference.ts"
import * as DeviceTensorflow from "../../src/layers/device/DeviceTensorflow.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import type { Device } from "../../src/services/Device.ts"
import { withTensorflow } from "../layers/device/tensorflow/available.ts"

const sizes: Workload.Sizes = {
  ...Workload.sizesFromEnvironment(),
  ...{ layers: 2, modelWidth: 16, heads: 2, headWidth: 8, innerWidth: 24, target: 5, memory: 7, batch: 4, vocabulary: 13 },
  ...{ learningRate: 0.01, threads: 1 }
}
const steps = 24

const lossesOn = Effect.fnUntraced(function* (directory: string, device: Layer.Layer<Device>) {
  const losses: Array<number> = []
  const collect = (values: { readonly losses: ArrayLike<number> }) =>
    Effect.sync(() => {
      losses.push(...Array.from(values.losses))
      return "continue" as const
    })
  yield* Estimator.train(transformerXl.make(sizes, directory, 8), {
    input: Stream.forever(Stream.fromIterable(transformerXl.batches(sizes, directory))),
    steps,
    hooks: [{ name: "losses", afterRun: (_, values) => collect(values) }]
  }).pipe(Effect.provide(Layer.merge(EstimatorNode.layer, device)))
  return losses
})

withTensorflow("the Transformer-XL program on TensorFlow", () => {
  it.live("has the losses of the other engines on TensorFlow, by the executor and by XLA, on one replica and two", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      Workload.write(directory, sizes)
      const expected = yield* lossesOn(directory, DeviceReference.layer())
      assert.isBelow(expected.at(-1)!, expected[0]! - 0.1)
      const others = {
        onnx: DeviceOnnx.layer({ threads: 1 }),
        tensorflow: DeviceTensorflow.layer(),
        "tensorflow, 2 replicas": DeviceTensorflow.layer({ replicas: 2 }),
        xla: DeviceTensorflow.layer({ jitCompile: true })
      }
      for (const [name, device] of Object.entries(others)) {
        const losses = yield* lossesOn(directory, device)
        assert.strictEqual(losses.length, steps)
        losses.forEach((loss, i) => assert.closeTo(loss / expected[i]!, 1, 1e-4, `${name}, step ${i}`))
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
