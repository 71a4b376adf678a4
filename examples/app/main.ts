/**
 * A server that trains two models while it answers for them: the same curve on two engines, in one process.
 *
 *   node examples/app/main.ts --dir runs/app --port 8080 --max-steps 5000
 *   curl localhost:8080/status
 *   curl -N localhost:8080/onnx/events
 *   curl -d '{"x": [0, 0.5]}' localhost:8080/onnx/predict
 *
 * Ctrl-C saves and ends it: with 0 when training was done, with 75 when there is more to do (the same command goes on).
 */
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Cause, Console, Effect, Exit, Layer } from "effect"
import { HttpServer } from "effect/http"
import { createServer } from "node:http"
import { parseArgs } from "node:util"
import { type Device, DeviceOnnx, DeviceReference, EstimatorNode } from "../../src/index.ts"
import { makeEstimator, points } from "./model.ts"
import * as Server from "./server.ts"
import * as Training from "./training.ts"

const { values: flags } = parseArgs({
  options: {
    dir: { type: "string", default: "runs/app" },
    port: { type: "string", default: "8080" },
    "max-steps": { type: "string", default: "5000" }
  }
})

const model = (name: string, device: Layer.Layer<Device.Device>) =>
  Training.make({
    estimator: makeEstimator({ modelDir: `${flags.dir}/${name}`, iterationsPerLoop: 10, saveCheckpointsSteps: 500, logStepCountSteps: 100 }),
    input: points(),
    device,
    maxSteps: Number(flags["max-steps"])
  })

const trainings = Training.layer({
  onnx: model("onnx", DeviceOnnx.layer({ threads: 1 })),
  reference: model("reference", DeviceReference.layer())
})

let code = 0
const codeOf = (state: Training.Status["state"], others: number) => (state === "failed" || others === 1 ? 1 : state === "done" ? others : 75)

/** Built first and so closed last: what became of the models. */
const outcome = Layer.effectDiscard(
  Effect.gen(function* () {
    const all = yield* Training.Trainings
    yield* Effect.addFinalizer(() =>
      Effect.forEach(all.values(), ({ status }) => Effect.map(status, ({ state }) => void (code = codeOf(state, code))))
    )
  })
)

const announce = Layer.effectDiscard(HttpServer.addressFormattedWith((address) => Console.log(`listening on ${address}`)))

Layer.mergeAll(announce, Server.layer).pipe(
  Layer.provide(outcome),
  Layer.provide(trainings),
  Layer.provide(EstimatorNode.layer),
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: Number(flags.port), gracefulShutdownTimeout: "5 seconds" })),
  Layer.launch,
  (main) =>
    NodeRuntime.runMain(main, {
      teardown: (exit, onExit) => {
        if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) return onExit(1)
        onExit(code)
      }
    })
)
