/**
 * `node bench/event-loop.ts [--steps 40] [--no-record]`: the longest time for which training (the Transformer-XL step of the
 * table, whole program, a checkpoint of 42 MB every 10 steps) kept the event loop from running: a timer every 5 ms notes how late it comes. Ends with 1 above 20 ms,
 * with 3 when other processes took so much of the machine that lateness says nothing.
 *
 * @since 0.1.0
 */
import { monitorEventLoopDelay } from "node:perf_hooks"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Estimator } from "../src/index.ts"
import * as Cpu from "./harness/Cpu.ts"
import * as estimatorBursts from "./harness/estimatorBursts.ts"
import { dataDirectory } from "./harness/paths.ts"
import { quietShare } from "./harness/race.ts"
import * as report from "./harness/report.ts"
import { quantile } from "./harness/statistics.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as Workload from "./peers/Workload.ts"

const allowedMs = 20
const period = 5

const { values } = parseArgs({
  allowNegative: true,
  options: { steps: { type: "string", default: "40" }, record: { type: "boolean", default: true } }
})

/** Lateness of a periodic timer, ms, until it is stopped. */
const watch = () => {
  const late: Array<number> = []
  const before = Cpu.sample(process.pid)
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    late.push(Math.max(0, now - last - period))
    last = now
  }, period)
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  return () => {
    clearInterval(timer)
    histogram.disable()
    return { late, histogramMaxMs: histogram.max / 1e6, foreign: Cpu.foreignShare(before, Cpu.sample(process.pid)) ?? 0 }
  }
}

const sizes = Workload.sizesFromEnvironment()
Workload.write(dataDirectory, sizes)
const steps = Number(values.steps)
const modelDir = mkdtempSync(join(tmpdir(), "event-loop-"))
const options = {
  estimator: Estimator.configure(transformerXl.make(sizes, dataDirectory, 2), { modelDir, saveCheckpointsSteps: 10, keepCheckpointMax: 2 }),
  batches: transformerXl.batches(sizes, dataDirectory),
  device: estimatorBursts.engineOf(undefined, sizes.threads)
}
const stopStart = watch()
const bursts = estimatorBursts.start(options)
await bursts.burst(2)
const start = stopStart()
const stopTraining = watch()
const { seconds } = await bursts.burst(steps)
const training = stopTraining()
await bursts.close()
rmSync(modelDir, { recursive: true })

const row = (name: string, { foreign, histogramMaxMs, late }: typeof start) => [
  name,
  String(late.length),
  quantile(late, 0.99).toFixed(1),
  Math.max(...late).toFixed(1),
  histogramMaxMs.toFixed(1),
  `${(foreign * 100).toFixed(0)} %`
]
const summary = report.table([
  ["while", "timer fired", "99 % later by at most, ms", "latest, ms", "longest delay by histogram, ms", "machine taken by others"],
  row("tracing, compiling and the first run", start),
  row(`training ${seconds.length} steps`, training)
])
console.log(summary)
if (values.record) report.record("event loop while training", summary)
if (Math.max(...training.late) > allowedMs) {
  const disturbed = training.foreign >= quietShare
  console.error(
    `the event loop was late by more than ${allowedMs} ms while training${disturbed ? ", but others used the machine: try again when it is quiet" : ""}`
  )
  process.exitCode = disturbed ? 3 : 1
}
