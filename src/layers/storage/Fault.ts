/**
 * What the codec found wrong in bytes. The public functions of the codec give it in a `Result`; inside it is thrown,
 * since a parser fails in the middle of nested reads.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { CheckpointError } from "../../domain/Errors.ts"

/** @category errors @since 0.1.0 */
export class Fault extends Error {
  readonly reason: CheckpointError["reason"]
  readonly tensor: string | undefined
  constructor(reason: CheckpointError["reason"], detail: string, tensor?: string) {
    super(detail)
    this.reason = reason
    this.tensor = tensor
  }
}

/** Runs a parser; anything but a `Fault` is a mistake in it and goes on as a throw. @category rules @since 0.1.0 */
export const parsing = <A>(parse: () => A): Result.Result<A, Fault> => {
  try {
    return Result.succeed(parse())
  } catch (error) {
    if (error instanceof Fault) return Result.fail(error)
    throw error
  }
}
