/** Checkpoints are written by a fiber while training goes on: what it reads must stay as it is until it has ended. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { globalStepName, type State } from "../../src/domain/Program.ts"
import * as Tensor from "../../src/domain/Tensor.ts"
import * as CheckpointStoreMemory from "../../src/layers/storage/CheckpointStoreMemory.ts"
import * as savers from "../../src/programs/saver.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import type { Executable } from "../../src/services/Device.ts"

const stateOf = (step: number): State =>
  new Map([
    [globalStepName, Tensor.make(Int32Array.of(step), [])],
    ["w", Tensor.make(Float32Array.of(step), [1])]
  ])

it.effect("an interrupted wait for a write leaves it whole: the next save waits for it, too", () =>
  Effect.gen(function* () {
    let step = 0
    const begun = yield* Deferred.make<void>()
    const goOn = yield* Deferred.make<void>()
    const written: Array<readonly [number, number]> = []
    const memory = yield* CheckpointStoreMemory.make
    const store = CheckpointStore.of({
      ...memory,
      save: (directory, checkpoint, keep, retain) =>
        Effect.gen(function* () {
          yield* Deferred.succeed(begun, undefined)
          yield* Deferred.await(goOn)
          written.push([checkpoint.step, checkpoint.state.get("w")!.data[0]!])
          return yield* memory.save(directory, checkpoint, keep, retain)
        })
    })
    // all of an executable that a saver asks for
    const executable = {
      readState: Effect.sync(() => stateOf(step)),
      copyState: (into: State) => Effect.sync(() => stateOf(step).forEach(({ data }, name) => into.get(name)!.data.set(data)))
    } as unknown as Executable
    const saver = yield* Effect.provideService(
      savers.make({
        directory: "m",
        keep: 5,
        retain: { everyHours: undefined, steps: undefined },
        executable,
        events: { emit: () => Effect.void, flush: Effect.void },
        saved: undefined,
        leaves: [],
        positionAt: () => undefined,
        around: { before: () => Effect.void, after: undefined, texts: Effect.succeed([]), takeStop: () => false }
      }),
      CheckpointStore,
      store
    )
    yield* saver.save
    yield* Deferred.await(begun)
    step = 1
    const waiting = yield* Effect.forkChild(saver.save)
    yield* Effect.yieldNow
    yield* Fiber.interrupt(waiting)
    const last = yield* Effect.forkChild(saver.save)
    yield* Effect.yieldNow
    yield* Deferred.succeed(goOn, undefined)
    yield* Fiber.join(last)
    yield* saver.settle
    assert.deepStrictEqual(written, [
      [0, 0],
      [1, 1]
    ])
  }).pipe(Effect.scoped)
)
