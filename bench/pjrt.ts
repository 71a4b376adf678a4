/**
 * `node bench/pjrt.ts [--no-record]`: what a step costs besides XLA's work, and that its plugin runs in a process of its own: the time of a
 * step of a tiny program and of a command, and of reading a state, in the calling thread, in a worker thread, and in a process; and of the
 * same program's executions from C. One run, in turns; the quietest round of each counts.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import * as Builder from "../src/domain/graph/Builder.ts"
import type { Program } from "../src/domain/Program.ts"
import type { Executable as DeviceExecutable } from "../src/services/Device.ts"
import { maxIterations } from "../src/layers/device/hosted/control.ts"
import * as Executable from "../src/layers/device/hosted/Executable.ts"
import * as Host from "../src/layers/device/hosted/Host.ts"
import { memoryFor } from "../src/layers/device/hosted/Plan.ts"
import { make, type Seams } from "../src/layers/device/pjrt/Engine.ts"
import { locate } from "../src/layers/device/pjrt/plugins.ts"
import type { HostPlan } from "../src/layers/device/pjrt/process/PluginProcess.ts"
import { start } from "./harness/bareExecute.ts"
import * as report from "./harness/report.ts"
import { runnerHere } from "./pjrtWorker.ts"

const { values } = parseArgs({ allowNegative: true, options: { record: { type: "boolean", default: true } } })
const plugin = Result.getOrThrow(locate(undefined)).file
const rounds = 20

/** A state of `elements` numbers, each step adds the batch's one to all. */
const program = (elements: number): Program => {
  const type = { dtype: "float32", shape: [elements] } as const
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, type)
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [1] })
  const wide = b.add("Broadcast", [x], { shape: [elements] })
  b.output("w", { _tag: "State" }, b.add("Add", [w, wide], {}))
  b.output("y", { _tag: "Outfeed" }, x)
  const init = Builder.make()
  init.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
  init.output("w", { _tag: "State" }, Builder.constant(init, new Float32Array(elements), [elements]))
  return { mode: "train", step: b.build(), init: init.build() }
}

/** The plan with memory that threads share, which can be sent to one. */
const inThread = ({ init, layout, program: plan }: HostPlan) => {
  const hosted = { layout, init, ...memoryFor(layout, maxIterations), dirty: new SharedArrayBuffer(layout.state.length) }
  return { plugin, plan, hosted }
}

const options = { cache: false, stepsPerExecute: 1, prefetch: 64 } as const

interface Timed {
  /** Microseconds of a step, many in one command. */
  readonly step: number
  /** Microseconds of a command for one step, with its batch and its output. */
  readonly command: number
}

const batch = [Float32Array.of(1)]

const timed = Effect.fnUntraced(function* (executable: DeviceExecutable): Effect.fn.Return<Timed, unknown> {
  const count = 500
  let began = performance.now()
  let taken = 0
  const feeding = Effect.forEach(Array.from({ length: count }), () => executable.feed(batch), { discard: true })
  const taking = Effect.gen(function* () {
    while (taken < count) taken += (yield* executable.outfeed).length
  })
  yield* Effect.all([feeding, executable.run(count), taking], { concurrency: 3 })
  const step = ((performance.now() - began) / count) * 1000
  began = performance.now()
  for (let i = 0; i < 200; i++) {
    yield* executable.feed(batch)
    yield* executable.run(1)
    yield* executable.outfeed
  }
  return { step, command: ((performance.now() - began) / 200) * 1000 }
})

/** MB/s of `copyState`. */
const readings = Effect.fnUntraced(function* (executable: DeviceExecutable): Effect.fn.Return<number, unknown> {
  const state = yield* executable.readState
  const began = performance.now()
  yield* executable.copyState(state)
  return state.get("w")!.data.byteLength / 1e3 / (performance.now() - began)
})

/** The plan that the engine would send to its process. */
const planFor = (elements: number) =>
  Effect.gen(function* () {
    let plan: HostPlan | undefined
    const spawn: Seams["spawn"] = (given, device) => {
      plan = given
      return device.serve(given)
    }
    yield* make(options, { spawn }).compile(program(elements))
    return inThread(plan!)
  })

/** Executions of the same program and nothing else, from C. */
const inC = Effect.gen(function* () {
  const { plan } = yield* planFor(1)
  return yield* Effect.acquireRelease(
    Effect.promise(() => start(plugin, plan.single.text, plan.options)),
    (bare) => Effect.sync(bare.close)
  )
})

/** The calling thread: the runner alone, without any protocol. */
const direct = (elements: number) =>
  Effect.map(planFor(elements), (given) => {
    const runner = runnerHere(given)
    runner.store!([0])
    const losses = new Float32Array(64)
    return {
      step: (): number => {
        const count = 500
        const began = performance.now()
        for (let i = 0; i < count; i++) runner.steps(i % 64, i % 64, 1, losses)
        return ((performance.now() - began) / count) * 1000
      },
      reading: (): number => {
        const began = performance.now()
        runner.fetch!()
        return (elements * 4) / 1e3 / (performance.now() - began)
      }
    }
  })

/** The executable of the engine over a worker thread. */
const inWorker = Effect.fnUntraced(function* (elements: number) {
  const given = yield* planFor(elements)
  const spawn = () => new Worker(new URL("./pjrtWorker.ts", import.meta.url), { workerData: given, execArgv: [] })
  const host = yield* Host.start({ engine: "pjrt in a thread", remedy: "" }, given.hosted, spawn)
  yield* host.ready
  const executable = yield* Executable.make(host, given.hosted)
  yield* executable.initialise(1)
  return executable
})

const inProcess = Effect.fnUntraced(function* (elements: number) {
  const executable = yield* make(options).compile(program(elements))
  yield* executable.initialise(1)
  return executable
})

const large = 64 << 20

const main = Effect.gen(function* () {
  const bare = yield* inC
  const here = yield* direct(1)
  const [thread, process] = [yield* inWorker(1), yield* inProcess(1)]
  const steps: Array<readonly [number, Timed, Timed, number]> = []
  for (let i = 0; i <= rounds; i++) {
    steps.push([here.step(), yield* timed(thread), yield* timed(process), yield* Effect.promise(() => bare.time(500))])
  }
  const hereLarge = yield* direct(large / 4)
  const [threadLarge, processLarge] = [yield* inWorker(large / 4), yield* inProcess(large / 4)]
  const reads: Array<readonly [number, number, number]> = []
  for (let i = 0; i <= rounds; i++) reads.push([hereLarge.reading(), yield* readings(threadLarge), yield* readings(processLarge)])
  const least = <A>(rows: ReadonlyArray<A>, pick: (row: A) => number) => Math.min(...rows.map(pick)).toFixed(0)
  const most = <A>(rows: ReadonlyArray<A>, pick: (row: A) => number) => Math.max(...rows.map(pick)).toFixed(0)
  return report.table([
    ["where", "a step of many, µs", "a command of one step, µs", "reading 64 MiB of state, MB/s"],
    ["a C program: executions alone", least(steps, ([, , , d]) => d), "-", "-"],
    ["the calling thread", least(steps, ([a]) => a), "-", most(reads, ([a]) => a)],
    ["a worker thread", least(steps, ([, b]) => b.step), least(steps, ([, b]) => b.command), most(reads, ([, b]) => b)],
    ["a process", least(steps, ([, , c]) => c.step), least(steps, ([, , c]) => c.command), most(reads, ([, , c]) => c)]
  ])
})

const summary = await Effect.runPromise(Effect.scoped(main))
console.log(summary)
if (values.record) report.record("XLA's plugin in a process: what it costs", summary)
