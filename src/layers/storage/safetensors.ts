/**
 * The safetensors format (Hugging Face): eight bytes of header length, a JSON header that names dtype, shape and place of
 * each tensor, then their bytes without holes.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { type Shape, sizeOf } from "../../domain/Tensor.ts"
import { type BundleDType, elementBytes } from "./bundle.ts"
import { Fault, parsing } from "./Fault.ts"

const dtypes: { readonly [name: string]: Exclude<BundleDType, "string"> } = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  U16: "uint16",
  I16: "int16",
  F16: "float16",
  BF16: "bfloat16",
  U32: "uint32",
  I32: "int32",
  F32: "float32",
  U64: "uint64",
  I64: "int64",
  F64: "float64",
  C64: "complex64",
  F8_E5M2: "float8_e5m2",
  F8_E4M3: "float8_e4m3fn"
}

/** @category models @since 0.1.0 */
export interface SafetensorsEntry {
  readonly name: string
  readonly dtype: Exclude<BundleDType, "string">
  readonly shape: Shape
  /** From the beginning of the file. */
  readonly offset: number
  readonly size: number
}

/** @category models @since 0.1.0 */
export interface SafetensorsHeader {
  /** In the order of the file. */
  readonly entries: ReadonlyArray<SafetensorsEntry>
  readonly metadata: ReadonlyMap<string, string>
}

/** Bytes before the header. @category constants @since 0.1.0 */
export const lengthSize = 8

/** As the original's reader has it. */
const longestHeader = 100_000_000

/** Length of the header, from the first eight bytes. @category rules @since 0.1.0 */
export const headerLength = (bytes: Uint8Array, fileSize: number): Result.Result<number, Fault> =>
  parsing(() => {
    if (bytes.length < lengthSize) throw new Fault("Truncated", `the file ends after ${bytes.length} bytes, before the length of its header`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, lengthSize)
    const length = Number(view.getBigUint64(0, true))
    if (length > longestHeader) throw new Fault("Foreign", `no safetensors file: its header would take ${length} bytes`)
    if (lengthSize + length > fileSize) throw new Fault("Truncated", `the header ends at byte ${lengthSize + length}, the file at byte ${fileSize}`)
    return length
  })

type Json = { readonly [key: string]: unknown }
const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)
const isCount = (u: unknown): u is number => typeof u === "number" && Number.isSafeInteger(u) && u >= 0

const jsonOf = (bytes: Uint8Array): Json => {
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    if (isRecord(json)) return json
  } catch {
    // the same as another value than an object
  }
  throw new Fault("Foreign", "no safetensors file: its header is no JSON object")
}

const entryOf = (name: string, value: unknown, dataStart: number): SafetensorsEntry => {
  const { data_offsets: offsets, dtype: dtypeName, shape } = isRecord(value) ? value : {}
  const dtype = typeof dtypeName === "string" && Object.hasOwn(dtypes, dtypeName) ? dtypes[dtypeName] : undefined
  if (dtype === undefined)
    throw new Fault("TypeMismatch", `its dtype is ${JSON.stringify(dtypeName)}; known are ${Object.keys(dtypes).join(", ")}`, name)
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new Fault("Corrupt", `its shape is ${JSON.stringify(shape)}; expected a list of extents`, name)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new Fault("Corrupt", `its data_offsets are ${JSON.stringify(offsets)}; expected two places`, name)
  }
  const [begin, end] = offsets as [number, number] // just looked at
  const size = sizeOf(shape) * elementBytes(dtype)
  if (end - begin !== size) throw new Fault("Corrupt", `${dtypeName}[${shape}] takes ${size} bytes, its data_offsets ${end - begin}`, name)
  return { name, dtype, shape, offset: dataStart + begin, size }
}

const metadataOf = (value: unknown): ReadonlyMap<string, string> => {
  if (value === undefined) return new Map()
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string"))
    throw new Fault("Corrupt", "__metadata__ must be texts by name")
  return new Map(Object.entries(value) as ReadonlyArray<[string, string]>) // just looked at
}

/** `header`: the bytes after the length. Tensors must fill the file without holes. @category rules @since 0.1.0 */
export const readHeader = (header: Uint8Array, fileSize: number): Result.Result<SafetensorsHeader, Fault> =>
  parsing(() => {
    const { __metadata__: metadata, ...tensors } = jsonOf(header)
    const start = lengthSize + header.length
    const entries = Object.entries(tensors).map(([name, value]) => entryOf(name, value, start))
    entries.sort((a, b) => a.offset - b.offset || a.size - b.size)
    let at = start
    for (const { name, offset, size } of entries) {
      if (offset !== at) throw new Fault("Corrupt", `it lies at byte ${offset}; the tensors before it end at byte ${at}`, name)
      at += size
    }
    const last = entries.at(-1)?.name
    if (at > fileSize) throw new Fault("Truncated", `the tensors end at byte ${at}, the file at byte ${fileSize}`, last)
    if (at < fileSize) throw new Fault("Corrupt", `the tensors end at byte ${at}, the file at byte ${fileSize}`, last)
    return { entries, metadata: metadataOf(metadata) }
  })

const nameOf = new Map(Object.entries(dtypes).map(([name, dtype]) => [dtype, name]))

/** Length and header for tensors that follow in this order; the header is padded so that they lie 8-byte aligned. @category rules @since 0.1.0 */
export const writeHeader = (
  tensors: ReadonlyArray<{ readonly name: string; readonly dtype: Exclude<BundleDType, "string">; readonly shape: Shape }>,
  metadata: { readonly [name: string]: string }
): Uint8Array => {
  let at = 0
  // a list of pairs and no record: JavaScript would put names that are numbers first
  const parts = tensors.map(({ dtype, name, shape }) => {
    const begin = at
    at += sizeOf(shape) * elementBytes(dtype)
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: nameOf.get(dtype), shape, data_offsets: [begin, at] })}`
  })
  const all = Object.keys(metadata).length === 0 ? parts : [`"__metadata__":${JSON.stringify(metadata)}`, ...parts]
  const text = new TextEncoder().encode(`{${all.join(",")}}`)
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(lengthSize + length).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(text, lengthSize)
  return bytes
}
