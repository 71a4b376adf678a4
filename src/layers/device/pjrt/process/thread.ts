/**
 * The thread of one program in the plugin's process: every wait for a device, or for the host, blocks it.
 *
 * @since 0.1.0
 */
import { writeSync } from "node:fs"
import { parentPort } from "node:worker_threads"
import { byteSizeOf } from "../../../../domain/Tensor.ts"
import { Word, type WorkerMessage } from "../../hosted/control.ts"
import { type Port, serve } from "../../hosted/serve.ts"
import * as Cache from "../Cache.ts"
import { Client, SignatureError } from "../client/Client.ts"
import { devicesOf, encode, flagsOf } from "../client/compileOptions.ts"
import { Executable } from "../client/Executable.ts"
import { loadKoffi, semaphoreAt } from "../client/Native.ts"
import { PjrtError, Plugin } from "../client/Plugin.ts"
import { type Answer, answerPipe, lineOf } from "./protocol.ts"
import { hostedPlan, type Module, type ProgramPlan } from "./ProgramPlan.ts"
import * as Runner from "./Runner.ts"
import * as SharedMemory from "./SharedMemory.ts"

/** @category models @since 0.1.0 */
export interface ThreadData {
  readonly id: number
  readonly plan: ProgramPlan
  readonly koffi: string
  readonly host: number
  /** Handles of the process: threads share its plugin and its client. */
  readonly api: bigint
  readonly client: bigint
  /** One word: 1 while a program begins an execution on several devices. */
  readonly lock: SharedArrayBuffer
}

// the process's main thread gives it, once there is a program: a thread is started before it is needed
const {
  api,
  client: handle,
  host,
  id,
  koffi: path,
  lock: lockWord,
  plan
} = await new Promise<ThreadData>((resolve) => parentPort!.once("message", resolve))

const answer = (value: Answer): void => void writeSync(answerPipe, lineOf(value))

const post = (message: number | WorkerMessage): void => answer({ _tag: "Said", id, message })

const koffi = loadKoffi(path)
const lock = new Int32Array(lockWord)
const devices = devicesOf(plan.options)

/** Two programs that begin on the same devices in different orders would wait for each other in their collectives. */
const alone = (work: () => void): void => {
  if (devices === 1) return work()
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1)
  try {
    work()
  } finally {
    Atomics.store(lock, 0, 0)
    Atomics.notify(lock, 0, 1)
  }
}

const compileIn =
  (client: Client) =>
  (module: Module): Executable => {
    const { cache } = plan
    const options = { ...plan.options, flags: flagsOf(client.platform) }
    const signature = { parameters: module.arguments.map(({ type }) => type), results: module.results.map(({ type }) => type) }
    const wrap = (program: bigint) => new Executable(client, program, devices, signature)
    const compile = () => wrap(client.compile(module.text, options))
    if (cache === undefined) return compile()
    const kinds = client.deviceInfos.map(({ kind }) => kind).join("\n")
    const file = Cache.fileOf(cache.folder, [module.text, cache.plugin, encode(options), kinds])
    return Cache.through(file, { compile, load: (body) => wrap(client.deserialize(body)), serialize: (made) => made.serialize() })
  }

const mega = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** The plugin's words, and what helps where the memory of a device does not suffice. */
const wordsOf = (error: Error): string => {
  if (!(error instanceof PjrtError)) return error.message
  const text = error.message.trim()
  if (error.code !== "RESOURCE_EXHAUSTED") return text
  const state = plan.layout.state.reduce((sum, { leaf }) => sum + byteSizeOf(leaf.type), 0)
  return `a device's memory does not suffice (the state alone takes ${mega(state)} of it): use smaller batches, more replicas, or checkpoint layers. ${text}`
}

const isKnown = (error: unknown): error is Error =>
  error instanceof PjrtError || error instanceof SignatureError || error instanceof SharedMemory.SharedMemoryError

const main = async (): Promise<void> => {
  const { shared } = plan
  const mapping = SharedMemory.open(koffi, host, shared.file, shared.bytes)
  const hosted = hostedPlan(plan, shared, mapping)
  const semaphore = semaphoreAt(koffi, mapping.address + BigInt(shared.semaphore), false)
  const sleep: Port["sleep"] = (control, bell) => {
    Atomics.store(control, Word.asleep, 1)
    if (Atomics.load(control, Word.bell) === bell) semaphore.wait()
    Atomics.store(control, Word.asleep, 0)
  }
  const client = new Client(new Plugin(koffi, api), handle)
  const address = mapping.address + BigInt(shared.memory)
  try {
    const runner = Runner.make({ client, plan, address, memory: hosted.memory, compile: compileIn(client), alone, now: () => performance.now() })
    await serve({ postMessage: post, sleep, words: (error) => (error instanceof Error ? wordsOf(error) : String(error)) }, hosted, runner)
    runner.close()
    answer({ _tag: "Left", id, open: client.open })
  } finally {
    // the thread ends, and with it what would unmap it
    mapping.unmap()
  }
}

try {
  await main()
} catch (error) {
  if (!isKnown(error)) throw error
  post({ _tag: "Refused", detail: wordsOf(error) })
}
