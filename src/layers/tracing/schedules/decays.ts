/**
 * Schedules with a formula of their own. Each names where the formula comes from.
 *
 * @since 0.1.0
 */
import type { Arithmetic } from "./Formula.ts"
import { check, checkNumbers, checkSteps, make, type Schedule } from "./Schedule.ts"

/** `a` where `part` is 1 and `b` where it is 0, both exactly. */
export const mix = <F, I>(on: Arithmetic<F, I>, part: F, a: F, b: F): F => on.add(on.mul(a, part), on.mul(b, on.sub(on.number(1), part)))

/** Half a cosine wave: from 1 at progress 0 to 0 at progress 1. */
export const halfWave = <F, I>(on: Arithmetic<F, I>, progress: F): F =>
  on.mul(on.number(0.5), on.add(on.number(1), on.cos(on.mul(on.number(Math.PI), progress))))

/** Always `value`. @category schedules @since 0.1.0 */
export const constant = (value: number): Schedule => {
  checkNumbers("constant", { value })
  return make((on) => on.number(value))
}

/**
 * `end + (initial - end) (1 - min(step, steps) / steps)^power` (TensorFlow's `polynomial_decay`, without cycles). `power`
 * defaults to 1: a straight line. Exactly `initial` at step 0 and `end` from `steps` on.
 *
 * @category schedules
 * @since 0.1.0
 */
export const polynomial = ({
  initial,
  end = 0,
  steps,
  power = 1
}: {
  readonly initial: number
  readonly end?: number
  readonly steps: number
  readonly power?: number
}): Schedule => {
  checkSteps("polynomial", "steps", steps)
  checkNumbers("polynomial", { initial, end, power })
  check(power > 0, "polynomial", "a positive power", power)
  return make((on, step) => {
    const left = on.sub(on.number(1), on.div(on.real(on.atMost(step, steps)), on.number(steps)))
    return mix(on, power === 1 ? left : on.pow(left, on.number(power)), on.number(initial), on.number(end))
  })
}

/**
 * `initial ((1 - alpha) (1 + cos(π min(step, steps) / steps)) / 2 + alpha)` (Loshchilov and Hutter, SGDR, 2017;
 * TensorFlow's `cosine_decay`). `alpha`: the part of `initial` that stays, default 0. Exactly `initial` at step 0 and
 * `alpha * initial` from `steps` on.
 *
 * @category schedules
 * @since 0.1.0
 */
export const cosine = ({ initial, steps, alpha = 0 }: { readonly initial: number; readonly steps: number; readonly alpha?: number }): Schedule => {
  checkSteps("cosine", "steps", steps)
  checkNumbers("cosine", { initial, alpha })
  return make((on, step) =>
    mix(on, halfWave(on, on.div(on.real(on.atMost(step, steps)), on.number(steps))), on.number(initial), on.number(initial * alpha))
  )
}

/**
 * `initial * rate^(step / steps)` (TensorFlow's `exponential_decay`); with `staircase` the exponent is a whole number.
 *
 * @category schedules
 * @since 0.1.0
 */
export const exponential = ({
  initial,
  rate,
  steps,
  staircase = false
}: {
  readonly initial: number
  readonly rate: number
  readonly steps: number
  readonly staircase?: boolean
}): Schedule => {
  checkSteps("exponential", "steps", steps)
  checkNumbers("exponential", { initial, rate })
  check(rate > 0, "exponential", "a positive rate", rate)
  return make((on, step) => {
    const exponent = staircase ? on.real(on.times(step, steps)) : on.div(on.real(step), on.number(steps))
    return on.mul(on.number(initial), on.pow(on.number(rate), exponent))
  })
}

/**
 * `initial * sqrt(steps / max(step, steps))`: constant for `steps`, then falling with the inverse square root of the step
 * (T5, Raffel et al. 2020, where `initial` is `1 / sqrt(steps)`).
 *
 * @category schedules
 * @since 0.1.0
 */
export const inverseSqrt = ({ initial, steps }: { readonly initial: number; readonly steps: number }): Schedule => {
  checkSteps("inverseSqrt", "steps", steps)
  checkNumbers("inverseSqrt", { initial })
  return make((on, step) => on.mul(on.number(initial), on.sqrt(on.div(on.number(steps), on.real(on.atLeast(step, steps))))))
}

/**
 * `scale * width^-0.5 * min(n^-0.5, n * warmupSteps^-1.5)` with `n = step + 1` (Vaswani et al., Attention Is All You Need,
 * 2017, equation 3, whose steps are counted from 1). Highest at step `warmupSteps - 1`. `scale` defaults to 1.
 *
 * @category schedules
 * @since 0.1.0
 */
export const noam = ({
  width,
  warmupSteps,
  scale = 1
}: {
  readonly width: number
  readonly warmupSteps: number
  readonly scale?: number
}): Schedule => {
  checkSteps("noam", "warmupSteps", warmupSteps)
  checkNumbers("noam", { width, scale })
  check(width > 0, "noam", "a positive width", width)
  return make((on, step) => {
    const n = on.real(on.shift(step, 1))
    const rising = on.mul(n, on.number(warmupSteps ** -1.5))
    return on.mul(on.number(scale * width ** -0.5), on.min(on.div(on.number(1), on.sqrt(n)), rising))
  })
}

/**
 * `values[0]` up to and with step `boundaries[0]`, `values[1]` up to and with `boundaries[1]`, … (TensorFlow's
 * `piecewise_constant`): one value more than boundaries, which ascend.
 *
 * @category schedules
 * @since 0.1.0
 */
export const piecewiseConstant = (boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>): Schedule => {
  const ascending = boundaries.every((b, i) => Number.isInteger(b) && b >= 0 && (i === 0 || b > boundaries[i - 1]!))
  check(ascending, "piecewiseConstant", "whole boundaries in ascending order", boundaries)
  check(values.length === boundaries.length + 1, "piecewiseConstant", `${boundaries.length + 1} values for ${boundaries.length} boundaries`, values)
  checkNumbers("piecewiseConstant", Object.fromEntries(values.map((value, i) => [`values[${i}]`, value])))
  const starts = boundaries.map((b) => b + 1)
  return make((on, step) => on.piece(step, starts, values))
}
