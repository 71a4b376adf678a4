/**
 * The export program: a trained model's predictions as files that other programs run.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { CheckpointError, ConfigError, ExportError, type TraceError } from "../domain/Errors.ts"
import { probeSizes } from "../domain/export/affine.ts"
import { portsOf, servingGraph, variableNames } from "../domain/export/servingGraph.ts"
import { type DeviceGraph, type ServingModel, type Signature, signaturesOf, type SizedGraph } from "../domain/export/ServingModel.ts"
import type { Graph } from "../domain/graph/Graph.ts"
import type { Nest } from "../domain/Model.ts"
import * as nest from "../domain/nest.ts"
import { globalStepName } from "../domain/Program.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import { make as makeTensor, printType, sameType, type Tensor, type TensorType } from "../domain/Tensor.ts"
import type { CheckpointStore } from "../services/CheckpointStore.ts"
import type { ModelFormat } from "../services/ModelFormat.ts"
import { type Traced, Tracer } from "../services/Tracer.ts"
import type { Estimator } from "./Estimator.ts"
import { checked } from "./exportOptions.ts"
import { trainingStep, type TrainingOptions } from "./exportTraining.ts"
import { type Restored, toRestore } from "./restore.ts"

/** @category models @since 0.1.0 */
export interface ExportOptions {
  /** Folder of all exports of the model: each gets one of its own in it, named by the second it was made in (`export_dir_base`). */
  readonly path: string
  /** What to write; several formats get a folder each, named after them. */
  readonly formats: ReadonlyArray<ModelFormat>
  /**
   * What the model is called with: types of one example's features, in the structure of the input's, without the axis of the
   * batch (`serving_input_receiver_fn` with raw tensors).
   */
  readonly features: Nest<TensorType>
  /** Path of a checkpoint; default: the newest of the model directory. */
  readonly checkpointPath?: string
  /** For batches of this size only; default: any size. */
  readonly batchSize?: number
  /** A step of training beside the predictions, as the signature `train`; only SavedModels have one. Default: none. */
  readonly training?: TrainingOptions
  /**
   * The predictions once more as StableHLO, for batches of that size: in `assets.extra/stablehlo` of a SavedModel, which `StableHlo.load`
   * and any program with XLA runs on TPUs, GPUs and CPUs (`export_to_tpu`). Default: none.
   */
  readonly exportToTpu?: { readonly batchSize: number }
  /** Files to be given along (`assets_extra`), by relative path. */
  readonly assets?: ReadonlyMap<string, Uint8Array>
}

/** @category models @since 0.1.0 */
export interface Exported {
  /** The folder with the files. */
  readonly path: string
  readonly step: number
}

/** What is exported at one batch size: the graph, and the signatures that the model function offers. */
interface Sized extends SizedGraph {
  readonly signatures: ReadonlyArray<Signature>
}

/** Of exports the outputs alone; all predictions where the model function names none. */
const wantedOf = <E, R>({ exports, predictions, program }: Traced<E, R>) => {
  const outfeeds = program.step.outputs.filter(({ role }) => role._tag === "Outfeed")
  if (exports.length === 0) {
    return { outputs: predictions.map(({ name, outfeed }) => ({ name: `predictions/${name}`, node: outfeeds[outfeed]!.node })), signatures: [] }
  }
  const portOf = (signature: string, key: string) => `${signature}/${key}`
  return {
    outputs: exports.flatMap((signature) =>
      signature.outputs.map(({ key, outfeed }) => ({ name: portOf(signature.name, key), node: outfeeds[outfeed]!.node }))
    ),
    signatures: exports.map(({ kind, name, outputs }): Signature => ({
      name,
      kind,
      outputs: outputs.map(({ key }) => ({ key, port: portOf(name, key) }))
    }))
  }
}

const traceFor = Effect.fnUntraced(function* <P, ME, MR>(
  estimator: Estimator<P, ME, MR>,
  features: Nest<TensorType>,
  seed: number,
  batchSize: number
): Effect.fn.Return<Sized, TraceError | ExportError, Tracer> {
  const traced = yield* (yield* Tracer).trace({
    modelFn: estimator.modelFn,
    cacheFn: estimator.cacheFn,
    mode: "predict",
    exporting: true,
    params: estimator.params,
    seed,
    replicas: 1,
    features: nest.map(features, "features", ({ dtype, shape }) => ({ dtype, shape: [batchSize, ...shape] })),
    perReplicaBatchSize: batchSize
  })
  const { outputs, signatures } = wantedOf(traced)
  return { batchSize, graph: yield* Effect.fromResult(servingGraph({ step: traced.program.step, outputs })), signatures }
})

const tracesFor = <P, ME, MR>(
  estimator: Estimator<P, ME, MR>,
  options: ExportOptions,
  seed: number
): Effect.Effect<readonly [Sized] | readonly [Sized, Sized, Sized], TraceError | ExportError, Tracer> => {
  const at = (batchSize: number) => traceFor(estimator, options.features, seed, batchSize)
  if (options.batchSize !== undefined) return Effect.map(at(options.batchSize), (one) => [one])
  const [first, second, third] = probeSizes
  return Effect.all([at(first), at(second), at(third)])
}

/** At its own size, which no other graph needs to have. */
const tpuGraph = Effect.fnUntraced(function* <P, ME, MR>(
  estimator: Estimator<P, ME, MR>,
  { exportToTpu, features }: ExportOptions,
  seed: number
): Effect.fn.Return<{ readonly tpu?: DeviceGraph }, TraceError | ExportError, Tracer> {
  if (exportToTpu === undefined) return {}
  const { batchSize, graph } = yield* traceFor(estimator, features, seed, exportToTpu.batchSize)
  return { tpu: { batchSize, graph, ...(yield* Effect.fromResult(portsOf([{ batchSize, graph }]))) } }
})

/** The values of the graphs' variables in the checkpoint. */
const variablesOf = (graphs: ReadonlyArray<Graph>, { checkpoint, ref }: Restored): ReadonlyMap<string, Tensor> | CheckpointError => {
  const chosen = new Map<string, Tensor>()
  const typed = graphs.flatMap((graph) =>
    variableNames(graph).map((name) => [name, graph.nodes[graph.parameters.find((p) => p.name === name)!.node]!.type] as const)
  )
  for (const [name, expected] of new Map(typed)) {
    const found = name === globalStepName ? makeTensor(Int32Array.of(checkpoint.step), []) : checkpoint.state.get(name)
    if (found === undefined) {
      const detail = "the model has this variable, the checkpoint has not got it. Was it written by another model?"
      return new CheckpointError({ reason: "MissingTensor", file: ref.path, tensor: name, detail })
    }
    if (!sameType(expected, found)) {
      const detail = `expected ${printType(expected)}, the checkpoint has ${printType(found)}`
      return new CheckpointError({ reason: "TypeMismatch", file: ref.path, tensor: name, detail })
    }
    chosen.set(name, found)
  }
  return chosen
}

/** @category constructors @since 0.1.0 */
export const servingModel = Effect.fnUntraced(function* <P, ME, MR>(
  estimator: Estimator<P, ME, MR>,
  options: ExportOptions
): Effect.fn.Return<ServingModel, ConfigError | CheckpointError | TraceError | ExportError, Tracer | CheckpointStore> {
  const wrong = checked(options)
  if (wrong !== undefined) return yield* wrong
  const config = yield* Effect.fromResult(RunConfig.decode(estimator.config))
  const restored = yield* Effect.mapError(toRestore(config, options.checkpointPath), (error) =>
    // its advice is for predictions, which can do without
    error.reason === "NotFound" && error.file === config.modelDir
      ? new CheckpointError({ ...error, detail: "there is no checkpoint in this directory to export: train first, or name one with checkpointPath" })
      : error
  )
  if (restored === undefined) {
    const detail = "it is not set, and no checkpointPath is given: an export takes its weights from a checkpoint."
    return yield* new ConfigError({ key: "modelDir", detail })
  }
  const graphs = yield* tracesFor(estimator, options, config.seed)
  const { inputs, outputs } = yield* Effect.fromResult(portsOf(graphs))
  if (options.training !== undefined && graphs[0].signatures.some(({ name }) => name === "train")) {
    const detail = 'exportOutputs offers a signature "train", which is the name of the step of training. Rename it'
    return yield* new ExportError({ reason: "Port", detail })
  }
  const { features, training: asked } = options
  const training = asked === undefined ? undefined : yield* trainingStep(estimator, features, asked, config.seed)
  const beside = yield* tpuGraph(estimator, options, config.seed)
  const further = [training, beside.tpu].flatMap((one) => (one === undefined ? [] : [one.graph]))
  const variables = variablesOf([graphs[0].graph, ...further], restored)
  if (variables instanceof CheckpointError) return yield* variables
  return {
    step: restored.checkpoint.step,
    inputs,
    outputs,
    signatures: signaturesOf(graphs[0].signatures, outputs),
    graphs,
    ...(training === undefined ? {} : { training }),
    ...beside,
    variables,
    assets: options.assets ?? new Map()
  }
})

const notWritten =
  (file: string) =>
  (cause: PlatformError): ExportError =>
    new ExportError({ reason: "Write", detail: `cannot write ${file} (${cause.message}); check the path, its permissions and the disk`, cause })

/** Moves the folder to its place in `base`: the second it was made in, or the next one that no other export has. */
const publish = Effect.fnUntraced(function* (
  folder: string,
  base: string
): Effect.fn.Return<string, PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  let second = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  while (true) {
    const final = path.join(base, String(second++))
    if (yield* fs.exists(final)) continue
    const moved = yield* Effect.result(fs.rename(folder, final))
    if (Result.isSuccess(moved)) return final
    // another export may have come in between
    if (!(yield* fs.exists(final))) return yield* moved.failure
  }
})

const writeAll = Effect.fnUntraced(function* (
  model: ServingModel,
  { formats, path: base }: ExportOptions
): Effect.fn.Return<string, ExportError | PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(base, { recursive: true })
  // beside its last place, so that the rename stays on one disk; a failure or an interrupt leaves nothing
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const temporary = yield* Effect.acquireRelease(fs.makeTempDirectory({ directory: base, prefix: ".export-" }), (folder) =>
        Effect.ignore(fs.remove(folder, { recursive: true, force: true }))
      )
      for (const format of formats) {
        const folder = formats.length === 1 ? path.join(temporary, "files") : path.join(temporary, "files", format.name)
        yield* fs.makeDirectory(folder, { recursive: true })
        yield* format.write(model, folder)
      }
      return yield* publish(path.join(temporary, "files"), base)
    })
  )
})

/**
 * Writes the model's predictions, with the weights of a checkpoint, in each of the formats (`export_saved_model`). The input is
 * never asked; the model function is traced in mode `predict` for one replica, at three batch sizes that tell the format what in its
 * file grows with the batch, or at `batchSize` alone. The recurrent cache becomes inputs `cache_0` … and outputs `next_cache_0` ….
 * The folder is whole or not there.
 *
 * @category programs
 * @since 0.1.0
 */
export const exportModel = Effect.fn("Estimator.exportModel")(function* <P, ME = never, MR = never>(
  estimator: Estimator<P, ME, MR>,
  options: ExportOptions
): Effect.fn.Return<
  Exported,
  ConfigError | CheckpointError | TraceError | ExportError,
  Tracer | CheckpointStore | FileSystem.FileSystem | Path.Path
> {
  const model = yield* servingModel(estimator, options)
  const path = yield* Effect.mapError(writeAll(model, options), (error) => (error instanceof ExportError ? error : notWritten(options.path)(error)))
  return { path, step: model.step }
})
