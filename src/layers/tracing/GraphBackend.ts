/**
 * What the backends under the package's name have in common: one table of kernels, which each runs in its own way.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Kernel } from "./kernels/kernel.ts"

/** Name under which the kernels are registered, and what `tf.getBackend()` says. */
export const backendName = "effect-estimator"

export interface RegisteredKernel extends Kernel {
  /** False for a kernel whose rule only says why it cannot be part of a graph. */
  readonly graph: boolean
}

export type KernelResult = tf.TensorInfo | Array<tf.TensorInfo>

export abstract class GraphBackend extends tf.KernelBackend {
  abstract runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult
}
