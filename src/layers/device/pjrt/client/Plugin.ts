/**
 * A plugin (a library that exports `GetPjrtApi`): loaded for good, its version checked, its functions callable, its errors thrown.
 *
 * @since 0.1.0
 */
import { errorCodes, firstFunction, type FunctionName, functions, oldestVersion, sizes } from "./abi.ts"
import { Args, textAt } from "./Args.ts"
import { wrongLibrary } from "./elf.ts"
import { type Koffi, pin } from "./Native.ts"
import { decode, type NamedValues } from "./namedValues.ts"

/** The plugin answered a call with an error: its code's name (`RESOURCE_EXHAUSTED` …) and words. @category errors @since 0.1.0 */
export class PjrtError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = "PjrtError"
    this.code = code
  }
}

/** The file is no plugin that can be used here. @category errors @since 0.1.0 */
export class PluginError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = "PluginError"
  }
}

type Native = (args: bigint) => bigint | null

/** A function with an argument structure of its own, to be called many times. @category models @since 0.1.0 */
export interface Prepared {
  readonly args: Args
  /** Throws `PjrtError`. */
  readonly call: () => void
}

const prototypes = new WeakMap<Koffi, unknown>()

const prototypeOf = (koffi: Koffi): unknown => {
  const known = prototypes.get(koffi)
  if (known !== undefined) return known
  const made = koffi.proto("void *", ["void *"])
  prototypes.set(koffi, made)
  return made
}

/** @category models @since 0.1.0 */
export class Plugin {
  readonly koffi: Koffi
  /** Of `PJRT_Api`, by which another thread of this process can use the plugin, too. */
  readonly api: bigint
  readonly version: { readonly major: number; readonly minor: number }
  readonly #table: DataView
  readonly #bytes: number
  readonly #functions = new Map<FunctionName, Native>()
  /** What a call under way reads: an address alone keeps nothing from being collected. */
  held: unknown

  constructor(koffi: Koffi, api: bigint) {
    this.koffi = koffi
    this.api = api
    const head = new DataView(koffi.view(api, firstFunction))
    this.#bytes = Number(head.getBigUint64(0, true))
    this.version = { major: head.getInt32(32, true), minor: head.getInt32(36, true) }
    this.#table = new DataView(koffi.view(api, this.#bytes))
  }

  /** Whether the plugin's table has the function. */
  has(name: FunctionName): boolean {
    const at = firstFunction + functions.indexOf(name) * 8
    return at + 8 <= this.#bytes && this.#table.getBigUint64(at, true) !== 0n
  }

  #native(name: FunctionName): Native {
    const known = this.#functions.get(name)
    if (known !== undefined) return known
    if (!this.has(name)) throw new PjrtError("UNIMPLEMENTED", `the plugin has no PJRT_${name}`)
    const address = this.#table.getBigUint64(firstFunction + functions.indexOf(name) * 8, true)
    const native = this.koffi.decode(address, prototypeOf(this.koffi)) as Native // of the prototype's form
    this.#functions.set(name, native)
    return native
  }

  /** Throws what an error says, and releases it. */
  #check(error: bigint | null): void {
    if (error === null || error === 0n) return
    const handle = this.koffi.address(error)
    const message = new Args(this.koffi, 5).set(2, handle)
    const code = new Args(this.koffi, 4, sizes.Error_GetCode).set(2, handle)
    const destroy = new Args(this.koffi, 3).set(2, handle)
    this.held = [message, code, destroy]
    this.#native("Error_Message")(message.address)
    this.#native("Error_GetCode")(code.address)
    const text = textAt(this.koffi, message.get(3), Number(message.get(4)))
    this.#native("Error_Destroy")(destroy.address)
    throw new PjrtError(errorCodes[code.int(3)] ?? `code ${code.int(3)}`, text)
  }

  /** `fields` from word 2 on. */
  prepare(name: FunctionName, fields: ReadonlyArray<bigint | number>): Prepared {
    const args = new Args(this.koffi, fields.length + 2, sizes[name])
    fields.forEach((field, i) => args.set(i + 2, field))
    const native = this.#native(name)
    return { args, call: () => this.#check(native(args.address)) }
  }

  /** Calls once; gives the structure with the results. `held` is what the fields point to. Throws `PjrtError`. */
  call(name: FunctionName, fields: ReadonlyArray<bigint | number>, ...held: ReadonlyArray<unknown>): Args {
    const { args, call } = this.prepare(name, fields)
    this.held = [args, held]
    call()
    return args
  }

  /** A text that a function gives in words 3 and 4 for the handle in word 2. */
  text(name: FunctionName, handle: bigint): string {
    const args = this.call(name, [handle, 0, 0])
    return textAt(this.koffi, args.get(3), args.number(4))
  }

  /** What the plugin tells of itself: `xla_version`, `stablehlo_current_version` … */
  get attributes(): NamedValues {
    if (!this.has("Plugin_Attributes")) return {}
    const args = this.call("Plugin_Attributes", [0, 0])
    return decode(this.koffi, args.get(2), args.number(3))
  }
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

const load = (koffi: Koffi, file: string): bigint => {
  let wrong: string | undefined
  try {
    wrong = wrongLibrary(file)
  } catch (cause) {
    throw new PluginError(`${file} cannot be read: ${messageOf(cause)}`, cause)
  }
  if (wrong !== undefined) throw new PluginError(`${file} cannot be loaded: ${wrong}`)
  try {
    pin(koffi, file)
  } catch (cause) {
    throw new PluginError(`${file} cannot be loaded: ${messageOf(cause)}`, cause)
  }
  try {
    return koffi.address(koffi.load(file).func("GetPjrtApi", "void *", [])())
  } catch (cause) {
    throw new PluginError(`${file} is no PJRT plugin: it has no function GetPjrtApi`, cause)
  }
}

const text = ({ major, minor }: { readonly major: number; readonly minor: number }) => `${major}.${minor}`

/** Throws `PluginError` for a version whose structures may be others. @category rules @since 0.1.0 */
export const checkVersion = ({ version }: Plugin, file: string): void => {
  const { major, minor } = oldestVersion
  if (version.major === major && version.minor >= minor) return
  throw new PluginError(
    `${file} has version ${text(version)} of the PJRT API, and this needs ${text(oldestVersion)} or a later 0.x: take a newer plugin`
  )
}

/**
 * Loads and initialises a plugin; it stays loaded until the process ends. Throws `PluginError` where the file is not a plugin of
 * this machine or its version of the API is too old, `PjrtError` where it will not start.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (koffi: Koffi, file: string): Plugin => {
  const plugin = new Plugin(koffi, load(koffi, file))
  checkVersion(plugin, file)
  plugin.call("Plugin_Initialize", [])
  return plugin
}
