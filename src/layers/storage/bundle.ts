/**
 * TensorFlow's V2 checkpoint ("tensor bundle", tensorflow/core/protobuf/tensor_bundle.proto and
 * core/util/tensor_bundle): what the index says of each tensor, and the bytes of a tensor in a data file.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Shape } from "../../domain/Tensor.ts"
import { sameShape, sizeOf } from "../../domain/Tensor.ts"
import { crc32c, mask } from "../../domain/crc32c.ts"
import { Fault, parsing } from "./Fault.ts"
import { compareKeys, readTable, type TableEntry, writeTable } from "./table.ts"
import {
  fieldsOf,
  putBytes,
  putBytesField,
  putFixed32Field,
  putUint32,
  putVarint,
  putVarintField,
  reader,
  takeBytes,
  takeUint32,
  takeVarint,
  writer
} from "./wire.ts"

/** tensorflow/core/framework/types.proto: number and bytes per element (0: varying). */
const dtypes = {
  float32: [1, 4],
  float64: [2, 8],
  int32: [3, 4],
  uint8: [4, 1],
  string: [7, 0],
  int64: [9, 8],
  bool: [10, 1],
  bfloat16: [14, 2],
  float16: [19, 2]
} as const

/** Element types that are read and written. @category models @since 0.1.0 */
export type BundleDType = keyof typeof dtypes

/** Row-major, little-endian bytes, or the elements themselves for strings. @category models @since 0.1.0 */
export type BundleTensor =
  | { readonly dtype: Exclude<BundleDType, "string">; readonly shape: Shape; readonly bytes: Uint8Array }
  | { readonly dtype: "string"; readonly shape: Shape; readonly strings: ReadonlyArray<Uint8Array> }

/** What the index says of a tensor; `size` bytes at `offset` of data file `shard`. @category models @since 0.1.0 */
export interface BundleEntry {
  readonly name: string
  readonly dtype: BundleDType
  readonly shape: Shape
  readonly shard: number
  readonly offset: number
  readonly size: number
  /** Masked. */
  readonly crc: number
}

/** @category models @since 0.1.0 */
export interface BundleIndex {
  readonly shards: number
  /** Sorted by name. */
  readonly entries: ReadonlyArray<BundleEntry>
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Equal in dtype, shape and every bit. @category rules @since 0.1.0 */
export const sameTensor = (a: BundleTensor, b: BundleTensor): boolean => {
  if (!sameShape(a.shape, b.shape)) return false
  if (a.dtype !== "string" && b.dtype !== "string") return a.dtype === b.dtype && sameBytes(a.bytes, b.bytes)
  return a.dtype === "string" && b.dtype === "string" && a.strings.every((s, i) => sameBytes(s, b.strings[i]!))
}

const utf8 = new TextEncoder()
const text = new TextDecoder("utf-8", { fatal: true })

/** `model.ckpt-5.index`. @category rules @since 0.1.0 */
export const indexFile = (prefix: string): string => `${prefix}.index`

const digits = (n: number) => String(n).padStart(5, "0")

/** `model.ckpt-5.data-00000-of-00001`. @category rules @since 0.1.0 */
export const dataFile = (prefix: string, shard = 0, shards = 1): string => `${prefix}.data-${digits(shard)}-of-${digits(shards)}`

/** Names in the order of the files: by their UTF-8 bytes. @category rules @since 0.1.0 */
export const sortedNames = (names: Iterable<string>): ReadonlyArray<string> =>
  [...names]
    .map((name) => [name, utf8.encode(name)] as const)
    .sort((a, b) => compareKeys(a[1], b[1]))
    .map(([name]) => name)

const shapeMessage = (shape: Shape): ReadonlyArray<number> => {
  const out = writer()
  for (const extent of shape) {
    const dim = writer()
    putVarintField(dim, 1, extent)
    putBytesField(out, 2, dim.bytes)
  }
  return out.bytes
}

const entryMessage = (entry: BundleEntry): Uint8Array => {
  const out = writer()
  putVarintField(out, 1, dtypes[entry.dtype][0])
  putBytesField(out, 2, shapeMessage(entry.shape))
  putVarintField(out, 3, entry.shard)
  putVarintField(out, 4, entry.offset)
  putVarintField(out, 5, entry.size)
  putFixed32Field(out, 6, entry.crc)
  return Uint8Array.from(out.bytes)
}

const headerMessage = (shards: number): Uint8Array => {
  const version = writer()
  putVarintField(version, 1, 1) // producer
  const out = writer()
  putVarintField(out, 1, shards)
  putBytesField(out, 3, version.bytes)
  return Uint8Array.from(out.bytes)
}

/** The bytes of the `.index` file. `entries` in the order of `sortedNames`. @category rules @since 0.1.0 */
export const writeIndex = (index: BundleIndex): Uint8Array<ArrayBuffer> =>
  writeTable([
    { key: new Uint8Array(0), value: headerMessage(index.shards) },
    ...index.entries.map((entry): TableEntry => ({ key: utf8.encode(entry.name), value: entryMessage(entry) }))
  ])

const shapeOf = (message: Uint8Array, name: string): Shape =>
  fieldsOf(message).flatMap((field) => {
    if (field.number === 3) throw new Fault("TypeMismatch", "its rank is unknown", name)
    return field.number === 2 ? [fieldsOf(field.bytes).find((f) => f.number === 1)?.value ?? 0] : []
  })

const dtypeOf = (number: number, name: string): BundleDType => {
  const found = (Object.keys(dtypes) as ReadonlyArray<BundleDType>).find((dtype) => dtypes[dtype][0] === number)
  if (found === undefined) throw new Fault("TypeMismatch", `its element type (TensorFlow DataType ${number}) is not supported`, name)
  return found
}

const entryOf = (name: string, message: Uint8Array): BundleEntry => {
  const fields = fieldsOf(message)
  const field = (number: number) => fields.find((f) => f.number === number)
  if (field(7) !== undefined) throw new Fault("TypeMismatch", "it is stored in slices (a partitioned variable), which is not supported", name)
  const dtype = dtypeOf(field(1)?.value ?? 0, name)
  const shape = shapeOf(field(2)?.bytes ?? new Uint8Array(0), name)
  const size = field(5)?.value ?? 0
  const width = dtypes[dtype][1]
  if (width !== 0 && size !== width * sizeOf(shape)) throw new Fault("Corrupt", `${dtype}[${shape}] cannot take ${size} bytes`, name)
  return { name, dtype, shape, shard: field(3)?.value ?? 0, offset: field(4)?.value ?? 0, size, crc: field(6)?.value ?? 0 }
}

const nameOf = (key: Uint8Array): string => {
  try {
    return text.decode(key)
  } catch {
    throw new Fault("Corrupt", "a tensor's name is not UTF-8")
  }
}

/** Reads an `.index` file. @category rules @since 0.1.0 */
export const readIndex = (bytes: Uint8Array): Result.Result<BundleIndex, Fault> =>
  Result.flatMap(readTable(bytes), ([header, ...rest]) =>
    parsing(() => {
      if (header === undefined || header.key.length > 0) throw new Fault("Foreign", "a table without the header of a tensor bundle")
      const fields = fieldsOf(header.value)
      if ((fields.find((f) => f.number === 2)?.value ?? 0) !== 0) throw new Fault("Foreign", "written on a big-endian machine")
      const shards = fields.find((f) => f.number === 1)?.value ?? 0
      const entries = rest.map(({ key, value }) => entryOf(nameOf(key), value))
      for (const { name, shard } of entries) {
        if (shard >= shards) throw new Fault("Corrupt", `it lies in data file ${shard} of ${shards}`, name)
      }
      return { shards, entries }
    })
  )

/** A tensor as it lies in a data file: the parts one after the other, and the masked checksum of its entry. @category models @since 0.1.0 */
export interface Payload {
  readonly parts: ReadonlyArray<Uint8Array>
  readonly size: number
  /** Known for strings; otherwise it is that of the parts, which the writer computes as it goes. */
  readonly crc: number | undefined
}

const lengthWords = (strings: ReadonlyArray<Uint8Array>): Uint8Array => {
  const out = writer()
  for (const s of strings) putUint32(out, s.length)
  return Uint8Array.from(out.bytes)
}

/**
 * The bytes of a tensor. Strings: a varint length each, the masked checksum of the lengths as 32-bit words, then the
 * contents; their entry's checksum covers the lengths as words, that checksum, and the contents.
 *
 * @category rules
 * @since 0.1.0
 */
export const payloadOf = (tensor: BundleTensor): Payload => {
  if (tensor.dtype !== "string") return { parts: [tensor.bytes], size: tensor.bytes.length, crc: undefined }
  const lengths = lengthWords(tensor.strings)
  const head = writer()
  for (const s of tensor.strings) putVarint(head, s.length)
  const check = writer()
  putUint32(check, mask(crc32c(lengths)))
  const checkBytes = Uint8Array.from(check.bytes)
  let crc = crc32c(checkBytes, crc32c(lengths))
  for (const s of tensor.strings) crc = crc32c(s, crc)
  putBytes(head, checkBytes)
  const parts = [Uint8Array.from(head.bytes), ...tensor.strings]
  return { parts, size: parts.reduce((n, part) => n + part.length, 0), crc: mask(crc) }
}

const readStrings = (entry: BundleEntry, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const input = reader(bytes)
  const lengths = Array.from({ length: sizeOf(entry.shape) }, () => takeVarint(input))
  const words = writer()
  for (const length of lengths) putUint32(words, length)
  const checkAt = input.at
  const lengthsCrc = crc32c(Uint8Array.from(words.bytes))
  if (takeUint32(input) !== mask(lengthsCrc)) throw new Fault("Corrupt", "the checksum of its lengths is wrong", entry.name)
  const strings = lengths.map((length) => takeBytes(input, length))
  if (input.at !== bytes.length) throw new Fault("Corrupt", `it takes ${input.at} bytes, the index says ${bytes.length}`, entry.name)
  if (mask(crc32c(bytes.subarray(checkAt), lengthsCrc)) !== entry.crc) throw new Fault("Corrupt", "its checksum is wrong", entry.name)
  return strings
}

/** Verifies and reads the `entry.size` bytes of a tensor; the result holds views of `bytes`. @category rules @since 0.1.0 */
export const readTensor = (entry: BundleEntry, bytes: Uint8Array): Result.Result<BundleTensor, Fault> => {
  if (entry.dtype === "string") {
    return Result.map(
      Result.mapError(
        parsing(() => readStrings(entry, bytes)),
        (fault) => new Fault(fault.reason, fault.message, entry.name)
      ),
      (strings) => ({ dtype: "string" as const, shape: entry.shape, strings })
    )
  }
  return mask(crc32c(bytes)) === entry.crc
    ? Result.succeed({ dtype: entry.dtype, shape: entry.shape, bytes })
    : Result.fail(new Fault("Corrupt", "its checksum is wrong", entry.name))
}
