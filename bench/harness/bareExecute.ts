/**
 * Executions by PJRT's C API from a C program, for what calling them from here costs more.
 *
 * @since 0.1.0
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { firstFunction, functions, type FunctionName } from "../../src/layers/device/pjrt/client/abi.ts"
import { type CompileOptions, encode } from "../../src/layers/device/pjrt/client/compileOptions.ts"

const source = path.join(import.meta.dirname, "..", "peers", "bareExecute.c")

/** In the order of the program's enumeration. */
const used: ReadonlyArray<FunctionName> = [
  ...(["Plugin_Initialize", "Client_Create", "Client_AddressableDevices", "Client_Compile", "Client_BufferFromHostBuffer"] as const),
  ...(["Event_Await", "Event_Destroy", "LoadedExecutable_Execute", "Buffer_Destroy", "Error_Message"] as const)
]

/** @category models @since 0.1.0 */
export interface Bare {
  /** Microseconds of one of `count` executions. */
  readonly time: (count: number) => Promise<number>
  readonly close: () => void
}

/** Compiles the C program by `cc` and the text by the plugin. Rejects where there is no compiler. @category constructors @since 0.1.0 */
export const start = async (plugin: string, text: string | Uint8Array, options: CompileOptions): Promise<Bare> => {
  const folder = mkdtempSync(path.join(tmpdir(), "bare-execute-"))
  const file = (name: string) => path.join(folder, name)
  execFileSync("cc", ["-O2", "-o", file("bare"), source, "-ldl"], { stdio: "inherit" })
  writeFileSync(file("program"), text)
  writeFileSync(file("options"), encode(options))
  const offsets = used.map((name) => String(firstFunction + functions.indexOf(name) * 8))
  const child = spawn(file("bare"), [plugin, file("program"), file("options"), ...offsets], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: child.stdout })
  const time = async (count: number) => {
    const answer = once(lines, "line")
    child.stdin.write(`${count}\n`)
    return Number((await answer)[0])
  }
  await time(100)
  rmSync(folder, { recursive: true })
  return { time, close: () => void child.stdin.end() }
}
