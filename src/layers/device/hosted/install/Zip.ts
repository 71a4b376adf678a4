/**
 * Reads chosen entries of a zip archive (a Python wheel) straight into files. Archives of more than 4 GiB are not read.
 *
 * @since 0.1.0
 */
import { createReadStream, createWriteStream } from "node:fs"
import { type FileHandle, mkdir, open } from "node:fs/promises"
import * as path from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createInflateRaw } from "node:zlib"

/** An entry of the central directory. */
interface Entry {
  readonly name: string
  readonly method: number
  readonly compressed: number
  readonly size: number
  /** Of its local header. */
  readonly offset: number
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const endSize = 22
const stored = 0
const deflated = 8

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead < length) throw new Error(`the archive ends early: ${bytesRead} of ${length} bytes at ${position}`)
  return buffer
}

/** The record at the archive's end, which says where the central directory is; a comment of up to 64 KiB may follow it. */
const findEnd = async (file: FileHandle, size: number): Promise<Buffer> => {
  const length = Math.min(size, endSize + 65_535)
  const tail = await readAt(file, size - length, length)
  for (let at = tail.length - endSize; at >= 0; at--) if (tail.readUInt32LE(at) === endSignature) return tail.subarray(at)
  throw new Error("not a zip archive: it has no end record")
}

const entriesOf = async (file: FileHandle): Promise<ReadonlyArray<Entry>> => {
  const { size } = await file.stat()
  const end = await findEnd(file, size)
  const count = end.readUInt16LE(10)
  const directory = await readAt(file, end.readUInt32LE(16), end.readUInt32LE(12))
  const entries: Array<Entry> = []
  for (let at = 0, i = 0; i < count; i++) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error(`entry ${i} of the archive's directory is damaged`)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset)) as [number, number, number]
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42)
    })
    at += 46 + nameLength + extraLength + commentLength
  }
  return entries
}

/** What of an archive is wanted, and where to. @category models @since 0.1.0 */
export interface Extraction {
  readonly archive: string
  readonly isNeeded: (entry: string) => boolean
  /** Entries keep their folders below it. */
  readonly into: string
  /** Bytes written so far of all that will be. */
  readonly onProgress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** Rejects where the archive is damaged, a file cannot be written, or `signal` aborts. @category running @since 0.1.0 */
export const extract = async ({ archive, into, isNeeded, onProgress, signal }: Extraction): Promise<void> => {
  const file = await open(archive)
  try {
    const entries = (await entriesOf(file)).filter(({ name }) => !name.endsWith("/") && isNeeded(name))
    const total = entries.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    for (const { compressed, method, name, offset } of entries) {
      if (method !== stored && method !== deflated) throw new Error(`${name} is compressed by method ${method}, which is not known`)
      const target = path.resolve(into, name)
      if (!target.startsWith(path.resolve(into) + path.sep)) throw new Error(`${name} would be written outside of ${into}`)
      await mkdir(path.dirname(target), { recursive: true })
      const header = await readAt(file, offset, 30)
      const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
      const counter = new Transform({
        transform: (chunk: Buffer, _, next) => {
          done += chunk.length
          onProgress(done, total)
          next(undefined, chunk)
        }
      })
      const source = createReadStream(archive, { start, end: start + compressed - 1 })
      const parts = method === deflated ? [source, createInflateRaw(), counter] : [source, counter]
      await pipeline([...parts, createWriteStream(target)], { signal })
    }
  } finally {
    await file.close()
  }
}
