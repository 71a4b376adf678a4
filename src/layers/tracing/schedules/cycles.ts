/**
 * Schedules that go up and down.
 *
 * @since 0.1.0
 */
import { halfWave, mix } from "./decays.ts"
import { check, checkNumbers, checkSteps, lastStep, make, type Schedule } from "./Schedule.ts"

interface Period {
  readonly start: number
  readonly length: number
}

/** Periods whose lengths grow by `factor`, up to the last step that can be counted. */
const periodsOf = (length: number, factor: number): ReadonlyArray<Period> => {
  const periods: Array<Period> = []
  for (let start = 0, l = length; start <= lastStep; start += l, l *= factor) periods.push({ start, length: l })
  return periods
}

/**
 * Cosine decay that starts again and again (Loshchilov and Hutter, SGDR, 2017; TensorFlow's `cosine_decay_restarts`): period
 * `i` has `steps * lengthFactor^i` steps and begins at `initial * heightFactor^i`; within it `cosine` with `alpha`.
 * Defaults as TensorFlow's: `lengthFactor` 2 (at least 1), `heightFactor` 1, `alpha` 0. Each period begins exactly at its height.
 *
 * @category schedules
 * @since 0.1.0
 */
export const cosineRestarts = ({
  initial,
  steps,
  lengthFactor = 2,
  heightFactor = 1,
  alpha = 0
}: {
  readonly initial: number
  readonly steps: number
  readonly lengthFactor?: number
  readonly heightFactor?: number
  readonly alpha?: number
}): Schedule => {
  checkSteps("cosineRestarts", "steps", steps)
  checkNumbers("cosineRestarts", { initial, heightFactor, alpha })
  check(lengthFactor === 1 || lengthFactor >= 1.05, "cosineRestarts", "a lengthFactor of 1, or 1.05 or more", lengthFactor)
  check(heightFactor > 0, "cosineRestarts", "a positive heightFactor", heightFactor)
  if (lengthFactor === 1) {
    return make((on, step) => {
      const period = on.times(step, steps)
      const part = halfWave(on, on.div(on.real(on.minus(step, on.scaled(period, steps))), on.number(steps)))
      const height = on.mul(on.number(initial), on.pow(on.number(heightFactor), on.real(period)))
      return mix(on, part, height, on.mul(height, on.number(alpha)))
    })
  }
  const periods = periodsOf(steps, lengthFactor)
  // a period may begin between two steps: it is reached by the next whole one
  const boundaries = periods.slice(1).map(({ start }) => Math.ceil(start))
  return make((on, step) => {
    const piece = (of: (period: Period, i: number) => number) => on.piece(step, boundaries, periods.map(of))
    const since = on.minus(
      step,
      on.wholePiece(
        step,
        boundaries,
        periods.map(({ start }) => Math.floor(start))
      )
    )
    const progress = on.div(
      on.sub(
        on.real(since),
        piece(({ start }) => start - Math.floor(start))
      ),
      piece(({ length }) => length)
    )
    return mix(
      on,
      halfWave(on, progress),
      piece((_, i) => initial * heightFactor ** i),
      piece((_, i) => initial * heightFactor ** i * alpha)
    )
  })
}

/**
 * One cycle (Smith and Topin, Super-Convergence, 2018), by the convention of PyTorch's `OneCycleLR` with cosines: from
 * `peak / divisor` up to `peak` at step `rise * steps - 1`, then down to `peak / (divisor * finalDivisor)` at step
 * `steps - 1`, where it stays. Defaults: `rise` 0.3, `divisor` 25, `finalDivisor` 10,000.
 *
 * @category schedules
 * @since 0.1.0
 */
export const oneCycle = ({
  peak,
  steps,
  rise = 0.3,
  divisor = 25,
  finalDivisor = 1e4
}: {
  readonly peak: number
  readonly steps: number
  readonly rise?: number
  readonly divisor?: number
  readonly finalDivisor?: number
}): Schedule => {
  checkSteps("oneCycle", "steps", steps)
  checkNumbers("oneCycle", { peak, rise, divisor, finalDivisor })
  check(rise < 1 && rise * steps > 1, "oneCycle", `a rise of more than one of ${steps} steps and less than all of them`, rise)
  const top = rise * steps - 1
  const first = peak / divisor
  return make((on, step) => {
    const up = mix(on, halfWave(on, on.div(on.real(step), on.number(top))), on.number(first), on.number(peak))
    const since = on.sub(on.real(on.atMost(step, steps - 1)), on.number(top))
    const down = mix(on, halfWave(on, on.div(since, on.number(steps - 1 - top))), on.number(peak), on.number(first / finalDivisor))
    return on.before(step, Math.floor(top) + 1, up, down)
  })
}
