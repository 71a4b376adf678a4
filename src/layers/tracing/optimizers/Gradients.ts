/**
 * Gradients by variable name.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

/** Gradients by variable name. @category models @since 0.1.0 */
export type Gradients = { readonly [variable: string]: tf.Tensor }
