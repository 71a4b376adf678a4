/**
 * Compiles for devices that are not there: the plugin describes them by a name, and says what a program would take on each.
 *
 * @since 0.1.0
 */
import type { Compiled, CompileFor } from "../process/protocol.ts"
import { bytesOf, wordsAt } from "./Args.ts"
import type { Client } from "./Client.ts"
import { encode as encodeOptions } from "./compileOptions.ts"
import { countOpcodes, decode } from "./hlo.ts"
import { buffersOf } from "./liveBuffers.ts"
import { programOf } from "./layouts.ts"
import { encode } from "./namedValues.ts"
import { type Plugin, PjrtError } from "./Plugin.ts"
import { costOf, memoryOf, optimizedOf } from "./program.ts"

/** Temporaries that are told of. */
const temporariesKept = 64

/** Read from the optimised program; nothing where the plugin does not give it. */
const optimized = (plugin: Plugin, program: bigint): Pick<Compiled, "buffers" | "operations"> => {
  try {
    const module = decode(optimizedOf(plugin, program))
    return { operations: countOpcodes(module), buffers: buffersOf(module, temporariesKept) }
  } catch (error) {
    if (error instanceof PjrtError) return { operations: {}, buffers: undefined }
    throw error
  }
}

/** Devices of a topology: how many, and what kind. */
const devicesOf = (plugin: Plugin, topology: bigint): { readonly devices: number; readonly kind: string } => {
  const args = plugin.call("TopologyDescription_GetDeviceDescriptions", [topology, 0, 0])
  const devices = args.number(4)
  const [first] = wordsAt(plugin.koffi, args.get(3), Math.min(1, devices))
  return { devices, kind: first === undefined ? "" : plugin.text("DeviceDescription_Kind", first) }
}

/** What there is to tell of a compiled program; `program` stays the caller's. */
const told = (plugin: Plugin, program: bigint, about: Pick<Compiled, "devices" | "kind">, began: number): Compiled => ({
  ...about,
  millis: performance.now() - began,
  memory: memoryOf(plugin, program),
  cost: costOf(plugin, program),
  ...optimized(plugin, program)
})

const compileOn = (client: Client, { options, text }: CompileFor): Compiled => {
  const began = performance.now()
  const loaded = client.compile(text, options)
  const { plugin } = client
  const about = { devices: client.devices.length, kind: client.deviceInfos[0]!.kind }
  return told(plugin, plugin.call("LoadedExecutable_GetExecutable", [loaded, 0]).get(3), about, began)
}

const compileAhead = (plugin: Plugin, { description, options, text, topology: name }: CompileFor): Compiled => {
  const { koffi } = plugin
  const [label, named] = [bytesOf(koffi, name), encode(koffi, description)]
  const created = plugin.call("TopologyDescription_Create", [label.address, label.length, named.address, named.count, 0], label, named)
  const topology = created.get(6)
  try {
    const about = devicesOf(plugin, topology)
    const [code, format, proto] = [bytesOf(koffi, text), bytesOf(koffi, "mlir"), bytesOf(koffi, encodeOptions(options))]
    const program = programOf(plugin, code, format)
    const began = performance.now()
    const made = plugin.call("Compile", [topology, program.address, proto.address, proto.length, 0, 0], program, code, format, proto).get(7)
    try {
      return told(plugin, made, about, began)
    } finally {
      plugin.call("Executable_Destroy", [made])
    }
  } finally {
    plugin.call("TopologyDescription_Destroy", [topology])
  }
}

/**
 * For the devices of `client` where there is one, else for those of the topology; the process that this runs in ends after it.
 * Throws `PjrtError`.
 *
 * @category running
 * @since 0.1.0
 */
export const compileFor = (plugin: Plugin, client: Client | undefined, request: CompileFor): Compiled =>
  client === undefined ? compileAhead(plugin, request) : compileOn(client, request)
