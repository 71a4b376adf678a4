import "@tensorflow/tfjs-layers"
import * as mlp from "./model/mlpEstimator.ts"
import { Effect, Layer, Stream } from "effect"
import * as EstimatorNode from "../src/EstimatorNode.ts"
import * as DeviceOnnx from "../src/layers/device/DeviceOnnx.ts"
import * as DeviceReference from "../src/layers/device/DeviceReference.ts"
import * as Estimator from "../src/programs/Estimator.ts"
const log = (m: string) => Effect.sync(() => { console.log(m, performance.now()) })
const program = (n: string) => Estimator.train(mlp.make(2), { input: Stream.forever(Stream.fromIterable(mlp.batches(), { chunkSize: 1 })), steps: 10, hooks: [{ name: "x", begin: log(n + " begin"), afterCreate: () => log("afterCreate"), beforeRun: () => log("beforeRun"), afterRun: (_, v) => Effect.as(log("afterRun " + v.losses), "continue" as const), end: () => log("end") }] })
const t = setInterval(() => console.log("alive"), 1000)
for (const [n, d] of [["ref", DeviceReference.layer()], ["onnx", DeviceOnnx.layer({ threads: 1 })]] as const) {
  const e = await Effect.runPromiseExit(program(n).pipe(Effect.provide(Layer.mergeAll(EstimatorNode.layer, d))))
  console.log(n, e._tag, e._tag === "Failure" ? e.cause : "")
}
clearInterval(t)
