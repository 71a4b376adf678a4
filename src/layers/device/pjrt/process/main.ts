/**
 * The plugin's process. It holds the plugin and its client, and starts a thread for each program; what XLA aborts is this process and
 * not the user's. It ends when its standard input does, or at once when the host ends.
 *
 * @since 0.1.0
 */
import { writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import { messageOf } from "../../hosted/serve.ts"
import * as Client from "../client/Client.ts"
import { dieWithParent, loadKoffi } from "../client/Native.ts"
import type { NamedValues } from "../client/namedValues.ts"
import * as Plugin from "../client/Plugin.ts"
import { compileFor as compile } from "../client/topology.ts"
import { type About, type Answer, answerPipe, type CompileFor, decoder, type Request, type Serve, type Start } from "./protocol.ts"
import type { ThreadData } from "./thread.ts"

const answer = (value: Answer): void => void writeSync(answerPipe, `${JSON.stringify(value)}\n`)

interface Running {
  readonly start: Start
  readonly plugin: Plugin.Plugin
  readonly client: Client.Client | undefined
  readonly lock: SharedArrayBuffer
}

let running: Running | undefined
const threads = new Map<number, Worker>()

const tooFew = ({ devices, platform }: Client.Client, needed: number) =>
  `${needed} replicas take as many devices, and ${platform} has ${devices.length}: run with --replicas ${devices.length} or fewer`

const about = ({ client, plugin }: Pick<Running, "client" | "plugin">): About => ({
  version: `${plugin.version.major}.${plugin.version.minor}`,
  attributes: plugin.attributes,
  client: client === undefined ? undefined : { platform: client.platform, version: client.platformVersion, devices: client.deviceInfos }
})

const cpuDevices = "cpu_device_count"

/** A CPU has as many devices as it is told to have: the name of the plugin's file need not tell that it is one. */
const clientFor = (plugin: Plugin.Plugin, options: NamedValues, devices: number): Client.Client => {
  const client = Client.create(plugin, options)
  if (client.platform !== "cpu" || client.devices.length >= devices || cpuDevices in options) return client
  client.close()
  return Client.create(plugin, { ...options, [cpuDevices]: devices })
}

const start = (request: Start): void => {
  try {
    const koffi = loadKoffi(request.koffi)
    dieWithParent(koffi)
    const plugin = Plugin.open(koffi, request.plugin)
    const client = request.client === undefined ? undefined : clientFor(plugin, request.client, request.devices)
    if (client !== undefined && client.devices.length < request.devices) throw new Error(tooFew(client, request.devices))
    running = { start: request, plugin, client, lock: new SharedArrayBuffer(4) }
    answer({ _tag: "Started", about: about(running) })
  } catch (error) {
    answer({ _tag: "Unavailable", detail: messageOf(error) })
    process.exit(1)
  }
}

const threadFile = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url)

const serve = ({ id, plan }: Serve): void => {
  const { client, lock, plugin, start: started } = running! // `Start` comes first
  // and gave options of a client where programs are to be served
  const data: ThreadData = { id, plan, koffi: started.koffi, host: started.host, api: plugin.api, client: client!.handle, lock }
  const thread = new Worker(threadFile, { workerData: data, execArgv: [] })
  threads.set(id, thread)
  thread.on("error", (cause) => answer({ _tag: "Said", id, message: { _tag: "Failed", detail: messageOf(cause) } }))
  thread.on("exit", () => {
    threads.delete(id)
    answer({ _tag: "Ended", id })
  })
}

const compileFor = (request: CompileFor): void => {
  try {
    answer({ _tag: "Compiled", compiled: compile(running!.plugin, running!.client, request) })
  } catch (error) {
    if (!(error instanceof Plugin.PjrtError)) throw error
    answer({ _tag: "Refused", code: error.code, detail: error.message.trim() })
  }
}

const take = (request: Request): void => {
  if (request._tag === "Start") start(request)
  else if (request._tag === "Serve") serve(request)
  else compileFor(request)
}

// of a whole control group, say: it is for the host to save and to end this process
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined)
process.stdin.on("data", decoder(take))
process.stdin.on("end", () => {
  // a thread that waits cannot be ended otherwise
  if (threads.size > 0) process.kill(process.pid, "SIGKILL")
  running?.client?.close()
})
// the host has gone
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") console.error(error)
  process.kill(process.pid, "SIGKILL")
})
