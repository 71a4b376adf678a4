/**
 * Runs what an export wrote as StableHLO, on XLA through a PJRT plugin (`docs/pjrt.md`): neither the model's code nor TensorFlow is
 * needed. The plugin has a process of its own, and compiled modules are kept on disk, as `DevicePjrt` has it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { ArtifactError, CheckpointError, type CompileError, type EngineUnavailable, ExecuteError } from "../../domain/Errors.ts"
import { nearest } from "../../domain/suggest.ts"
import { dtypeOfData, printType, sameType, sizeOf, type Tensor, type TensorData } from "../../domain/Tensor.ts"
import { engine } from "../device/pjrt/Host.ts"
import type { Options as PjrtOptions } from "../device/pjrt/Engine.ts"
import { type Call, serveModule } from "../device/pjrt/serveModule.ts"
import { loadBundle } from "../storage/bundleFiles.ts"
import { valueOf } from "../storage/values.ts"
import { folder as folderOf, type Manifest, manifestFile, manifestText, type Port, type SignatureEntry } from "./stablehlo/Manifest.ts"
import { sha256 } from "./stablehlo/writeArtifacts.ts"

/** @category models @since 0.1.0 */
export interface Options extends Pick<PjrtOptions, "plugin" | "cache" | "client"> {
  /** Default: the first of the export, `serving_default`. */
  readonly signature?: string
}

/** @category models @since 0.1.0 */
export type Tensors = { readonly [name: string]: Tensor }

/** @category models @since 0.1.0 */
export interface Loaded {
  readonly signature: string
  /** Global step of the checkpoint that was exported. */
  readonly step: number
  /** Rows of every batch. */
  readonly batchSize: number
  /** What `run` takes, by name: features, and the recurrent cache as `cache_0` …. */
  readonly inputs: ReadonlyArray<Port>
  /** What `run` gives, by key: predictions, and the next cache as `next_cache_0` …. */
  readonly outputs: ReadonlyArray<Port>
  /**
   * One call at a time; others wait. Results belong to the caller. Fails with `ArtifactError` (`Input`) for inputs that do not fit, and with
   * `ExecuteError`: `OpFailed` where an index is out of range, after which it can be called again, `DeviceLost` where the plugin's process ended.
   */
  readonly run: (inputs: Tensors) => Effect.Effect<Tensors, ArtifactError | ExecuteError>
}

type Failure = ArtifactError | CheckpointError | CompileError | EngineUnavailable | ExecuteError

const exportAgain = "Export the model again with exportToTpu (--export-to-tpu)"

/** Reads a file of the export. */
const readFile = Effect.fnUntraced(function* (file: string): Effect.fn.Return<Uint8Array, ArtifactError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.mapError(fs.readFile(file), (cause) =>
    cause.reason._tag === "NotFound"
      ? new ArtifactError({
          reason: "NotFound",
          file,
          detail: `there is no such file. Give the folder of a SavedModel with StableHLO. ${exportAgain}`
        })
      : new ArtifactError({ reason: "Damaged", file, detail: `it cannot be read: ${cause.message}`, cause })
  )
})

const readManifest = Effect.fnUntraced(function* (file: string): Effect.fn.Return<Manifest, ArtifactError, FileSystem.FileSystem> {
  const text = new TextDecoder().decode(yield* readFile(file))
  return yield* Effect.mapError(
    Schema.decodeUnknownEffect(manifestText)(text),
    (cause) =>
      new ArtifactError({ reason: "Damaged", file, detail: `it is no manifest that this version reads: ${cause.message}. ${exportAgain}`, cause })
  )
})

const signatureOf = ({ signatures }: Manifest, asked: string | undefined, file: string): SignatureEntry | ArtifactError => {
  const found = asked === undefined ? signatures[0] : signatures.find(({ name }) => name === asked)
  if (found !== undefined) return found
  const names = signatures.map(({ name }) => name)
  return new ArtifactError({ reason: "Signature", file, detail: `expected one of ${names.join(", ")}, got ${asked}` })
}

const readArtifact = Effect.fnUntraced(function* (
  file: string,
  expected: string
): Effect.fn.Return<Uint8Array, ArtifactError, FileSystem.FileSystem> {
  const bytes = yield* readFile(file)
  const found = sha256(bytes)
  if (found === expected) return bytes
  const detail = `expected bytes of SHA-256 ${expected.slice(0, 12)}…, got ${bytes.length} bytes of ${found.slice(0, 12)}…. Copy the export again, or make it anew. ${exportAgain}`
  return yield* new ArtifactError({ reason: "Damaged", file, detail })
})

/** The values of the signature's variables. */
const readVariables = Effect.fnUntraced(function* (
  prefix: string,
  variables: ReadonlyArray<Port>
): Effect.fn.Return<ReadonlyMap<string, Tensor>, CheckpointError, FileSystem.FileSystem> {
  const values = new Map<string, Tensor>()
  if (variables.length === 0) return values
  const stored = yield* loadBundle(yield* FileSystem.FileSystem, prefix)
  for (const port of variables) {
    const found = stored.get(port.name)
    const value = found === undefined ? undefined : valueOf(found)
    if (value === undefined) {
      return yield* new CheckpointError({ reason: "MissingTensor", file: prefix, tensor: port.name, detail: "the exported module has this variable" })
    }
    if (typeof value === "string" || !sameType(value, port)) {
      const detail = `the exported module takes ${printType(port)}, found ${typeof value === "string" ? value : printType(value)}`
      return yield* new CheckpointError({ reason: "TypeMismatch", file: prefix, tensor: port.name, detail })
    }
    values.set(port.name, value)
  }
  return values
})

const wrongInput = (file: string, inputs: ReadonlyArray<Port>, given: Tensors): ArtifactError | undefined => {
  const refused = (detail: string) => new ArtifactError({ reason: "Input", file, detail })
  const names = inputs.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const near = nearest(unknown, names)
    return refused(`there is no input "${unknown}"; there are ${names.join(", ")}.${near === undefined ? "" : ` Did you mean "${near}"?`}`)
  }
  for (const port of inputs) {
    const value = given[port.name]
    if (value === undefined) return refused(`expected ${printType(port)} as "${port.name}", got none`)
    if (!sameType(value, port)) return refused(`expected ${printType(port)} as "${port.name}", got ${printType(value)}`)
    if (dtypeOfData(value.data) !== port.dtype || value.data.length !== sizeOf(port.shape)) {
      return refused(
        `expected ${sizeOf(port.shape)} elements of ${port.dtype} as "${port.name}", got ${value.data.length} in a ${value.data.constructor.name}`
      )
    }
  }
  return undefined
}

const outputsOf = ({ checks, results }: SignatureEntry, values: ReadonlyArray<TensorData>): Tensors | ExecuteError => {
  const named: { [name: string]: Tensor } = {}
  for (const [i, { dtype, kind, name, shape }] of results.entries()) {
    const data = values[i]!
    if (kind !== "check") named[name] = { dtype, shape, data }
    else if (data[0] !== 0)
      return new ExecuteError({ engine, reason: "OpFailed", detail: checks[data[0]! - 1] ?? "a check of the module does not hold" })
  }
  return named
}

const runOf = (file: string, entry: SignatureEntry, inputs: ReadonlyArray<Port>, call: Call) =>
  Effect.fnUntraced(function* (given: Tensors): Effect.fn.Return<Tensors, ArtifactError | ExecuteError> {
    const wrong = wrongInput(file, inputs, given)
    if (wrong !== undefined) return yield* wrong
    const outputs = outputsOf(entry, yield* call(inputs.map(({ name }) => given[name]!.data)))
    return outputs instanceof ExecuteError ? yield* outputs : outputs
  })

/**
 * Loads a signature of the SavedModel in `folder` that was exported with `exportToTpu`, compiles it and uploads its variables; until the
 * scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const load = Effect.fn("StableHlo.load")(function* (
  folder: string,
  { signature, ...options }: Options = {}
): Effect.fn.Return<Loaded, Failure, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const path = yield* Path.Path
  const place = path.join(folder, ...folderOf)
  const manifest = yield* readManifest(path.join(place, manifestFile))
  const entry = signatureOf(manifest, signature, place)
  if (entry instanceof ArtifactError) return yield* entry
  const file = path.join(place, path.basename(entry.file))
  const module = yield* readArtifact(file, entry.sha256)
  const isVariable = ({ kind }: Port) => kind === "variable"
  const variables = yield* readVariables(path.join(folder, "variables", "variables"), entry.arguments.filter(isVariable))
  const args = entry.arguments.map((port) => ({ name: port.name, type: port, ...(isVariable(port) ? { value: variables.get(port.name)! } : {}) }))
  const call = yield* serveModule({ module, arguments: args, results: entry.results.map((port) => ({ name: port.name, type: port })) }, options)
  const inputs = entry.arguments.filter((port) => !isVariable(port))
  return {
    signature: entry.name,
    step: manifest.step,
    batchSize: manifest.batchSize,
    inputs,
    outputs: entry.results.filter(({ kind }) => kind !== "check"),
    run: runOf(file, entry, inputs, call)
  }
})
