/**
 * Eager TensorFlow.js on any engine: `tf.setBackend("effect-estimator")`.
 *
 * Operations are noted down, and reading a value (`data`, `dataSync`, `print`, …) evaluates what it needs, with the same
 * kernels that make up a compiled step. Values are kept, so nothing is computed twice, and graphs that come again, as those
 * of a loop do, are compiled once.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { ConfigError } from "../../../domain/Errors.ts"
import { Evaluator } from "../../../services/Evaluator.ts"
import { backendName } from "../GraphBackend.ts"
import { register as registerKernels } from "../register.ts"
import { load } from "./CpuKernels.ts"
import { Backend } from "./Backend.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /** Pending nodes at which all that live tensors stand for is evaluated; default 2000. */
  readonly pendingLimit?: number | undefined
  /** The same for the bytes of values that only pending nodes need; default 268435456 (256 MiB). */
  readonly retainedLimit?: number | undefined
}

/** @category models @since 0.1.0 */
export interface Statistics {
  /** Nodes that wait for a read. */
  readonly pending: number
  /** How often each kernel was run by TensorFlow.js's CPU backend, since the registration. */
  readonly fallbacks: { readonly [kernel: string]: number }
}

/** What `tf.getBackend()` says. @category constants @since 0.1.0 */
export const name = backendName

let fallbacks = new Map<string, number>()

/** Of the backend that is registered now. @category analysis @since 0.1.0 */
export const statistics = (): Statistics => {
  const backend: unknown = tf.findBackend(backendName)
  return { pending: backend instanceof Backend ? backend.pendingNodes : 0, fallbacks: Object.fromEntries(fallbacks) }
}

const acquire = Effect.fnUntraced(function* ({ pendingLimit = 2000, retainedLimit = 2 ** 28 }: Options) {
  const evaluator = yield* Evaluator
  const before = tf.engine().backendName
  if (tf.findBackendFactory(backendName) !== null) {
    return yield* new ConfigError({
      key: "LazyBackend",
      detail: `the backend "${backendName}" is registered already; release the first one, or use it: tf.setBackend("${backendName}")`
    })
  }
  registerKernels()
  const cpu = yield* Effect.promise(load)
  const counts = new Map<string, number>()
  fallbacks = counts
  tf.registerBackend(backendName, () => new Backend({ evaluator, cpu, pendingLimit, retainedLimit, fallbacks: counts }))
  yield* Effect.promise(() => tf.setBackend(backendName))
  return before
})

const release = (before: string | null | undefined) =>
  Effect.promise(async () => {
    const current = tf.engine().backendName
    tf.removeBackend(backendName)
    const next = current === backendName ? before : current
    if (next !== undefined && next !== null && next !== backendName) await tf.setBackend(next)
  })

/**
 * Registers the backend, on the evaluator of the context, and makes it the current one; when the scope closes it is
 * removed and the backend before is current again. Tensors that are still on it then are lost: reading one throws an
 * `ExecuteError` (`Closed`).
 *
 * Kernels whose results' shapes depend on values, strings and complex numbers are computed by
 * `@tensorflow/tfjs-backend-cpu`, an optional package; without it such a kernel throws an `EngineUnavailable` that names the
 * command which installs it. Fails with a `ConfigError` when the backend is registered already.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (options: Options): Layer.Layer<never, ConfigError, Evaluator> =>
  Layer.effectDiscard(Effect.acquireRelease(acquire(options), release))

/** `layerWith` with the defaults. @category layers @since 0.1.0 */
export const layer: Layer.Layer<never, ConfigError, Evaluator> = layerWith({})

/**
 * For scripts: `const close = await LazyBackend.register(EvaluatorOnnx.layer())`. Rejects as the layers fail; `close` gives
 * everything back.
 *
 * @category registration
 * @since 0.1.0
 */
export const register = async <E>(evaluator: Layer.Layer<Evaluator, E>, options: Options = {}): Promise<() => Promise<void>> => {
  const scope = Effect.runSync(Scope.make())
  const built = await Effect.runPromiseExit(Layer.buildWithScope(Layer.provide(layerWith(options), evaluator), scope))
  if (Exit.isFailure(built)) {
    await Effect.runPromise(Scope.close(scope, built))
    throw Cause.squash(built.cause)
  }
  return () => Effect.runPromise(Scope.close(scope, Exit.void))
}
