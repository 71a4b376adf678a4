/**
 * How many steps go to one device run when `iterationsPerLoop` is a time: the count follows the measured time of a step,
 * as the original's `IterationCountEstimator`.
 *
 * @since 0.1.0
 */

/** One device run. @category models @since 0.1.0 */
export interface Measured {
  readonly steps: number
  readonly millis: number
}

/** What is known after some runs. @category models @since 0.1.0 */
export interface Control {
  /** Time that one device run is to take. */
  readonly targetMillis: number
  /** The last runs, oldest first; at most `windowSize`. */
  readonly measured: ReadonlyArray<Measured>
  /** Steps of the next run; at least 1. */
  readonly count: number
}

/** Runs that the mean time of a step is taken over. @category constants @since 0.1.0 */
export const windowSize = 20

/** A count stays as it is while the runs take the target time within this part of it, so that noise moves nothing. */
const tolerance = 0.05

/** Nothing is known yet: the first run has one step. @category constructors @since 0.1.0 */
export const start = (targetMillis: number): Control => ({ targetMillis, measured: [], count: 1 })

/**
 * The next count: the target over the mean time of a step (all time over all steps of the window, so that a slow first
 * step soon weighs little). A run without steps, or one that the clock did not see pass, teaches nothing.
 *
 * @category rules
 * @since 0.1.0
 */
export const update = (control: Control, run: Measured): Control => {
  if (!(run.steps > 0) || !(run.millis > 0)) return control
  const measured = [...control.measured, run].slice(-windowSize)
  const steps = measured.reduce((sum, r) => sum + r.steps, 0)
  const millis = measured.reduce((sum, r) => sum + r.millis, 0)
  const wanted = Math.max(1, Math.round((control.targetMillis * steps) / millis))
  const near = Math.abs(wanted - control.count) <= tolerance * control.count
  return { ...control, measured, count: near ? control.count : wanted }
}
