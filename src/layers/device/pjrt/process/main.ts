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
import { type CompileOptions, devicesOf } from "../client/compileOptions.ts"
import type { NamedValues } from "../client/namedValues.ts"
import * as Plugin from "../client/Plugin.ts"
import { compileFor as compile } from "../client/topology.ts"
import { type About, type Answer, answerPipe, type CompileFor, decoder, type Request, type Serve, type Start, lineOf } from "./protocol.ts"
import type { ThreadData } from "./thread.ts"

const answer = (value: Answer): void => void writeSync(answerPipe, lineOf(value))

interface Running {
  readonly start: Start
  readonly plugin: Plugin.Plugin
  /** The first, and on a CPU others with more devices for programs that came later. */
  readonly clients: Array<Client.Client>
  readonly lock: SharedArrayBuffer
}

let running: Running | undefined
const threads = new Map<number, Worker>()

const tooFew = ({ devices, platform }: Client.Client, { partitions: cores = 1, replicas }: CompileOptions): string => {
  const needed = replicas * cores
  const taken = cores === 1 ? `${needed} replicas take as many devices` : `${replicas} replicas of ${cores} cores take ${needed} devices`
  const most = Math.floor(devices.length / cores)
  const remedy = most > 0 ? `run with --replicas ${most} or fewer` : `set numCoresPerReplica to ${devices.length} or fewer`
  return `${taken}, and ${platform} has ${devices.length}: ${remedy}`
}

const about = ({ clients: [client], plugin }: Pick<Running, "clients" | "plugin">): About => ({
  version: `${plugin.version.major}.${plugin.version.minor}`,
  attributes: plugin.attributes,
  client: client === undefined ? undefined : { platform: client.platform, version: client.platformVersion, devices: client.deviceInfos }
})

const cpuDevices = "cpu_device_count"

/** A CPU has as many devices as it is told to have. */
const withDevices = (options: NamedValues, devices: number): NamedValues => ({ [cpuDevices]: devices, ...options })

/** The client with the devices that a program takes; another one where a CPU was told to have fewer. Throws where there are too few. */
const clientFor = ({ clients, plugin, start: { client: options = {} } }: Running, program: CompileOptions): Client.Client => {
  const needed = devicesOf(program)
  const known = clients.find(({ devices }) => devices.length >= needed)
  if (known !== undefined) return known
  const [first] = clients
  // only programs are served that come after options of a client
  if (first!.platform !== "cpu" || cpuDevices in options) throw new Error(tooFew(first!, program))
  const client = createClient(plugin, withDevices(options, needed))
  clients.push(client)
  return client
}

/** What helps where there is a plugin, and not the devices that are wanted of it. */
const otherDevices =
  "`effect-estimator devices` shows what the plugin finds; EFFECT_ESTIMATOR_PJRT_PLUGIN, or the option plugin, chooses another: cpu, cuda, tpu or a path"

/** Throws with the options' names: the plugin's words may be about something within. */
const createClient = (plugin: Plugin.Plugin, options: NamedValues): Client.Client => {
  try {
    return Client.create(plugin, options)
  } catch (error) {
    const names = Object.keys(options)
    throw names.length === 0 ? error : new Error(`no client with the options ${names.join(", ")}: ${messageOf(error)}`)
  }
}

const start = (request: Start): void => {
  let plugin: Plugin.Plugin | undefined
  try {
    const koffi = loadKoffi(request.koffi)
    dieWithParent(koffi)
    if (request.client !== undefined) prepare()
    plugin = Plugin.open(koffi, request.plugin)
    const { client: options, devices, isCpu } = request
    const clients = options === undefined ? [] : [createClient(plugin, isCpu ? withDevices(options, devices) : options)]
    running = { start: request, plugin, clients, lock: new SharedArrayBuffer(4) }
    answer({ _tag: "Started", about: about(running) })
  } catch (error) {
    const isOpen = plugin !== undefined
    answer({ _tag: "Unavailable", detail: messageOf(error), ...(isOpen ? { remedy: otherDevices } : {}) })
    process.exit(1)
  }
}

/** A thread that waits for a program: to start one takes a tenth of a second and more. */
let spare: Worker | undefined

const threadFile = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url)

const prepare = (): void => {
  if (spare !== undefined) return
  const thread = new Worker(threadFile, { execArgv: [] })
  spare = thread
  // it does not keep the process
  thread.unref()
}

const serve = ({ id, plan }: Serve): void => {
  const { lock, plugin, start: started } = running! // `Start` comes first
  let client: Client.Client
  try {
    client = clientFor(running!, plan.options)
  } catch (error) {
    answer({ _tag: "Said", id, message: { _tag: "Unavailable", detail: messageOf(error), remedy: otherDevices } })
    return answer({ _tag: "Ended", id })
  }
  const data: ThreadData = { id, plan, koffi: started.koffi, host: started.host, api: plugin.api, client: client.handle, lock }
  prepare()
  const thread = spare!
  spare = undefined
  thread.ref()
  threads.set(id, thread)
  thread.on("error", (cause) => answer({ _tag: "Said", id, message: { _tag: "Failed", detail: messageOf(cause) } }))
  thread.on("exit", () => {
    threads.delete(id)
    answer({ _tag: "Ended", id })
    // an evaluation often comes after a training, and the other way round
    prepare()
  })
  thread.postMessage(data)
}

const compileFor = (request: CompileFor): void => {
  try {
    answer({ _tag: "Compiled", compiled: compile(running!.plugin, running!.clients[0], request) })
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
  for (const client of running?.clients ?? []) client.close()
})
// the host has gone
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") console.error(error)
  process.kill(process.pid, "SIGKILL")
})
