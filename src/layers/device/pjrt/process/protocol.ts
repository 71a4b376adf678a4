/**
 * What the host and the plugin's process say to one another: requests go in through its standard input, each a length and a
 * serialised value; answers come back through a pipe, a line of JSON each. Steps need neither: they are told in shared memory.
 *
 * @since 0.1.0
 */
import { deserialize, serialize } from "node:v8"
import type { WorkerMessage } from "../../hosted/control.ts"
import type { NamedValues } from "../client/namedValues.ts"
import type { ProgramPlan } from "./ProgramPlan.ts"

/** Comes first: which plugin, and how its client is made. @category models @since 0.1.0 */
export interface Start {
  readonly _tag: "Start"
  /** Path of koffi's package, found by the host. */
  readonly koffi: string
  readonly plugin: string
  /** Of the host: it has the files of the shared memory. */
  readonly host: number
  readonly client: NamedValues
  /** Devices that are needed. */
  readonly devices: number
}

/** Compiles and serves a program in a thread of its own. @category models @since 0.1.0 */
export interface Serve {
  readonly _tag: "Serve"
  readonly id: number
  readonly plan: ProgramPlan
}

/** @category models @since 0.1.0 */
export type Request = Start | Serve

/** What the process says; `id` is a program's. @category models @since 0.1.0 */
export type Answer =
  | { readonly _tag: "Started" }
  /** The plugin or koffi cannot be used; the process ends. */
  | { readonly _tag: "Unavailable"; readonly detail: string }
  | { readonly _tag: "Said"; readonly id: number; readonly message: number | WorkerMessage }
  | { readonly _tag: "Ended"; readonly id: number }

/** Descriptor of the pipe for answers, in the plugin's process. @category constants @since 0.1.0 */
export const answerPipe = 3

/** @category conversions @since 0.1.0 */
export const encode = (request: Request): Uint8Array => {
  const body = serialize(request)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

/** Calls `take` with each request once all of its bytes are there. @category conversions @since 0.1.0 */
export const decoder = (take: (request: Request) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
      const end = 4 + rest.readUInt32LE(0)
      const request = deserialize(rest.subarray(4, end)) as Request // `encode` made it
      rest = rest.subarray(end)
      take(request)
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
