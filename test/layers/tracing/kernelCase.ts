/** What a case of the kernel tables is made of. */
import type * as tf from "@tensorflow/tfjs-core"
import type { F, Input } from "./harness.ts"

/** Name, function, inputs; "grad" adds the gradients with respect to all inputs. */
export type Case = readonly [name: string, f: F, inputs: ReadonlyArray<Input>, grad?: "grad" | undefined]

/** tfjs types its functions by rank; the tensors here have the rank that each case says. */
export const x4 = (x: tf.Tensor | undefined) => x as tf.Tensor4D
export const x3 = (x: tf.Tensor | undefined) => x as tf.Tensor3D
export const x2 = (x: tf.Tensor | undefined) => x as tf.Tensor2D
export const x1 = (x: tf.Tensor | undefined) => x as tf.Tensor1D
export const x5 = (x: tf.Tensor | undefined) => x as tf.Tensor5D
