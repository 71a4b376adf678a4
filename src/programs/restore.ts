/**
 * Finds and reads the checkpoint that a program goes on from.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CheckpointError } from "../domain/Errors.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import { type Checkpoint, type CheckpointRef, CheckpointStore } from "../services/CheckpointStore.ts"

/** A checkpoint with where it lies. @category models @since 0.1.0 */
export interface Restored {
  readonly ref: CheckpointRef
  readonly checkpoint: Checkpoint
}

/**
 * What `use` makes of the newest checkpoint of a directory, if it has one. A training that saves there meanwhile may delete
 * that one before it has been read: then there is a newer one, and that is taken.
 *
 * @category combinators
 * @since 0.1.0
 */
export const newest = Effect.fnUntraced(function* <A>(
  directory: string,
  use: (ref: CheckpointRef) => Effect.Effect<A, CheckpointError>
): Effect.fn.Return<A | undefined, CheckpointError, CheckpointStore> {
  const store = yield* CheckpointStore
  const found = Effect.flatMap(store.latest(directory), (ref) => (ref === undefined ? Effect.undefined : use(ref)))
  const missing = new Set<string>()
  while (true) {
    const result = yield* Effect.result(found)
    if (Result.isSuccess(result)) return result.success
    const error = result.failure
    // the same file again: nothing newer has come, it is just not there
    if (error.reason !== "NotFound" || missing.has(error.file)) return yield* error
    missing.add(error.file)
  }
})

/** The newest checkpoint of the model directory, if there is one. @category constructors @since 0.1.0 */
export const latest = Effect.fnUntraced(function* (config: RunConfig): Effect.fn.Return<Restored | undefined, CheckpointError, CheckpointStore> {
  if (config.modelDir === undefined) return undefined
  const store = yield* CheckpointStore
  return yield* newest(config.modelDir, (ref) => Effect.map(store.load(ref.path), (checkpoint) => ({ ref, checkpoint })))
})

/** A model directory without a checkpoint is an error: its values would be the first ones. @category constructors @since 0.1.0 */
export const noCheckpoint = (modelDir: string): CheckpointError => {
  const detail = "there is no checkpoint in this directory; train first, or leave modelDir out to use the initial values"
  return new CheckpointError({ reason: "NotFound", file: modelDir, detail })
}

/** The checkpoint asked for, or the newest; none where there is no model directory. @category constructors @since 0.1.0 */
export const toRestore = Effect.fnUntraced(function* (
  config: RunConfig,
  path: string | undefined
): Effect.fn.Return<Restored | undefined, CheckpointError, CheckpointStore> {
  if (path !== undefined) {
    const checkpoint = yield* (yield* CheckpointStore).load(path)
    return { ref: { path, step: checkpoint.step }, checkpoint }
  }
  const restored = yield* latest(config)
  if (restored === undefined && config.modelDir !== undefined) return yield* noCheckpoint(config.modelDir)
  return restored
})
