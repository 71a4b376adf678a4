/**
 * A compiled program on its devices, with one argument block that is used again and again: an execution is one call.
 *
 * @since 0.1.0
 */
import type { TensorType } from "../../../../domain/Tensor.ts"
import { bufferTypes } from "./abi.ts"
import { Args, wordsAt } from "./Args.ts"
import { type Buffer, checkType, type Client, type Signature, SignatureError } from "./Client.ts"
import type { Prepared } from "./Plugin.ts"
import { memoryOf, type ProgramMemory, serialize } from "./program.ts"

/** What an execution under way will give: `results[place][i]`, and an event for each place. @category models @since 0.1.0 */
export interface Launched {
  readonly results: ReadonlyArray<ReadonlyArray<Buffer>>
  readonly events: ReadonlyArray<bigint>
}

/** `PJRT_ExecuteOptions` as of 0.81, all zero: nothing is sent or received, and the text says what is donated. */
const optionWords = 14

const rowsOf = (count: number, length: number) => Array.from({ length: count }, () => new BigUint64Array(Math.max(1, length)))

/** @category models @since 0.1.0 */
export class Executable {
  readonly client: Client
  readonly signature: Signature
  /**
   * The device of each place, as an index into the client's: core `c` of replica `r` computes at place `r * cores + c`. Which device
   * that is, is the plugin's choice: near ones for what exchanges much.
   */
  readonly devices: ReadonlyArray<number>
  readonly #handle: bigint
  /** The program apart from its devices; what tells of it. */
  readonly #program: bigint
  readonly #arguments: ReadonlyArray<BigUint64Array>
  readonly #results: ReadonlyArray<BigUint64Array>
  readonly #events: BigUint64Array
  readonly #execute: Prepared
  /** What the plugin reads while it executes: referenced as long as this is. */
  readonly held: ReadonlyArray<unknown>

  /** `places`: as many devices as it is to run on. Throws `SignatureError` where the program is another. */
  constructor(client: Client, handle: bigint, places: number, signature: Signature) {
    const { plugin } = client
    const { koffi } = plugin
    this.client = client
    this.signature = signature
    this.devices = devicesOf(client, handle)
    this.#handle = handle
    this.#program = plugin.call("LoadedExecutable_GetExecutable", [handle, 0]).get(3)
    const outputs = plugin.call("Executable_NumOutputs", [this.#program, 0]).number(3)
    this.#arguments = rowsOf(this.devices.length, signature.parameters.length)
    this.#results = rowsOf(this.devices.length, outputs)
    this.#events = new BigUint64Array(this.devices.length)
    const addresses = (rows: ReadonlyArray<BigUint64Array>) => BigUint64Array.from(rows, (row) => koffi.address(row))
    const [argumentLists, resultLists, options] = [addresses(this.#arguments), addresses(this.#results), new Args(koffi, optionWords)]
    this.held = [argumentLists, resultLists, options]
    const lists = [
      koffi.address(argumentLists),
      this.devices.length,
      signature.parameters.length,
      koffi.address(resultLists),
      koffi.address(this.#events)
    ]
    this.#execute = plugin.prepare("LoadedExecutable_Execute", [handle, options.address, ...lists, 0])
    const wrong = wrongDevices(this.devices.length, places) ?? wrongResults(resultTypes(client, this.#program), outputs, signature)
    if (wrong === undefined) return
    this.close()
    throw new SignatureError(wrong)
  }

  /** What the next executions get as argument `index` at a place, until something else is bound. Throws `SignatureError`. */
  bind(place: number, index: number, buffer: Buffer): void {
    const expected: TensorType | undefined = this.signature.parameters[index]
    if (expected === undefined) throw new SignatureError(`argument ${index}: the program takes ${this.signature.parameters.length}`)
    if (expected !== buffer.type) checkType(`argument ${index}`, expected, buffer.type)
    const device = this.devices[place]
    if (buffer.device !== device) throw new SignatureError(`argument ${index}: it is on device ${buffer.device}, and device ${device} takes it`)
    this.#arguments[place]![index] = buffer.handle
  }

  /** Begins an execution with what is bound. Donated arguments are no more, and still to be released. Throws `PjrtError`. */
  launch(): Launched {
    this.#execute.call()
    const { open } = this.client
    open.buffers += this.devices.length * this.signature.results.length
    open.events += this.devices.length
    return {
      results: this.#results.map((row, place) => this.signature.results.map((type, i) => ({ type, device: this.devices[place]!, handle: row[i]! }))),
      events: [...this.#events]
    }
  }

  /** Bytes that it needs on each device. */
  get memory(): ProgramMemory {
    return memoryOf(this.client.plugin, this.#program)
  }

  /** What `Client.deserialize` takes. Throws `PjrtError` where the plugin cannot. */
  serialize(): Uint8Array {
    return serialize(this.client.plugin, this.#program)
  }

  close(): void {
    const { open, plugin } = this.client
    open.programs--
    plugin.call("Executable_Destroy", [this.#program])
    plugin.call("LoadedExecutable_Destroy", [this.#handle])
  }
}

/** The devices of a program in the order of its argument lists, by their places among the client's. */
const devicesOf = ({ devices, plugin }: Client, program: bigint): ReadonlyArray<number> => {
  const args = plugin.call("LoadedExecutable_AddressableDevices", [program, 0, 0])
  return [...wordsAt(plugin.koffi, args.get(3), args.number(4))].map((device) => devices.indexOf(device))
}

const wrongDevices = (devices: number, places: number): string | undefined =>
  devices === places ? undefined : `the program runs on ${devices} devices, and ${places} were expected`

/** Results' types as a program itself tells them: numbers of `PJRT_Buffer_Type`; `undefined` where the plugin does not tell. */
const resultTypes = ({ plugin }: Client, program: bigint): ReadonlyArray<number> | undefined => {
  if (!plugin.has("Executable_OutputElementTypes")) return undefined
  const args = plugin.call("Executable_OutputElementTypes", [program, 0, 0])
  const count = args.number(4)
  return count === 0 ? [] : [...new Int32Array(plugin.koffi.view(args.get(3), count * 4))]
}

/** What speaks against the results that are expected. */
const wrongResults = (types: ReadonlyArray<number> | undefined, outputs: number, { results }: Signature): string | undefined => {
  if (outputs !== results.length) return `the program gives ${outputs} results, and ${results.length} were expected`
  const wrong = results.findIndex(({ dtype }, i) => types !== undefined && types[i] !== bufferTypes[dtype])
  return wrong < 0 ? undefined : `result ${wrong} of the program is not ${results[wrong]!.dtype}`
}
