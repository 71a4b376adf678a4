/**
 * What a literal of a lowered model is at any number of rows, found out from what it is at three.
 *
 * @since 0.1.0
 */
import type { Shape } from "../Tensor.ts"
import { type Affine, affineList, affineOf, isFixed, type Three } from "./affine.ts"

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
  /** start, start + step, … along the one axis that has more than one element. */
  | {
      readonly _tag: "Counting"
      readonly start: Affine
      readonly step: number
      readonly length: Affine
      readonly axis: number
      readonly rank: number
    }
  /** One value everywhere, in a shape that grows. */
  | { readonly _tag: "Splat"; readonly value: number; readonly shape: ReadonlyArray<Affine> }

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

const all = <A>(three: Three<A>, test: (one: A) => boolean): boolean => three.every(test)

/** The common difference of whole numbers in a row along one axis; `undefined` for others. */
const stepOf = ({ shape, values }: Elements): number | undefined => {
  if (shape.filter((d) => d !== 1).length !== 1) return undefined
  const step = values[1]! - values[0]!
  if (!Number.isInteger(values[0]) || !Number.isInteger(step) || step === 0) return undefined
  for (let i = 2; i < values.length; i++) if (values[i]! - values[i - 1]! !== step) return undefined
  return step
}

const countingOf = (sizes: Three<number>, [a, b, c]: Three<Elements>, length: Affine, axis: number, rank: number): Growth | undefined => {
  const step = stepOf(a)
  const start = affineOf(sizes, [a.values[0]!, b.values[0]!, c.values[0]!])
  if (step === undefined || start === undefined || stepOf(b) !== step || stepOf(c) !== step) return undefined
  return { _tag: "Counting", start, step, length, axis, rank }
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
  const counting = countingOf(sizes, three, shape[axis]!, axis, shape.length)
  if (counting !== undefined) return counting
  return all(three, isSplat) && Object.is(a.values[0], b.values[0]) && Object.is(a.values[0], c.values[0])
    ? { _tag: "Splat", value: a.values[0]!, shape }
    : undefined
}

/** Equal in every element. @category rules @since 0.1.0 */
export const sameElements = (a: Elements, b: Elements): boolean => same(a.shape, b.shape) && same(a.values, b.values)

/** Said with every refusal that the number of rows is the reason for. @category constants @since 0.1.0 */
export const advice =
  "It could not be written as a function of the batch's size: let predictions treat each row by itself, or export for one size with batchSize"
