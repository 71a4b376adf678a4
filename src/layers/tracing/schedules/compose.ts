/**
 * Schedules made from schedules.
 *
 * @since 0.1.0
 */
import { mix } from "./decays.ts"
import type { Arithmetic } from "./Formula.ts"
import { check, checkNumbers, checkSteps, lastStep, make, type Schedule } from "./Schedule.ts"

/** `factor` times another schedule. @category combinators @since 0.1.0 */
export const scale = (schedule: Schedule, factor: number): Schedule => {
  checkNumbers("scale", { factor })
  return make((on, step) => on.mul(schedule.formula(on, step), on.number(factor)))
}

/**
 * Each of `parts` for its number of steps, one after the other, then `last`. Each counts its own steps from 0.
 *
 * @category combinators
 * @since 0.1.0
 */
export const sequence = (parts: ReadonlyArray<{ readonly steps: number; readonly schedule: Schedule }>, last: Schedule): Schedule => {
  let start = 0
  const starts = parts.map(({ steps }, i) => {
    checkSteps("sequence", `parts[${i}].steps`, steps)
    return (start += steps)
  })
  check(start <= lastStep, "sequence", `at most ${lastStep} steps in all`, start)
  return make((on, step) => {
    const from = (schedule: Schedule, first: number) => schedule.formula(on, first === 0 ? step : on.atLeast(on.shift(step, -first), 0))
    return parts.reduceRight(
      (after, { schedule }, i) => on.before(step, starts[i]!, from(schedule, i === 0 ? 0 : starts[i - 1]!), after),
      from(last, start)
    )
  })
}

/** `then` of its first step: the step is a whole number like another, 0. */
const firstOf = <F, I>(on: Arithmetic<F, I>, then: Schedule, step: I): F => then.formula(on, on.minus(step, step))

/**
 * For `steps` steps a straight line from `from` (default 0) to the first value of `then`, then `then`, which counts its own
 * steps from 0 (Goyal et al., 2017). Exactly `from` at step 0, so that the first update changes nothing with the default,
 * as in BERT and Transformer-XL; exactly the first value of `then` at `steps`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const warmup = (steps: number, then: Schedule, from = 0): Schedule => {
  checkSteps("warmup", "steps", steps)
  checkNumbers("warmup", { from })
  const rising = make((on, step) => mix(on, on.div(on.real(on.atMost(step, steps)), on.number(steps)), firstOf(on, then, step), on.number(from)))
  return sequence([{ steps, schedule: rising }], then)
}
