/**
 * Named tensors in files of other programs: TensorFlow's checkpoints (V2, in any number of data files, partitioned variables
 * put together) and safetensors. `list` and `read` are `tf.train.list_variables` and `load_checkpoint`; `writeSafetensors` writes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { CheckpointError } from "../../domain/Errors.ts"
import type { State } from "../../domain/Program.ts"
import type { Shape } from "../../domain/Tensor.ts"
import { isSafetensors } from "../../domain/WarmStart.ts"
import { type BundleDType, type BundleTensor } from "./bundle.ts"
import { checkFiles, loadBundle } from "./bundleFiles.ts"
import { faultError, readError, readUpTo, temporarySuffix, writeError, writeSynced } from "./files.ts"
import { headerLength, lengthSize, readHeader, writeHeader } from "./safetensors.ts"

/** Little-endian bytes in row-major order; elements of strings. @category models @since 0.1.0 */
export type StoredTensor = BundleTensor

/** @category models @since 0.1.0 */
export interface StoredType {
  readonly name: string
  readonly dtype: BundleDType
  readonly shape: Shape
}

const openSafetensors = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, file: string) {
  const { size } = yield* Effect.mapError(fs.stat(file), readError(file))
  const handle = yield* Effect.mapError(fs.open(file, { flag: "r" }), readError(file))
  const read = (offset: number, length: number) => Effect.mapError(readUpTo(handle, offset, length), readError(file))
  const first = yield* read(0, lengthSize)
  const length = yield* Effect.mapError(Effect.fromResult(headerLength(first, Number(size))), faultError(file))
  const header = yield* read(lengthSize, length)
  const parsed = yield* Effect.mapError(Effect.fromResult(readHeader(header, Number(size))), faultError(file))
  return { ...parsed, read }
})

/** @category combinators @since 0.1.0 */
export const loadSafetensors = (fs: FileSystem.FileSystem, file: string): Effect.Effect<ReadonlyMap<string, BundleTensor>, CheckpointError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { entries, read } = yield* openSafetensors(fs, file)
      const tensors = new Map<string, BundleTensor>()
      for (const { dtype, name, offset, shape, size } of entries) {
        const bytes = yield* read(offset, size)
        if (bytes.length < size)
          return yield* new CheckpointError({ reason: "Truncated", file, tensor: name, detail: "the file shrank while it was read" })
        tensors.set(name, { dtype, shape, bytes })
      }
      return tensors
    })
  )

/**
 * Names, types and shapes: of a checkpoint by its path prefix (`runs/a/model.ckpt-500`), or of a `.safetensors` file. Sorted by
 * name. Fails with `CheckpointError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const list = Effect.fn("TensorFile.list")(function* (
  path: string
): Effect.fn.Return<ReadonlyArray<StoredType>, CheckpointError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const types = isSafetensors(path)
    ? yield* Effect.scoped(Effect.map(openSafetensors(fs, path), ({ entries }) => entries))
    : yield* Effect.map(checkFiles(fs, path), ({ entries, partitioned }) => [
        ...entries.filter(({ slice }) => slice === undefined),
        ...[...partitioned].map(([name, type]) => ({ name, ...type }))
      ])
  return types.map(({ dtype, name, shape }) => ({ name, dtype, shape })).sort((a, b) => (a.name < b.name ? -1 : 1))
})

/**
 * Every tensor, whatever its type; a checkpoint's are verified by their checksums. Fails with `CheckpointError`, which names file and
 * tensor.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = Effect.fn("TensorFile.read")(function* (
  path: string
): Effect.fn.Return<ReadonlyMap<string, StoredTensor>, CheckpointError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  return yield* isSafetensors(path) ? loadSafetensors(fs, path) : loadBundle(fs, path)
})

/**
 * Writes `state` (float32, int32, bool) as a safetensors file, whole or not at all, in the order of their names. `metadata`: texts
 * to be kept with it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const writeSafetensors = Effect.fn("TensorFile.writeSafetensors")(function* (
  file: string,
  state: State,
  metadata: { readonly [name: string]: string } = {}
): Effect.fn.Return<void, CheckpointError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const tensors = [...state].map(([name, tensor]) => ({ name, ...tensor })).sort((a, b) => (a.name < b.name ? -1 : 1))
  // the wider first, so that all lie aligned
  tensors.sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  const temporary = file + temporarySuffix
  const put = Effect.gen(function* () {
    yield* writeSynced(
      fs,
      temporary,
      Effect.fnUntraced(function* (output) {
        yield* output.write(writeHeader(tensors, metadata))
        for (const { data } of tensors) yield* output.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      })
    )
    yield* fs.rename(temporary, file)
  })
  yield* put.pipe(
    Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true }))),
    Effect.mapError(writeError(file))
  )
})
