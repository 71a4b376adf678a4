/**
 * What `effect-estimator compile` tells of a compiled step, for people.
 *
 * @since 0.1.0
 */
import type { Told } from "../../layers/device/pjrt/Ahead.ts"
import { type Buffer, printed } from "../../layers/device/pjrt/buffers.ts"
import { table } from "./table.ts"

const [mebi, gibi] = [2 ** 20, 2 ** 30]

/** @category conversions @since 0.1.0 */
export const sizeText = (bytes: number): string => {
  if (bytes < mebi / 10) return `${(bytes / 1024).toFixed(1)} KiB`
  return bytes < gibi ? `${(bytes / mebi).toFixed(1)} MiB` : `${(bytes / gibi).toFixed(2)} GiB`
}

/** `4.20 of 15.75 GiB`, or without the limit where there is none. @category conversions @since 0.1.0 */
export const ofLimit = (bytes: number, limit: number | undefined): string => {
  if (limit === undefined) return sizeText(bytes)
  return bytes < gibi || limit < gibi ? `${sizeText(bytes)} of ${sizeText(limit)}` : `${(bytes / gibi).toFixed(2)} of ${sizeText(limit)}`
}

/** Operations that move data between devices. */
const collectives = /^(all-reduce|all-gather|reduce-scatter|all-to-all|collective-permute|collective-broadcast)(-start)?$/

const collectivesOf = (operations: Told["operations"]): string => {
  const found = Object.entries(operations).filter(([name]) => collectives.test(name))
  if (Object.keys(operations).length === 0) return "not told"
  return found.length === 0 ? "none" : found.map(([name, times]) => `${times} ${name.replace(/-start$/, "")}`).join(", ")
}

const giga = (value: number, unit: string) => `${(value / 1e9).toFixed(3)} G${unit}`

/** A property that XLA's cost analysis may have. */
const costOf = (value: unknown, unit: string): string | undefined => (typeof value === "number" && value >= 0 ? giga(value, unit) : undefined)

/** As the plugin has counted, of a device; else what the graph tells, of a replica. */
const arithmeticOf = ({ cost, productFlops }: Told): readonly [of: string, text: string] => {
  const flops = costOf(cost["flops"], "FLOP")
  if (flops !== undefined) return ["a step of a device", `${flops}, ${costOf(cost["bytes accessed"], "B moved") ?? "bytes moved not told"}`]
  return ["a step of a replica", `${giga(productFlops, "FLOP")} in products and convolutions (counted in the graph: the plugin does not tell)`]
}

/** @category models @since 0.1.0 */
export interface Report {
  /** As it was asked for. */
  readonly target: string
  readonly replicas: number
  /** Of the step's graph. */
  readonly nodes: number
  readonly told: Told
  /** Bytes that a device may have for the program; `undefined` where that is not known. */
  readonly limit: number | undefined
  /** Buffers that are listed. */
  readonly listed: number
}

/** Those that look the same are one row, with their number. */
const buffersTable = ({ buffers }: Told, listed: number): string => {
  if (buffers.length === 0) return "largest buffers: not told"
  const rows = new Map<string, { readonly buffer: Buffer; times: number }>()
  for (const buffer of buffers) {
    const key = `${buffer.kind} ${buffer.bytes} ${printed(buffer)}`
    const row = rows.get(key) ?? { buffer, times: 0 }
    row.times++
    rows.set(key, row)
  }
  const shown = [...rows.values()].slice(0, listed).map(({ buffer, times }) => {
    const size = `${times === 1 ? "" : `${times} x `}${sizeText(buffer.bytes)}`
    return [`  ${size}`, buffer.kind, printed(buffer)]
  })
  return `largest buffers of a device when it needs most:\n${table(shown)}`
}

/** @category conversions @since 0.1.0 */
export const reportOf = ({ limit, listed, nodes, replicas, target, told }: Report): string => {
  const { devices, kind, memory, millis, operations } = told
  const rows = table([
    ["target", `${target}: ${devices} x ${kind}, ${replicas} replicas`],
    ["step", `${nodes} nodes, compiled in ${(millis / 1000).toFixed(1)} s`],
    ["memory of a device", `${ofLimit(memory.peak, limit)} at most at once`],
    ["  arguments", sizeText(memory.arguments)],
    ["  results", `${sizeText(memory.results)}, of which ${sizeText(memory.aliased)} lie where arguments lay`],
    ["  temporary", sizeText(memory.temporary)],
    ["  code", memory.code === 0 ? "not told" : sizeText(memory.code)],
    arithmeticOf(told),
    ["collectives", collectivesOf(operations)]
  ])
  return `${rows}\n${buffersTable(told, listed)}`
}
