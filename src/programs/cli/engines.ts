/**
 * The engines that the command line knows. Each is loaded when it is chosen, so that a missing native library harms nobody else.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readFile } from "node:fs/promises"
import { EngineUnavailable } from "../../domain/Errors.ts"
import type { Device } from "../../services/Device.ts"

/** @category models @since 0.1.0 */
export interface Engine {
  readonly name: string
  readonly description: string
  /** Version of what would run the steps; fails when it cannot be loaded. */
  readonly version: Effect.Effect<string, EngineUnavailable>
  readonly layer: (options: { readonly replicas: number }) => Layer.Layer<Device, EngineUnavailable>
}

const load = <A>(engine: string, remedy: string, module: () => Promise<A>): Effect.Effect<A, EngineUnavailable> =>
  Effect.tryPromise({
    try: module,
    catch: (cause) => new EngineUnavailable({ engine, detail: cause instanceof Error ? cause.message.split("\n")[0]! : String(cause), remedy, cause })
  })

const reinstall = "Reinstall effect-estimator."

/** Of the library that would be called; nothing is loaded. */
const onnxVersion = load("onnx", reinstall, () => import("../../layers/device/onnx/libraries.ts")).pipe(
  Effect.flatMap(({ find, resolveHere }) => Effect.map(Effect.fromResult(find(resolveHere)), () => resolveHere("onnxruntime-node/package.json"))),
  Effect.flatMap((file) => load("onnx", reinstall, () => readFile(file, "utf8"))),
  Effect.map((text) => `onnxruntime ${(JSON.parse(text) as { readonly version: string }).version}`)
)

/** Of the TensorFlow whose binding is there and loads; it is loaded in a process of its own. */
const tensorflowVersion = load("tensorflow", reinstall, async () => ({
  ...(await import("../../layers/device/tensorflow/install/locate.ts")),
  ...(await import("../../layers/device/tensorflow/install/probe.ts")),
  ...(await import("../../layers/device/tensorflow/Host.ts"))
})).pipe(
  Effect.flatMap(({ locate, probe, remedy }) => Effect.flatMap(Effect.fromResult(locate()), ({ addon }) => probe(addon, remedy))),
  Effect.map((version) => `tensorflow ${version}`)
)

const tensorflow =
  (jitCompile: boolean): Engine["layer"] =>
  (options) =>
    Layer.unwrap(
      Effect.map(
        load("tensorflow", reinstall, () => import("../../layers/device/DeviceTensorflow.ts")),
        (module) => module.layer({ ...options, jitCompile })
      )
    )

/** Of the plugin that is found: it is loaded in a process of its own. */
const pjrtVersion = load("pjrt", reinstall, async () => ({
  ...(await import("../../layers/device/pjrt/plugins.ts")),
  ...(await import("../../layers/device/pjrt/describe.ts"))
})).pipe(
  Effect.flatMap(({ describe, locate, summary }) =>
    Effect.flatMap(Effect.fromResult(locate(undefined)), (found) => Effect.map(describe(found), (about) => summary(about, found)))
  )
)

/** One line for each engine; the first is the default. @category constants @since 0.1.0 */
export const engines: ReadonlyArray<Engine> = [
  {
    name: "onnx",
    description: "ONNX Runtime on the CPU, in its own thread",
    version: onnxVersion,
    layer: (options) =>
      Layer.unwrap(
        Effect.map(
          load("onnx", reinstall, () => import("../../layers/device/DeviceOnnx.ts")),
          (module) => module.layer(options)
        )
      )
  },
  {
    name: "tensorflow",
    description: "TensorFlow on the CPU, by tfjs-node's binding, in a thread of its own",
    version: tensorflowVersion,
    layer: tensorflow(false)
  },
  {
    name: "tensorflow-xla",
    description: "the same with the step compiled by XLA: a longer first step, shorter ones after it",
    version: tensorflowVersion,
    layer: tensorflow(true)
  },
  {
    name: "pjrt",
    description: "XLA on a CPU, a GPU or TPUs, by a PJRT plugin in a process of its own",
    version: pjrtVersion,
    layer: (options) =>
      Layer.unwrap(
        Effect.map(
          load("pjrt", reinstall, () => import("../../layers/device/DevicePjrt.ts")),
          (module) => module.layer(options)
        )
      )
  },
  {
    name: "reference",
    description: "plain TypeScript: the meaning of every op, slow",
    version: Effect.succeed(`node ${process.versions.node}`),
    layer: (options) =>
      Layer.unwrap(
        Effect.map(
          load("reference", reinstall, () => import("../../layers/device/DeviceReference.ts")),
          (module) => module.layer(options)
        )
      )
  }
]

/** @category constants @since 0.1.0 */
export const engineNames: ReadonlyArray<string> = engines.map((engine) => engine.name)

/** @category rules @since 0.1.0 */
export const engineOf = (name: string): Engine | undefined => engines.find((engine) => engine.name === name)
