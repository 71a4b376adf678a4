/**
 * `node bench/pjrt-memory.ts [--steps 10000]`: resident memory of this process and of the plugin's one over many executions of one step
 * each. Ends with 1 when the last quarter's median of either is more than 8 MiB above the second's, or handles of the plugin are left open.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import { measure } from "./harness/pjrtMemory.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"

const { values } = parseArgs({ options: { steps: { type: "string", default: "10000" } } })
const steps = Number(values.steps)
const [allowedMb, samples] = [8, 40]

const { open, resident: rows } = await Effect.runPromise(measure(steps, samples))
const quarters = [0, 1].map((which) =>
  [0, 1, 2, 3].map((i) => median(rows.slice((i * samples) / 4, ((i + 1) * samples) / 4).map((row) => row[which as 0 | 1])))
)
const growth = quarters.map((medians) => medians[3]! - medians[1]!)
console.log(
  report.table([
    [`${steps} executions`, "1st quarter, MiB", "2nd", "3rd", "4th", "4th - 2nd"],
    ...quarters.map((medians, i) => [i === 0 ? "host" : "plugin's process", ...medians.map((mb) => mb.toFixed(1)), growth[i]!.toFixed(1)])
  ])
)
const handles = Object.values(open).reduce((sum, n) => sum + n, 0)
console.log(`${handles} handles of the plugin left open`)
if (handles > 0) process.exitCode = 1
if (growth.some((mb) => mb > allowedMb)) {
  console.error(`memory grew by more than ${allowedMb} MiB`)
  process.exitCode = 1
}
