/**
 * Kernels of this package: the sum over replicas and the draws of the compiled step.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import { randomOps } from "../../../domain/graph/ops.ts"
import { kernel, type Kernel } from "./kernel.ts"

export const crossReplicaSumName = "CrossReplicaSum"

export interface DrawAttrs {
  readonly shape: ReadonlyArray<number>
  readonly draw: number
}

export const own: ReadonlyArray<Kernel> = [
  kernel<{ readonly x: tf.TensorInfo }>(crossReplicaSumName, (c, { x }) => {
    const node = c.numeric(c.of(x))
    return c.recording.replicas === 1 ? node : c.add("CrossReplicaSum", [node], {})
  }),
  ...randomOps.map((op) => kernel<object, DrawAttrs>(op, (c, _, { shape, draw }) => c.add(op, [c.recording.randomKey], { shape, draw })))
]
