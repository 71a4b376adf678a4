/**
 * What a compiled program depends on besides its text and its options: the plugin's build, and what the processor can do.
 *
 * @since 0.1.0
 */
import { readFileSync, statSync } from "node:fs"
import { arch, cpus } from "node:os"

/** Names of the processor's instructions, where the system tells; else its model. */
const processor = (): string => {
  const model = cpus()[0]?.model ?? ""
  try {
    const line = readFileSync("/proc/cpuinfo", "utf8")
      .split("\n")
      .find((text) => /^(flags|Features)\s*:/.test(text))
    return `${arch()} ${model} ${line ?? ""}`
  } catch {
    return `${arch()} ${model}`
  }
}

/** Changes whenever the plugin's file does, on another processor, and with the flags of XLA and libtpu in the environment. @category rules @since 0.1.0 */
export const cacheKey = (plugin: string): string => {
  const { mtimeMs, size } = statSync(plugin)
  return [size, mtimeMs, process.env["XLA_FLAGS"] ?? "", process.env["LIBTPU_INIT_ARGS"] ?? "", processor()].join("\n")
}
