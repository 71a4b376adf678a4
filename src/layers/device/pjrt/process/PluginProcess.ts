/**
 * The host's end of the plugin's process: one for a device, started with its first program and ended with its last one.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn } from "node:child_process"
import { EventEmitter } from "node:events"
import { closeSync } from "node:fs"
import type { Socket } from "node:net"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { type WorkerMessage, Word } from "../../hosted/control.ts"
import type { Party } from "../../hosted/Host.ts"
import type { HostedPlan } from "../../hosted/Plan.ts"
import type { Open } from "../client/Client.ts"
import { type Koffi, type Semaphore, semaphoreAt } from "../client/Native.ts"
import type { NamedValues } from "../client/namedValues.ts"
import { lastWords } from "./lastWords.ts"
import { type Answer, answerPipe, type CompileFor, encode, lines, type Request } from "./protocol.ts"
import type { ProgramPlan } from "./ProgramPlan.ts"
import type { Mapping } from "./SharedMemory.ts"

/** A program with its memory, as the host sees it. @category models @since 0.1.0 */
export interface HostPlan extends HostedPlan {
  readonly program: ProgramPlan
  readonly mapping: Mapping
}

/** How the process is started. @category models @since 0.1.0 */
export interface Settings {
  readonly koffi: string
  readonly plugin: string
  /** Options of the client; none where programs are only compiled for other machines. */
  readonly client: NamedValues | undefined
  /** See `Start`. */
  readonly devices: number
  readonly isCpu: boolean
  /** Added to the environment of this process; `undefined` takes a variable away. */
  readonly env?: { readonly [name: string]: string | undefined }
}

/** Bytes of the process's errors that are kept. */
const kept = 16_384
/** To start a plugin takes longer than to compile a small program: an evaluation after a training finds it still there. */
const idleMillis = 2_000
/** A process that is started before its first program waits longer for it: the step is traced meanwhile. */
const firstMillis = 60_000

/** What helps where the process was killed before it ran anything. */
const afterKill = "try again with more memory free, one program at a time, or a smaller step"

const noProcess = "no process can be started for the plugin: too many open files or processes (raise `ulimit -n` or `ulimit -u`, or close some)"

/** A program in the process; its manners are those of a worker thread. @category models @since 0.1.0 */
export class ProgramParty extends EventEmitter implements Party {
  readonly #plan: HostPlan
  readonly #control: Int32Array
  readonly #semaphore: Semaphore
  /** Ends the process if nothing else runs in it. */
  readonly abandon: () => void
  ready = false
  #over = false

  constructor(plan: HostPlan, koffi: Koffi, abandon: () => void) {
    super()
    this.#plan = plan
    this.#control = new Int32Array(plan.control)
    this.#semaphore = semaphoreAt(koffi, plan.mapping.address + BigInt(plan.program.shared.semaphore), true)
    this.abandon = abandon
  }

  readonly wake = (): void => {
    if (Atomics.exchange(this.#control, Word.asleep, 0) === 1) this.#semaphore.post()
  }

  said(message: number | WorkerMessage): void {
    if (typeof message === "object" && message._tag === "Ready") {
      this.ready = true
      this.#closeFile()
    }
    this.emit("message", message)
  }

  #fileClosed = false

  /** Once the process has the memory, its file is needed no more. */
  #closeFile(): void {
    if (this.#fileClosed) return
    this.#fileClosed = true
    closeSync(this.#plan.program.shared.file)
  }

  ended(code: number): void {
    if (this.#over) return
    this.#over = true
    this.#closeFile()
    this.emit("exit", code)
    this.#plan.mapping.discard()
  }
}

const mainFile = new URL(import.meta.url.endsWith(".ts") ? "./main.ts" : "./main.js", import.meta.url)

/** XLA's information and warnings are not of interest; its last words are kept. */
const environment = (env: Settings["env"] = {}): NodeJS.ProcessEnv => {
  const all: NodeJS.ProcessEnv = { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, ...env }
  // options for this process, such as an inspector's port
  delete all["NODE_OPTIONS"]
  return all
}

/** @category models @since 0.1.0 */
export class PluginProcess {
  readonly child: ChildProcess
  readonly #koffi: Koffi
  readonly #programs = new Map<number, ProgramParty>()
  #next = 0
  #words = ""
  #started = false
  /** Why it cannot be used; it ends then. */
  #refusal: Extract<Answer, { readonly _tag: "Unavailable" }> | undefined
  #ending = false

  constructor(koffi: Koffi, settings: Settings) {
    this.#koffi = koffi
    this.child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", fileURLToPath(mainFile)], {
      env: environment(settings.env),
      // a group of its own: Ctrl-C is for the host, which saves before it ends; the process goes with it (`dieWithParent`)
      detached: true,
      stdio: ["pipe", "ignore", "pipe", "pipe"]
    })
    this.child.on("error", (cause) => this.#fail("it could not be started: " + cause.message, 1))
    // without a descriptor or a process left there is a child without anything
    const answers = this.child.stdio?.[answerPipe] as Readable | undefined // a pipe is one
    if (answers === undefined) throw new Error(noProcess)
    answers.setEncoding("utf8")
    answers.on(
      "data",
      lines((line) => this.#take(JSON.parse(line) as Answer)) // the process writes nothing else
    )
    this.child.stderr!.on("data", (chunk: Buffer) => (this.#words = (this.#words + chunk.toString()).slice(-kept)))
    // `close` comes after `exit`, once all that was said has been read
    this.child.on("close", (code, signal) => this.#closed(code, signal))
    // writing to a process that has ended: its end is told by `close`
    this.child.stdin!.on("error", () => undefined)
    const { env: _, ...start } = settings
    this.#send({ _tag: "Start", ...start, host: process.pid })
  }

  get isOver(): boolean {
    return this.#ending || this.child.exitCode !== null || this.child.signalCode !== null
  }

  #send(request: Request): void {
    this.child.stdin!.write(encode(request))
  }

  /** Calls `take` with each answer that is not about a program, and with the end of the process as one. */
  ask(take: (answer: Answer) => void, request?: CompileFor): void {
    this.#asked = take
    if (request !== undefined) this.#send(request)
  }

  /** What the program that ended last has left open; `undefined` while none has ended. For tests of leaks. */
  left: Open | undefined

  #asked: ((answer: Answer) => void) | undefined

  /** Has it wait longer for a program, if it has none, and end if none comes. */
  ahead(): void {
    if (this.#programs.size === 0) this.#rest(firstMillis)
  }

  /** Ends it if no program runs in it. */
  leave(): void {
    if (this.#programs.size === 0) this.end()
  }

  /** Ends it; what it does is lost. */
  kill(): void {
    this.child.kill("SIGKILL")
  }

  serve(plan: HostPlan): ProgramParty {
    const id = this.#next++
    const party = new ProgramParty(plan, this.#koffi, () => {
      if (this.#programs.size === 1) this.child.kill("SIGKILL")
    })
    this.#programs.set(id, party)
    clearTimeout(this.#timer)
    this.#hold(true)
    this.#send({ _tag: "Serve", id, plan: plan.program })
    return party
  }

  #take(answer: Answer): void {
    if (answer._tag !== "Said" && answer._tag !== "Ended") this.#asked?.(answer)
    if (answer._tag === "Started") this.#started = true
    else if (answer._tag === "Unavailable") {
      this.#refusal = answer
      for (const party of this.#programs.values()) party.said(answer)
    } else if (answer._tag === "Said") this.#programs.get(answer.id)?.said(answer.message)
    else if (answer._tag === "Left") this.left = answer.open
    else if (answer._tag === "Ended") this.#endProgram(answer.id)
  }

  #endProgram(id: number): void {
    const party = this.#programs.get(id)
    this.#programs.delete(id)
    if (this.#programs.size === 0) this.#rest()
    party?.ended(0)
  }

  #timer: NodeJS.Timeout | undefined

  /** Nothing runs in it any more: it waits a while for another program, and keeps nobody from ending. */
  #rest(millis = idleMillis): void {
    this.#hold(false)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.end(), millis)
    this.#timer.unref()
  }

  /** Whether this process goes on while that one does. */
  #hold(on: boolean): void {
    // pipes are sockets
    for (const one of [this.child, ...(this.child.stdio as ReadonlyArray<Socket | null>)]) {
      if (on) one?.ref()
      else one?.unref()
    }
  }

  /** Has it end by itself. */
  end(): void {
    this.#ending = true
    clearTimeout(this.#timer)
    this.child.stdin!.end()
  }

  #closed(code: number | null, signal: NodeJS.Signals | null): void {
    const how = signal === null ? `code ${code}` : signal === "SIGKILL" ? "SIGKILL: somebody killed it, or the system, for want of memory" : signal
    const words = lastWords(this.#words)
    this.#fail(`${how}${words === "" ? "" : `: ${words}`}`, code ?? 1)
  }

  #fail(detail: string, code: number): void {
    const killed = detail.startsWith("SIGKILL") ? `: ${afterKill}` : ""
    const crash = `the plugin ended its process while it ${this.#started ? "compiled" : "started"} (${detail})${killed}`
    this.#asked?.(this.#started ? { _tag: "Refused", code: "ABORTED", detail: crash } : { _tag: "Unavailable", detail: crash })
    for (const party of this.#programs.values()) {
      if (!this.#started) party.said(this.#refusal ?? { _tag: "Unavailable", detail: crash })
      else if (!party.ready) party.said({ _tag: "Refused", detail: crash })
      else
        party.emit(
          "error",
          new Error(`it ended with ${detail}. What was on the device is lost; a training goes on from its newest checkpoint when it is run again`)
        )
      party.ended(code)
    }
    this.#programs.clear()
  }
}
