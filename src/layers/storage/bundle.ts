/**
 * TensorFlow's V2 checkpoint ("tensor bundle", tensorflow/core/protobuf/tensor_bundle.proto and
 * core/util/tensor_bundle): what the index says of each tensor, and the bytes of a tensor in a data file.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Shape } from "../../domain/Tensor.ts"
import { sameShape, sizeOf } from "../../domain/Tensor.ts"
import { checkCover, isSliceKey, placeOf, readSliceKey, type Slice } from "./slices.ts"
import { Fault, parsing } from "./Fault.ts"
import { compareKeys, readTable, type TableEntry, writeTable } from "./table.ts"
import { fieldsOf, putBytesField, putFixed32Field, putVarintField, writer } from "./wire.ts"

/** tensorflow/core/framework/types.proto: number and bytes per element (0: varying). */
const dtypes = {
  float32: [1, 4],
  float64: [2, 8],
  int32: [3, 4],
  uint8: [4, 1],
  int16: [5, 2],
  int8: [6, 1],
  string: [7, 0],
  complex64: [8, 8],
  int64: [9, 8],
  bool: [10, 1],
  qint8: [11, 1],
  quint8: [12, 1],
  qint32: [13, 4],
  bfloat16: [14, 2],
  qint16: [15, 2],
  quint16: [16, 2],
  uint16: [17, 2],
  complex128: [18, 16],
  float16: [19, 2],
  uint32: [22, 4],
  uint64: [23, 8],
  float8_e5m2: [24, 1],
  float8_e4m3fn: [25, 1],
  int4: [29, 1],
  uint4: [30, 1]
} as const

/** Element types that are read and written. @category models @since 0.1.0 */
export type BundleDType = keyof typeof dtypes

/** Bytes of one element; 0 for strings. @category rules @since 0.1.0 */
export const elementBytes = (dtype: BundleDType): number => dtypes[dtype][1]

/** Row-major, little-endian bytes, or the elements themselves for strings. @category models @since 0.1.0 */
export type BundleTensor =
  | { readonly dtype: Exclude<BundleDType, "string">; readonly shape: Shape; readonly bytes: Uint8Array }
  | { readonly dtype: "string"; readonly shape: Shape; readonly strings: ReadonlyArray<Uint8Array> }

/** A tensor that is stored in parts. @category models @since 0.1.0 */
export interface Partitioned {
  readonly dtype: BundleDType
  readonly shape: Shape
}

/** What the index says of a tensor, or of a part of one; `size` bytes at `offset` of data file `shard`. @category models @since 0.1.0 */
export interface BundleEntry {
  readonly name: string
  readonly dtype: BundleDType
  readonly shape: Shape
  readonly shard: number
  readonly offset: number
  readonly size: number
  /** Masked. */
  readonly crc: number
  /** Of a part: `shape` is the part's, `name` the tensor's. */
  readonly slice?: Slice
}

/** @category models @since 0.1.0 */
export interface BundleIndex {
  readonly shards: number
  /** Sorted by name; the parts of partitioned tensors first. */
  readonly entries: ReadonlyArray<BundleEntry>
  readonly partitioned: ReadonlyMap<string, Partitioned>
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
export const writeIndex = (index: Pick<BundleIndex, "shards" | "entries">): Uint8Array<ArrayBuffer> =>
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

const isPartitioned = (message: Uint8Array): boolean => fieldsOf(message).some((field) => field.number === 7)

const entryOf = (name: string, message: Uint8Array, partitioned = false): BundleEntry => {
  const fields = fieldsOf(message)
  const field = (number: number) => fields.find((f) => f.number === number)
  const dtype = dtypeOf(field(1)?.value ?? 0, name)
  const shape = shapeOf(field(2)?.bytes ?? new Uint8Array(0), name)
  const size = field(5)?.value ?? 0
  const width = dtypes[dtype][1]
  // fixed-width contents follow from the shape, and each string takes at least a byte
  if (width === 0 && !partitioned && size < sizeOf(shape)) throw new Fault("Corrupt", `${dtype}[${shape}] cannot take ${size} bytes`, name)
  if (width !== 0 && !partitioned && size !== width * sizeOf(shape)) throw new Fault("Corrupt", `${dtype}[${shape}] cannot take ${size} bytes`, name)
  return { name, dtype, shape, shard: field(3)?.value ?? 0, offset: field(4)?.value ?? 0, size, crc: field(6)?.value ?? 0 }
}

const nameOf = (key: Uint8Array): string => {
  try {
    return text.decode(key)
  } catch {
    throw new Fault("Corrupt", "a tensor's name is not UTF-8")
  }
}

/** The parts, and the tensors that they are of. */
const partsOf = (rows: ReadonlyArray<TableEntry>, partitioned: ReadonlyMap<string, Partitioned>): ReadonlyArray<BundleEntry> => {
  const parts = rows.map(({ key, value }): BundleEntry => {
    const sliceKey = readSliceKey(key)
    const whole = partitioned.get(sliceKey.name)
    if (whole === undefined) throw new Fault("Corrupt", "there is a part of it, but no tensor of this name", sliceKey.name)
    const slice = placeOf(sliceKey, whole.shape)
    const entry = entryOf(sliceKey.name, value)
    if (entry.dtype !== whole.dtype || !sameShape(entry.shape, slice.shape)) {
      throw new Fault(
        "Corrupt",
        `a part is ${entry.dtype}[${entry.shape}], its place in ${whole.dtype}[${whole.shape}] takes [${slice.shape}]`,
        sliceKey.name
      )
    }
    return { ...entry, slice }
  })
  const byName = new Map<string, Array<Slice>>([...partitioned.keys()].map((name) => [name, []]))
  for (const { name, slice } of parts) byName.get(name)!.push(slice!) // made just above, of tensors that are there
  for (const [name, { shape }] of partitioned) checkCover(name, shape, byName.get(name)!)
  return parts
}

const contentsOf = (rest: ReadonlyArray<TableEntry>): Pick<BundleIndex, "entries" | "partitioned"> => {
  const whole = rest.filter(({ key }) => !isSliceKey(key))
  const partitioned = new Map<string, Partitioned>()
  const entries = whole.flatMap(({ key, value }) => {
    const name = nameOf(key)
    if (!isPartitioned(value)) return [entryOf(name, value)]
    partitioned.set(name, entryOf(name, value, true))
    return []
  })
  const parts = partsOf(
    rest.filter(({ key }) => isSliceKey(key)),
    partitioned
  )
  return { entries: [...parts, ...entries], partitioned }
}

/** As many data files are named by five digits. */
const mostShards = 99_999

/** Reads an `.index` file. @category rules @since 0.1.0 */
export const readIndex = (bytes: Uint8Array): Result.Result<BundleIndex, Fault> =>
  Result.flatMap(readTable(bytes), ([header, ...rest]) =>
    parsing(() => {
      if (header === undefined || header.key.length > 0) throw new Fault("Foreign", "a table without the header of a tensor bundle")
      const fields = fieldsOf(header.value)
      if ((fields.find((f) => f.number === 2)?.value ?? 0) !== 0) throw new Fault("Foreign", "written on a big-endian machine")
      const shards = fields.find((f) => f.number === 1)?.value ?? 0
      if (shards > mostShards) throw new Fault("Corrupt", `it says that there are ${shards} data files`)
      const { entries, partitioned } = contentsOf(rest)
      for (const { name, shard } of entries) {
        if (shard >= shards) throw new Fault("Corrupt", `it lies in data file ${shard} of ${shards}`, name)
      }
      return { shards, entries, partitioned }
    })
  )
