/**
 * Single examples to batches and rows of tensors to batches, leaf by leaf.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { leavesOf } from "../../domain/batching.ts"
import { InputError } from "../../domain/Errors.ts"
import type { Example } from "../../domain/Input.ts"
import type { Nest } from "../../domain/Model.ts"
import * as nest from "../../domain/nest.ts"
import { allocate, printType, sameShape, sizeOf, type Tensor } from "../../domain/Tensor.ts"
import { groupsOf } from "./groupsOf.ts"

const mapTensors = (tensors: Nest<Tensor>, prefix: string, f: (tensor: Tensor, name: string) => Tensor): Nest<Tensor> => nest.map(tensors, prefix, f)

/** The same structure with `f(leaf)` in place of each leaf. @category combinators @since 0.1.0 */
export const mapLeaves = (example: Example, f: (tensor: Tensor, name: string) => Tensor): Example => ({
  features: mapTensors(example.features, "features", f),
  ...(example.labels === undefined ? {} : { labels: mapTensors(example.labels, "labels", f) })
})

/** Rows `rows[from]` to `rows[to - 1]` of axis 0, copied. @category rules @since 0.1.0 */
export const takeRows = (tensor: Tensor, rows: ArrayLike<number>, from: number, to: number): Tensor => {
  const shape = [to - from, ...tensor.shape.slice(1)]
  const width = sizeOf(tensor.shape.slice(1))
  const data = allocate(tensor.dtype, (to - from) * width)
  for (let i = from; i < to; i++) {
    const row = rows[i]!
    if (width === 1) data[i - from] = tensor.data[row]!
    else data.set(tensor.data.subarray(row * width, (row + 1) * width), (i - from) * width)
  }
  return { dtype: tensor.dtype, shape, data }
}

const differs = (name: string, first: Tensor, other: Tensor, i: number): InputError | undefined => {
  const detail = `example ${i} of the batch is ${printType(other)}, the first is ${printType(first)}`
  if (other.dtype !== first.dtype) return new InputError({ reason: "DTypeChanged", leaf: name, detail })
  if (!sameShape(other.shape, first.shape)) return new InputError({ reason: "ShapeChanged", leaf: name, detail })
  return undefined
}

/**
 * One batch of single examples, whose leaves have no batch axis: `[2, 3]` becomes `[n, 2, 3]`. The examples must agree in
 * structure, dtypes and shapes; the error names the leaf and counts examples from 0.
 *
 * @category rules
 * @since 0.1.0
 */
export const stack = (examples: ReadonlyArray<Example>): Result.Result<Example, InputError> => {
  const first = examples[0]
  if (first === undefined) return Result.fail(new InputError({ reason: "Empty", leaf: "", detail: "a batch needs at least one example" }))
  const all = examples.map((example) => new Map(leavesOf(example).map(({ name, value }) => [name, value])))
  const names = [...all[0]!.keys()]
  for (let i = 1; i < all.length; i++) {
    const odd = [...all[i]!.keys()].find((name) => !all[0]!.has(name)) ?? names.find((name) => !all[i]!.has(name))
    if (odd !== undefined) {
      const detail = `example ${i} of the batch ${all[i]!.has(odd) ? "has it, the first does not" : "lacks it, the first has it"}`
      return Result.fail(new InputError({ reason: "KeysChanged", leaf: odd, detail }))
    }
    for (const name of names) {
      const error = differs(name, all[0]!.get(name)!, all[i]!.get(name)!, i)
      if (error !== undefined) return Result.fail(error)
    }
  }
  return Result.succeed(
    mapLeaves(first, ({ dtype, shape }, name) => {
      const width = sizeOf(shape)
      const data = allocate(dtype, width * examples.length)
      all.forEach((leaves, i) => data.set(leaves.get(name)!.data, i * width))
      return { dtype, shape: [examples.length, ...shape], data }
    })
  )
}

/** @category models @since 0.1.0 */
export interface BatchOptions {
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean
}

/**
 * Batches of `size` single examples; the last one may be smaller. Fails with `InputError` where the examples of a batch
 * do not agree.
 *
 * @category combinators
 * @since 0.1.0
 */
export const batch =
  (size: number, options: BatchOptions = {}) =>
  <E, R>(examples: Stream.Stream<Example, E, R>): Stream.Stream<Example, E | InputError, R> =>
    examples.pipe(
      groupsOf(size),
      Stream.filter((group) => options.dropRemainder !== true || group.length === size),
      Stream.mapEffect((group) => Effect.fromResult(stack(group)))
    )
