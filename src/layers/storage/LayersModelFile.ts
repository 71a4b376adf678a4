/**
 * Reads a layers model as `model.save` of TensorFlow.js and `tensorflowjs_converter` write it: `model.json`, and files
 * of weights beside it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { CheckpointError } from "../../domain/Errors.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { faultError, readError } from "./files.ts"
import { decode, manifestOf, type WeightGroup } from "./weightsManifest.ts"

/** @category models @since 0.1.0 */
export interface LayersModelFile {
  /** The parsed `model.json`: what `Layers.fromJson` takes. */
  readonly json: unknown
  /** Values by the names that the file gives them, in its order; quantized ones as the numbers that they stand for. */
  readonly weights: ReadonlyMap<string, Tensor>
}

/** Sizes are looked at first: a manifest that promises more or less than there is costs no memory. */
const checkSizes = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, group: WeightGroup, files: ReadonlyArray<string>) {
  const sizes = yield* Effect.forEach(files, (file) => Effect.mapError(fs.stat(file), readError(file)))
  const found = sizes.reduce((sum, { size }) => sum + Number(size), 0)
  if (found === group.bytes) return
  return yield* new CheckpointError({
    reason: found < group.bytes ? "Truncated" : "Corrupt",
    file: files[0] ?? "",
    detail: `model.json says that the weights of ${group.paths.join(", ")} take ${group.bytes} bytes; ${found} are there. Save or copy the model again`
  })
})

const readGroup = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: Path.Path, directory: string, group: WeightGroup) {
  const files = group.paths.map((name) => path.join(directory, name))
  yield* checkSizes(fs, group, files)
  const bytes = new Uint8Array(group.bytes)
  let at = 0
  for (const file of files) {
    const part = yield* Effect.mapError(fs.readFile(file), readError(file))
    if (at + part.length > bytes.length) {
      return yield* new CheckpointError({ reason: "Corrupt", file, detail: "the file grew while it was read" })
    }
    bytes.set(part, at)
    at += part.length
  }
  if (at < bytes.length) return yield* new CheckpointError({ reason: "Truncated", file: files[0]!, detail: "a file shrank while it was read" })
  return decode(group, bytes)
})

/** @category constructors @since 0.1.0 */
export const readLayersModel = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string
): Effect.fn.Return<LayersModelFile, CheckpointError> {
  const text = yield* Effect.mapError(fs.readFileString(file), readError(file))
  const { groups, json } = yield* Effect.mapError(Effect.fromResult(manifestOf(text)), faultError(file))
  const values = yield* Effect.forEach(groups, (group) => readGroup(fs, path, path.dirname(file), group))
  return { json, weights: new Map(values.flat()) }
})

/**
 * Reads `file`, a `model.json`, with its weights (float32, int32, bool; also quantized to uint8, uint16 or float16). Weight
 * files are looked for below its folder and nowhere else. Fails with `CheckpointError`: `NotFound`, `Unreadable`, `Foreign`
 * (a graph model, or no weights), `Corrupt`, `Truncated`, `TypeMismatch` (strings, complex numbers).
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = Effect.fn("LayersModelFile.read")(function* (
  file: string
): Effect.fn.Return<LayersModelFile, CheckpointError, FileSystem.FileSystem | Path.Path> {
  return yield* readLayersModel(yield* FileSystem.FileSystem, yield* Path.Path, file)
})
