/**
 * How much a step may predict. Several steps' predictions wait for their reader at once, so one that is too large would end the
 * process without an error.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ConfigError } from "./Errors.ts"
import { globalShape, outfeedLeaves, type Program } from "./Program.ts"
import { byteSizeOf, printType } from "./Tensor.ts"

/** Bytes of one step's predictions, over all replicas, that are too many: 1 GiB, as in the original. @category constants @since 0.1.0 */
export const tooManyBytes = 2 ** 30

/** Fails with `ConfigError` naming each prediction and its global type, where all of them have `tooManyBytes` or more. @category rules @since 0.1.0 */
export const checkPredictionSize = (
  program: Program,
  predictions: ReadonlyArray<{ readonly name: string; readonly outfeed: number }>,
  replicas: number
): Result.Result<void, ConfigError> => {
  const leaves = outfeedLeaves(program.step)
  let bytes = 0
  const types: Array<string> = []
  for (const { name, outfeed } of predictions) {
    const { dtype, shape } = leaves[outfeed]!.type
    const type = { dtype, shape: globalShape(shape, replicas) }
    bytes += byteSizeOf(type)
    types.push(`${name} ${printType(type)}`)
  }
  if (bytes < tooManyBytes) return Result.void
  const detail = `expected predictions of less than ${tooManyBytes} bytes a step, got ${bytes}: ${types.join(", ")}. Predict fewer examples at a time, or give less of each.`
  return Result.fail(new ConfigError({ key: "predictBatchSize", detail }))
}
