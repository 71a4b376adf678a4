/**
 * `node bench/pjrt-memory.ts [--steps 10000]`: resident memory of this process and of the plugin's one over many executions of one step
 * each. Ends with 1 when the last quarter's median of either is more than 8 MiB above the second's.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as Builder from "../src/domain/graph/Builder.ts"
import type { Program } from "../src/domain/Program.ts"
import { make, type PluginDevice } from "../src/layers/device/pjrt/Engine.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"

const { values } = parseArgs({ options: { steps: { type: "string", default: "10000" } } })
const steps = Number(values.steps)
const [allowedMb, samples, elements] = [8, 40, 16_384]

/** Adds the batch to a sum, and gives it back: 64 KiB in, 64 KiB out, 64 KiB of state; a leak of one of them a step is 640 MB. */
const program = (): Program => {
  const type = { dtype: "float32", shape: [elements] } as const
  const b = Builder.make()
  const sum = b.parameter("sum", { _tag: "State", kind: "variable", trainable: true }, type)
  const x = b.parameter("x", { _tag: "Batch" }, type)
  b.output("sum", { _tag: "State" }, b.add("Add", [sum, x], {}))
  b.output("y", { _tag: "Outfeed" }, b.add("Neg", [x], {}))
  const init = Builder.make()
  init.output("sum", { _tag: "State" }, Builder.constant(init, new Float32Array(elements), [elements]))
  return { mode: "train", step: b.build(), init: init.build() }
}

/** Resident MiB of a process. */
const resident = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024

const main = Effect.gen(function* () {
  let device: PluginDevice | undefined
  const engine = make({ cache: false, stepsPerExecute: 1 }, { spawn: (plan, given) => ((device = given), given.serve(plan)) })
  const executable = yield* engine.compile(program())
  yield* executable.initialise(1)
  const batch = [new Float32Array(elements)]
  const rows: Array<readonly [number, number]> = []
  for (let i = 0; i < samples; i++) {
    for (let k = 0; k < steps / samples; k++) {
      yield* executable.feed(batch)
      yield* executable.run(1)
      yield* executable.outfeed
    }
    rows.push([resident(process.pid), resident(device!.process()!.child.pid!)])
  }
  return rows
})

const rows = await Effect.runPromise(Effect.scoped(main))
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
if (growth.some((mb) => mb > allowedMb)) {
  console.error(`memory grew by more than ${allowedMb} MiB`)
  process.exitCode = 1
}
