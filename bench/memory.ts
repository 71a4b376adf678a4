/**
 * `node bench/memory.ts [--steps 2000] [--no-record]`: resident memory of a long training run (a small Transformer-XL with its
 * recurrent cache, whole program). Ends with 1 when the last quarter's median is more than 8 MiB above the second's.
 *
 * @since 0.1.0
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as estimatorBursts from "./harness/estimatorBursts.ts"
import { dataDirectory } from "./harness/paths.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as Workload from "./peers/Workload.ts"

const allowedMb = 8
const samples = 40

const { values } = parseArgs({
  allowNegative: true,
  options: { steps: { type: "string", default: "2000" }, record: { type: "boolean", default: true } }
})
const sizes: Workload.Sizes = {
  ...Workload.sizesFromEnvironment(),
  ...{ layers: 2, modelWidth: 64, heads: 2, headWidth: 32, innerWidth: 128, target: 32, memory: 32, batch: 4 }
}
const directory = join(dataDirectory, "small")
Workload.write(directory, sizes)
const bursts = estimatorBursts.start({
  estimator: transformerXl.make(sizes, directory, 10),
  batches: transformerXl.batches(sizes, directory),
  device: estimatorBursts.engineOf(undefined, 1)
})
const rss: Array<number> = []
const steps = Math.ceil(Number(values.steps) / samples)
let done = 0
for (let i = 0; i < samples; i++) {
  done += (await bursts.burst(steps)).losses.length
  rss.push(process.memoryUsage.rss() / 2 ** 20)
}
await bursts.close()
const quarter = (i: number) => rss.slice((i * samples) / 4, ((i + 1) * samples) / 4)
const medians = [0, 1, 2, 3].map((i) => median(quarter(i)))
const growth = medians[3]! - medians[1]!
const summary = report.table([
  ["steps", "1st quarter, MiB", "2nd", "3rd", "4th", "4th - 2nd"],
  [String(done), ...medians.map((mb) => mb.toFixed(1)), growth.toFixed(1)]
])
console.log(summary)
if (values.record) report.record("resident memory of a long run, medians of its quarters", summary)
if (growth > allowedMb) {
  console.error(`memory grew by more than ${allowedMb} MiB`)
  process.exitCode = 1
}
