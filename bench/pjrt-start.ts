/**
 * `node bench/pjrt-start.ts [--no-record]`: what compiling the Transformer-XL step for XLA takes, without and with the cache of compiled
 * programs: lowering, what is left of the plugin's process, which starts with the layer while the step is traced, and XLA, or the loading
 * of what it made before. Tracing is not in it.
 *
 * @since 0.1.0
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Result, Stream } from "effect"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as EstimatorNode from "../src/EstimatorNode.ts"
import * as DevicePjrt from "../src/layers/device/DevicePjrt.ts"
import * as Cache from "../src/layers/device/pjrt/Cache.ts"
import { create } from "../src/layers/device/pjrt/client/Client.ts"
import { loadKoffi } from "../src/layers/device/pjrt/client/Native.ts"
import { open } from "../src/layers/device/pjrt/client/Plugin.ts"
import { locate } from "../src/layers/device/pjrt/plugins.ts"
import * as Estimator from "../src/programs/Estimator.ts"
import { Device } from "../src/services/Device.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as Workload from "./peers/Workload.ts"

const { values } = parseArgs({ allowNegative: true, options: { record: { type: "boolean", default: true } } })
const rounds = 5

/** The device with the milliseconds of its compilations noted. */
const noting = (into: Array<number>) => (device: Device["Service"]) => ({
  ...device,
  compile: (program: Parameters<typeof device.compile>[0]) =>
    Effect.suspend(() => {
      const began = performance.now()
      return Effect.tap(device.compile(program), () => Effect.sync(() => void into.push(performance.now() - began)))
    })
})

const koffi = loadKoffi()
const client = create(open(koffi, Result.getOrThrow(locate("cpu")).file), { cpu_device_count: 1 })

/** Milliseconds in which the plugin alone loads what it has compiled before. */
const load = (body: Uint8Array): number => {
  const began = performance.now()
  const handle = client.deserialize(body)
  const millis = performance.now() - began
  client.plugin.call("LoadedExecutable_Destroy", [handle])
  return millis
}

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const sizes = Workload.sizesFromEnvironment()
  const directory = yield* fs.makeTempDirectoryScoped()
  Workload.write(directory, sizes)
  const batches = transformerXl.batches(sizes, directory)
  const training = Estimator.train(transformerXl.make(sizes, directory, 1), { input: Stream.fromIterable(batches.slice(0, 1)), steps: 1 }).pipe(
    Effect.provide(EstimatorNode.layer)
  )
  const times = { cold: [] as Array<number>, cached: [] as Array<number>, again: [] as Array<number>, alone: [] as Array<number> }
  for (let round = 0; round < rounds; round++) {
    const cache = yield* fs.makeTempDirectoryScoped()
    const noted: Array<number> = []
    // each layer has a process of its own
    const layer = () => Layer.effect(Device, Effect.map(Device, noting(noted))).pipe(Layer.provide(DevicePjrt.layer({ cache })))
    yield* Effect.provide(training, layer())
    yield* Effect.provide(Effect.andThen(training, training), layer())
    const [cold, cached, again] = noted
    times.cold.push(cold!)
    times.cached.push(cached!)
    times.again.push(again!)
    for (const name of yield* fs.readDirectory(cache)) times.alone.push(load(Cache.read(path.join(cache, name))!))
  }
  const row = (what: string, all: ReadonlyArray<number>) => [what, median(all).toFixed(0), Math.min(...all).toFixed(0)]
  const table = report.table([
    ["compiling the step", "ms, median", "ms, least"],
    row("by XLA, in a new process", times.cold),
    row("from the cache, in a new process", times.cached),
    row("from the cache, in a process that is there", times.again),
    row("of that, the plugin's loading of its bytes", times.alone)
  ])
  yield* Effect.sync(() => {
    console.log(table)
    if (values.record)
      report.record(
        "start of a program on XLA",
        `Transformer-XL step of the bench, ${rounds} rounds; a process starts with its layer, while the step is traced. Lowering is in it, tracing not.\n\n${table}`
      )
  })
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
