/**
 * How a prediction's program gets its state: from a checkpoint, at each call, or once for many calls.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { CheckpointError, ExecuteError } from "../domain/Errors.ts"
import { stateLeaves, type State } from "../domain/Program.ts"
import type { Graph } from "../domain/graph/Graph.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import { type CheckpointRef, CheckpointStore } from "../services/CheckpointStore.ts"
import type { Device, Executable } from "../services/Device.ts"
import { newest, noCheckpoint, type Restored, toRestore } from "./restore.ts"
import { type Session, setState } from "./session.ts"

/** A checkpoint has been found; what is left is to put it on the device. @category models @since 0.1.0 */
export interface Placement {
  /** Its global step, as far as its name tells; 0 for the first values. */
  readonly step: number
  /** Gives the state its values, and their global step. */
  readonly place: (run: Session<unknown, unknown>) => Effect.Effect<number, CheckpointError | ExecuteError, CheckpointStore | Device>
}

/** @category models @since 0.1.0 */
export type Placing = (config: RunConfig, path: string | undefined) => Effect.Effect<Placement, CheckpointError, CheckpointStore>

const putRestored = Effect.fnUntraced(function* (run: Session<unknown, unknown>, config: RunConfig, restored: Restored | undefined) {
  yield* setState(run, config, restored, ["variable"])
  return restored?.checkpoint.step ?? 0
})

/** Reads the whole checkpoint, whatever the device holds. @category constructors @since 0.1.0 */
export const each: Placing = (config, path) =>
  Effect.map(toRestore(config, path), (restored) => ({
    step: restored?.checkpoint.step ?? 0,
    place: (run) => putRestored(run, config, restored)
  }))

/** What a device holds once its state has been set. */
interface Held {
  /** Of the checkpoint, or that there is none. */
  readonly content: string
  readonly step: number
  /** First values of the leaves that a step changes: cache and random key, as a rule. */
  readonly start: State
}

/** Leaves whose value after a step is another node than that before it. @category analysis @since 0.1.0 */
export const changingLeaves = (graph: Graph): ReadonlySet<string> => {
  const before = new Map(graph.parameters.map(({ name, node }) => [name, node]))
  const after = new Map(graph.outputs.flatMap(({ name, node, role }) => (role._tag === "State" ? [[name, node]] : [])))
  return new Set(stateLeaves(graph).flatMap(({ name }) => (after.get(name) === before.get(name) ? [] : [name])))
}

const firstValues = "first values"

/** The file asked for, or the newest, with what tells its content; `undefined` where there is no model directory. */
const locate = Effect.fnUntraced(function* (config: RunConfig, path: string | undefined) {
  const store = yield* CheckpointStore
  const { fingerprint = () => Effect.undefined } = store
  const withContent = (ref: CheckpointRef) => Effect.map(fingerprint(ref.path), (content) => ({ ref, content }))
  if (path !== undefined) return yield* withContent({ path, step: 0 })
  if (config.modelDir === undefined) return undefined
  const found = yield* newest(config.modelDir, withContent)
  return found ?? (yield* noCheckpoint(config.modelDir))
})

/**
 * For a program that is used again and again: while the checkpoint's content is the same only what steps change is set back.
 * A store that does not tell contents apart has its checkpoint read each time.
 *
 * @category constructors
 * @since 0.1.0
 */
export const keeping = (): Placing => {
  const held = new WeakMap<Executable, Held>()
  return Effect.fnUntraced(function* (config: RunConfig, path: string | undefined) {
    const located = yield* locate(config, path)
    const content = located === undefined ? firstValues : located.content
    const place = Effect.fnUntraced(function* (run: Session<unknown, unknown>) {
      const { executable, traced } = run
      const before = held.get(executable)
      if (before !== undefined && before.content === content) {
        yield* executable.reopen
        yield* executable.writeState(before.start)
        return before.step
      }
      held.delete(executable)
      // found anew: it may have been deleted while the model was compiled
      const step = yield* putRestored(run, config, yield* toRestore(config, path))
      if (content !== undefined) {
        const changing = changingLeaves(traced.program.step)
        const start = new Map([...(yield* executable.readState)].filter(([name]) => changing.has(name)))
        held.set(executable, { content, step, start })
      }
      return step
    })
    return { step: located?.ref.step ?? 0, place }
  })
}
