/**
 * Sources of randomness for model functions: recorded as nodes of the step, or drawn on the host for eager runs.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { RandomSource } from "../../domain/Model.ts"
import { fills, fromSeed } from "../../domain/RandomKey.ts"
import type { RandomOp } from "../../domain/graph/ops.ts"
import { type Shape, sizeOf } from "../../domain/Tensor.ts"

/** `scale * x + shift`, without nodes for factors that change nothing. */
const affine = (x: tf.Tensor, scale: number, shift: number): tf.Tensor => {
  const scaled = scale === 1 ? x : tf.mul(x, scale)
  return shift === 0 ? scaled : tf.add(scaled, shift)
}

/** Everything else follows from standard draws. */
export const fromDraws = (draw: (op: RandomOp, shape: Shape) => tf.Tensor): RandomSource => ({
  uniform: (shape, minval = 0, maxval = 1) => affine(draw("RandomUniform", shape), maxval - minval, minval),
  normal: (shape, mean = 0, stddev = 1) => affine(draw("RandomNormal", shape), stddev, mean),
  truncatedNormal: (shape, mean = 0, stddev = 1) => affine(draw("RandomTruncatedNormal", shape), stddev, mean),
  dropout: (x, rate) => {
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`random.dropout: expected a rate of at least 0 and below 1, got ${rate}`)
    if (rate === 0) return x
    const kept = tf.greaterEqual(draw("RandomUniform", x.shape), rate)
    return tf.mul(x, tf.mul(tf.cast(kept, "float32"), 1 / (1 - rate)))
  }
})

/** Draws as nodes: `next` numbers them. Runs only while a recording is under way. */
export const recordedRandom = (next: () => number): RandomSource =>
  fromDraws((op, shape) => tf.engine().runKernel<tf.Tensor>(op, {}, { shape: [...shape], draw: next() }))

/**
 * The same numbers as on a device, drawn on the host for eager runs: `seed` as in the run configuration, `step` the
 * global step; draws are numbered in the order of calls.
 *
 * @category eager
 * @since 0.1.0
 */
export const makeEagerRandom = (seed: number, { step = 0, replica = 0, firstDraw = 0 } = {}): RandomSource => {
  const key = fromSeed(seed)
  key[2] = step
  let next = firstDraw
  return fromDraws((op, shape) => {
    const data = new Float32Array(sizeOf(shape))
    fills[op](data, key, replica, next++)
    return tf.tensor(data, [...shape], "float32")
  })
}

/** A place has room for so many draws. */
const roomOfDraws = 256

/**
 * Where the draws of a variable's initial value start: 23 bits of the FNV-1a hash of its name, so that variables do not move one
 * another's; where a name before has the same ones, the next place that is free. `taken` is added to.
 */
export const firstDrawOf = (name: string, taken: Set<number>): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  let first = (hash >>> 1) & 0x7fffff00
  while (taken.has(first)) first = (first + roomOfDraws) & 0x7fffff00
  taken.add(first)
  return first
}
