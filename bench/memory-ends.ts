/**
 * `node bench/memory-ends.ts [--rounds 40] [--no-record]`: resident memory, open files and threads of a process that trains
 * over and over on ONNX Runtime, each round one run that completes, one whose input fails, and one that is interrupted.
 * Ends with 1 when memory grows by more than 1 MiB a run in the second half, or files or threads are left.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { readdirSync } from "node:fs"
import { parseArgs } from "node:util"
import { DeviceOnnx, Estimator, EstimatorTest } from "../src/index.ts"
import * as report from "./harness/report.ts"
import { mlpEstimator, mlpInput } from "./model/mlpSmall.ts"

const allowedMb = 1

const { values } = parseArgs({
  allowNegative: true,
  options: { rounds: { type: "string", default: "40" }, record: { type: "boolean", default: true } }
})
const rounds = Number(values.rounds)
const layer = Layer.provideMerge(DeviceOnnx.layer({ threads: 1 }), EstimatorTest.layer())

const completes = Estimator.train(mlpEstimator, { input: mlpInput, maxSteps: 20 })
const fails = Estimator.train(mlpEstimator, { input: Stream.concat(Stream.take(mlpInput, 10), Stream.fail("torn")) })
const interrupted = Effect.gen(function* () {
  const run = yield* Effect.forkChild(Estimator.train(mlpEstimator, { input: mlpInput }))
  yield* Effect.sleep("50 millis")
  yield* Fiber.interrupt(run)
})

const open = (folder: string) => {
  try {
    return readdirSync(folder).length
  } catch {
    return NaN // no /proc here
  }
}
const seen: Array<{ readonly rss: number; readonly files: number; readonly threads: number }> = []
for (let i = 0; i < rounds; i++) {
  for (const run of [completes, fails, interrupted]) await Effect.runPromise(Effect.exit(run).pipe(Effect.provide(layer)))
  seen.push({ rss: process.memoryUsage.rss() / 2 ** 20, files: open("/proc/self/fd"), threads: open("/proc/self/task") })
}
const half = seen[Math.floor(rounds / 2)]!
const end = seen.at(-1)!
const perRun = (end.rss - half.rss) / ((rounds - Math.floor(rounds / 2) - 1) * 3)
const summary = report.table([
  ["runs", "after half, MiB", "at the end", "MiB a run", "files half, end", "threads half, end"],
  [String(rounds * 3), half.rss.toFixed(1), end.rss.toFixed(1), perRun.toFixed(2), `${half.files}, ${end.files}`, `${half.threads}, ${end.threads}`]
])
console.log(summary)
if (values.record) report.record("resident memory over many runs, a third completed, a third failed, a third interrupted", summary)
if (perRun > allowedMb || end.files > half.files || end.threads > half.threads) {
  console.error("memory, files or threads are left behind")
  process.exitCode = 1
}
