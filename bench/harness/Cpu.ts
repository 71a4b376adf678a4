/**
 * How much of the machine other processes took: the test of whether a timing may be believed. Linux only.
 *
 * @since 0.1.0
 */
import { readdirSync, readFileSync } from "node:fs"
import { cpus } from "node:os"

/** Processor seconds so far. @category models @since 0.1.0 */
export interface Sample {
  readonly wall: number
  readonly machine: number
  /** With those that it has started. */
  readonly process: number
}

const ticksPerSecond = 100

const ticksOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const own = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return Number(own[11]) + Number(own[12])
}

/** The process and those that it has started, such as that of a PJRT plugin. @category rules @since 0.1.0 */
export const familyOf = (pid: number): ReadonlyArray<number> => {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
      .trim()
      .split(" ")
      .filter((text) => text !== "")
  )
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))]
}

/** `undefined` where there is no /proc. @category constructors @since 0.1.0 */
export const sample = (pid: number): Sample | undefined => {
  try {
    const total = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.trim().split(/\s+/).slice(1).map(Number)
    // user, nice, system, interrupts, soft interrupts, and what the host took away
    const machine = [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + total[i]!, 0)
    const own = familyOf(pid).reduce((sum, member) => sum + ticksOf(member), 0)
    return { wall: performance.now() / 1000, machine: machine / ticksPerSecond, process: own / ticksPerSecond }
  } catch {
    return undefined
  }
}

/** Share of all processors, 0 to 1, taken between two samples by others than the process. @category rules @since 0.1.0 */
export const foreignShare = (before: Sample | undefined, after: Sample | undefined): number | undefined => {
  if (before === undefined || after === undefined) return undefined
  const others = after.machine - before.machine - (after.process - before.process)
  return Math.max(0, others) / (cpus().length * (after.wall - before.wall))
}
