/**
 * Saves checkpoints by steps and by time, as `CheckpointSaverHook`: at the start, at the first run boundary at which one
 * is due, and at the end.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { CheckpointError, ExecuteError, NumericsError, SinkError } from "../../domain/Errors.ts"
import type { RunConfig } from "../../domain/RunConfig.ts"
import type { Hook } from "../../services/Hooks.ts"
import type { Saver } from "../saver.ts"

/** Seconds between checkpoints when neither interval is configured (`tf.estimator.RunConfig`). */
const defaultSeconds = 600

/** @category constructors @since 0.1.0 */
export const checkpoint = <E, R>(saver: Saver<E, R>, config: RunConfig): Hook<CheckpointError | ExecuteError | NumericsError | SinkError | E, R> => {
  const everySteps = config.saveCheckpointsSteps
  const everySecs = config.saveCheckpointsSecs ?? (everySteps === undefined ? defaultSeconds : 0)
  let dueStep = Infinity
  let dueMillis = Infinity
  const saveAt = Effect.fnUntraced(function* (step: number) {
    if (everySteps !== undefined) dueStep = step + everySteps
    if (everySecs > 0) dueMillis = (yield* Clock.currentTimeMillis) + everySecs * 1000
    yield* saver.save
  })
  return {
    name: "checkpoint",
    afterCreate: ({ step }) => saveAt(step),
    afterRun: Effect.fnUntraced(function* ({ step }) {
      if (step >= dueStep || (everySecs > 0 && (yield* Clock.currentTimeMillis) >= dueMillis)) yield* saveAt(step)
      return "continue" as const
    })
  }
}
