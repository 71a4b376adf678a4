/**
 * Kernels of this package: the sum over replicas, the draws of the compiled step, and what `checkpoint` is made of.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import { randomOps } from "../../../domain/graph/ops.ts"
import { kernel, type Kernel } from "./kernel.ts"

export const crossReplicaSumName = "CrossReplicaSum"

export const barrierName = "Barrier"
export const checkpointName = "Checkpoint"

/** Attributes of the kernel that stands on the tape for a whole function. */
export interface CheckpointAttrs {
  /** The kernel's inputs, in order. */
  readonly operands: ReadonlyArray<tf.Tensor>
  /** What the function gave. */
  readonly results: ReadonlyArray<tf.Tensor>
  /** Gradients of the operands, from those of the results; `undefined` for one that nothing follows. */
  readonly gradients: (dys: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor | undefined>
}

export interface DrawAttrs {
  readonly shape: ReadonlyArray<number>
  readonly draw: number
}

export const own: ReadonlyArray<Kernel> = [
  kernel<{ readonly x: tf.TensorInfo }>(crossReplicaSumName, (c, { x }) => {
    const node = c.numeric(c.of(x))
    return c.recording.replicas === 1 ? node : c.add("CrossReplicaSum", [node], {})
  }),
  kernel<{ readonly x: tf.TensorInfo; readonly after: tf.TensorInfo }>(barrierName, (c, { x, after }) =>
    c.add("Barrier", [c.of(x), c.of(after)], {})
  ),
  kernel<object, CheckpointAttrs>(checkpointName, (c, _, { results }) => results.map((y) => c.of(y))),
  ...randomOps.map((op) => kernel<object, DrawAttrs>(op, (c, _, { shape, draw }) => c.add(op, [c.recording.randomKey], { shape, draw })))
]
