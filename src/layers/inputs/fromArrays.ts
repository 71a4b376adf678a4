/**
 * A data set in memory as a seekable input.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { InputError } from "../../domain/Errors.ts"
import { type Example, type InputSource, make, type Position, type PositionedExample } from "../../domain/Input.ts"
import { printType, type Tensor } from "../../domain/Tensor.ts"
import { identity, type Permutation, shuffled } from "./permutation.ts"
import { epochsOf, inputError, notPositive, parseCounts, type Repeat } from "./positions.ts"
import { leavesOf } from "../../domain/batching.ts"
import { mapLeaves, takeRows } from "./stack.ts"

/** @category models @since 0.1.0 */
export interface FromArraysOptions {
  /** Examples of a global batch. */
  readonly batchSize: number
  /** Seed of a new order for every epoch. Default: the order given. */
  readonly shuffle?: number
  /** Default 1 epoch. Batches run on from one epoch to the next, so that all but the very last are full. */
  readonly repeat?: Repeat
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean
}

const check = (data: Example, options: FromArraysOptions): Result.Result<number, InputError> => {
  const wrong = notPositive("batchSize", options.batchSize)
  if (wrong !== undefined) return Result.fail(wrong)
  const leaves = leavesOf(data)
  const scalar = leaves.find(({ value }) => value.shape.length === 0)
  if (scalar !== undefined) return Result.fail(inputError("NotATensor", "a scalar has no axis of examples", scalar.name))
  const first = leaves[0]
  const n = first?.value.shape[0] ?? 0
  if (first === undefined || n === 0) return Result.fail(inputError("Empty", "the data set has no examples", first?.name))
  const odd = leaves.find(({ value }) => value.shape[0] !== n)
  return odd === undefined
    ? Result.succeed(n)
    : Result.fail(
        inputError("ShapeChanged", `${printType(odd.value)} has not the ${n} examples of ${first.name} (${printType(first.value)})`, odd.name)
      )
}

/** The rows of the next batch, taken over as many epochs as it needs. */
const cursor = (n: number, epoch: number, offset: number, epochs: number, orderOf: (epoch: number) => Permutation) => {
  let permutation: Permutation | undefined
  return (size: number): Int32Array => {
    const rows = new Int32Array(size)
    let filled = 0
    while (filled < size && epoch < epochs) {
      permutation ??= orderOf(epoch)
      const count = Math.min(size - filled, n - offset)
      rows.set(permutation.order(offset + count).subarray(offset, offset + count), filled)
      filled += count
      offset += count
      if (offset < n) continue
      offset = 0
      epoch++
      permutation = undefined
    }
    return rows.subarray(0, filled)
  }
}

const batchesFrom = (data: Example, options: FromArraysOptions, from: Position | undefined): Stream.Stream<PositionedExample, InputError> => {
  const checked = Result.flatMap(check(data, options), (n) => Result.map(parseCounts(from, ["epoch", "offset"]), (at) => ({ n, ...at })))
  if (Result.isFailure(checked)) return Stream.fail(checked.failure)
  const { epoch, n, offset } = checked.success
  if (offset > n) return Stream.fail(inputError("BadPosition", `the position is at example ${offset} of a data set of ${n}`))
  const { batchSize, dropRemainder = false, shuffle } = options
  const orderOf = (e: number) => (shuffle === undefined ? identity(n) : shuffled(n, shuffle, e))
  const take = cursor(n, epoch, offset, epochsOf(options.repeat), orderOf)
  return Stream.unfold(epoch * n + offset, (done) =>
    Effect.sync((): readonly [PositionedExample, number] | undefined => {
      const rows = take(batchSize)
      if (rows.length === 0 || (dropRemainder && rows.length < batchSize)) return undefined
      const next = done + rows.length
      const example = mapLeaves(data, (tensor: Tensor) => takeRows(tensor, rows, 0, rows.length))
      return [{ example, position: JSON.stringify({ epoch: Math.floor(next / n), offset: next % n }) }, next]
    })
  )
}

/**
 * Batches of tensors that hold the whole data set, with the examples on axis 0 of every leaf; each batch is a copy.
 * Its position is an epoch and an example, so seeking reads nothing, and a changed batch size goes on from the same example.
 *
 * Fails with `InputError`: leaves that disagree on the number of examples, none at all, a position of another source.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromArrays = (data: Example, options: FromArraysOptions): InputSource<InputError> =>
  make((from) => Stream.suspend(() => batchesFrom(data, options, from)))
