/**
 * `node bench/pjrt-start.ts [--no-record]`: what compiling the Transformer-XL step for XLA takes, without and with the cache of compiled
 * programs: lowering, the plugin's process, and XLA, or the loading of what it made before. Tracing is not in it.
 *
 * @since 0.1.0
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Stream } from "effect"
import { parseArgs } from "node:util"
import * as EstimatorNode from "../src/EstimatorNode.ts"
import * as DevicePjrt from "../src/layers/device/DevicePjrt.ts"
import * as Estimator from "../src/programs/Estimator.ts"
import { Device } from "../src/services/Device.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as Workload from "./peers/Workload.ts"

const { values } = parseArgs({ allowNegative: true, options: { record: { type: "boolean", default: true } } })
const rounds = 5

/** The device with the milliseconds of its compilations noted. */
const noting = (device: Device["Service"], into: Array<number>): Device["Service"] => ({
  ...device,
  compile: (program) =>
    Effect.suspend(() => {
      const began = performance.now()
      return Effect.tap(device.compile(program), () => Effect.sync(() => void into.push(performance.now() - began)))
    })
})

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const sizes = Workload.sizesFromEnvironment()
  const directory = yield* fs.makeTempDirectoryScoped()
  Workload.write(directory, sizes)
  const batches = transformerXl.batches(sizes, directory)
  const once = (device: Device["Service"], into: Array<number>) =>
    Estimator.train(transformerXl.make(sizes, directory, 1), { input: Stream.fromIterable(batches.slice(0, 1)), steps: 1 }).pipe(
      Effect.provide(Layer.merge(EstimatorNode.layer, Layer.succeed(Device, noting(device, into))))
    )
  const times = { cold: [] as Array<number>, cached: [] as Array<number>, again: [] as Array<number> }
  for (let round = 0; round < rounds; round++) {
    const cache = yield* fs.makeTempDirectoryScoped()
    // each device has a process of its own
    yield* once(DevicePjrt.make({ cache }), times.cold)
    const second = DevicePjrt.make({ cache })
    yield* once(second, times.cached)
    yield* once(second, times.again)
  }
  const row = (what: string, all: ReadonlyArray<number>) => [what, median(all).toFixed(0), Math.min(...all).toFixed(0)]
  const table = report.table([
    ["compiling the step", "ms, median", "ms, least"],
    row("by XLA, in a new process", times.cold),
    row("from the cache, in a new process", times.cached),
    row("from the cache, in a process that is there", times.again)
  ])
  yield* Effect.sync(() => {
    console.log(table)
    if (values.record)
      report.record("start of a program on XLA", `Transformer-XL step of the bench, ${rounds} rounds; lowering included, tracing not.\n\n${table}`)
  })
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
