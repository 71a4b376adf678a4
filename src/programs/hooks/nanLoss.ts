/**
 * What a NaN loss does (`NanTensorHook`).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { NanLossError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"
import { placeOf } from "./place.ts"
import { nanGuard } from "./nanGuard.ts"

/**
 * Takes the place of the guard that every run has. `failOnNanLoss` true (default): the run fails with `NanLossError`; false: a
 * warning, and the run ends without failing. Either way the NaN state is not saved (the original saves it when it does not
 * fail). It looks at the reported loss: with `trackMean` a NaN of any step shows in it, without only the last step's; an infinite
 * loss passes. In evaluation `failOnNanLoss: false` ends it with what it has; predictions have no loss, and `predict` refuses it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nanLoss = (options: { readonly failOnNanLoss?: boolean } = {}): Hook<NanLossError> =>
  options.failOnNanLoss === false
    ? {
        name: nanGuard.name,
        needsLoss: true,
        afterRun: (context, { loss }) =>
          Number.isNaN(loss)
            ? Effect.as(Effect.logWarning(`NaN loss at ${placeOf(context)}: the run ends, and its state is not saved`), "discard" as const)
            : Effect.succeed("continue" as const)
      }
    : nanGuard
