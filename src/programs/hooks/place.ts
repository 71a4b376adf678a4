/**
 * Where a program is, as events and messages tell it: batches are not global steps.
 *
 * @since 0.1.0
 */
import type { RunEvent } from "../../domain/Events.ts"
import { type Summary, toEvent } from "../../domain/Summary.ts"
import type { RunContext } from "../../services/Hooks.ts"

/** `global step 7`, or `batch 32 of evaluate at global step 7`. @category rules @since 0.1.0 */
export const placeOf = ({ globalStep, mode, step }: RunContext): string =>
  mode === "train" ? `global step ${step}` : `batch ${step} of ${mode} at global step ${globalStep}`

/** For errors: the global step, and the place itself where that is no training. @category rules @since 0.1.0 */
export const stepAndPlace = (context: RunContext): { readonly step: number; readonly place?: string } => ({
  step: context.globalStep,
  ...(context.mode === "train" ? {} : { place: placeOf(context) })
})

/** Scalars and other summaries as they are at this place. @category constructors @since 0.1.0 */
export const summaryOf = (
  { globalStep, mode, step }: RunContext,
  scalars: { readonly [name: string]: number },
  others: ReadonlyArray<Summary> = []
): RunEvent => {
  const event = toEvent(mode === "train" ? step : globalStep, others)
  return { ...event, mode, ...(mode === "train" ? {} : { batches: step }), scalars: { ...scalars, ...event.scalars } }
}
