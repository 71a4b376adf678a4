/** The backend that a run is on. */
import "@tensorflow/tfjs-backend-cpu"
import type { Engine } from "./judge.ts"

export interface Backend {
  readonly name: string
  readonly fallbacks: () => { readonly [kernel: string]: number }
  readonly evaluations: () => object
}

const cpu: Backend = { name: "cpu", fallbacks: () => ({}), evaluations: () => ({}) }

/** The engine's evaluator under the lazy backend; the process ends with the run, so nothing is released. */
const lazy = async (engine: "reference" | "onnx"): Promise<Backend> => {
  const { Effect, Layer, Scope } = await import("effect")
  const { Evaluator } = await import("../../src/services/Evaluator.ts")
  const LazyBackend = await import("../../src/layers/tracing/lazy/LazyBackend.ts")
  const layer =
    engine === "onnx"
      ? (await import("../../src/layers/device/EvaluatorOnnx.ts")).layer({ threads: 1 })
      : (await import("../../src/layers/device/EvaluatorReference.ts")).layer()
  const context = await Effect.runPromise(Layer.buildWithScope(layer, Effect.runSync(Scope.make())))
  const evaluator = (await import("effect")).Context.get(context, Evaluator)
  await LazyBackend.register(Layer.succeed(Evaluator, evaluator))
  return { name: LazyBackend.name, fallbacks: () => LazyBackend.statistics().fallbacks, evaluations: evaluator.statistics }
}

export const backendFor = async (engine: Engine): Promise<Backend> => (engine === "cpu" ? cpu : lazy(engine))
