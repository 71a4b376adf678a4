/**
 * Copies between strided views of row-major data: transposes, broadcasts, slices, reversals, pads and concatenations
 * are each one such copy.
 *
 * @since 0.1.0
 */
import { type Shape, sizeOf, stridesOf, type TensorData } from "../../Tensor.ts"

/** Where in row-major data a view begins and how far its axes step (0 repeats, negative reverses). */
export interface View {
  readonly data: TensorData
  readonly offset: number
  readonly strides: ReadonlyArray<number>
}

/** All of `data`, row-major. @category constructors @since 0.1.0 */
export const whole = (data: TensorData, shape: Shape): View => ({ data, offset: 0, strides: stridesOf(shape) })

/** Copies the elements of `shape` from one view to the other (same array class, or one that `=` converts as wanted). @category rules @since 0.1.0 */
export const stridedCopy = (from: View, to: View, shape: Shape): void => {
  if (sizeOf(shape) === 0) return
  // merge neighbouring axes that step as one, so that most copies become one or two loops
  const extents: Array<number> = []
  const fromSteps: Array<number> = []
  const toSteps: Array<number> = []
  for (let i = 0; i < shape.length; i++) {
    const d = shape[i]!
    if (d === 1) continue
    const last = extents.length - 1
    if (last >= 0 && fromSteps[last] === from.strides[i]! * d && toSteps[last] === to.strides[i]! * d) {
      extents[last]! *= d
      fromSteps[last] = from.strides[i]!
      toSteps[last] = to.strides[i]!
    } else {
      extents.push(d)
      fromSteps.push(from.strides[i]!)
      toSteps.push(to.strides[i]!)
    }
  }
  copyAxes(from, to, extents, fromSteps, toSteps)
}

const copyAxes = (from: View, to: View, extents: Array<number>, fromSteps: Array<number>, toSteps: Array<number>): void => {
  const rank = extents.length
  const n = rank === 0 ? 1 : extents[rank - 1]!
  const fromStep = rank === 0 ? 1 : fromSteps[rank - 1]!
  const toStep = rank === 0 ? 1 : toSteps[rank - 1]!
  const index = new Array<number>(rank).fill(0)
  let source = from.offset
  let target = to.offset
  for (;;) {
    copyRow(from.data, source, fromStep, to.data, target, toStep, n)
    let axis = rank - 2
    for (; axis >= 0; axis--) {
      source += fromSteps[axis]!
      target += toSteps[axis]!
      if (++index[axis]! < extents[axis]!) break
      source -= fromSteps[axis]! * extents[axis]!
      target -= toSteps[axis]! * extents[axis]!
      index[axis] = 0
    }
    if (axis < 0) return
  }
}

const copyRow = (from: TensorData, source: number, fromStep: number, to: TensorData, target: number, toStep: number, n: number): void => {
  if (toStep === 1 && fromStep === 0) to.fill(from[source]!, target, target + n)
  else if (toStep === 1 && fromStep === 1 && n > 64) to.set(from.subarray(source, source + n), target)
  else {
    let s = source
    let t = target
    for (let i = 0; i < n; i++) {
      to[t] = from[s]!
      s += fromStep
      t += toStep
    }
  }
}

/** `out.shape[i] = shape[perm[i]]`. @category rules @since 0.1.0 */
export const transpose = (x: TensorData, shape: Shape, perm: ReadonlyArray<number>, out: TensorData): void => {
  const strides = stridesOf(shape)
  const to = perm.map((p) => shape[p]!)
  stridedCopy({ data: x, offset: 0, strides: perm.map((p) => strides[p]!) }, whole(out, to), to)
}

/** numpy's broadcast from `shape` to `to`. @category rules @since 0.1.0 */
export const broadcast = (x: TensorData, shape: Shape, to: Shape, out: TensorData): void => {
  const strides = stridesOf(shape)
  const lead = to.length - shape.length
  const steps = to.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead]!))
  stridedCopy({ data: x, offset: 0, strides: steps }, whole(out, to), to)
}
