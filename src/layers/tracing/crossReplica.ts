/**
 * Operations over all replicas of the step. Outside a recording there is one replica, and they change nothing.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { crossReplicaSumName } from "./kernels/own.ts"
import { current } from "./Recording.ts"

/** Replicas of the step being recorded; 1 outside a recording. @category replicas @since 0.1.0 */
export const replicaCount = (): number => current()?.replicas ?? 1

/**
 * Sum of `x` over all replicas, on each of them; its gradient is itself. The original's `tpu_ops.cross_replica_sum`.
 *
 * @category replicas
 * @since 0.1.0
 */
export const crossReplicaSum = <T extends tf.Tensor>(x: T): T =>
  // a kernel gives the rank and shape that it took
  (current() === undefined ? tf.clone(x) : tf.engine().runKernel<tf.Tensor>(crossReplicaSumName, { x })) as T

/** Mean of `x` over all replicas, on each of them. @category replicas @since 0.1.0 */
export const crossReplicaMean = <T extends tf.Tensor>(x: T): T =>
  replicaCount() === 1 ? crossReplicaSum(x) : tf.div<T>(crossReplicaSum(x), replicaCount())
