/**
 * Saves checkpoints off the step path: the state is copied between two runs, the file is written by a fiber meanwhile.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { type CheckpointError, type ExecuteError, NumericsError, type SinkError } from "../domain/Errors.ts"
import type { Position } from "../domain/Input.ts"
import { firstBroken, mayBreak } from "../domain/numerics.ts"
import { globalStepName, type State, type StateLeaf } from "../domain/Program.ts"
import { CheckpointStore } from "../services/CheckpointStore.ts"
import type { Executable } from "../services/Device.ts"
import type { Events } from "./events.ts"
import type { SavePoints } from "./hooks/savePoints.ts"

/** @category models @since 0.1.0 */
export interface Saver<E = never, R = never> {
  /** Copies the state and begins to write it, after the write before it has ended; nothing when this step is saved already. */
  readonly save: Effect.Effect<void, CheckpointError | ExecuteError | NumericsError | SinkError | E, R>
  /** Waits for the write under way; its failure surfaces here, and in the next `save`. */
  readonly settle: Effect.Effect<void, CheckpointError | SinkError>
}

/** Text under which a checkpoint holds the input's position. @category constants @since 0.1.0 */
export const inputPositionText = "input_position"

export interface SaverOptions<E, R> {
  readonly directory: string | undefined
  readonly keep: number
  /** What is kept besides the newest `keep`; `steps` is asked at each save. */
  readonly retain: { readonly everyHours: number | undefined; readonly steps: (() => ReadonlyArray<number>) | undefined }
  readonly executable: Executable
  readonly events: Events
  /** Step that the directory already holds. */
  readonly saved: number | undefined
  readonly leaves: ReadonlyArray<StateLeaf>
  /** Where the input stood at this global step. */
  readonly positionAt: (step: number) => Position | undefined
  /** What hooks have to do with it. */
  readonly around: SavePoints<E, R>
}

/** Elements looked at before other work of the thread gets its turn: under a millisecond. */
const perTurn = 1 << 19

/** A checkpoint with a NaN in it would be the newest, and every run that goes on from it would fail at once. */
const refuseBroken = Effect.fnUntraced(function* (leaves: ReadonlyArray<StateLeaf>, state: State, step: number) {
  let looked = 0
  for (const leaf of leaves) {
    if (!mayBreak(leaf)) continue
    const { data } = state.get(leaf.name)!
    for (let at = 0; at < data.length; at += perTurn) {
      const index = firstBroken(data, at, at + perTurn, !leaf.trainable)
      if (index >= 0) return yield* new NumericsError({ variable: leaf.name, index, value: String(data[index]), step })
      looked += Math.min(perTurn, data.length - at)
      if (looked < perTurn) continue
      looked = 0
      yield* Effect.yieldNow
    }
  }
})

/** Without a directory it saves nothing. @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* <E, R>(
  options: SaverOptions<E, R>
): Effect.fn.Return<Saver<E, R>, never, CheckpointStore | Scope.Scope> {
  const store = yield* CheckpointStore
  const scope = yield* Effect.scope
  const { directory, events, executable } = options
  if (directory === undefined) return { save: Effect.void, settle: Effect.void }
  let saved = options.saved
  let snapshot: State | undefined
  let writing: Fiber.Fiber<void, CheckpointError | SinkError> | undefined
  const settle = Effect.suspend(() => {
    if (writing === undefined) return Effect.void
    const fiber = writing
    // forgotten once it has ended, so that one failure is reported once; an interrupted wait leaves it to the next one
    return Effect.ensuring(
      Fiber.join(fiber),
      Effect.sync(() => {
        if (writing === fiber && fiber.pollUnsafe() !== undefined) writing = undefined
      })
    )
  })
  const save = Effect.gen(function* () {
    yield* settle
    // the write that read it has ended, so one copy serves all checkpoints of the run
    if (snapshot === undefined) snapshot = yield* executable.readState
    else yield* executable.copyState(snapshot)
    const state = snapshot
    const step = state.get(globalStepName)!.data[0]!
    if (step === saved) return
    yield* refuseBroken(options.leaves, state, step)
    yield* options.around.before(step)
    const position = options.positionAt(step)
    const leaves = new Map(state)
    leaves.delete(globalStepName)
    const texts = new Map(yield* options.around.texts)
    if (position !== undefined) texts.set(inputPositionText, position)
    saved = step
    const write = Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      const retain = { everyHours: options.retain.everyHours, steps: options.retain.steps?.() }
      const ref = yield* store.save(directory, { step, state: leaves, texts }, options.keep, retain)
      yield* events.emit({ event: "checkpoint", step, file: ref.path, millis: (yield* Clock.currentTimeMillis) - began })
    })
    // begun checkpoints are finished, also when the run is interrupted
    writing = yield* Effect.forkIn(Effect.uninterruptible(Effect.withSpan(write, "checkpoint")), scope)
    if (options.around.after !== undefined) yield* Effect.andThen(settle, options.around.after(step))
  })
  return { save, settle }
})
