/**
 * The thread that owns the native session: sleeps until the host rings, runs steps, initialises, closes.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import { parentPort, workerData } from "node:worker_threads"
import * as RandomKey from "../../../domain/RandomKey.ts"
import { Command, Wake, Word, type WorkerMessage } from "./control.ts"
import { Ort, OrtError } from "./Ort.ts"
import * as Stepper from "./Stepper.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

// a worker has a parent, and the host gives it a plan
const port = parentPort!
const plan = workerData as WorkerPlan
const control = new Int32Array(plan.control)
const losses = new Float32Array(plan.losses)
const slotLosses = new Float32Array(plan.slotLosses)
const { slots } = plan.layout

const post = (message: WorkerMessage) => port.postMessage(message)

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Posts the bits that the host waits for, if any. */
const wake = (bits: number) => {
  const wanted = Atomics.load(control, Word.waiters) & bits
  if (wanted === 0) return
  Atomics.and(control, Word.waiters, ~wanted)
  port.postMessage(wanted)
}

const finish = () => {
  // `close` may have come meanwhile and must not be lost
  for (const done of [Command.run, Command.initialise, Command.reopen]) Atomics.compareExchange(control, Word.command, done, Command.none)
  wake(Wake.idle)
}

/** Place of the next batch and of the next output in their rings. */
let slot = 0
let out = 0

const runOne = (stepper: Stepper.Stepper, done: number) => {
  const parity = Atomics.load(control, Word.parity)
  const loss = stepper.step(slot, out, parity)
  losses[done] = loss
  slotLosses[out] = loss
  slot = (slot + 1) % slots
  out = (out + 1) % slots
  Atomics.store(control, Word.parity, 1 - parity)
  Atomics.store(control, Word.done, done + 1)
  Atomics.add(control, Word.consumed, 1)
  Atomics.add(control, Word.produced, 1)
  wake(Wake.consumed | Wake.produced)
}

/** Until all iterations are done, a stop is asked for or a step fails; sleeps while there is no batch or no room. */
const runSteps = (stepper: Stepper.Stepper) => {
  const iterations = Atomics.load(control, Word.argument0)
  for (let done = 0; done < iterations;) {
    const bell = Atomics.load(control, Word.bell)
    if (Atomics.load(control, Word.stop) !== 0 || Atomics.load(control, Word.command) !== Command.run) return
    // read before `fed`: a batch that was fed before the end is then seen
    const ended = Atomics.load(control, Word.ended) !== 0
    const fed = (Atomics.load(control, Word.fed) - Atomics.load(control, Word.consumed)) | 0
    const waiting = (Atomics.load(control, Word.produced) - Atomics.load(control, Word.taken)) | 0
    if (fed > 0 && waiting < slots) runOne(stepper, done++)
    else if (ended && fed <= 0) return
    else Atomics.wait(control, Word.bell, bell)
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
}

const attempt = async (work: () => void | Promise<void>) => {
  try {
    await work()
  } catch (error) {
    Atomics.store(control, Word.failed, 1)
    post({ _tag: "Failed", detail: messageOf(error) })
  }
  finish()
}

const serve = async (stepper: Stepper.Stepper) => {
  for (;;) {
    const bell = Atomics.load(control, Word.bell)
    const command = Atomics.load(control, Word.command)
    if (command === Command.close) return
    if (command === Command.run) await attempt(() => runSteps(stepper))
    else if (command === Command.initialise) await attempt(initialise)
    else if (command === Command.reopen) await attempt(dropFed)
    else Atomics.wait(control, Word.bell, bell)
  }
}

const open = () => {
  try {
    return new Ort(createRequire(import.meta.url)(plan.koffi), plan.library)
  } catch (error) {
    post({ _tag: "Unavailable", detail: `${plan.library} could not be loaded: ${messageOf(error)}` })
    return undefined
  }
}

const main = async () => {
  const ort = open()
  if (ort === undefined) return
  try {
    const stepper = Stepper.make(ort, plan)
    post({ _tag: "Ready" })
    await serve(stepper)
    stepper.close()
  } catch (error) {
    if (!(error instanceof OrtError)) throw error
    post({ _tag: "Refused", detail: error.message })
  }
  ort.close()
}

await main()
