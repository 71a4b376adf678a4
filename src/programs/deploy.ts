/**
 * From what a program was given as its input to one source of global batches, over the device's topology.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { BatchLayout } from "../domain/batching.ts"
import { callInput, sourceOf } from "../domain/deployment/callInput.ts"
import { plan as planOf } from "../domain/deployment/plan.ts"
import { toGlobal } from "../domain/deployment/toGlobal.ts"
import { ConfigError, type InputError } from "../domain/Errors.ts"
import type { Input, InputSource } from "../domain/Input.ts"
import type { Mode } from "../domain/Program.ts"
import type { RunConfig } from "../domain/RunConfig.ts"
import * as Topology from "../domain/Topology.ts"
import { Device } from "../services/Device.ts"
import { DeviceTopology } from "../services/DeviceTopology.ts"
import type { Estimator } from "./Estimator.ts"

/** @category models @since 0.1.0 */
export interface Deployed<E, R> {
  readonly source: InputSource<E | InputError, R>
  /** How the rows of its batches go to the replicas. */
  readonly layout: BatchLayout
}

const batchSizeOf = (estimator: Pick<Estimator<unknown>, "trainBatchSize" | "evalBatchSize" | "predictBatchSize">, mode: Mode): number | undefined =>
  mode === "train" ? estimator.trainBatchSize : mode === "evaluate" ? estimator.evalBatchSize : estimator.predictBatchSize

/** The device's cores on their hosts: as provided, or all on one host; checked against the configuration. */
const topologyOf = Effect.fnUntraced(function* ({ tpu }: RunConfig): Effect.fn.Return<Topology.Topology, ConfigError, Device> {
  const { replicas } = yield* Device
  const given = yield* DeviceTopology
  const coresPerReplica = tpu.numCoresPerReplica ?? given?.coresPerReplica ?? 1
  const topology = given === undefined ? Topology.make({ coresPerHost: replicas * coresPerReplica, coresPerReplica }) : { ...given, coresPerReplica }
  return yield* Effect.fromResult(Topology.check(topology, { perHostInput: tpu.perHostInput, numShards: tpu.numShards, deviceReplicas: replicas }))
})

/**
 * Deploys an input: an input function is called as `tpu.perHostInput` says, once for each unit, host after host, and what
 * the calls return becomes one source of global batches. A stream or source is that already; it is only broadcast where
 * the configuration says so.
 *
 * @category constructors
 * @since 0.1.0
 */
export const deploy = Effect.fnUntraced(function* <P, E, R>(
  estimator: Estimator<P, unknown, unknown>,
  mode: Mode,
  input: Input<E, R>,
  config: RunConfig
): Effect.fn.Return<Deployed<E, R>, ConfigError | InputError, Device> {
  const batchSize = batchSizeOf(estimator, mode)
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    const key = mode === "train" ? "trainBatchSize" : mode === "evaluate" ? "evalBatchSize" : "predictBatchSize"
    return yield* new ConfigError({ key, detail: `expected a positive whole number, got ${batchSize}; leave it out to take the first batch's.` })
  }
  const { perHostInput } = config.tpu
  const { batchAxis } = estimator
  const topology = yield* topologyOf(config)
  if (mode === "predict" && batchAxis !== undefined && (perHostInput === "PerHostV1" || perHostInput === "PerShard")) {
    const detail = `predictions have their examples on axis 0, and so must the input of predict: leave batchAxis out, or use perHostInput "PerHostV2".`
    return yield* new ConfigError({ key: "batchAxis", detail })
  }
  const { inputPartitionDims: dims } = config.tpu
  const partition = dims === undefined ? undefined : { dims, cores: topology.coresPerReplica }
  const layout: BatchLayout = { broadcast: perHostInput === "Broadcast", batchAxis, partition }
  if (typeof input !== "function") return { source: yield* Effect.fromResult(sourceOf(input, "the input is")), layout }
  const plan = yield* Effect.fromResult(planOf({ topology, perHostInput, evalInput: config.tpu.evalTrainingInputConfiguration, mode, batchSize }))
  const sources = yield* Effect.fromResult(callInput(input, plan, estimator.params))
  return { source: toGlobal(plan, sources, { batchAxis, onUneven: (message) => Effect.logWarning(message) }), layout }
})
