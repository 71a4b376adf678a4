/**
 * `Evaluator` on ONNX Runtime: each graph becomes a session of the native library of onnxruntime-node, run in the
 * caller's thread through the C API.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { CompileError, EngineUnavailable, ExecuteError } from "../../domain/Errors.ts"
import * as Evaluate from "../../domain/graph/Evaluate.ts"
import type { Graph } from "../../domain/graph/Graph.ts"
import { GraphError } from "../../domain/graph/GraphError.ts"
import { compact } from "../../domain/passes/rebuild.ts"
import { statsOf } from "../../domain/passes/stats.ts"
import { fills } from "../../domain/RandomKey.ts"
import { allocate, sizeOf, type TensorData } from "../../domain/Tensor.ts"
import { Evaluator } from "../../services/Evaluator.ts"
import * as EvaluatorCache from "./EvaluatorCache.ts"
import { lowered } from "./hosted/compile.ts"
import { channelBlockOf } from "./onnx/channelBlock.ts"
import { engine, remedy } from "./onnx/Host.ts"
import * as Libraries from "./onnx/libraries.ts"
import { lower, type Lowered, type LoweredInput } from "./onnx/lower.ts"
import { Ort } from "./onnx/Ort.ts"

/** @category models @since 0.1.0 */
export interface Options extends EvaluatorCache.Options {
  /** Threads of one evaluation; default 1, for each of the kept sessions has threads of its own. */
  readonly threads?: number | undefined
  /** Where the optional packages are looked for; default: as seen from this package. */
  readonly resolve?: Libraries.Resolve | undefined
}

/** Threads must not spin between two evaluations. */
const config = { "session.force_spinning_stop": "1" }

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** Operations up to which finding a message out by the reference rules takes a moment only. */
const fewFlops = 1e8

/**
 * What the meaning of the ops has against the values: it names the op and what it expects, which ONNX Runtime's text does not. Only
 * gathers refuse values; what they need is evaluated, if that is little.
 */
const refusalOf = (graph: Graph, parameters: ReadonlyArray<TensorData>): string | undefined => {
  const outputs = graph.nodes.flatMap(({ op }, node) => (op === "Gather" ? [{ name: `${node}`, role: { _tag: "Outfeed" } as const, node }] : []))
  const gathers = compact({ ...graph, outputs })
  if (outputs.length === 0 || statsOf(gathers).matMulFlops > fewFlops) return undefined
  try {
    Evaluate.make(gathers).run([parameters])
    return undefined
  } catch (error) {
    return error instanceof GraphError ? error.message : undefined
  }
}

const lowerGraph = (graph: Graph, block: () => number): Result.Result<Lowered, CompileError> => {
  const wanted = graph.outputs.map(({ node }) => ({ node, predecessor: undefined }))
  return lowered(engine, () => lower(graph, wanted, block), "; use the reference engine for it")
}

const inputData = ({ source, shape }: LoweredInput, parameters: ReadonlyArray<TensorData>): TensorData => {
  if (source._tag === "Parameter") return parameters[source.parameter]!
  const data = new Float32Array(sizeOf(shape))
  fills[source.op](data, parameters[source.key]! as Int32Array, source.replica, source.draw) // the key's type is int32[3]
  return data
}

/** ONNX Runtime refuses memory at no address, which an empty array may have. */
const bytesOf = (data: TensorData): Uint8Array =>
  data.byteLength === 0 ? new Uint8Array(8) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

interface Bound {
  readonly handle: bigint
  /** Held, for the native tensor over it does not hold it. */
  readonly bytes: Uint8Array
}

const runOnce = (ort: Ort, lowered: Lowered, run: ReturnType<Ort["runner"]>, parameters: ReadonlyArray<TensorData>): ReadonlyArray<TensorData> => {
  const bound: Array<Bound> = []
  const bind = (port: Lowered["inputs"][number] | Lowered["outputs"][number], data: TensorData): bigint => {
    const bytes = bytesOf(data)
    const handle = ort.tensor(port.type, port.shape, bytes)
    bound.push({ handle, bytes })
    return handle
  }
  try {
    const inputs = BigUint64Array.from(lowered.inputs, (port) => bind(port, inputData(port, parameters)))
    const results = lowered.outputs.map((port) => allocate(port.type, sizeOf(port.shape)))
    const outputs = BigUint64Array.from(lowered.outputs, (port, i) => bind(port, results[i]!))
    run({ inputs, outputs })
    return results
  } finally {
    for (const { handle } of bound) ort.releaseTensor(handle)
  }
}

const compile =
  (ort: Ort, threads: number, block: () => number) =>
  (graph: Graph): Result.Result<EvaluatorCache.Compiled, CompileError> =>
    Result.flatMap(lowerGraph(graph, block), (lowered) =>
      Result.try({
        try: () => {
          const session = ort.session(lowered.bytes, { threads, memoryPattern: false, config })
          const names = (ports: ReadonlyArray<{ readonly name: string }>) => ports.map(({ name }) => name)
          const run = ort.runner(session, names(lowered.inputs), names(lowered.outputs))
          return {
            run: (parameters: ReadonlyArray<TensorData>) =>
              Result.try({
                try: () => runOnce(ort, lowered, run, parameters),
                catch: (cause) => new ExecuteError({ engine, reason: "OpFailed", detail: refusalOf(graph, parameters) ?? messageOf(cause), cause })
              }),
            release: () => ort.releaseSession(session)
          }
        },
        catch: (cause) => new CompileError({ engine, detail: `the engine refused the graph: ${messageOf(cause)}`, cause })
      })
    )

const open = (resolve: Libraries.Resolve) =>
  Effect.flatMap(Effect.fromResult(Libraries.find(resolve)), (libraries) =>
    Effect.try({
      try: () => ({ libraries, ort: new Ort(createRequire(import.meta.url)(libraries.koffi), libraries.library) }),
      catch: (cause) => new EngineUnavailable({ engine, detail: "the native library could not be loaded", remedy, cause })
    })
  )

/**
 * Opens the library; fails with `EngineUnavailable` where koffi or onnxruntime-node is not installed. Throws a `RangeError`
 * for a capacity below 1. Library and sessions are released with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Effect.Effect<Evaluator["Service"], EngineUnavailable, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.map(open(options.resolve ?? Libraries.resolveHere), ({ libraries, ort }) => {
        const block = () => channelBlockOf(libraries, ort)
        return { ort, cached: EvaluatorCache.make(engine, compile(ort, options.threads ?? 1, block), options) }
      }),
      ({ ort, cached }) =>
        Effect.sync(() => {
          cached.close()
          ort.close()
        })
    ),
    ({ cached }) => cached.evaluator
  )

/** As `make`. @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Evaluator, EngineUnavailable> => Layer.effect(Evaluator, make(options))
