/**
 * The worker's side of a hosted engine: sleeps until the host rings, runs steps, initialises, moves state, closes.
 *
 * @since 0.1.0
 */
import * as RandomKey from "../../../domain/RandomKey.ts"
import { Command, Wake, Word, type WorkerMessage } from "./control.ts"
import * as Pace from "./Pace.ts"
import type { HostedPlan } from "./Plan.ts"

/** How the worker talks to its host besides the shared memory; a `MessagePort` is one. @category models @since 0.1.0 */
export interface Port {
  readonly postMessage: (message: number | WorkerMessage) => void
  /** Blocks the thread until the host rings after the bell was `bell`; may also return early. Default: `Atomics.wait`. */
  readonly sleep?: (control: Int32Array, bell: number) => void
  /** A failure in words. Default: its message. */
  readonly words?: (error: unknown) => string
}

/** What an engine does in its worker. All throw where the engine fails. @category models @since 0.1.0 */
export interface Runner {
  /** Steps that one call may do, however short they are; at least 1. */
  readonly most: number
  /** Is told of a run before its first step, with how many it may have; absent where the engine does not ask. */
  readonly begin?: (iterations: number) => void
  /**
   * Runs `count` steps, at most `most`, of the batches in slots `slot …`, and writes their outputs to slots `out …` and their
   * losses to the first `count` elements of `losses`. Neither row of slots goes beyond the last slot.
   */
  readonly steps: (slot: number, out: number, count: number, losses: Float32Array) => void
  /** Copies the engine's state to the shared memory; absent where it is there. */
  readonly fetch?: () => void
  /** Hands over the state leaves of these indices from the shared memory; absent where the engine computes in it. */
  readonly store?: (leaves: ReadonlyArray<number>) => void
}

/** What `Runner.steps` may throw, so that the steps before the failing one count. @category errors @since 0.1.0 */
export class StepsFailed extends Error {
  /** Steps of the call that are done, with their outputs and losses. */
  readonly done: number

  constructor(done: number, cause: unknown) {
    super(messageOf(cause), { cause })
    this.done = done
  }
}

/** @category rules @since 0.1.0 */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Serves until the host says `close`. A stop, a close or an interrupt ends a run after the call it is in, which is of one step, or
 * of as many as take no longer than `Pace.callTime`; `now` gives milliseconds.
 *
 * @category running
 * @since 0.1.0
 */
export const serve = async (port: Port, plan: HostedPlan, runner: Runner, now: () => number = () => performance.now()): Promise<void> => {
  const control = new Int32Array(plan.control)
  const losses = new Float32Array(plan.losses)
  const slotLosses = new Float32Array(plan.slotLosses)
  const { slots } = plan.layout
  const callLosses = new Float32Array(slots)
  const pace = Pace.make(runner.most, now)
  const post = (message: WorkerMessage) => port.postMessage(message)
  const sleep = (bell: number) => {
    if (port.sleep === undefined) Atomics.wait(control, Word.bell, bell)
    else port.sleep(control, bell)
  }
  /** Place of the next batch and of the next output in their rings. */
  let slot = 0
  let out = 0

  /** Posts the bits that the host waits for, if any. */
  const wake = (bits: number) => {
    const wanted = Atomics.load(control, Word.waiters) & bits
    if (wanted === 0) return
    Atomics.and(control, Word.waiters, ~wanted)
    port.postMessage(wanted)
  }

  /** Runs `most` steps, or as many as come before one that fails. */
  const attemptSteps = (most: number): { readonly count: number; readonly failed?: StepsFailed } => {
    const begin = pace.begin()
    try {
      runner.steps(slot, out, most, callLosses)
    } catch (error) {
      if (error instanceof StepsFailed) return { count: error.done, failed: error }
      throw error
    }
    pace.end(most, begin)
    return { count: most }
  }

  const call = (most: number, done: number) => {
    const { count, failed } = attemptSteps(most)
    for (let i = 0; i < count; i++) {
      losses[done + i] = callLosses[i]!
      slotLosses[out + i] = callLosses[i]!
    }
    slot = (slot + count) % slots
    out = (out + count) % slots
    Atomics.store(control, Word.done, done + count)
    Atomics.add(control, Word.consumed, count)
    Atomics.add(control, Word.produced, count)
    wake(Wake.consumed | Wake.produced)
    if (failed !== undefined) throw failed.cause
  }

  /** Until all iterations are done, a stop is asked for or a step fails; sleeps while there is no batch or no room. */
  const runSteps = () => {
    const iterations = Atomics.load(control, Word.argument0)
    runner.begin?.(iterations)
    for (let done = 0; done < iterations;) {
      const bell = Atomics.load(control, Word.bell)
      if (Atomics.load(control, Word.stop) !== 0 || Atomics.load(control, Word.command) !== Command.run) return
      // read before `fed`: a batch that was fed before the end is then seen
      const ended = Atomics.load(control, Word.ended) !== 0
      const fed = (Atomics.load(control, Word.fed) - Atomics.load(control, Word.consumed)) | 0
      const waiting = (Atomics.load(control, Word.produced) - Atomics.load(control, Word.taken)) | 0
      const count = Math.min(pace.limit(), iterations - done, fed, slots - waiting, slots - slot, slots - out)
      if (count > 0) {
        call(count, done)
        done += count
      } else if (ended && fed <= 0) return
      else sleep(bell)
    }
  }

  /** Batches that were fed and never used: of a run that was left. */
  const dropFed = () => {
    const fed = Atomics.load(control, Word.fed)
    slot = (slot + ((fed - Atomics.load(control, Word.consumed)) | 0)) % slots
    Atomics.store(control, Word.consumed, fed)
  }

  /** The first values by the reference rules, written to the state's first places. */
  const initialise = async () => {
    dropFed()
    const { firstValues } = await import("./firstValues.ts")
    const seed = [Atomics.load(control, Word.argument0), Atomics.load(control, Word.argument1)] as const
    const { init, layout, memory } = plan
    const key = Int32Array.of(...seed, RandomKey.initCounter)
    const values = firstValues(init, key)
    Atomics.store(control, Word.parity, 0)
    for (const { leaf, offsets, bytes, parts } of layout.state) {
      const data = leaf.kind === "random" ? Int32Array.of(...seed, 0) : values[init.outputs.findIndex((o) => o.name === leaf.name)]!
      for (let part = 0; part < parts; part++) {
        new Uint8Array(memory, offsets[0] + part * bytes, bytes).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      }
    }
    runner.store?.(layout.state.map((_, i) => i))
  }

  const store = () => {
    if (plan.dirty === undefined) return
    const dirty = new Uint8Array(plan.dirty)
    const leaves = plan.layout.state.flatMap((_, i) => (dirty[i] === 0 ? [] : [i]))
    dirty.fill(0)
    runner.store?.(leaves)
  }

  const works = new Map<number, () => void | Promise<void>>([
    [Command.run, runSteps],
    [Command.initialise, initialise],
    [Command.reopen, dropFed],
    [Command.fetch, () => runner.fetch?.()],
    [Command.store, store]
  ])

  const attempt = async (command: number, work: () => void | Promise<void>) => {
    try {
      await work()
    } catch (error) {
      Atomics.store(control, Word.failed, 1)
      post({ _tag: "Failed", detail: (port.words ?? messageOf)(error) })
    }
    // `close` may have come meanwhile and must not be lost
    Atomics.compareExchange(control, Word.command, command, Command.none)
    wake(Wake.idle)
  }

  post({ _tag: "Ready" })
  for (;;) {
    const bell = Atomics.load(control, Word.bell)
    const command = Atomics.load(control, Word.command)
    if (command === Command.close) return
    const work = works.get(command)
    if (work === undefined) sleep(bell)
    else await attempt(command, work)
  }
}
