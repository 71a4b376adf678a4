/**
 * The machines a run is spread over: hosts, each with cores; a replica takes one core or several. After the original's
 * topology, device assignment and the checks of its `tpu_context`.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ConfigError } from "./Errors.ts"
import * as TpuConfig from "./TpuConfig.ts"

/** @category models @since 0.1.0 */
export interface Topology {
  /** Machines that read inputs; at least 1. */
  readonly hosts: number
  /** Cores of each host; at least 1. */
  readonly coresPerHost: number
  /** Cores that compute one replica together (`num_cores_per_replica`): 1, 2, 4, … 128. */
  readonly coresPerReplica: number
}

/** One core, counted on its host. @category models @since 0.1.0 */
export interface Core {
  readonly host: number
  readonly ordinal: number
}

/** Defaults: one host, one core for each replica. @category constructors @since 0.1.0 */
export const make = (options: { readonly hosts?: number; readonly coresPerHost: number; readonly coresPerReplica?: number }): Topology => ({
  hosts: options.hosts ?? 1,
  coresPerHost: options.coresPerHost,
  coresPerReplica: options.coresPerReplica ?? 1
})

/** One host with a core for each replica: what a device is without a topology. @category constructors @since 0.1.0 */
export const ofReplicas = (replicas: number): Topology => make({ coresPerHost: replicas })

/** @category rules @since 0.1.0 */
export const coresOf = ({ coresPerHost, hosts }: Topology): number => hosts * coresPerHost

/** @category rules @since 0.1.0 */
export const replicasOf = (topology: Topology): number => coresOf(topology) / topology.coresPerReplica

/** Replicas that a host feeds: 1 on the first host of a replica that reaches over several. @category rules @since 0.1.0 */
export const replicasPerHost = ({ coresPerHost, coresPerReplica }: Topology): number => Math.max(1, coresPerHost / coresPerReplica)

/** The cores of a replica, logical core 0 first: replicas are packed in order, host after host. @category rules @since 0.1.0 */
export const coresOfReplica = ({ coresPerHost, coresPerReplica }: Topology, replica: number): ReadonlyArray<Core> =>
  Array.from({ length: coresPerReplica }, (_, i) => {
    const core = replica * coresPerReplica + i
    return { host: Math.floor(core / coresPerHost), ordinal: core % coresPerHost }
  })

/** The host that feeds a replica: that of its logical core 0. @category rules @since 0.1.0 */
export const hostOfReplica = ({ coresPerHost, coresPerReplica }: Topology, replica: number): number =>
  Math.floor((replica * coresPerReplica) / coresPerHost)

const shapes = new Map([
  [1, [1, 1, 1]],
  [2, [1, 1, 2]],
  [4, [1, 2, 2]],
  [8, [2, 2, 2]],
  [16, [4, 2, 2]]
])

/** The block of cores of one replica, `[x, y, core]`, where the original names one: for 1, 2, 4, 8 and 16. @category rules @since 0.1.0 */
export const computationShape = (coresPerReplica: number): ReadonlyArray<number> | undefined => shapes.get(coresPerReplica)

const refuse = (key: string, detail: string): ConfigError => new ConfigError({ key, detail })

const countsWrong = (topology: Topology): ConfigError | undefined => {
  for (const key of ["hosts", "coresPerHost"] as const) {
    const value = topology[key]
    if (!(Number.isInteger(value) && value > 0)) {
      return refuse(`topology.${key}`, `expected a positive whole number, got ${value}; a topology without cores cannot run anything.`)
    }
  }
  const { coresPerReplica } = topology
  const known: ReadonlyArray<number> = TpuConfig.coresPerReplica
  if (!known.includes(coresPerReplica)) {
    return refuse("tpu.numCoresPerReplica", `expected one of ${known.join(", ")}, got ${coresPerReplica}.`)
  }
  return undefined
}

/** What else is known when a topology is checked. @category models @since 0.1.0 */
export interface Requested {
  /** How the input is deployed. */
  readonly perHostInput: TpuConfig.InputMode
  /** Replicas as configured (`num_shards`). */
  readonly numShards?: number | undefined
  /** Replicas of the device that is to run it. */
  readonly deviceReplicas: number
}

/** The first thing wrong with a topology, in the original's order of checks. @category rules @since 0.1.0 */
export const check = (topology: Topology, requested: Requested): Result.Result<Topology, ConfigError> => {
  const wrong = countsWrong(topology)
  if (wrong !== undefined) return Result.fail(wrong)
  const { coresPerHost, coresPerReplica, hosts } = topology
  const cores = coresOf(topology)
  const system = `${hosts} × ${coresPerHost} cores`
  const fail = (key: string, detail: string) => Result.fail(refuse(key, detail))
  if (coresPerReplica > cores) return fail("tpu.numCoresPerReplica", `a replica of ${coresPerReplica} cores is larger than the system of ${system}.`)
  const spans = coresPerReplica > coresPerHost
  if (spans && requested.perHostInput !== "PerHostV2") {
    const detail = `a replica of ${coresPerReplica} cores does not fit on a host of ${coresPerHost}; only perHostInput "PerHostV2" feeds a replica over several hosts.`
    return fail("tpu.numCoresPerReplica", detail)
  }
  if (cores % coresPerReplica !== 0 || (spans ? coresPerReplica % coresPerHost : coresPerHost % coresPerReplica) !== 0) {
    return fail("tpu.numCoresPerReplica", `${system} cannot be divided into replicas of ${coresPerReplica} cores.`)
  }
  if (requested.perHostInput === "PerShard" && coresPerReplica > 1) {
    return fail("tpu.numCoresPerReplica", 'model parallelism needs per-host input: choose perHostInput "PerHostV1", "PerHostV2" or "Broadcast".')
  }
  const replicas = replicasOf(topology)
  if (requested.numShards !== undefined && requested.numShards !== replicas) {
    const each = coresPerReplica === 1 ? "" : ` of ${coresPerReplica} cores each`
    return fail(
      "tpu.numShards",
      `it is ${requested.numShards}, but ${system} are ${replicas} replicas${each}; leave it out, or set it to ${replicas}.`
    )
  }
  if (requested.deviceReplicas !== replicas) {
    const detail = `${system} are ${replicas} replicas, but the device has ${requested.deviceReplicas}; give the device's layer { replicas: ${replicas} }.`
    return fail("topology", detail)
  }
  return Result.succeed(topology)
}
