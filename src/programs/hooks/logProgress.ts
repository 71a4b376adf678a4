/**
 * Emits a `train` event about every `logStepCountSteps` steps, and after the first run (`LoggingTensorHook`,
 * `ExamplesPerSecondHook`).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { BatchSpec } from "../../domain/batching.ts"
import type { SinkError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"
import { type Events, lossFields } from "../events.ts"

/** @category constructors @since 0.1.0 */
export const logProgress = (events: Events, spec: BatchSpec, everySteps: number): Hook<SinkError> => {
  let loggedStep = 0
  let loggedMillis = 0
  let dueStep = -Infinity
  return {
    name: "log-progress",
    afterCreate: Effect.fnUntraced(function* ({ step }) {
      loggedStep = step
      loggedMillis = yield* Clock.currentTimeMillis
    }),
    afterRun: Effect.fnUntraced(function* ({ lastStep, step }, { loss }) {
      const last = lastStep !== undefined && step >= lastStep
      if (step < dueStep && !last) return "continue" as const
      const now = yield* Clock.currentTimeMillis
      const stepsPerSec = (step - loggedStep) / Math.max(1e-3, (now - loggedMillis) / 1000)
      const examplesPerSec = stepsPerSec * spec.batchSize
      yield* events.emit({
        event: "train",
        step,
        ...lossFields(loss),
        stepsPerSec,
        examplesPerSec,
        tokensPerSec: examplesPerSec * spec.tokensPerExample,
        ...(lastStep === undefined ? {} : { lastStep })
      })
      loggedStep = step
      loggedMillis = now
      dueStep = step + everySteps
      return "continue" as const
    })
  }
}
