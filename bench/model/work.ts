/**
 * What the model functions of the workloads share.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { VariableScope } from "../../src/domain/Model.ts"
import type { Work } from "../peers/Work.ts"

/** @category models @since 0.1.0 */
export interface WorkParams {
  readonly work: Work
  /** First weights by name. */
  readonly weights: ReadonlyMap<string, Float32Array>
}

/** A variable of the workload with its first value. @category models @since 0.1.0 */
export const weightOf =
  ({ weights, work }: WorkParams, variables: VariableScope) =>
  <T extends tf.Tensor = tf.Tensor>(name: string, trainable = true): tf.Variable & T => {
    const shape = [...work.weights.get(name)!.shape]
    // its rank is that of the workload's table
    return variables.get(name, shape, { initializer: () => tf.tensor(weights.get(name)!, shape), trainable }) as tf.Variable & T
  }

/** Mean cross entropy of logits `[rows, classes]` in nats. @category models @since 0.1.0 */
export const crossEntropy = (logits: tf.Tensor, labels: tf.Tensor, classes: number): tf.Scalar => {
  const right = tf.oneHot(tf.reshape(labels, [-1]) as tf.Tensor1D, classes)
  // a mean over all axes has rank 0
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), right), -1))) as tf.Scalar
}
