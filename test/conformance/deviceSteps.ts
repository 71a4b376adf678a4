/** How the device suites start a program and step it. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ExecuteError } from "../../src/domain/Errors.ts"
import { type Batch, globalStepName, type Program, type StepOutput } from "../../src/domain/Program.ts"
import { Device, type Executable } from "../../src/services/Device.ts"
import { linearBatch } from "./expected.ts"
import { linearRows } from "./programs.ts"

/** Compiles and initialises with seed 7. */
export const started = Effect.fnUntraced(function* (program: Program, seed = 7) {
  const device = yield* Device
  const executable = yield* device.compile(program)
  yield* executable.initialise(seed)
  return executable
})

/** One step for each batch, one after the other. */
export const steps = Effect.fnUntraced(function* (executable: Executable, batches: ReadonlyArray<Batch>) {
  const outputs: Array<StepOutput> = []
  const losses: Array<number> = []
  for (const batch of batches) {
    yield* executable.feed(batch)
    const result = yield* executable.run(1)
    assert.strictEqual(result.completed, 1)
    losses.push(result.losses[0]!)
    outputs.push(...(yield* executable.outfeed))
  }
  return { outputs, losses }
})

/** Batches `from … to - 1` of `linear` for all replicas. */
export const linearBatches = (replicas: number, from: number, to: number): ReadonlyArray<Batch> =>
  Array.from({ length: to - from }, (_, i) => linearBatch(from + i, linearRows * replicas))

/** The state's number of steps. */
export const stepOf = (executable: Executable): Effect.Effect<number, ExecuteError> =>
  Effect.map(executable.readState, (state) => state.get(globalStepName)!.data[0]!)
