/**
 * What a literal of a lowered model is at any number of rows, found out from what it is at three.
 *
 * @since 0.1.0
 */
import type { Shape } from "../Tensor.ts"
import { type Affine, affineList, isFixed, type Three } from "./affine.ts"

/** A literal at one size, its elements as numbers. @category models @since 0.1.0 */
export interface Elements {
  readonly shape: Shape
  readonly values: ArrayLike<number>
  readonly integer: boolean
}

/** @category models @since 0.1.0 */
export type Growth =
  /** Whole numbers, each a line of its own; the shape is the same at all sizes, and has one axis or none. */
  | { readonly _tag: "Lines"; readonly lines: ReadonlyArray<Affine>; readonly scalar: boolean }
  /** 0, 1, 2, … along the one axis that has more than one element. */
  | { readonly _tag: "Counting"; readonly length: Affine; readonly axis: number; readonly rank: number }
  /** One value everywhere, in a shape that grows. */
  | { readonly _tag: "Splat"; readonly value: number; readonly shape: ReadonlyArray<Affine> }

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

const all = <A>(three: Three<A>, test: (one: A) => boolean): boolean => three.every(test)

const isCounting = ({ shape, values }: Elements): boolean => {
  for (let i = 0; i < values.length; i++) if (values[i] !== i) return false
  return shape.filter((d) => d !== 1).length === 1
}

const isSplat = ({ values }: Elements): boolean => {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false
  return values.length > 0
}

/** `undefined` where it cannot be told, as for a mean over the batch, which divides by it. @category rules @since 0.1.0 */
export const growthOf = (sizes: Three<number>, three: Three<Elements>): Growth | undefined => {
  const [a, b, c] = three
  if (same(a.shape, b.shape) && same(a.shape, c.shape)) {
    if (!a.integer || a.shape.length > 1) return undefined
    const lines = affineList(sizes, [a.values, b.values, c.values])
    return lines && { _tag: "Lines", lines, scalar: a.shape.length === 0 }
  }
  const shape = affineList(sizes, [a.shape, b.shape, c.shape])
  if (shape === undefined) return undefined
  const axis = shape.findIndex((line) => !isFixed(line))
  if (all(three, isCounting)) return { _tag: "Counting", length: shape[axis]!, axis, rank: shape.length }
  return all(three, isSplat) && Object.is(a.values[0], b.values[0]) && Object.is(a.values[0], c.values[0])
    ? { _tag: "Splat", value: a.values[0]!, shape }
    : undefined
}

/** Equal in every element. @category rules @since 0.1.0 */
export const sameElements = (a: Elements, b: Elements): boolean => same(a.shape, b.shape) && same(a.values, b.values)

/** Said with every refusal that the number of rows is the reason for. @category constants @since 0.1.0 */
export const advice = "Predictions must treat each row by itself; or export for one batch size with batchSize"
