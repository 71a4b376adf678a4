/**
 * The form of a recording rule: which kernel, and what it adds to the graph.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Emit } from "../Emit.ts"

/** One node, several for a kernel with several results. */
export type Result = NodeId | ReadonlyArray<NodeId>

export interface Kernel {
  readonly name: string
  readonly record: (c: Emit, inputs: object, attrs: object) => Result
}

/** The single input of most kernels. */
export interface X {
  readonly x: tf.TensorInfo
}
export interface AB {
  readonly a: tf.TensorInfo
  readonly b: tf.TensorInfo
}
export type Many = { readonly [index: string]: tf.TensorInfo }

/** The cast: TensorFlow.js keeps each kernel's inputs and attributes under its name only (`kernel_names.ts`). */
export const kernel = <I extends object, A extends object = object>(name: string, record: (c: Emit, inputs: I, attrs: A) => Result): Kernel => ({
  name,
  record: (c, inputs, attrs) => record(c, inputs as I, attrs as A)
})
