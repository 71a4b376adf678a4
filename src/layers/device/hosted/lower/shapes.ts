/**
 * Arithmetic of shapes for lowerings.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import { type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import type { Values } from "./Values.ts"

/** Extents of all axes but the last `keep`, as one number. @category shapes @since 0.1.0 */
export const leading = (shape: Shape, keep: number): number => sizeOf(shape.slice(0, shape.length - keep))

/** Matrices of a stack below each other. @category shapes @since 0.1.0 */
export const stacked = (shape: Shape): Shape => [leading(shape, 1), shape[shape.length - 1]!]

/** Whether a product, batched or not, is one of two matrices: that of `stacked` shapes. @category rules @since 0.1.0 */
export const isOneProduct = (e: Values, { attrs, inputs, type }: NodeOf<"MatMul">): boolean => {
  const [a, b] = [e.at(inputs[0]!).type.shape, e.at(inputs[1]!).type.shape]
  return leading(b, 2) === 1 && (!attrs.transposeA || leading(a, 2) === 1) && type.shape.every((d) => d > 0)
}

/** A transposition of a value that may have fewer axes than its node. @category models @since 0.1.0 */
export interface Transposition {
  /** The value's shape with as many axes as `perm` has. */
  readonly from: Shape
  readonly to: Shape
  /** False where only axes of extent 1 change places, which moves no element. */
  readonly moves: boolean
}

/** @category shapes @since 0.1.0 */
export const transposition = (shape: Shape, perm: ReadonlyArray<number>): Transposition => {
  const from = [...new Array<number>(perm.length - shape.length).fill(1), ...shape]
  const moved = perm.filter((p) => from[p] !== 1)
  return { from, to: perm.map((p) => from[p]!), moves: moved.some((p, i) => i > 0 && p < moved[i - 1]!) }
}

/** Image elements, not padding, under the window at each position of one axis. @category shapes @since 0.1.0 */
export const covered = (extent: number, positions: number, window: number, stride: number, before: number): ReadonlyArray<number> =>
  Array.from({ length: positions }, (_, p) => Math.max(0, Math.min(p * stride - before + window, extent) - Math.max(p * stride - before, 0)))
