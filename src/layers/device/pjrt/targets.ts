/**
 * Devices that programs are compiled for without them: TPUs by generation and topology, GPUs by name and number, and CPUs.
 *
 * @since 0.1.0
 */
import type { NamedValues } from "./client/namedValues.ts"
import { gpus, targetConfig } from "./gpus.ts"
import type { PluginName } from "./pins.ts"

/** @category models @since 0.1.0 */
export interface Target {
  readonly platform: PluginName
  /** For people: `v5e:4x4`, `h100:8`. */
  readonly name: string
  /** Under which the plugin makes the topology. */
  readonly topology: string
  /** Options of the topology, which the plugin knows. */
  readonly description: NamedValues
  readonly devices: number
  /** Bytes of a device that a program may take; not known of a generation that is not listed here, nor of a CPU. */
  readonly memoryBytes: number | undefined
}

interface Generation {
  /** Of a chip; each is a device. */
  readonly cores: number
  /** GiB of a device that libtpu 0.0.52 gives to a program ("available HBM" of its refusals): what the chip has, less what it keeps. */
  readonly memory: number
}

/** Chips of v2 to v4 are two devices, which share its memory. */
const generations: { readonly [name: string]: Generation } = {
  v2: { cores: 2, memory: 7.48 },
  v3: { cores: 2, memory: 15.48 },
  v4: { cores: 2, memory: 15.25 },
  v5e: { cores: 1, memory: 15.75 },
  v5p: { cores: 1, memory: 95.73 },
  v6e: { cores: 1, memory: 31.24 }
}

const product = (extents: string): number => extents.split("x").reduce((all, extent) => all * Number(extent), 1)

const tpu = (text: string): Target | undefined => {
  const match = /^((v[0-9]+[a-z]*):([0-9]+(?:x[0-9]+)*))$/.exec(text)
  if (match === null) return undefined
  const generation = generations[match[2]!]
  const devices = product(match[3]!) * (generation?.cores ?? 1)
  const memoryBytes = generation === undefined ? undefined : Math.floor(generation.memory * 2 ** 30)
  return devices === 0 ? undefined : { platform: "tpu", name: text, topology: text, description: {}, devices, memoryBytes }
}

/** `h100`, `h100:8` on one host, `h100:2x8` on two. */
const cuda = (text: string): Target | undefined => {
  const match = /^([a-z0-9-]+)(?::(?:([0-9]+)x)?([0-9]+))?$/.exec(text)
  const gpu = match === null ? undefined : gpus[match[1]!]
  if (match === null || gpu === undefined) return undefined
  const [hosts, each] = [Number(match[2] ?? 1), Number(match[3] ?? 1)]
  const devices = hosts * each
  if (devices === 0) return undefined
  // partitions of hosts that NVLink joins, hosts of each, GPUs of each
  const description = { topology: `1x${hosts}x${each}`, target_config: targetConfig(gpu) }
  return { platform: "cuda", name: text, topology: match[1]!, description, devices, memoryBytes: gpu.memoryBytes }
}

/** `cpu`, `cpu:4`: as many virtual devices. */
const cpu = (text: string): Target | undefined => {
  const devices = text === "" ? 1 : /^[0-9]+$/.test(text) ? Number(text) : 0
  const name = text === "" ? "cpu" : `cpu:${text}`
  return devices === 0 ? undefined : { platform: "cpu", name, topology: "", description: {}, devices, memoryBytes: undefined }
}

/** What a target looks like. @category constants @since 0.1.0 */
export const expected =
  "a TPU's generation and its topology, such as tpu:v5e:4x4 or tpu:v5p:2x2x2; a GPU and how many, such as cuda:h100, cuda:h100:8 or, " +
  `on two hosts, cuda:h100:2x8 (${Object.keys(gpus).join(", ")}); or cpu, cpu:4`

/** `tpu:v5e:4x4` has 16 devices, `cuda:h100:8` 8; `undefined` for any other text. @category conversions @since 0.1.0 */
export const targetOf = (text: string): Target | undefined => {
  const at = text.indexOf(":")
  const [platform, rest] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)]
  if (platform === "cpu") return at >= 0 && rest === "" ? undefined : cpu(rest)
  return platform === "tpu" ? tpu(rest) : platform === "cuda" ? cuda(rest) : undefined
}
