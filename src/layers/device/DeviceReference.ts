/**
 * `Device` in plain TypeScript: evaluates the graph node by node, on any number of replicas in lock step. The meaning of
 * every op, for tests and for anywhere JavaScript runs; slow.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Program } from "../../domain/Program.ts"
import { Device } from "../../services/Device.ts"
import { accept } from "./hosted/accept.ts"
import { count } from "./hosted/count.ts"
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

const engine = "reference"

/** Throws a `RangeError` for counts that are not whole and at least 1. @category constructors @since 0.1.0 */
export const make = (options: Options = {}): Device["Service"] => {
  const replicas = count("DeviceReference", "replicas", options.replicas ?? 1, 1)
  const capacities = {
    infeed: count("DeviceReference", "infeedCapacity", options.infeedCapacity ?? 2, 1),
    outfeed: count("DeviceReference", "outfeedCapacity", options.outfeedCapacity ?? 8, 1)
  }
  return Device.of({
    engine,
    replicas,
    compile: Effect.fn("DeviceReference.compile")(function* (program: Program) {
      const { program: whole, report: cut } = yield* Effect.fromResult(accept(engine, program, replicas))
      return { ...(yield* ReferenceExecutable.make(Replicas.make(whole, replicas), capacities)), cut }
    })
  })
}

/** @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Device> => Layer.sync(Device, () => make(options))
