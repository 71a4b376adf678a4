/**
 * ONNX: one file `model.onnx` of the standard's own operators (opset 20, IR version 9), with the weights as initializers and, unless
 * exported for one batch size, the batch as the dimension `batch`. Large weights lie in `model.onnx.data`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import type { ExportError } from "../../domain/Errors.ts"
import type { ServingModel } from "../../domain/export/ServingModel.ts"
import type { ModelFormat } from "../../services/ModelFormat.ts"
import { encode, type Initializer } from "../device/onnx/OnnxModel.ts"
import { writeSynced } from "../storage/files.ts"
import * as OnnxServing from "./onnx/servingModel.ts"
import { writeAssets, writeFailure } from "./writing.ts"

const format = "onnx"
const file = "model.onnx"
const dataFile = `${file}.data`

/** @category models @since 0.1.0 */
export interface Options {
  /** Weights of more bytes than this together go to a file beside the model; a protocol buffer holds 2 GiB. Default 1.5 GiB. */
  readonly mostBytesInside?: number
}

/** Offsets of external data are multiples of this, so that it can be mapped to memory (ONNX's recommendation). */
const page = 4096

/** As many zeros as fill a page. */
const zeros = new Uint8Array(page)

/** Weights smaller than this stay in the model in any case. */
const small = 1024

const outside = (initializers: ReadonlyArray<Initializer>, most: number): ReadonlyArray<Initializer> => {
  const total = initializers.reduce((sum, { data }) => sum + data.length, 0)
  if (total <= most) return initializers
  let offset = 0
  return initializers.map((one) => {
    if (one.data.length < small) return one
    const placed = { ...one, external: { location: dataFile, offset } }
    offset = Math.ceil((offset + one.data.length) / page) * page
    return placed
  })
}

const write = (most: number) =>
  Effect.fnUntraced(function* (
    model: ServingModel,
    directory: string
  ): Effect.fn.Return<void, ExportError | PlatformError, FileSystem.FileSystem | Path.Path> {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const serving = yield* Effect.fromResult(OnnxServing.make(model))
    const initializers = outside(serving.initializers, most)
    const metadata = { global_step: String(model.step), signatures: JSON.stringify(model.signatures) }
    const bytes = encode({ ...serving, initializers, metadata })
    yield* writeSynced(fs, path.join(directory, file), (output) => output.write(bytes))
    if (initializers.some(({ external }) => external !== undefined)) {
      yield* writeSynced(
        fs,
        path.join(directory, dataFile),
        Effect.fnUntraced(function* (output) {
          let at = 0
          for (const { data, external } of initializers) {
            if (external === undefined) continue
            yield* output.write(zeros.subarray(0, external.offset - at))
            yield* output.write(data)
            at = external.offset + data.length
          }
        })
      )
    }
    yield* writeAssets(model, directory)
  })

/** @category constructors @since 0.1.0 */
export const make = ({ mostBytesInside = 1.5 * 2 ** 30 }: Options = {}): ModelFormat => ({
  name: format,
  write: (model, directory) => Effect.mapError(write(mostBytesInside)(model, directory), writeFailure(format))
})
