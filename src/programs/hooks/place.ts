/**
 * Where a program is, as events and messages tell it: batches are not global steps.
 *
 * @since 0.1.0
 */
import type { RunEvent } from "../../domain/Events.ts"
import type { RunContext } from "../../services/Hooks.ts"

/** `global step 7`, or `batch 32 of evaluate at global step 7`. @category rules @since 0.1.0 */
export const placeOf = ({ globalStep, mode, step }: RunContext): string =>
  mode === "train" ? `global step ${step}` : `batch ${step} of ${mode} at global step ${globalStep}`

/** Scalars as they are at this place. @category constructors @since 0.1.0 */
export const summaryOf = ({ globalStep, mode, step }: RunContext, scalars: { readonly [name: string]: number }): RunEvent =>
  mode === "train" ? { event: "summary", mode, step, scalars } : { event: "summary", mode, step: globalStep, batches: step, scalars }
