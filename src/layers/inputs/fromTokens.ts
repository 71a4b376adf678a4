/**
 * A text as a language model reads it: every row of the batch is one contiguous stretch, so that a recurrent cache
 * continues from step to step.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { InputError } from "../../domain/Errors.ts"
import { type Example, type InputSource, make, type Position, type PositionedExample } from "../../domain/Input.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { epochsOf, inputError, notPositive, parseCounts, type Repeat } from "./positions.ts"

/** @category models @since 0.1.0 */
export interface FromTokensOptions {
  /** B: rows of a global batch. */
  readonly batchSize: number
  /** T: tokens of a row in one batch. */
  readonly sequenceLength: number
  /** Default 1 epoch. */
  readonly repeat?: Repeat
  /**
   * What becomes of tokens that fill no whole batch. `"drop"` (default), for training: they are left out, and features are
   * the tokens, int32 `[B, T]`. `"pad"`, for evaluation: features are `{ tokens, weights }`, with token 0, label 0 and
   * weight 0 in the places filled up; `weights` is float32 `[B, T]` and sums to the number of labels over an epoch.
   */
  readonly remainder?: "drop" | "pad"
}

/** Where each row begins and how many labels it has: row r predicts `tokens[start + 1 … start + length]`. */
interface Layout {
  readonly starts: Int32Array
  readonly lengths: Int32Array
  readonly batches: number
}

const layoutOf = (labels: number, { batchSize, remainder, sequenceLength }: FromTokensOptions): Layout => {
  const pad = remainder === "pad"
  const least = Math.floor(labels / batchSize)
  const longer = pad ? labels % batchSize : 0
  const batches = pad ? Math.ceil((least + (longer > 0 ? 1 : 0)) / sequenceLength) : Math.floor(least / sequenceLength)
  return {
    starts: Int32Array.from({ length: batchSize }, (_, r) => r * least + Math.min(r, longer)),
    lengths: Int32Array.from({ length: batchSize }, (_, r) => least + (r < longer ? 1 : 0)),
    batches
  }
}

const exampleAt = (tokens: Int32Array, layout: Layout, batch: number, { batchSize, remainder, sequenceLength }: FromTokensOptions): Example => {
  const shape = [batchSize, sequenceLength]
  const inputs = new Int32Array(batchSize * sequenceLength)
  const labels = new Int32Array(inputs.length)
  const weights = new Float32Array(remainder === "pad" ? inputs.length : 0)
  const column = batch * sequenceLength
  for (let r = 0; r < batchSize; r++) {
    const count = Math.max(0, Math.min(sequenceLength, layout.lengths[r]! - column))
    const start = layout.starts[r]! + column
    const at = r * sequenceLength
    inputs.set(tokens.subarray(start, start + count), at)
    labels.set(tokens.subarray(start + 1, start + count + 1), at)
    if (remainder === "pad") weights.fill(1, at, at + count)
  }
  const int32 = (data: Int32Array): Tensor => ({ dtype: "int32", shape, data })
  const features = remainder === "pad" ? { tokens: int32(inputs), weights: { dtype: "float32", shape, data: weights } as const } : int32(inputs)
  return { features, labels: int32(labels) }
}

const batchesFrom = (tokens: Int32Array, options: FromTokensOptions, from: Position | undefined): Stream.Stream<PositionedExample, InputError> => {
  const wrong = notPositive("batchSize", options.batchSize) ?? notPositive("sequenceLength", options.sequenceLength)
  if (wrong !== undefined) return Stream.fail(wrong)
  const layout = layoutOf(Math.max(0, tokens.length - 1), options)
  const { batches } = layout
  if (batches === 0) {
    const needed = options.remainder === "pad" ? 2 : options.batchSize * options.sequenceLength + 1
    return Stream.fail(
      inputError(
        "Empty",
        `${tokens.length} tokens give no batch of ${options.batchSize} rows of ${options.sequenceLength}; at least ${needed} are needed`
      )
    )
  }
  const { batchSize, sequenceLength } = options
  const position = parseCounts(from, ["epoch", "batch", "batchSize", "sequenceLength"])
  if (Result.isFailure(position)) return Stream.fail(position.failure)
  const { batch, epoch } = position.success
  if (from !== undefined && (position.success.batchSize !== batchSize || position.success.sequenceLength !== sequenceLength)) {
    const saved = `${position.success.batchSize} rows of ${position.success.sequenceLength}`
    return Stream.fail(
      inputError("BadPosition", `the position was saved with batches of ${saved}, these are of ${batchSize} rows of ${sequenceLength}`)
    )
  }
  if (batch >= batches)
    return Stream.fail(inputError("BadPosition", `the position is at batch ${batch} of ${batches}; the text or the batch size has changed`))
  const last = epochsOf(options.repeat) * batches
  return Stream.unfold(epoch * batches + batch, (done) =>
    Effect.sync((): readonly [PositionedExample, number] | undefined => {
      if (done >= last) return undefined
      const next = done + 1
      const example = exampleAt(tokens, layout, done % batches, options)
      return [{ example, position: JSON.stringify({ epoch: Math.floor(next / batches), batch: next % batches, batchSize, sequenceLength }) }, next]
    })
  )
}

/**
 * Language-model batches of a token stream: it is cut into `batchSize` contiguous rows; batch k holds columns
 * `[k * T, (k + 1) * T)` of every row, and the labels are the tokens one further. In the first column of every row the
 * cache is that of another place in the text (or of the last epoch), as in the original.
 *
 * Its position is an epoch and a batch, so seeking costs nothing. Fails with `InputError`: too few tokens (`Empty`), a
 * position of another source.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromTokens = (tokens: Int32Array, options: FromTokensOptions): InputSource<InputError> =>
  make((from) => Stream.suspend(() => batchesFrom(tokens, options, from)))
