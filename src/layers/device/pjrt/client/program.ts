/**
 * What a compiled program tells of itself: memory, cost, its optimised form, its bytes.
 *
 * @since 0.1.0
 */
import { Args } from "./Args.ts"
import { decode, type NamedValues } from "./namedValues.ts"
import type { Plugin } from "./Plugin.ts"

/** Bytes on each device. @category models @since 0.1.0 */
export interface ProgramMemory {
  readonly code: number
  readonly arguments: number
  readonly results: number
  /** Of results that lie where donated arguments lay; counted in both. */
  readonly aliased: number
  readonly temporary: number
  /** All at once at the worst moment, as the plugin tells, or if that is more, the arguments, other results and temporaries. */
  readonly peak: number
}

/** @category readers @since 0.1.0 */
export const memoryOf = (plugin: Plugin, program: bigint): ProgramMemory => {
  const stats = plugin.call("Executable_GetCompiledMemoryStats", [program, ...new Array<number>(15).fill(0)])
  const memory = {
    code: stats.number(3),
    arguments: stats.number(4),
    results: stats.number(5),
    aliased: stats.number(6),
    temporary: stats.number(7)
  }
  // CPUs' and GPUs' plugins take memory for all temporaries at once, and tell the peak of some of them only
  return { ...memory, peak: Math.max(stats.number(13), memory.arguments + memory.results - memory.aliased + memory.temporary) }
}

/** `flops`, `bytes accessed` … of one execution; empty where the plugin does not tell. @category readers @since 0.1.0 */
export const costOf = (plugin: Plugin, program: bigint): NamedValues => {
  try {
    const args = plugin.call("Executable_GetCostAnalysis", [program, 0, 0])
    return decode(plugin.koffi, args.get(4), args.number(3))
  } catch {
    return {}
  }
}

/** The program as XLA has made it: an `xla.HloModuleProtoWithConfig` as bytes. Throws `PjrtError` where the plugin cannot. @category readers @since 0.1.0 */
export const optimizedOf = (plugin: Plugin, program: bigint): Uint8Array => {
  const out = new Args(plugin.koffi, 6)
  plugin.call("Executable_OptimizedProgram", [program, out.address], out)
  const bytes = new Uint8Array(Number(out.get(3)))
  out.set(2, plugin.koffi.address(bytes))
  plugin.call("Executable_OptimizedProgram", [program, out.address], out, bytes)
  return bytes
}

/** The program's bytes, for `Client.deserialize`. Throws `PjrtError` where the plugin cannot. @category readers @since 0.1.0 */
export const serialize = (plugin: Plugin, program: bigint): Uint8Array => {
  const { koffi } = plugin
  const args = plugin.call("Executable_Serialize", [program, 0, 0, 0, 0])
  const length = args.number(4)
  const bytes = new Uint8Array(length === 0 ? new ArrayBuffer(0) : koffi.view(args.get(3), length)).slice()
  const release = koffi.decode(args.get(6), koffi.proto("void", ["void *"])) as (handle: bigint) => void // as the header has it
  release(args.get(5))
  return bytes
}
