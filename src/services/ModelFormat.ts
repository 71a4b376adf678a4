/**
 * A file format in which a trained model is given away.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { ExportError } from "../domain/Errors.ts"
import type { ServingModel } from "../domain/export/ServingModel.ts"

/** @category models @since 0.1.0 */
export interface ModelFormat {
  /** What it is called in options, messages and folders: `saved-model`, `onnx`. */
  readonly name: string
  /** It can hold a step of training, too. */
  readonly trains?: true
  /** It can hold the predictions once more, for a TPU. */
  readonly tpu?: true
  /** Writes the model's files into `directory`, which is there and empty. Fails with `ExportError` that names the format. */
  readonly write: (model: ServingModel, directory: string) => Effect.Effect<void, ExportError, FileSystem.FileSystem | Path.Path>
}
