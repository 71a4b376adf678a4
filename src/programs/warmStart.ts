/**
 * Gives a new run's variables the values of another run's checkpoint, or of another program's file.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { CheckpointError, type ConfigError, type ExecuteError } from "../domain/Errors.ts"
import { stateLeaves } from "../domain/Program.ts"
import { isFile, select, type WarmStart } from "../domain/WarmStart.ts"
import { CheckpointStore } from "../services/CheckpointStore.ts"
import type { Session } from "./session.ts"

/** `from` as a model directory where it is one, else as a checkpoint. */
const find = Effect.fnUntraced(function* (from: string) {
  const store = yield* CheckpointStore
  const path = isFile(from) ? from : ((yield* store.latest(from))?.path ?? from)
  const stored = yield* Effect.mapError(store.values(path), (error) =>
    error.reason === "NotFound"
      ? new CheckpointError({
          reason: "NotFound",
          file: from,
          detail: `warmStart.from is neither a checkpoint, nor a directory with one, nor a model.json or safetensors file (${error.file}: ${error.detail})`,
          cause: error
        })
      : error
  )
  return { path, stored }
})

/** To be called once the state has its first values; does nothing without settings. Gives the file that was read. @category programs @since 0.1.0 */
export const warmStart = Effect.fnUntraced(function* (
  session: Session<unknown, unknown>,
  settings: WarmStart | undefined
): Effect.fn.Return<string | undefined, CheckpointError | ConfigError | ExecuteError, CheckpointStore> {
  if (settings === undefined) return undefined
  const { path, stored } = yield* find(settings.from)
  const state = yield* Effect.fromResult(select(settings, stateLeaves(session.traced.program.step), path, stored))
  yield* session.executable.writeState(state)
  return path
})
