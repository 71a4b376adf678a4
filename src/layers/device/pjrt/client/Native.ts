/**
 * The few functions of the C library that this engine needs besides the plugin's, called by koffi.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"

type Native = (...args: Array<unknown>) => unknown

/** What is used of koffi; addresses are BigInts. @category models @since 0.1.0 */
export interface Koffi {
  readonly load: (path: string | null) => {
    readonly func: (name: string, result: string, parameters: ReadonlyArray<string>) => Native & { readonly async: Native }
  }
  readonly decode: (pointer: bigint, type: unknown) => unknown
  readonly proto: (result: string, parameters: ReadonlyArray<string>) => unknown
  /** Of an array's data, which stays where it is while the array is referenced. */
  readonly address: (value: unknown) => bigint
  /** Memory of others as an array; nothing keeps that memory. */
  readonly view: (address: bigint, length: number) => ArrayBuffer
}

/** As `require.resolve` gives it; throws where koffi is not installed. @category constructors @since 0.1.0 */
export const resolveKoffi = (): string => createRequire(import.meta.url).resolve("koffi")

/** @category constructors @since 0.1.0 */
export const loadKoffi = (path = resolveKoffi()): Koffi => createRequire(import.meta.url)(path) as Koffi // it has these functions

/** `RTLD_NOW | RTLD_NODELETE` of Linux. */
const now = 2
const noDelete = 0x1000

/**
 * Loads a library and keeps it until the process ends: a plugin that is unloaded before its exit handlers run ends the process
 * with a fault. Throws with the loader's words.
 *
 * @category running
 * @since 0.1.0
 */
export const pin = (koffi: Koffi, path: string): void => {
  const c = koffi.load(null)
  const handle = c.func("dlopen", "void *", ["const char *", "int"])(path, now | noDelete)
  if (handle === null || handle === 0n) throw new Error(String(c.func("dlerror", "const char *", [])()))
}

/** Has the system end this process when the thread that started it ends, in whatever way; Linux only, elsewhere it does nothing. @category running @since 0.1.0 */
export const dieWithParent = (koffi: Koffi): void => {
  if (process.platform !== "linux") return
  const [deathSignal, kill] = [1, 9]
  koffi.load(null).func("prctl", "int", ["int", "unsigned long", "unsigned long", "unsigned long", "unsigned long"])(deathSignal, kill, 0, 0, 0)
}

/** A semaphore in memory that processes share (`sem_t` of POSIX). @category models @since 0.1.0 */
export interface Semaphore {
  readonly post: () => void
  /** Blocks the thread; may also return early. */
  readonly wait: () => void
}

/** Bytes kept for a `sem_t`; it is 32 with glibc on 64 bits. @category constants @since 0.1.0 */
export const semaphoreBytes = 64

/** @category constructors @since 0.1.0 */
export const semaphoreAt = (koffi: Koffi, address: bigint, initialise: boolean): Semaphore => {
  const c = koffi.load(null)
  if (initialise) c.func("sem_init", "int", ["void *", "int", "unsigned int"])(address, 1, 0)
  const post = c.func("sem_post", "int", ["void *"])
  const wait = c.func("sem_wait", "int", ["void *"])
  return { post: () => void post(address), wait: () => void wait(address) }
}
