/**
 * The host's end of a worker: starts it, waits for it without blocking, learns of its failures, ends it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts"
import { Command, ring, Wake, Word, type WorkerMessage } from "./control.ts"
import type { HostedPlan } from "./Plan.ts"

/** Which engine it is, and what to do where its native library is missing. @category models @since 0.1.0 */
export interface Identity {
  readonly engine: string
  readonly remedy: string
  /** What runs the engine, in messages; default "worker thread". */
  readonly party?: string
}

/** What runs the engine beside the host: a `Worker`, or a process with the same manners. @category models @since 0.1.0 */
export interface Party {
  on(event: "message", listener: (message: number | WorkerMessage) => void): unknown
  /** It failed, with what it said last; `exit` follows. */
  on(event: "error", listener: (cause: unknown) => void): unknown
  on(event: "exit", listener: (code: number) => void): unknown
  once(event: "exit", listener: () => void): unknown
  removeAllListeners(): unknown
  /** Wakes it; absent where it sleeps on the bell of the control words. */
  readonly wake?: () => void
  /** Ends it at once; asked for while it is not ready yet, and where it does not end by itself. Absent where it cannot be ended. */
  readonly abandon?: () => void
}

/** How long a party may take to end after the step it is in. */
const patienceMillis = 30_000

type Failure = ExecuteError | CompileError | EngineUnavailable

/** Gives the outcome once there is one. */
type Poll<A, E> = () => Exit.Exit<A, E> | undefined

interface Waiter {
  readonly bit: number
  /** True when it has its outcome. */
  readonly poll: () => boolean
}

/** Starts the worker thread of an engine, or what stands for one. @category models @since 0.1.0 */
export type Spawn<P extends HostedPlan> = (plan: P) => Party

/** @category models @since 0.1.0 */
export class Host {
  readonly identity: Identity
  readonly control: Int32Array
  readonly #party: Party
  readonly #waiters = new Set<Waiter>()
  #failure: Failure | undefined = undefined
  #ready = false
  #exited = false

  constructor(identity: Identity, control: ArrayBufferLike, party: Party) {
    this.identity = identity
    this.control = new Int32Array(control)
    this.#party = party
    const what = identity.party ?? "worker thread"
    party.on("message", (message) => this.#receive(message))
    party.on("error", (cause) => this.#lost(`the ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause))
    party.on("exit", (code) => {
      this.#exited = true
      this.#lost(`the ${what} ended with code ${code}`)
    })
  }

  /** Tells the party that control words have changed. */
  ring(): void {
    ring(this.control)
    this.#party.wake?.()
  }

  /** Why nothing works any more. */
  get failure(): ExecuteError | undefined {
    return this.#failure instanceof ExecuteError ? this.#failure : undefined
  }

  #receive(message: number | WorkerMessage): void {
    if (typeof message === "number") return this.#poll(message)
    const { engine, remedy } = this.identity
    if (message._tag === "Ready") this.#ready = true
    else if (message._tag === "Failed") this.fail(new ExecuteError({ engine, reason: "OpFailed", detail: message.detail }))
    else if (message._tag === "Refused") this.fail(new CompileError({ engine, detail: message.detail }))
    else this.fail(new EngineUnavailable({ engine, detail: message.detail, remedy: message.remedy ?? remedy }))
    this.#poll(-1)
  }

  #lost(detail: string, cause?: unknown): void {
    this.fail(new ExecuteError({ engine: this.identity.engine, reason: "DeviceLost", detail, ...(cause === undefined ? {} : { cause }) }))
  }

  /** The first failure stays. */
  fail(failure: Failure): void {
    this.#failure ??= failure
    this.#poll(-1)
  }

  #poll(bits: number): void {
    for (const waiter of [...this.#waiters]) if ((waiter.bit & bits) !== 0) this.#try(waiter)
  }

  /** Asks for a message first and looks then, so that no change falls in between. */
  #try(waiter: Waiter): void {
    Atomics.or(this.control, Word.waiters, waiter.bit)
    if (waiter.poll()) this.#waiters.delete(waiter)
  }

  /** Waits until `poll` has an outcome; it is asked at once and whenever the worker has changed what `bit` stands for. */
  wait<A, E>(bit: number, poll: Poll<A, E>, onInterrupt?: Effect.Effect<void>): Effect.Effect<A, E> {
    return Effect.callback<A, E>((resume) => {
      const waiter: Waiter = {
        bit,
        poll: () => {
          const outcome = poll()
          if (outcome === undefined) return false
          resume(outcome)
          return true
        }
      }
      this.#waiters.add(waiter)
      this.#try(waiter)
      const remove = Effect.sync(() => void this.#waiters.delete(waiter))
      return onInterrupt === undefined ? remove : Effect.andThen(remove, onInterrupt)
    })
  }

  /** Until the session stands; fails with what the worker said. */
  get ready(): Effect.Effect<void, Failure> {
    return this.wait(Wake.ready, () => (this.#failure !== undefined ? Exit.fail(this.#failure) : this.#ready ? Exit.void : undefined))
  }

  /** Ends the worker after the step it is in; its native handles are released by itself. */
  get close(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      this.fail(new ExecuteError({ engine: this.identity.engine, reason: "Closed", detail: "the scope of the executable is closed" }))
      // what hangs in native code would hold whoever closes it for good; there is nothing left to be saved
      const patience = setTimeout(() => this.#party.abandon?.(), patienceMillis)
      const done = () => {
        clearTimeout(patience)
        this.#party.removeAllListeners()
        resume(Effect.void)
      }
      if (this.#exited) return done()
      this.#party.once("exit", done)
      Atomics.store(this.control, Word.command, Command.close)
      this.ring()
      if (!this.#ready) this.#party.abandon?.()
    })
  }
}

/** A worker that lives as long as the scope. @category constructors @since 0.1.0 */
export const start = <P extends HostedPlan>(identity: Identity, plan: P, spawn: Spawn<P>): Effect.Effect<Host, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Host(identity, plan.control, spawn(plan))),
    (host) => host.close
  )
