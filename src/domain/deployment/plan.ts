/**
 * Who calls the input: for each way of deploying it over hosts and replicas, the calls in order, the batch size each is
 * told, and the rows of the global batch that its batches become. After `InputPipelineConfig` and `tpu_context`.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ConfigError } from "../Errors.ts"
import type { Mode } from "../Program.ts"
import * as Topology from "../Topology.ts"
import type { EvalInputMode, InputMode } from "../TpuConfig.ts"

/** One call of the input. @category models @since 0.1.0 */
export interface Unit {
  /** Counted from 0 over all calls. */
  readonly invocation: number
  /** Where it is called. */
  readonly host: number
  /** Replicas that its batches go to, the first of them and how many. */
  readonly firstReplica: number
  readonly replicasFed: number
}

/** @category models @since 0.1.0 */
export interface Plan {
  readonly mode: Mode
  readonly units: ReadonlyArray<Unit>
  /** Batches that each unit gives in one step. */
  readonly draws: number
  /** Rows of each of them: the batch size that the input is told. */
  readonly batchSize: number
  readonly globalBatchSize: number
  /** Every replica gets the whole global batch. */
  readonly broadcast: boolean
}

/** @category models @since 0.1.0 */
export interface PlanRequest {
  readonly topology: Topology.Topology
  /**
   * `PerShard`: a call for each core. `PerHostV1`: a call for each host, whose batch is split over its replicas.
   * `PerHostV2`: a call for each host, which gives one batch for each of its replicas in turn. `Broadcast`: one call, whose
   * whole batch goes to every replica. Outside training `PerShard` is `PerHostV1`.
   */
  readonly perHostInput: InputMode
  /** `Sliced`: an evaluation's input is called once, and its batch is split over the replicas of all hosts. */
  readonly evalInput: EvalInputMode
  readonly mode: Mode
  /** The configured global size for this mode. */
  readonly batchSize: number | undefined
}

const sizeKeys = { train: "trainBatchSize", evaluate: "evalBatchSize", predict: "predictBatchSize" } as const

/** What several hosts can do outside training: each other way would lose the order of the rows, or rows themselves. */
const manyHostsWrong = ({ evalInput, mode, perHostInput, topology }: PlanRequest): ConfigError | undefined => {
  if (topology.hosts === 1 || mode === "train" || perHostInput === "Broadcast") return undefined
  if (mode === "evaluate" && evalInput === "Sliced") return undefined
  if (perHostInput === "PerHostV2" && (mode === "evaluate" || Topology.replicasOf(topology) === 1)) return undefined
  const ways =
    mode === "evaluate" ? '"PerHostV2" or "Broadcast" (or evalTrainingInputConfiguration "Sliced")' : '"Broadcast", or "PerHostV2" with one replica'
  const detail = `"${perHostInput}" cannot ${mode} on ${topology.hosts} hosts; use ${ways}, or one host.`
  return new ConfigError({ key: "tpu.perHostInput", detail })
}

/** The calls for a topology that has been checked. @category constructors @since 0.1.0 */
export const plan = (request: PlanRequest): Result.Result<Plan, ConfigError> => {
  const { mode, topology } = request
  const { batchSize } = request
  const key = sizeKeys[mode]
  if (batchSize === undefined) {
    return Result.fail(new ConfigError({ key, detail: "an input function is told its batch size; give Estimator.make the global one." }))
  }
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    return Result.fail(new ConfigError({ key, detail: `expected a positive whole number, got ${batchSize}.` }))
  }
  const perHostInput = request.perHostInput === "PerShard" && mode !== "train" ? "PerHostV1" : request.perHostInput
  const manyHosts = manyHostsWrong({ ...request, perHostInput })
  if (manyHosts !== undefined) return Result.fail(manyHosts)
  const replicas = Topology.replicasOf(topology)
  if (perHostInput !== "Broadcast" && batchSize % replicas !== 0) {
    const detail = `${batchSize} rows cannot be split over ${replicas} replicas; make it a multiple of ${replicas}.`
    return Result.fail(new ConfigError({ key, detail }))
  }
  const perHost = Topology.replicasPerHost(topology)
  const unitsOf = (count: number, replicasFed: number): ReadonlyArray<Unit> =>
    Array.from({ length: count }, (_, invocation) => {
      const firstReplica = invocation * replicasFed
      return { invocation, host: Topology.hostOfReplica(topology, firstReplica), firstReplica, replicasFed }
    })
  const common = { mode, globalBatchSize: batchSize, broadcast: perHostInput === "Broadcast" }
  const share = batchSize / replicas
  if (mode === "evaluate" && request.evalInput === "Sliced" && perHostInput !== "Broadcast") {
    return Result.succeed({ ...common, units: unitsOf(1, replicas), draws: 1, batchSize })
  }
  switch (perHostInput) {
    case "PerShard":
      return Result.succeed({ ...common, units: unitsOf(replicas, 1), draws: 1, batchSize: share })
    case "PerHostV1":
      return Result.succeed({ ...common, units: unitsOf(replicas / perHost, perHost), draws: 1, batchSize: share * perHost })
    case "PerHostV2":
      return Result.succeed({ ...common, units: unitsOf(replicas / perHost, perHost), draws: perHost, batchSize: share })
    case "Broadcast":
      return Result.succeed({ ...common, units: unitsOf(1, replicas), draws: 1, batchSize })
  }
}
