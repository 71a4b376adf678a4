/**
 * Whether a file can be a library of this machine, before the loader is asked: its words for another machine's are of little help.
 *
 * @since 0.1.0
 */
import { closeSync, openSync, readSync } from "node:fs"

/** `e_machine` of ELF for what Node calls `process.arch`. */
const machines: { readonly [arch: string]: number } = { ia32: 3, arm: 40, x64: 62, arm64: 183, riscv64: 243 }

const nameOf = (machine: number): string => Object.entries(machines).find(([, code]) => code === machine)?.[0] ?? `machine ${machine}`

const head = (file: string, length: number): Buffer => {
  const descriptor = openSync(file, "r")
  try {
    const buffer = Buffer.alloc(length)
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, 0))
  } finally {
    closeSync(descriptor)
  }
}

/**
 * What speaks against loading `file` here; `undefined` where nothing does. Throws where the file cannot be read.
 *
 * @category rules
 * @since 0.1.0
 */
export const wrongLibrary = (
  file: string,
  { arch, platform }: { readonly arch: string; readonly platform: string } = process
): string | undefined => {
  if (platform !== "linux") return undefined
  const bytes = head(file, 20)
  if (bytes.length < 20 || bytes.readUInt32BE(0) !== 0x7f454c46) return "it is not a library (no ELF file)"
  const littleEndian = bytes[5] === 1
  const machine = littleEndian ? bytes.readUInt16LE(18) : bytes.readUInt16BE(18)
  return machine === machines[arch] ? undefined : `it is built for ${nameOf(machine)}, and this is ${arch}`
}
