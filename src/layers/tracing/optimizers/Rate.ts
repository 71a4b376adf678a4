/**
 * Learning rates as optimizers take them.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Schedule } from "../schedules/Schedule.ts"

/**
 * A number, a schedule of the optimizer's own updates (counted from 0 in its state, so it stands still while gradients
 * are accumulated), or a float32 scalar of the step, such as `schedule.tensor(globalStep)`.
 *
 * @category models
 * @since 0.1.0
 */
export type LearningRate = number | Schedule | tf.Scalar

/** The rate of the update after `updates` updates. */
export const rateAt = (rate: LearningRate, updates: tf.Tensor): tf.Scalar => {
  if (typeof rate === "number") return tf.scalar(rate)
  return rate instanceof tf.Tensor ? rate : rate.tensor(updates)
}

/** What a rate is in `getConfig`, which holds plain values: a number, or the name of what else it is. */
export const rateConfig = (rate: LearningRate): number | string =>
  typeof rate === "number" ? rate : rate instanceof tf.Tensor ? "tensor" : "schedule"
