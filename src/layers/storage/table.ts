/**
 * The LevelDB table format as TensorFlow uses it for the `.index` file (leveldb's doc/table_format.md): sorted keys in
 * uncompressed, checksummed blocks, then a block of block handles, then a 48-byte footer.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { crc32c, mask } from "../../domain/crc32c.ts"
import { Fault, parsing } from "./Fault.ts"
import { putBytes, putUint32, putVarint, type Reader, reader, takeBytes, takeUint32, takeVarint, writer, type Writer } from "./wire.ts"

/** @category models @since 0.1.0 */
export interface TableEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

interface Handle {
  readonly offset: number
  readonly size: number
}

/** 0xdb4775248b80fb57, little-endian. */
const magic = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb)
const footerSize = 48
/** Bytes after each block: compression type and masked checksum. */
const trailerSize = 5
const restartInterval = 16

/** Order of keys: bytewise, shorter first. @category rules @since 0.1.0 */
export const compareKeys = (a: Uint8Array, b: Uint8Array): number => {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

const sharedPrefix = (a: Uint8Array, b: Uint8Array): number => {
  const n = Math.min(a.length, b.length)
  let i = 0
  while (i < n && a[i] === b[i]) i++
  return i
}

const putBlock = (out: Writer, entries: ReadonlyArray<TableEntry>): Handle => {
  const block = writer()
  const restarts: Array<number> = entries.length === 0 ? [0] : []
  entries.forEach(({ key, value }, i) => {
    const restart = i % restartInterval === 0
    if (restart) restarts.push(block.bytes.length)
    const shared = restart ? 0 : sharedPrefix(entries[i - 1]!.key, key)
    putVarint(block, shared)
    putVarint(block, key.length - shared)
    putVarint(block, value.length)
    putBytes(block, key.subarray(shared))
    putBytes(block, value)
  })
  for (const at of restarts) putUint32(block, at)
  putUint32(block, restarts.length)
  const handle = { offset: out.bytes.length, size: block.bytes.length }
  block.bytes.push(0) // compression type: none
  putBytes(out, block.bytes)
  putUint32(out, mask(crc32c(Uint8Array.from(block.bytes))))
  return handle
}

const putHandle = (out: Writer, handle: Handle): void => {
  putVarint(out, handle.offset)
  putVarint(out, handle.size)
}

const handleBytes = (handle: Handle): Uint8Array => {
  const out = writer()
  putHandle(out, handle)
  return Uint8Array.from(out.bytes)
}

/** The bytes of a table. `entries` must be sorted by `compareKeys` and have no key twice. @category rules @since 0.1.0 */
export const writeTable = (entries: ReadonlyArray<TableEntry>, blockSize = 4096): Uint8Array<ArrayBuffer> => {
  const out = writer()
  const index: Array<TableEntry> = []
  let block: Array<TableEntry> = []
  let size = 0
  const flush = () => {
    if (block.length === 0) return
    index.push({ key: block[block.length - 1]!.key, value: handleBytes(putBlock(out, block)) })
    block = []
    size = 0
  }
  for (const entry of entries) {
    block.push(entry)
    size += entry.key.length + entry.value.length + 8
    if (size >= blockSize) flush()
  }
  flush()
  const metaHandle = putBlock(out, [])
  const indexHandle = putBlock(out, index)
  const start = out.bytes.length
  putHandle(out, metaHandle)
  putHandle(out, indexHandle)
  while (out.bytes.length < start + footerSize - magic.length) out.bytes.push(0)
  putBytes(out, magic)
  return Uint8Array.from(out.bytes)
}

const takeHandle = (input: Reader): Handle => ({ offset: takeVarint(input), size: takeVarint(input) })

/** What keys may take together: a hostile file could make them out of one another without end. */
class Budget {
  #left: number
  constructor(bytes: number) {
    this.#left = bytes
  }
  take(n: number): void {
    this.#left -= n
    if (this.#left < 0) throw new Fault("Corrupt", "its names are longer than any file of this size would have")
  }
}

const readBlock = (bytes: Uint8Array, { offset, size }: Handle, budget: Budget): ReadonlyArray<TableEntry> => {
  if (size < 4 || offset + size + trailerSize > bytes.length - footerSize)
    throw new Fault("Corrupt", `a block at byte ${offset} lies outside the file`)
  const body = bytes.subarray(offset, offset + size)
  const stored = takeUint32(reader(bytes, offset + size + 1))
  if (mask(crc32c(bytes.subarray(offset, offset + size + 1))) !== stored)
    throw new Fault("Corrupt", `the checksum of the block at byte ${offset} is wrong`)
  if (bytes[offset + size] !== 0) throw new Fault("Foreign", `the block at byte ${offset} is compressed; TensorFlow bundles are not`)
  const end = size - 4 * (1 + takeUint32(reader(body, size - 4)))
  const input = reader(body)
  const entries: Array<TableEntry> = []
  let previous: Uint8Array = new Uint8Array(0)
  while (input.at < end) {
    const shared = takeVarint(input)
    const rest = takeVarint(input)
    const length = takeVarint(input)
    if (shared > previous.length) throw new Fault("Corrupt", `an entry of the block at byte ${offset} refers to a longer key than there is`)
    const suffix = takeBytes(input, rest)
    budget.take(shared + rest)
    const key = new Uint8Array(shared + rest)
    key.set(previous.subarray(0, shared))
    key.set(suffix, shared)
    if (entries.length > 0 && compareKeys(previous, key) >= 0) throw new Fault("Corrupt", `the keys of the block at byte ${offset} are not in order`)
    entries.push({ key, value: takeBytes(input, length) })
    previous = key
  }
  return entries
}

const hasMagic = (bytes: Uint8Array) => magic.every((byte, i) => bytes[bytes.length - magic.length + i] === byte)

/** A bundle's first entry is its header under the empty key: lengths 0, 0, n, then protobuf field 1. */
const beginsLikeBundle = (bytes: Uint8Array) =>
  (bytes.length < 1 || bytes[0] === 0) && (bytes.length < 2 || bytes[1] === 0) && (bytes.length < 4 || bytes[3] === 8)

/** Whether the last 48 bytes are a footer for a file of just this length, whatever its last 8 bytes say: the two blocks it names lie before it. */
const footerFits = (bytes: Uint8Array): boolean => {
  try {
    const input = reader(bytes, bytes.length - footerSize)
    const meta = takeHandle(input)
    const index = takeHandle(input)
    const endOf = ({ offset, size }: Handle) => offset + size + trailerSize
    return endOf(meta) === index.offset && endOf(index) + footerSize === bytes.length
  } catch {
    return false
  }
}

const footerOf = (bytes: Uint8Array): readonly [meta: Handle, index: Handle] => {
  if (bytes.length < footerSize || !hasMagic(bytes)) {
    if (!beginsLikeBundle(bytes))
      throw new Fault("Foreign", "not a TensorFlow V2 checkpoint index: neither its beginning nor its end is that of a table")
    if (bytes.length >= footerSize && footerFits(bytes)) throw new Fault("Corrupt", "the last bytes of the file are not those of a table")
    throw new Fault("Truncated", `the file ends after ${bytes.length} bytes, before the footer of the table`)
  }
  const input = reader(bytes, bytes.length - footerSize)
  const handles = [takeHandle(input), takeHandle(input)] as const
  // it has no checksum: there is one way only to write these two, zeros after them
  const written = writer()
  for (const handle of handles) putHandle(written, handle)
  const footer = bytes.subarray(bytes.length - footerSize, bytes.length - magic.length)
  if (footer.some((byte, i) => byte !== (written.bytes[i] ?? 0))) throw new Fault("Corrupt", "the footer of the table is damaged")
  return handles
}

/** All entries in order, every block's checksum verified. @category rules @since 0.1.0 */
export const readTable = (bytes: Uint8Array): Result.Result<ReadonlyArray<TableEntry>, Fault> =>
  parsing(() => {
    const [meta, index] = footerOf(bytes)
    const budget = new Budget(bytes.length * 64 + (1 << 20))
    readBlock(bytes, meta, budget)
    const entries: Array<TableEntry> = []
    // blocks lie one after another: one that is named twice could be read for good
    let end = 0
    for (const { value } of readBlock(bytes, index, budget)) {
      const handle = takeHandle(reader(value))
      if (handle.offset < end) throw new Fault("Corrupt", `the block at byte ${handle.offset} lies within another`)
      end = handle.offset + handle.size
      const block = readBlock(bytes, handle, budget)
      if (entries.length > 0 && block.length > 0 && compareKeys(entries.at(-1)!.key, block[0]!.key) >= 0) {
        throw new Fault("Corrupt", `the keys of the block at byte ${handle.offset} are not in order`)
      }
      for (const entry of block) entries.push(entry)
    }
    return entries
  })
