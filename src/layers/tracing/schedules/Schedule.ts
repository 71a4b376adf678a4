/**
 * A value that depends on the step: a learning rate, most of all.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import { type Formula, onNumbers, onTensors, stepOf } from "./Formula.ts"

/** @category models @since 0.1.0 */
export interface Schedule {
  readonly formula: Formula
  /** The value for the update after `step` updates (a whole number from 0), in float32: for plots and tests. */
  readonly at: (step: number) => number
  /** The same in the graph: float32 scalar for an int32 scalar, such as `globalStep`. */
  readonly tensor: (step: tf.Tensor) => tf.Scalar
}

/**
 * A schedule of your own: `Schedules.make((on, step) => on.mul(on.number(0.1), on.real(step)))`, written once with the
 * operations of `on`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (formula: Formula): Schedule => ({
  formula,
  at: (step) => formula(onNumbers, Math.max(0, Math.floor(step))),
  tensor: (step) => tf.tidy(() => formula(onTensors, stepOf(step)))
})

/** The largest int32: steps are counted up to it. */
export const lastStep = 2 ** 31 - 1

/** Refuses arguments that no schedule can have; `InvalidSpec`. */
export const check = (holds: boolean, schedule: string, expected: string, got: unknown): void => {
  if (holds) return
  throw failure("InvalidSpec", `Schedules.${schedule} takes ${expected}, and got ${JSON.stringify(got)}`, { op: `Schedules.${schedule}` })
}

export const checkSteps = (schedule: string, name: string, steps: number): void =>
  check(Number.isInteger(steps) && steps > 0 && steps <= lastStep, schedule, `${name} as a positive whole number of steps`, steps)

export const checkNumbers = (schedule: string, numbers: { readonly [name: string]: number }): void => {
  for (const [name, value] of Object.entries(numbers)) check(Number.isFinite(value), schedule, `${name} as a finite number`, value)
}
