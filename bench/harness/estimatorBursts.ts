/**
 * An estimator's training program that does its steps in bursts on demand, so that it can take turns with other contenders:
 * a hook holds the program before a run until steps are asked for.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Example } from "../../src/domain/Input.ts"
import * as EstimatorNode from "../../src/EstimatorNode.ts"
import * as DeviceOnnx from "../../src/layers/device/DeviceOnnx.ts"
import * as DevicePjrt from "../../src/layers/device/DevicePjrt.ts"
import * as DeviceTensorflow from "../../src/layers/device/DeviceTensorflow.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import type { Device } from "../../src/services/Device.ts"
import type { Hook } from "../../src/services/Hooks.ts"
import type { Burst } from "./serve.ts"

/** @category models @since 0.1.0 */
export interface Bursts {
  /**
   * At least so many steps: whole device runs are done. Seconds are from the request, and then from each run's end, to the
   * end of the next, shared out over its steps: what hooks and the session loop take is in them.
   */
  readonly burst: (steps: number) => Promise<Burst>
  /** Interrupts the program and waits for it to be gone. */
  readonly close: () => Promise<void>
}

interface Request {
  readonly resolve: (burst: Burst) => void
  readonly reject: (error: unknown) => void
  readonly seconds: Array<number>
  readonly losses: Array<number>
  left: number
  since: number
}

const gate = () => {
  let request: Request | undefined
  let opened: (() => void) | undefined
  const hook: Hook = {
    name: "bench gate",
    beforeRun: () =>
      Effect.callback<void>((resume) => {
        if (request !== undefined) return resume(Effect.void)
        opened = () => resume(Effect.void)
      }),
    afterRun: (_, { iterations, losses }) =>
      Effect.sync(() => {
        const now = performance.now()
        const current = request! // a run was let through for it
        for (const loss of losses) {
          current.losses.push(loss)
          current.seconds.push((now - current.since) / 1000 / iterations)
        }
        current.since = now
        current.left -= iterations
        if (current.left <= 0) {
          request = undefined
          current.resolve({ seconds: current.seconds, losses: current.losses })
        }
        return "continue"
      })
  }
  const burst = (steps: number) =>
    new Promise<Burst>((resolve, reject) => {
      request = { resolve, reject, seconds: [], losses: [], left: steps, since: performance.now() }
      opened?.()
      opened = undefined
    })
  return { hook, burst, fail: (error: unknown) => request?.reject(error) }
}

/** The engines that a contender may run on; TensorFlow's threads are set by the environment of its process, XLA takes a thread for each core. */
const engines = {
  onnx: (threads: number) => DeviceOnnx.layer({ threads }),
  tensorflow: () => DeviceTensorflow.layer(),
  "tensorflow-xla": () => DeviceTensorflow.layer({ jitCompile: true }),
  pjrt: () => DevicePjrt.layer(),
  "pjrt-bfloat16": () => DevicePjrt.layer({ precision: "bfloat16" })
} as const

/** By its name; default: `onnx`. Throws for a name that is none. @category constructors @since 0.1.0 */
export const engineOf = (name: string | undefined, threads: number): Layer.Layer<Device> => {
  const known = name ?? "onnx"
  if (!Object.hasOwn(engines, known)) throw new Error(`unknown engine ${name}; known are ${Object.keys(engines).join(", ")}`)
  return engines[known as keyof typeof engines](threads) // it has been looked up
}

/** Starts training on the device with the batches given, over and over. @category constructors @since 0.1.0 */
export const start = <P>(options: {
  readonly estimator: Estimator.Estimator<P>
  readonly batches: ReadonlyArray<Example>
  readonly device: Layer.Layer<Device>
}): Bursts => {
  const { burst, fail, hook } = gate()
  const program = Estimator.train(options.estimator, {
    input: Stream.forever(Stream.fromIterable(options.batches, { chunkSize: 1 })),
    hooks: [hook]
  })
  const layer = Layer.mergeAll(EstimatorNode.layer, options.device)
  const fiber = Effect.runFork(Effect.provide(program, layer))
  fiber.addObserver((exit) => fail(Exit.isFailure(exit) ? exit.cause : new Error("the training program ended by itself")))
  return {
    burst,
    close: async () => {
      await Effect.runPromise(Fiber.interrupt(fiber))
    }
  }
}
