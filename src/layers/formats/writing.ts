/**
 * What all formats do alike: the assets, and failures to write as `ExportError`s.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import { ExportError } from "../../domain/Errors.ts"
import type { ServingModel } from "../../domain/export/ServingModel.ts"
import { writeSynced } from "../storage/files.ts"

/** TensorFlow's folder for files that are given along. */
const folder = "assets.extra"

/** @category combinators @since 0.1.0 */
export const writeAssets = Effect.fnUntraced(function* (
  { assets }: ServingModel,
  directory: string
): Effect.fn.Return<void, PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const [name, bytes] of assets) {
    const file = path.join(directory, folder, name)
    yield* fs.makeDirectory(path.dirname(file), { recursive: true })
    yield* writeSynced(fs, file, (output) => output.write(bytes))
  }
})

/** @category errors @since 0.1.0 */
export const writeFailure =
  (format: string) =>
  (error: ExportError | PlatformError): ExportError =>
    error instanceof ExportError
      ? error
      : new ExportError({
          reason: "Write",
          format,
          detail: `cannot write it (${error.message}); check the path, its permissions and the disk`,
          cause: error
        })
