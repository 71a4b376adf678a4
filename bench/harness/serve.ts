/**
 * The contender's end of the worker protocol, one JSON object a line: `ready` after the first step, the first three losses,
 * then for each number n read, after n more steps, their seconds, losses and the peak memory. `quit` ends it.
 *
 * @since 0.1.0
 */
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { familyOf } from "./Cpu.ts"

/** Largest resident size of this process, and of those that it has started, so far, MiB. @category rules @since 0.1.0 */
export const peakRssMb = (): number => {
  // Node's maxRSS is in KiB on every platform
  const used = process.resourceUsage().maxRSS / 1024
  try {
    return familyOf(process.pid).reduce((sum, pid) => sum + Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024, 0)
  } catch {
    return used
  }
}

const say = (message: object) => void process.stdout.write(`${JSON.stringify(message)}\n`)

/** Seconds and losses of some steps. @category models @since 0.1.0 */
export interface Burst {
  readonly seconds: ReadonlyArray<number>
  readonly losses: ReadonlyArray<number>
}

/** `burst(n)` does the next `n` steps. @category programs @since 0.1.0 */
export const serve = async (name: string, burst: (steps: number) => Promise<Burst>): Promise<void> => {
  const first = await burst(1)
  say({ ready: name })
  const more = await burst(2)
  say({ losses: [...first.losses, ...more.losses] })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "quit") return
    say({ ...(await burst(Number(line))), rssMb: peakRssMb() })
  }
}
