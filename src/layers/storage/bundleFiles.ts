/**
 * Writes and reads a bundle's files. Data go through in pieces, so that the event loop is never held for long.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { CheckpointError } from "../../domain/Errors.ts"
import {
  type BundleEntry,
  type BundleIndex,
  type BundleTensor,
  dataFile,
  elementBytes,
  indexFile,
  readIndex,
  sortedNames,
  writeIndex
} from "./bundle.ts"
import { crc32c, mask } from "../../domain/crc32c.ts"
import { payloadOf, readTensor } from "./payload.ts"
import { sizeOf } from "../../domain/Tensor.ts"
import { eachRun, type Slice } from "./slices.ts"
import { faultError, type Output, readError, readUpTo, writeSynced } from "./files.ts"

/** About a millisecond of checksum. */
const pieceSize = 1 << 20

const writePart = Effect.fnUntraced(function* (output: Output, part: Uint8Array, previous: number) {
  let crc = previous
  for (let at = 0; at < part.length; at += pieceSize) {
    const piece = part.subarray(at, at + pieceSize)
    crc = crc32c(piece, crc)
    yield* output.write(piece)
  }
  return crc
})

/** Writes the tensors of one data file and gives the index that belongs to it. @category combinators @since 0.1.0 */
export const writeData = (
  fs: FileSystem.FileSystem,
  path: string,
  tensors: ReadonlyMap<string, BundleTensor>
): Effect.Effect<Uint8Array, PlatformError> =>
  writeSynced(
    fs,
    path,
    Effect.fnUntraced(function* (output) {
      const entries: Array<BundleEntry> = []
      let offset = 0
      for (const name of sortedNames(tensors.keys())) {
        const tensor = tensors.get(name)!
        const { parts, size, crc: known } = payloadOf(tensor)
        let crc = 0
        for (const part of parts) crc = yield* writePart(output, part, crc)
        entries.push({ name, dtype: tensor.dtype, shape: tensor.shape, shard: 0, offset, size, crc: known ?? mask(crc) })
        offset += size
      }
      return writeIndex({ shards: 1, entries })
    })
  )

/** Reads and verifies `prefix.index`. @category combinators @since 0.1.0 */
export const loadIndex = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, prefix: string) {
  const file = indexFile(prefix)
  const bytes = yield* Effect.mapError(fs.readFile(file), readError(file))
  return yield* Effect.mapError(Effect.fromResult(readIndex(bytes)), faultError(file))
})

const endOf = (index: BundleIndex, shard: number): BundleEntry | undefined =>
  index.entries.reduce<BundleEntry | undefined>(
    (last, entry) => (entry.shard === shard && (last === undefined || entry.offset + entry.size > last.offset + last.size) ? entry : last),
    undefined
  )

const truncated = (file: string, entry: BundleEntry, size: number | bigint) =>
  new CheckpointError({
    reason: "Truncated",
    file,
    tensor: entry.name,
    detail: `the tensor ends at byte ${entry.offset + entry.size}, the file at byte ${size}`
  })

/** Tensors lie apart from one another: one that is named over and over would be read as often. */
const checkSum = (file: string, index: BundleIndex, shard: number, size: number): Effect.Effect<void, CheckpointError> => {
  let sum = 0
  for (const entry of index.entries) if (entry.shard === shard) sum += entry.size
  const last = endOf(index, shard)
  // a file that ends too early is told so, with the tensor that it cuts
  if (sum <= size || last === undefined || last.offset + last.size > size) return Effect.void
  const detail = `its tensors take ${sum} bytes together, the file has ${size}: some lie on one another`
  return Effect.fail(new CheckpointError({ reason: "Corrupt", file, tensor: last.name, detail }))
}

/** Index whole, data files there and long enough: all that can be told without reading the tensors. @category combinators @since 0.1.0 */
export const checkFiles = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, prefix: string) {
  const index = yield* loadIndex(fs, prefix)
  for (let shard = 0; shard < index.shards; shard++) {
    const file = dataFile(prefix, shard, index.shards)
    const { size } = yield* Effect.mapError(fs.stat(file), readError(file))
    const last = endOf(index, shard)
    yield* checkSum(file, index, shard, Number(size))
    if (last !== undefined && last.offset + last.size > Number(size)) {
      const first = index.entries.find((entry) => entry.shard === shard && entry.offset + entry.size > Number(size))
      return yield* truncated(file, first!, Number(size))
    }
  }
  return index
})

/** A tensor in parts, to be filled. */
const blank = (name: string, { partitioned }: BundleIndex): BundleTensor => {
  const { dtype, shape } = partitioned.get(name)! // the index has looked
  return dtype === "string"
    ? { dtype, shape, strings: new Array<Uint8Array>(sizeOf(shape)) }
    : { dtype, shape, bytes: new Uint8Array(sizeOf(shape) * elementBytes(dtype)) }
}

const fill = (whole: BundleTensor, part: BundleTensor, slice: Slice): void => {
  eachRun(slice, whole.shape, (from, to, length) => {
    if (whole.dtype === "string" || part.dtype === "string") {
      // both are, or neither: the index has looked
      if (whole.dtype === "string" && part.dtype === "string") {
        const strings = whole.strings as Array<Uint8Array> // made by `blank`
        for (let i = 0; i < length; i++) strings[to + i] = part.strings[from + i]!
      }
      return
    }
    const width = elementBytes(whole.dtype)
    whole.bytes.set(part.bytes.subarray(from * width, (from + length) * width), to * width)
  })
}

const put = (into: Map<string, BundleTensor>, index: BundleIndex, { name, slice }: BundleEntry, tensor: BundleTensor): void => {
  if (slice === undefined) return void into.set(name, tensor)
  const whole = into.get(name) ?? blank(name, index)
  into.set(name, whole)
  fill(whole, tensor, slice)
}

const loadShard = (
  fs: FileSystem.FileSystem,
  file: string,
  entries: ReadonlyArray<BundleEntry>,
  index: BundleIndex,
  into: Map<string, BundleTensor>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const handle = yield* Effect.mapError(fs.open(file, { flag: "r" }), readError(file))
      for (const entry of entries) {
        const bytes = yield* Effect.mapError(readUpTo(handle, entry.offset, entry.size), readError(file))
        if (bytes.length < entry.size) return yield* truncated(file, entry, entry.offset + bytes.length)
        const tensor = readTensor(entry, bytes)
        if (Result.isFailure(tensor)) return yield* faultError(file)(tensor.failure)
        put(into, index, entry, tensor.success)
      }
    })
  )

/**
 * Every tensor of the bundle at path prefix `prefix`, verified; written by this package or by TensorFlow, in any number
 * of data files. Each tensor has its own buffer.
 *
 * @category combinators
 * @since 0.1.0
 */
export const loadBundle: (fs: FileSystem.FileSystem, prefix: string) => Effect.Effect<ReadonlyMap<string, BundleTensor>, CheckpointError> =
  Effect.fnUntraced(function* (fs, prefix) {
    const index = yield* checkFiles(fs, prefix)
    const tensors = new Map<string, BundleTensor>()
    for (let shard = 0; shard < index.shards; shard++) {
      const entries = index.entries.filter((entry) => entry.shard === shard)
      yield* loadShard(fs, dataFile(prefix, shard, index.shards), entries, index, tensors)
    }
    return tensors
  })
