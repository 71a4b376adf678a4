/** The Transformer-XL program through one changed layer: the engines' losses. */
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Workload from "../../bench/peers/Workload.ts"
import * as DeviceOnnx from "../../src/layers/device/DeviceOnnx.ts"
import * as DeviceReference from "../../src/layers/device/DeviceReference.ts"
import * as DeviceTensorflow from "../../src/layers/device/DeviceTensorflow.ts"
import { withTensorflow } from "../layers/device/tensorflow/available.ts"
import { lossesOn, sizesOf } from "./losses.ts"

const steps = 24
const sizes = sizesOf(4)

withTensorflow("the Transformer-XL program on TensorFlow", () => {
  it.live("has the losses of the other engines on TensorFlow, by the executor and by XLA, on one replica and two", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      Workload.write(directory, sizes)
      const expected = yield* lossesOn(directory, sizes, DeviceReference.layer(), steps)
      assert.isBelow(expected.at(-1)!, expected[0]! - 0.1)
      const others = {
        onnx: DeviceOnnx.layer({ threads: 1 }),
        tensorflow: DeviceTensorflow.layer(),
        "tensorflow, 2 replicas": DeviceTensorflow.layer({ replicas: 2 }),
        xla: DeviceTensorflow.layer({ jitCompile: true })
      }
      for (const [name, device] of Object.entries(others)) {
        const losses = yield* lossesOn(directory, sizes, device, steps)
        assert.strictEqual(losses.length, steps)
        losses.forEach((loss, i) => assert.closeTo(loss / expected[i]!, 1, 1e-4, `${name}, step ${i}`))
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
