/**
 * Weights for whoever has the model's code already: `model.safetensors` (Hugging Face's format), and `model.json`, which says what
 * the model is called with. `TensorFile` reads the weights, and a warm start takes them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"
import { CheckpointError, ExportError } from "../../domain/Errors.ts"
import type { ServingModel, ServingPort } from "../../domain/export/ServingModel.ts"
import type { ModelFormat } from "../../services/ModelFormat.ts"
import { writeSynced } from "../storage/files.ts"
import { writeSafetensors } from "../storage/TensorFile.ts"
import { writeAssets, writeFailure } from "./writing.ts"

const format = "safetensors"

const Port = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["feature", "cache", "prediction"]),
  dtype: Schema.Literals(["float32", "int32", "bool"]),
  /** -1: the number of rows. */
  shape: Schema.Array(Schema.Number)
})

/** The content of `model.json`. `version` grows when its form changes. @category models @since 0.1.0 */
export const Description = Schema.Struct({
  format: Schema.Literal("effect-estimator"),
  version: Schema.Literal(1),
  step: Schema.Number,
  inputs: Schema.Array(Port),
  outputs: Schema.Array(Port),
  signatures: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.Literals(["classification", "regression", "predict"]),
      outputs: Schema.Array(Schema.Struct({ key: Schema.String, port: Schema.String }))
    })
  )
})
export type Description = typeof Description.Type

const portOf = ({ dtype, kind, name, shape }: ServingPort): typeof Port.Type => ({ name, kind, dtype, shape })

const descriptionOf = ({ inputs, outputs, signatures, step }: ServingModel): Description => ({
  format: "effect-estimator",
  version: 1,
  step,
  inputs: inputs.map(portOf),
  outputs: outputs.map(portOf),
  signatures
})

const text = Schema.fromJsonString(Description)

/** What `model.json` says. Fails with `ExportError` (`Port`) for another file. @category constructors @since 0.1.0 */
export const describe = Effect.fn("FormatSafetensors.describe")(function* (
  directory: string
): Effect.fn.Return<Description, ExportError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(directory, "model.json")
  const unreadable = (cause: { readonly message: string }) =>
    new ExportError({ reason: "Port", format, detail: `${file} cannot be read as the description of an exported model: ${cause.message}`, cause })
  const content = yield* Effect.mapError(fs.readFileString(file), unreadable)
  return yield* Effect.mapError(Schema.decodeUnknownEffect(text)(content), unreadable)
})

const write = Effect.fnUntraced(function* (
  model: ServingModel,
  directory: string
): Effect.fn.Return<void, CheckpointError | PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* writeSafetensors(path.join(directory, "model.safetensors"), model.variables, { global_step: String(model.step) })
  const description = new TextEncoder().encode(`${JSON.stringify(descriptionOf(model), undefined, 2)}\n`)
  yield* writeSynced(fs, path.join(directory, "model.json"), (output) => output.write(description))
  yield* writeAssets(model, directory)
})

const failure = (error: CheckpointError | PlatformError): ExportError =>
  error instanceof CheckpointError ? new ExportError({ reason: "Write", format, detail: error.detail, cause: error }) : writeFailure(format)(error)

/** @category constructors @since 0.1.0 */
export const make = (): ModelFormat => ({ name: format, write: (model, directory) => Effect.mapError(write(model, directory), failure) })
