/**
 * The partition pass over a program, for engines that compute the cores of a replica in one process.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { checkDims } from "../../deployment/partition.ts"
import { GraphError } from "../../graph/GraphError.ts"
import { batchLeaves, type Program } from "../../Program.ts"
import { partition } from "./partition.ts"
import type { Report } from "./Report.ts"

/** @category models @since 0.1.0 */
export interface PartitionedProgram {
  /** With the work cut up, and no `partition` any more; the program itself where it had none. */
  readonly program: Program
  /** `undefined` where it had none. */
  readonly report: Report | undefined
}

const fault = ({ partition: given, step }: Program): string | undefined => {
  if (given === undefined) return undefined
  const leaves = batchLeaves(step)
  for (const [name, dims] of given.dims) {
    const leaf = leaves.find((other) => other.name === name)
    const names = leaves.map((other) => other.name).join(", ")
    if (leaf === undefined) return `the partition cuts a batch leaf "${name}"; expected one of ${names}`
    const wrong = checkDims(name, leaf.type, dims, given.cores)
    if (wrong !== undefined) return wrong.message
    if (dims.length !== leaf.type.shape.length || dims.every((parts) => parts === 1)) {
      return `the partition of "${name}" is [${dims}]: leave a leaf out that is not cut`
    }
  }
  return undefined
}

/** Fails with a `GraphError` where `program.partition` cuts a leaf that is not there, or in another way than it can be cut. @category rules @since 0.1.0 */
export const checkPartition = (program: Program): Result.Result<void, GraphError> => {
  const detail = fault(program)
  return detail === undefined ? Result.succeed(undefined) : Result.fail(new GraphError({ detail }))
}

/**
 * Does what `program.partition` says to `program.step`. Fails with a `GraphError` where a leaf is not there, or its dims do
 * not fit it.
 *
 * @category passes
 * @since 0.1.0
 */
export const partitionProgram = (program: Program): Result.Result<PartitionedProgram, GraphError> => {
  const { partition: given, ...whole } = program
  return Result.map(checkPartition(program), () => {
    if (given === undefined) return { program, report: undefined }
    const { graph, report } = partition(program.step, given)
    return { program: { ...whole, step: graph }, report }
  })
}
