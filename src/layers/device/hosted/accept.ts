/**
 * What every device does with a program before it compiles it: checks it, and cuts it for its replicas.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { CompileError } from "../../../domain/Errors.ts"
import type { GraphError } from "../../../domain/graph/GraphError.ts"
import { verifyProgram } from "../../../domain/graph/verifyProgram.ts"
import { checkPartition, partitionProgram } from "../../../domain/passes/partition/partitionProgram.ts"
import type { Program } from "../../../domain/Program.ts"

/** What a graph has against it, as the engine's refusal. @category conversions @since 0.1.0 */
export const refusal =
  (engine: string) =>
  ({ detail, op, source }: GraphError): CompileError =>
    new CompileError({ engine, detail, ...(op === undefined ? {} : { op }), ...(source === undefined ? {} : { source }) })

/** Checks a program, and how its replicas are cut, for an engine that cuts them itself. @category rules @since 0.1.0 */
export const check = (engine: string, program: Program, replicas: number): Result.Result<void, CompileError> =>
  Result.mapError(
    Result.flatMap(verifyProgram(program, replicas), () => checkPartition(program)),
    refusal(engine)
  )

/** The program as each replica runs it, and a report of the cut; or what is wrong with it. @category rules @since 0.1.0 */
export const accept = (engine: string, program: Program, replicas: number) =>
  Result.mapError(
    Result.flatMap(verifyProgram(program, replicas), () => partitionProgram(program)),
    refusal(engine)
  )
