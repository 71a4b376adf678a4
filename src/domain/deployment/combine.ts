/**
 * Puts the parts of one step together to a global batch.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { concatenate, leavesOf, rowsOf } from "../batching.ts"
import { InputError } from "../Errors.ts"
import type { Example } from "../Input.ts"
import type { Nest } from "../Model.ts"
import * as nest from "../nest.ts"
import { printType, sameShape, type Tensor } from "../Tensor.ts"

/** A batch of one unit; `undefined` where the unit has none left. @category models @since 0.1.0 */
export type Part = Example | undefined

/** @category models @since 0.1.0 */
export interface CombineOptions {
  /** Rows of a full part. */
  readonly partRows: number
  readonly batchAxis: ReadonlyArray<number> | undefined
  /** Fill up parts that are smaller or missing; otherwise they are refused. */
  readonly pad: boolean
  /** Which unit a part comes from, for messages. */
  readonly nameOf: (part: number) => string
}

/** @category models @since 0.1.0 */
export interface Combined {
  readonly example: Example
  /** Mask of the rows that are examples; `undefined` when all are. */
  readonly valid: Float32Array | undefined
}

type Leaves = ReadonlyArray<nest.NamedLeaf<Tensor>>

const restOf = (tensor: Tensor, axis: number) => tensor.shape.filter((_, i) => i !== axis)

/** What differs between the leaves of a part and those of the first. */
const differs = (
  first: Leaves,
  came: Leaves,
  axes: ReadonlyArray<number> | undefined
): Pick<InputError, "reason" | "leaf" | "detail"> | undefined => {
  const names = first.map(({ name }) => name)
  const odd = came.find(({ name }) => !names.includes(name)) ?? first.find(({ name }) => !came.some((leaf) => leaf.name === name))
  if (odd !== undefined) {
    const detail = `every call of the input must give the same keys: the first gave ${names.join(", ")}, this one ${came.map(({ name }) => name).join(", ")}`
    return { reason: "KeysChanged", leaf: odd.name, detail }
  }
  for (const [i, { name, value }] of came.entries()) {
    const expected = first[i]!.value
    const axis = axes?.[i] ?? 0
    const detail = `${printType(value)}, but the first call gave ${printType(expected)}`
    if (value.dtype !== expected.dtype) return { reason: "DTypeChanged", leaf: name, detail }
    if (!sameShape(restOf(value, axis), restOf(expected, axis))) return { reason: "ShapeChanged", leaf: name, detail }
  }
  return undefined
}

const rowsWrong = (rows: number, { pad, partRows }: CombineOptions): Pick<InputError, "reason" | "leaf" | "detail"> | undefined => {
  if (rows > partRows) return { reason: "BatchTooLarge", leaf: "", detail: `${rows} rows, but the batch size of a call is ${partRows}` }
  if (rows < partRows && !pad) {
    const detail = `${rows} of ${partRows} rows; training needs full batches: drop the remainder or repeat the data set`
    return { reason: "PartialBatch", leaf: "", detail }
  }
  return undefined
}

/**
 * The global batch of one step: part p is rows `p * partRows …` of it, along the batch axis of each leaf. At least one
 * part must be there. The only part of a step is given as it is, without a copy.
 *
 * @category rules
 * @since 0.1.0
 */
export const combine = (parts: ReadonlyArray<Part>, batch: number, options: CombineOptions): Result.Result<Combined, InputError> => {
  const { batchAxis, nameOf, partRows } = options
  const all = parts.map((part) => (part === undefined ? undefined : leavesOf(part)))
  const template = parts.findIndex((part) => part !== undefined)
  const first = all[template]!
  const counts: Array<number> = []
  for (const [p, leaves] of all.entries()) {
    let rows = 0
    if (leaves !== undefined) {
      const counted = rowsOf(leaves, batch, batchAxis)
      if (Result.isFailure(counted)) return Result.fail(named(counted.failure, batch, nameOf(p)))
      rows = counted.success
    }
    const wrong = leaves === undefined ? undefined : (differs(first, leaves, batchAxis) ?? rowsWrong(rows, options))
    if (wrong !== undefined) return Result.fail(named(wrong, batch, nameOf(p)))
    counts.push(rows)
  }
  const full = counts.every((rows) => rows === partRows)
  if (parts.length === 1 && full) return Result.succeed({ example: parts[0]!, valid: undefined })
  const tensors = first.map(({ value }, i) => {
    const axis = batchAxis?.[i] ?? 0
    const type = { dtype: value.dtype, shape: value.shape.map((d, a) => (a === axis ? partRows * parts.length : d)) }
    return concatenate(
      all.map((leaves) => leaves?.[i]!.value),
      type,
      axis,
      partRows
    )
  })
  return Result.succeed({ example: likeFirst(parts[template]!, tensors), valid: full ? undefined : maskOf(counts, partRows) })
}

const named = (wrong: Pick<InputError, "reason" | "leaf" | "detail">, batch: number, name: string): InputError =>
  new InputError({ reason: wrong.reason, leaf: wrong.leaf, batch, detail: `${name}: ${wrong.detail}` })

const likeFirst = ({ features, labels }: Example, tensors: ReadonlyArray<Tensor>): Example => {
  const count = nest.flatten(features, "features").length
  const filled = (structure: Nest<Tensor>, values: ReadonlyArray<Tensor>): Nest<Tensor> => nest.unflatten(structure, values)
  return {
    features: filled(features, tensors.slice(0, count)),
    ...(labels === undefined ? {} : { labels: filled(labels, tensors.slice(count)) })
  }
}

const maskOf = (counts: ReadonlyArray<number>, partRows: number): Float32Array => {
  const mask = new Float32Array(counts.length * partRows)
  for (const [p, rows] of counts.entries()) mask.fill(1, p * partRows, p * partRows + rows)
  return mask
}
