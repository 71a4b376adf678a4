/**
 * Learning rates as optimizers take them.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"
import type { Schedule } from "../schedules/Schedule.ts"

/**
 * A number, a schedule of the optimizer's own updates (counted from 0 in its state, so it stands still while gradients
 * are accumulated), or a float32 scalar of the step, such as `schedule.tensor(globalStep)`.
 *
 * @category models
 * @since 0.1.0
 */
export type LearningRate = number | Schedule | tf.Scalar

/** What came instead of a rate, in a few words. */
const described = (rate: unknown): string =>
  rate instanceof tf.Tensor
    ? `${rate.dtype} of shape [${rate.shape}]`
    : typeof rate === "function"
      ? "a function"
      : typeof rate === "object"
        ? JSON.stringify(rate)
        : String(rate)

/** Refuses what is no learning rate; `InvalidSpec`. */
export const checkRate = (optimizer: string, rate: LearningRate): void => {
  const given: unknown = rate // callers without types may give anything
  if (typeof given === "number" && given >= 0 && given < Infinity) return
  if (given instanceof tf.Tensor && given.size === 1 && given.dtype === "float32") return
  if (typeof given === "object" && given !== null && !(given instanceof tf.Tensor) && typeof Reflect.get(given, "tensor") === "function") return
  const detail = `${optimizer} takes a learningRate that is a finite number of at least 0, a schedule such as Schedules.cosine(…), or a float32 scalar; got ${described(given)}`
  throw failure("InvalidSpec", detail, { op: optimizer })
}

/** The options given; `InvalidSpec` for what is no object, which callers without types may give. */
export const optionsFor = <O extends object>(optimizer: string, options: O): O => {
  const given: unknown = options
  if (typeof given === "object" && given !== null) return options
  throw failure("InvalidSpec", `${optimizer} takes an object of options, such as { learningRate: 0.01 }, and got ${described(given)}`, {
    op: optimizer
  })
}

/** The rate of the update after `updates` updates. */
export const rateAt = (rate: LearningRate, updates: tf.Tensor): tf.Scalar => {
  if (typeof rate === "number") return tf.scalar(rate)
  return rate instanceof tf.Tensor ? rate : rate.tensor(updates)
}

/** What a rate is in `getConfig`, which holds plain values: a number, or the name of what else it is. */
export const rateConfig = (rate: LearningRate): number | string =>
  typeof rate === "number" ? rate : rate instanceof tf.Tensor ? "tensor" : "schedule"
