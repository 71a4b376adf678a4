/**
 * What the host and the plugin's process say to one another: requests go in through its standard input, each a length and a
 * serialised value; answers come back through a pipe, a line of JSON each. Steps need neither: they are told in shared memory.
 *
 * @since 0.1.0
 */
import { deserialize, serialize } from "node:v8"
import type { WorkerMessage } from "../../hosted/control.ts"
import type { DeviceInfo, Open } from "../client/Client.ts"
import type { Buffers } from "../client/liveBuffers.ts"
import type { CompileOptions } from "../client/compileOptions.ts"
import type { NamedValues } from "../client/namedValues.ts"
import type { ProgramMemory } from "../client/program.ts"
import type { ProgramPlan } from "./ProgramPlan.ts"

/** Comes first: which plugin, and how its client is made. @category models @since 0.1.0 */
export interface Start {
  readonly _tag: "Start"
  /** Path of koffi's package, found by the host. */
  readonly koffi: string
  readonly plugin: string
  /** Of the host: it has the files of the shared memory. */
  readonly host: number
  /** Options of the client; without them there is none, and programs are only compiled for other machines. */
  readonly client: NamedValues | undefined
  /** Devices that the client is to have where it has as many as it is told: where the plugin is a CPU's, which the host may know. */
  readonly devices: number
  readonly isCpu: boolean
}

/** Compiles and serves a program in a thread of its own. @category models @since 0.1.0 */
export interface Serve {
  readonly _tag: "Serve"
  readonly id: number
  readonly plan: ProgramPlan
}

/** Compiles for devices that are not there. @category models @since 0.1.0 */
export interface CompileFor {
  readonly _tag: "CompileFor"
  /** Such as `v5e:4x4`; not used where there is a client, whose devices are then compiled for. */
  readonly topology: string
  /** Options of the topology, which the plugin knows. */
  readonly description: NamedValues
  readonly text: string | Uint8Array
  readonly options: CompileOptions
}

/** @category models @since 0.1.0 */
export type Request = Start | Serve | CompileFor

/** What a plugin tells of itself and of the devices that it found. @category models @since 0.1.0 */
export interface About {
  /** Of the PJRT API. */
  readonly version: string
  readonly attributes: NamedValues
  readonly client: { readonly platform: string; readonly version: string; readonly devices: ReadonlyArray<DeviceInfo> } | undefined
}

/** What became of a `CompileFor`. @category models @since 0.1.0 */
export interface Compiled {
  readonly devices: number
  readonly kind: string
  readonly millis: number
  readonly memory: ProgramMemory
  readonly cost: NamedValues
  /** How many of each operation that moves data between devices, and of others of interest, the compiled program has. */
  readonly operations: { readonly [opcode: string]: number }
  /** Absent where the plugin does not give the compiled program. */
  readonly buffers: Buffers | undefined
}

/** What the process says; `id` is a program's. @category models @since 0.1.0 */
export type Answer =
  | { readonly _tag: "Started"; readonly about: About }
  /** The plugin or koffi cannot be used; the process ends. */
  | { readonly _tag: "Unavailable"; readonly detail: string; readonly remedy?: string }
  | { readonly _tag: "Said"; readonly id: number; readonly message: number | WorkerMessage }
  /** A program has released what it had: what is open all the same has leaked. */
  | { readonly _tag: "Left"; readonly id: number; readonly open: Open }
  | { readonly _tag: "Ended"; readonly id: number }
  | { readonly _tag: "Compiled"; readonly compiled: Compiled }
  /** A `CompileFor` that the plugin refused, with its error's code. */
  | { readonly _tag: "Refused"; readonly code: string; readonly detail: string }

/** Descriptor of the pipe for answers, in the plugin's process. @category constants @since 0.1.0 */
export const answerPipe = 3

/** What a pipe takes at once, so that the lines of several threads do not mix (PIPE_BUF of Linux). */
const atOnce = 4096

/** A line with its end; a failure that is long loses the middle of its words. @category conversions @since 0.1.0 */
export const lineOf = (answer: Answer): string => {
  const line = `${JSON.stringify(answer)}\n`
  if (Buffer.byteLength(line) <= atOnce || answer._tag !== "Said" || typeof answer.message === "number" || !("detail" in answer.message)) return line
  const { detail } = answer.message
  const part = Math.floor(detail.length / 3)
  return lineOf({ ...answer, message: { ...answer.message, detail: `${detail.slice(0, part)} … ${detail.slice(-part)}` } })
}

/** @category conversions @since 0.1.0 */
export const encode = (request: Request): Uint8Array => {
  const body = serialize(request)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

/** Calls `take` with each request once all of its bytes are there. @category conversions @since 0.1.0 */
export const decoder = (take: (request: Request) => void): ((chunk: Buffer) => void) => {
  // put together once all is there: a request may be large, and comes in small pieces
  let parts: Array<Buffer> = []
  let length = 0
  const joined = (): Buffer => {
    if (parts.length > 1) parts = [Buffer.concat(parts)]
    return parts[0]!
  }
  return (chunk) => {
    parts.push(chunk)
    length += chunk.length
    while (length >= 4) {
      const head = parts[0]!.length >= 4 ? parts[0]! : joined()
      const end = 4 + head.readUInt32LE(0)
      if (length < end) return
      const all = joined()
      parts = [all.subarray(end)]
      length -= end
      take(deserialize(all.subarray(4, end)) as Request) // `encode` made it
    }
  }
}

/** Calls `take` with each line. @category conversions @since 0.1.0 */
export const lines = (take: (line: string) => void): ((chunk: string) => void) => {
  let rest = ""
  return (chunk) => {
    const parts = (rest + chunk).split("\n")
    rest = parts.pop()!
    for (const part of parts) take(part)
  }
}
