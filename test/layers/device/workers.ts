/** Devices whose workers a test holds. */
import * as Effect from "effect/Effect"
import type { Worker } from "node:worker_threads"
import type { Program } from "../../../src/domain/Program.ts"
import type { Device } from "../../../src/services/Device.ts"
import { linear } from "../../conformance/programs.ts"

/** As `spawn`, with all workers and the plans that they were asked for; `change` makes the plan that a worker gets. */
export const holding = <P>(spawn: (plan: P) => Worker, change: (plan: P) => P = (plan) => plan) => {
  const workers: Array<Worker> = []
  const plans: Array<P> = []
  const held = (plan: P): Worker => {
    const worker = spawn(change(plan))
    plans.push(plan)
    workers.push(worker)
    return worker
  }
  return { workers, plans, spawn: held }
}

/** A compiled program with first values. */
export const started = Effect.fnUntraced(function* (device: Device["Service"], program: Program = linear(1)) {
  const executable = yield* device.compile(program)
  yield* executable.initialise(1)
  return executable
})
