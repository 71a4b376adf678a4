/**
 * `Device` in plain TypeScript: evaluates the graph node by node, on any number of replicas in lock step. The meaning of
 * every op, for tests and for anywhere JavaScript runs; slow.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { CompileError } from "../../domain/Errors.ts"
import type { GraphError } from "../../domain/graph/GraphError.ts"
import { verifyProgram } from "../../domain/graph/verifyProgram.ts"
import { partitionProgram } from "../../domain/passes/partition/partitionProgram.ts"
import type { Program } from "../../domain/Program.ts"
import { Device } from "../../services/Device.ts"
import * as ReferenceExecutable from "./reference/ReferenceExecutable.ts"
import * as Replicas from "./reference/Replicas.ts"

/** @category models @since 0.1.0 */
export interface Options {
  /** Replicas in lock step; default 1. */
  readonly replicas?: number | undefined
  /** Batches that may wait to be used; default 2. */
  readonly infeedCapacity?: number | undefined
  /** Finished steps' outputs that may wait to be taken; default 8. */
  readonly outfeedCapacity?: number | undefined
}

const refused = ({ detail, op, source }: GraphError) =>
  new CompileError({ engine: "reference", detail, ...(op === undefined ? {} : { op }), ...(source === undefined ? {} : { source }) })

/** Throws a `RangeError` for counts that are not whole and at least 1. @category constructors @since 0.1.0 */
export const make = (options: Options = {}): Device["Service"] => {
  const replicas = count(options.replicas ?? 1, "replicas")
  const capacities = {
    infeed: count(options.infeedCapacity ?? 2, "infeedCapacity"),
    outfeed: count(options.outfeedCapacity ?? 8, "outfeedCapacity")
  }
  return Device.of({
    engine: "reference",
    replicas,
    compile: Effect.fn("DeviceReference.compile")(function* (program: Program) {
      const verdict = Result.flatMap(verifyProgram(program, replicas), () => partitionProgram(program))
      if (Result.isFailure(verdict)) return yield* refused(verdict.failure)
      const { program: whole, report: cut } = verdict.success
      return { ...(yield* ReferenceExecutable.make(Replicas.make(whole, replicas), capacities)), cut }
    })
  })
}

const count = (value: number, name: string): number => {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`DeviceReference: expected a whole ${name} of at least 1, got ${value}`)
  return value
}

/** @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Device> => Layer.sync(Device, () => make(options))
