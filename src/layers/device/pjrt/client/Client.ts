/**
 * A client of a plugin: its devices, the programs compiled for them and the buffers on them. What is made is closed by its maker.
 *
 * @since 0.1.0
 */
import { printType, sameType, type TensorData, type TensorType } from "../../../../domain/Tensor.ts"
import { bufferTypes, semantics } from "./abi.ts"
import { bytesOf, wordsAt } from "./Args.ts"
import { type CompileOptions, encode as encodeOptions } from "./compileOptions.ts"
import { type Layout, makeLayout, programOf } from "./layouts.ts"
import { encode, type NamedValues } from "./namedValues.ts"
import type { Plugin } from "./Plugin.ts"

/** Memory of a device in bytes; a figure that the plugin does not tell is absent. @category models @since 0.1.0 */
export interface MemoryStatistics {
  readonly inUse: number
  readonly peak?: number
  readonly limit?: number
}

/** @category models @since 0.1.0 */
export interface DeviceInfo {
  readonly id: number
  /** Such as `TPU v5 lite`. */
  readonly kind: string
  readonly description: string
  readonly memory?: MemoryStatistics
}

/** An array on a device. @category models @since 0.1.0 */
export interface Buffer {
  readonly type: TensorType
  readonly device: number
  readonly handle: bigint
}

/** What a program takes and gives, as its text says; the plugin checks sizes only. @category models @since 0.1.0 */
export interface Signature {
  readonly parameters: ReadonlyArray<TensorType>
  readonly results: ReadonlyArray<TensorType>
}

/** Host memory to be read or written: an address, which its owner keeps valid. @category models @since 0.1.0 */
export interface Memory {
  readonly address: bigint
  readonly bytes: number
}

/** @category errors @since 0.1.0 */
export class SignatureError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "SignatureError"
  }
}

/** How many handles of each kind are open; for tests of leaks. @category models @since 0.1.0 */
export interface Open {
  buffers: number
  programs: number
  events: number
}

/** @category models @since 0.1.0 */
export class Client {
  readonly plugin: Plugin
  readonly handle: bigint
  readonly devices: ReadonlyArray<bigint>
  readonly open: Open = { buffers: 0, programs: 0, events: 0 }
  readonly #destroyBuffer
  readonly #await
  readonly #destroyEvent
  readonly #toHost
  readonly #upload
  readonly #pointer
  readonly #memcpy
  /** Whether the devices' memory is the host's. */
  readonly isHost: boolean
  readonly #shapes = new WeakMap<TensorType, BigInt64Array>()
  /** Row-major layouts by rank, as `Buffer_ToHostBuffer` takes them. */
  readonly #layouts = new Map<number, Layout>()

  constructor(plugin: Plugin, handle: bigint) {
    this.plugin = plugin
    this.handle = handle
    const devices = plugin.call("Client_AddressableDevices", [handle, 0, 0])
    this.devices = [...wordsAt(plugin.koffi, devices.get(3), devices.number(4))]
    this.#destroyBuffer = plugin.prepare("Buffer_Destroy", [0])
    this.#await = plugin.prepare("Event_Await", [0])
    this.#destroyEvent = plugin.prepare("Event_Destroy", [0])
    this.#upload = plugin.prepare("Client_BufferFromHostBuffer", [handle, ...new Array<number>(12).fill(0)])
    this.#pointer = plugin.prepare("Buffer_UnsafePointer", [0, 0])
    this.#memcpy = plugin.koffi.load(null).func("memcpy", "void *", ["void *", "void *", "size_t"])
    this.isHost = this.platform === "cpu"
    this.#toHost = plugin.prepare("Buffer_ToHostBuffer", [0, 0, 0, 0, 0])
  }

  get platform(): string {
    return this.plugin.text("Client_PlatformName", this.handle)
  }

  get platformVersion(): string {
    return this.plugin.text("Client_PlatformVersion", this.handle)
  }

  /** The addressable devices, in the order of `devices`. */
  get deviceInfos(): ReadonlyArray<DeviceInfo> {
    return this.devices.map((device) => {
      const description = this.plugin.call("Device_GetDescription", [device, 0]).get(3)
      const memory = this.memory(device)
      return {
        id: this.plugin.call("DeviceDescription_Id", [description, 0]).int(3),
        kind: this.plugin.text("DeviceDescription_Kind", description),
        description: this.plugin.text("DeviceDescription_DebugString", description),
        ...(memory === undefined ? {} : { memory })
      }
    })
  }

  /** `undefined` where the plugin keeps no such figures, as on CPUs. */
  memory(device: bigint): MemoryStatistics | undefined {
    try {
      // pairs of a figure and whether it is set; the figure in use always is
      const stats = this.plugin.call("Device_MemoryStats", [device, ...new Array<number>(23).fill(0)])
      return {
        inUse: stats.number(3),
        ...(stats.flag(5) ? { peak: stats.number(4) } : {}),
        ...(stats.flag(11) ? { limit: stats.number(10) } : {})
      }
    } catch {
      return undefined
    }
  }

  /** Waits for an event, blocking this thread, and releases it; throws what it failed with. */
  await(event: bigint): void {
    if (event === 0n) return
    this.open.events--
    try {
      this.#await.args.set(2, event)
      this.#await.call()
    } finally {
      this.#destroyEvent.args.set(2, event)
      this.#destroyEvent.call()
    }
  }

  /** Waits for all; throws the first failure after all are over. */
  awaitAll(events: Iterable<bigint>): void {
    let failure: unknown
    for (const event of events) {
      try {
        this.await(event)
      } catch (error) {
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
  }

  /**
   * A buffer over (or from) the memory at `address`, which holds `type` row-major, or with these strides in bytes from one element to the next. With `zeroCopy` the memory must not change while the buffer lives, and `event`, to be awaited, may come no sooner than
   * its release; else it is copied before this returns.
   */
  upload(
    address: bigint,
    type: TensorType,
    device: number,
    zeroCopy: boolean,
    strides?: BigInt64Array
  ): { readonly buffer: Buffer; readonly event: bigint } {
    const { koffi } = this.plugin
    const { args, call } = this.#upload
    args
      .set(3, address)
      .set(4, bufferTypes[type.dtype])
      .set(5, koffi.address(this.#dimensions(type)))
      .set(6, type.shape.length)
      .set(7, strides === undefined ? 0 : koffi.address(strides))
      .set(8, strides === undefined ? 0 : strides.length)
      .set(9, zeroCopy ? semantics.zeroCopy : semantics.copy)
      .set(10, this.devices[device]!)
    this.plugin.held = strides
    call()
    this.open.buffers++
    if (args.get(13) !== 0n) this.open.events++
    return { buffer: { type, device, handle: args.get(14) }, event: args.get(13) }
  }

  /** Whether a buffer is the memory at `address` itself; only where `isHost`. */
  isInPlace(buffer: Buffer, address: bigint): boolean {
    this.#pointer.args.set(2, buffer.handle)
    this.#pointer.call()
    return this.#pointer.args.get(3) === address
  }

  /** A buffer with a copy of `data`, which is there when this returns. */
  from(data: TensorData, type: TensorType, device = 0): Buffer {
    // an empty array may have no address
    const held = data.byteLength === 0 ? new Uint8Array(8) : data
    const { buffer, event } = this.upload(this.plugin.koffi.address(held), type, device, false)
    this.plugin.held = held
    this.await(event)
    return buffer
  }

  /** Begins a copy of a buffer to `memory`, row-major; the event tells its end. */
  download(buffer: Buffer, memory: Memory): bigint {
    const { args, call } = this.#toHost
    args.set(2, buffer.handle).set(3, this.#layout(buffer.type.shape.length).address).set(4, memory.address).set(5, memory.bytes).set(6, 0)
    call()
    this.open.events++
    return args.get(6)
  }

  /**
   * Copies a buffer that is ready to `memory` at once; only where `isHost`. A copy by the plugin is handed to a thread of its own,
   * which takes longer than a small copy does.
   */
  copyOut(buffer: Buffer, memory: Memory): void {
    this.#pointer.args.set(2, buffer.handle)
    this.#pointer.call()
    this.#memcpy(memory.address, this.#pointer.args.get(3), memory.bytes)
  }

  /** A copy of a buffer's elements in `data`. */
  read<A extends TensorData>(buffer: Buffer, data: A): A {
    this.plugin.held = data
    if (data.byteLength > 0) this.await(this.download(buffer, { address: this.plugin.koffi.address(data), bytes: data.byteLength }))
    return data
  }

  #dimensions(type: TensorType): BigInt64Array {
    const known = this.#shapes.get(type)
    if (known !== undefined) return known
    const made = BigInt64Array.from(type.shape.length === 0 ? [0] : type.shape, BigInt)
    this.#shapes.set(type, made)
    return made
  }

  #layout(rank: number): Layout {
    const known = this.#layouts.get(rank)
    if (known !== undefined) return known
    const made = makeLayout(this.plugin, rank)
    this.#layouts.set(rank, made)
    return made
  }

  /** Also after it was donated. */
  release(buffer: Buffer): void {
    this.open.buffers--
    this.#destroyBuffer.args.set(2, buffer.handle)
    this.#destroyBuffer.call()
  }

  /** True once it was donated to an execution. */
  isDeleted(buffer: Buffer): boolean {
    return this.plugin.call("Buffer_IsDeleted", [buffer.handle, 0]).flag(3)
  }

  /** Compiles a StableHLO module whose entry is `@main`, a text or a portable artifact; gives its handle. Throws `PjrtError`. */
  compile(text: string | Uint8Array, options: CompileOptions): bigint {
    const { koffi } = this.plugin
    const [code, format, proto] = [bytesOf(koffi, text), bytesOf(koffi, "mlir"), bytesOf(koffi, encodeOptions(options))]
    const program = programOf(this.plugin, code, format)
    const args = this.plugin.call("Client_Compile", [this.handle, program.address, proto.address, proto.length, 0], program, code, format, proto)
    this.open.programs++
    return args.get(6)
  }

  /** Loads what `serialize` gave, of the same plugin on a like machine. Throws `PjrtError`. */
  deserialize(bytes: Uint8Array): bigint {
    const held = bytesOf(this.plugin.koffi, bytes)
    const args = this.plugin.call("Executable_DeserializeAndLoad", [this.handle, held.address, held.length, 0, 0, 0], held)
    this.open.programs++
    return args.get(5)
  }

  /** Ends the client; everything made with it must be released before. */
  close(): void {
    this.plugin.call("Client_Destroy", [this.handle])
  }
}

/** Throws `SignatureError` where a buffer is not of the type that a program's parameter has. @category rules @since 0.1.0 */
export const checkType = (what: string, expected: TensorType, given: TensorType): void => {
  if (!sameType(expected, given))
    throw new SignatureError(`${what}: the program takes ${printType(expected)}, and a buffer of ${printType(given)} was given`)
}

/** Makes a client; options are the plugin's own (`cpu_device_count`). Throws `PjrtError`. @category constructors @since 0.1.0 */
export const create = (plugin: Plugin, options: NamedValues = {}): Client => {
  const encoded = encode(plugin.koffi, options)
  const args = plugin.call("Client_Create", [encoded.address, encoded.count, 0, 0, 0, 0, 0, 0, 0], encoded)
  return new Client(plugin, args.get(8))
}
