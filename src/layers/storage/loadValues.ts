/**
 * Tensors by name out of files of any origin: for a warm start.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { CheckpointError } from "../../domain/Errors.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { isSafetensors, type StoredValues } from "../../domain/WarmStart.ts"
import { loadBundle } from "./bundleFiles.ts"
import { readLayersModel } from "./LayersModelFile.ts"
import { loadSafetensors } from "./TensorFile.ts"
import { valueOf } from "./values.ts"

const foreignFormat = (path: string) =>
  new CheckpointError({
    reason: "Foreign",
    file: path,
    detail: "Keras's own files are not read: save a tf.train.Checkpoint of the model, or convert it (tensorflowjs_converter, safetensors)"
  })

/** See `CheckpointStore.values`. @category combinators @since 0.1.0 */
export const loadValues = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  paths: Path.Path,
  path: string
): Effect.fn.Return<StoredValues, CheckpointError> {
  if (path.endsWith(".json")) return { state: (yield* readLayersModel(fs, paths, path)).weights, others: new Map() }
  if (/\.(h5|hdf5|keras)$/.test(path)) return yield* foreignFormat(path)
  const stored = yield* isSafetensors(path) ? loadSafetensors(fs, path) : loadBundle(fs, path)
  const state = new Map<string, Tensor>()
  const others = new Map<string, string>()
  for (const [name, tensor] of stored) {
    const value = valueOf(tensor)
    if (typeof value === "string") others.set(name, value)
    else state.set(name, value)
  }
  return { state, others }
})
