/**
 * One definition of a schedule, computed in two ways: on plain numbers, and as tensors in the graph.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { failure } from "../failures.ts"

/**
 * What a formula may use. `F` are float32 numbers; `I` are whole numbers (int32), in which steps are counted, moved and
 * compared, so that boundaries are exact also where float32 no longer tells neighbouring steps apart (from 2^24 on).
 *
 * @category models
 * @since 0.1.0
 */
export interface Arithmetic<F, I> {
  readonly number: (value: number) => F
  /** The step as a float32. */
  readonly real: (step: I) => F
  readonly shift: (step: I, by: number) => I
  readonly atMost: (step: I, limit: number) => I
  readonly atLeast: (step: I, limit: number) => I
  /** How often `length` fits into the step. */
  readonly times: (step: I, length: number) => I
  readonly minus: (a: I, b: I) => I
  readonly scaled: (step: I, by: number) => I
  readonly add: (a: F, b: F) => F
  readonly sub: (a: F, b: F) => F
  readonly mul: (a: F, b: F) => F
  readonly div: (a: F, b: F) => F
  readonly min: (a: F, b: F) => F
  readonly pow: (a: F, b: F) => F
  readonly sqrt: (a: F) => F
  readonly cos: (a: F) => F
  /** `then` where the step is less than `boundary`, else `otherwise`. */
  readonly before: (step: I, boundary: number, then: F, otherwise: F) => F
  /** `values[i]`, where `i` counts the boundaries (in ascending order) that the step has reached: one value more than boundaries. */
  readonly piece: (step: I, boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>) => F
  /** The same for whole numbers. */
  readonly wholePiece: (step: I, boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>) => I
}

/** @category models @since 0.1.0 */
export type Formula = <F, I>(on: Arithmetic<F, I>, step: I) => F

const f = Math.fround

const pieceOf = (step: number, boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>): number =>
  values[boundaries.filter((b) => b <= step).length]!

/** Each operation rounds to float32, as the graph's do. */
export const onNumbers: Arithmetic<number, number> = {
  number: f,
  real: f,
  shift: (step, by) => step + by,
  atMost: Math.min,
  atLeast: Math.max,
  times: (step, length) => Math.floor(step / length),
  minus: (a, b) => a - b,
  scaled: (step, by) => step * by,
  add: (a, b) => f(a + b),
  sub: (a, b) => f(a - b),
  mul: (a, b) => f(a * b),
  div: (a, b) => f(a / b),
  min: Math.min,
  pow: (a, b) => f(Math.pow(a, b)),
  sqrt: (a) => f(Math.sqrt(a)),
  cos: (a) => f(Math.cos(a)),
  before: (step, boundary, then, otherwise) => (step < boundary ? then : otherwise),
  piece: (...args) => f(pieceOf(...args)),
  wholePiece: pieceOf
}

const int = (value: number) => tf.scalar(value, "int32")

/** The casts below: tfjs's operations on scalars give scalars, which its types do not say. */
const gathered = (step: tf.Scalar, boundaries: ReadonlyArray<number>, values: tf.Tensor1D): tf.Scalar => {
  const reached = tf.greaterEqual(step, tf.tensor1d([...boundaries], "int32"))
  return tf.gather(values, tf.sum(tf.cast(reached, "int32"))) as unknown as tf.Scalar
}

/** float32 and int32 scalars of tfjs, eager or recorded. */
export const onTensors: Arithmetic<tf.Scalar, tf.Scalar> = {
  number: (value) => tf.scalar(value),
  real: (step) => tf.cast(step, "float32"),
  shift: (step, by) => tf.add(step, int(by)),
  atMost: (step, limit) => tf.minimum(step, int(limit)),
  atLeast: (step, limit) => tf.maximum(step, int(limit)),
  times: (step, length) => tf.floorDiv(step, int(length)),
  minus: (a, b) => tf.sub(a, b),
  scaled: (step, by) => tf.mul(step, int(by)),
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  min: (a, b) => tf.minimum(a, b),
  pow: (a, b) => tf.pow(a, b),
  sqrt: (a) => tf.sqrt(a),
  cos: (a) => tf.cos(a),
  before: (step, boundary, then, otherwise) => tf.where(tf.less(step, int(boundary)), then, otherwise),
  piece: (step, boundaries, values) =>
    boundaries.length === 0 ? tf.scalar(values[0]!) : gathered(step, boundaries, tf.tensor1d([...values], "float32")),
  wholePiece: (step, boundaries, values) =>
    boundaries.length === 0 ? int(values[0]!) : gathered(step, boundaries, tf.tensor1d([...values], "int32"))
}

/** The step as the formula takes it: an int32 scalar. */
export const stepOf = (step: tf.Tensor): tf.Scalar => {
  if (step.size !== 1) {
    throw failure(
      "InvalidSpec",
      `a schedule takes one step, such as globalStep of the model function's input, and got a tensor of shape [${step.shape}]`,
      {
        op: "Schedules"
      }
    )
  }
  return tf.reshape(tf.cast(step, "int32"), []) as tf.Scalar
}
