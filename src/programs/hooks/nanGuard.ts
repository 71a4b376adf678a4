/**
 * Ends a run whose reported loss is NaN (`NanTensorHook`). It comes before the checkpoint hook, so no NaN state is saved.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { NanLossError } from "../../domain/Errors.ts"
import type { Hook } from "../../services/Hooks.ts"
import { stepAndPlace } from "./place.ts"

/** @category constructors @since 0.1.0 */
export const nanGuard: Hook<NanLossError> = {
  name: "nan-guard",
  needsLoss: true,
  afterRun: (context, { loss }) =>
    Number.isNaN(loss) ? Effect.fail(new NanLossError({ ...stepAndPlace(context), loss })) : Effect.succeed("continue" as const)
}
