/**
 * Memory that this process shares with another one: a file without a name (`memfd_create`), mapped by both. It goes when the last
 * of the two has gone, however they end.
 *
 * @since 0.1.0
 */
import { closeSync, ftruncateSync, openSync } from "node:fs"
import type { Koffi } from "../client/Native.ts"

/** @category errors @since 0.1.0 */
export class SharedMemoryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = "SharedMemoryError"
  }
}

/** A mapping. @category models @since 0.1.0 */
export interface Mapping {
  readonly address: bigint
  readonly bytes: number
  /** A stretch of it. The mapping lives as long as any of these does. */
  readonly view: (offset: number, bytes: number) => ArrayBuffer
  /** Gives the memory back to the system, which keeps only addresses then: what is read is 0. */
  readonly discard: () => void
  /** Ends the mapping at once: no view may be used any more. */
  readonly unmap: () => void
}

/** Numbers of Linux's headers. */
const [protectReadWrite, mapShared, adviseRemove, closeOnExec] = [3, 1, 9, 1] as const
const failed = 0xffffffffffffffffn

/** Mappings whose views may still be used, by a count of those views. */
const counts = new Map<bigint, { views: number; readonly unmap: () => void }>()

const unused = new FinalizationRegistry((address: bigint) => {
  const count = counts.get(address)
  if (count === undefined || --count.views > 0) return
  counts.delete(address)
  count.unmap()
})

const mapFile = (koffi: Koffi, file: number, bytes: number): Mapping => {
  const c = koffi.load(null)
  const map = c.func("mmap", "void *", ["void *", "size_t", "int", "int", "int", "int64_t"])
  const address = koffi.address(map(null, bytes, protectReadWrite, mapShared, file, 0))
  if (address === failed) throw new SharedMemoryError(`${bytes} bytes of shared memory cannot be mapped`)
  const unmap = c.func("munmap", "int", ["void *", "size_t"])
  const advise = c.func("madvise", "int", ["void *", "size_t", "int"])
  const count = { views: 0, unmap: () => void unmap(address, bytes) }
  counts.set(address, count)
  return {
    address,
    bytes,
    view: (offset, length) => {
      const view = koffi.view(address + BigInt(offset), length)
      count.views++
      unused.register(view, address)
      return view
    },
    discard: () => void advise(address, bytes, adviseRemove),
    unmap: () => {
      if (counts.delete(address)) count.unmap()
    }
  }
}

const whole = (bytes: number) => Math.ceil(Math.max(1, bytes) / 4096) * 4096

/** New memory, all zeros, and its file, which the maker closes once the other process has it. Throws `SharedMemoryError`. @category constructors @since 0.1.0 */
export const make = (koffi: Koffi, bytes: number): { readonly mapping: Mapping; readonly file: number } => {
  if (process.platform !== "linux")
    throw new SharedMemoryError(`memory is shared with the engine's process on Linux only, not on ${process.platform}`)
  const create = koffi.load(null).func("memfd_create", "int", ["const char *", "unsigned int"])
  const file = create("effect-estimator", closeOnExec) as number
  if (file < 0) throw new SharedMemoryError("the system gives no shared memory (memfd_create failed)")
  try {
    ftruncateSync(file, whole(bytes))
    return { mapping: mapFile(koffi, file, whole(bytes)), file }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** Memory that another process made, while it keeps its file open. Throws `SharedMemoryError`. @category constructors @since 0.1.0 */
export const open = (koffi: Koffi, process: number, file: number, bytes: number): Mapping => {
  let here: number
  try {
    here = openSync(`/proc/${process}/fd/${file}`, "r+")
  } catch (cause) {
    throw new SharedMemoryError(`the memory of process ${process} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  try {
    return mapFile(koffi, here, whole(bytes))
  } finally {
    closeSync(here)
  }
}
