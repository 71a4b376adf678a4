/**
 * `node bench/profile.ts [--work xl] [--steps 5] [--by op] [--top 25] [--threads 2]`: where a compiled step's time goes, as ONNX Runtime's own
 * profiler counts it. `--by op` sums over the graph's ops (what the model function's ops were traced to), `kernel` over ONNX Runtime's
 * kernels, `node` over single nodes with their shapes. Profiled steps are slower than others, mostly by what each kernel's record costs.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Engine from "../src/layers/device/onnx/Engine.ts"
import { Device } from "../src/services/Device.ts"
import * as estimatorBursts from "./harness/estimatorBursts.ts"
import { dataDirectory } from "./harness/paths.ts"
import * as report from "./harness/report.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as workEstimator from "./model/workEstimator.ts"
import * as Work from "./peers/Work.ts"
import * as Workload from "./peers/Workload.ts"
import { works } from "./peers/works.ts"

/** Of the trace that ONNX Runtime writes; times in microseconds. */
interface Event {
  readonly cat: string
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args: {
    readonly op_name?: string
    readonly input_type_shape?: ReadonlyArray<{ readonly [type: string]: ReadonlyArray<number> }>
    readonly output_type_shape?: ReadonlyArray<{ readonly [type: string]: ReadonlyArray<number> }>
  }
}

interface Row {
  count: number
  micros: number
}

const { values } = parseArgs({
  options: {
    work: { type: "string", default: "xl" },
    steps: { type: "string", default: "5" },
    by: { type: "string", default: "op" },
    top: { type: "string", default: "25" },
    threads: { type: "string" }
  }
})

const suffix = "_kernel_time"

/** `Conv2D.17`, as lowering named it; nodes that ONNX Runtime makes itself have names of its own. */
const graphNode = ({ name }: Event): string => /^([A-Za-z0-9]+\.\d+)/.exec(name)?.[1] ?? `(${name.slice(0, -suffix.length)})`

const shapes = (list: Event["args"]["input_type_shape"]) => (list ?? []).map((entry) => `[${Object.values(entry)[0]!.join()}]`).join(" ")

const groupings: { readonly [by: string]: (event: Event) => string } = {
  op: (event) => {
    const node = graphNode(event)
    return node.startsWith("(") ? `(engine's own) ${event.args.op_name}` : `${node.split(".")[0]}: ${event.args.op_name}`
  },
  kernel: ({ args }) => args.op_name!,
  node: (event) => `${graphNode(event)} ${event.args.op_name} ${shapes(event.args.input_type_shape)} -> ${shapes(event.args.output_type_shape)}`
}

const refuse = (text: string): never => {
  console.error(text)
  process.exit(2)
}

/** Estimator and batches of a workload, whose files are there afterwards. */
const programOf = (name: string) => {
  const work = works.get(name)
  if (work !== undefined) {
    Work.write(dataDirectory, work)
    return { estimator: workEstimator.make(work, dataDirectory, 1), batches: workEstimator.batches(work, dataDirectory), threads: Work.threads }
  }
  const sizes = Workload.sizesFromEnvironment()
  Workload.write(dataDirectory, sizes)
  const estimator = transformerXl.make(sizes, dataDirectory, 1)
  return { estimator, batches: transformerXl.batches(sizes, dataDirectory), threads: sizes.threads }
}

/** Does the first steps and then `steps`; gives the trace of the latter. */
const trace = async (name: string, steps: number): Promise<ReadonlyArray<Event>> => {
  const { threads: usual, ...program } = programOf(name)
  const threads = Number(values.threads ?? usual)
  const folder = mkdtempSync(join(tmpdir(), "profile-"))
  try {
    const device = Layer.sync(Device, () => Engine.make({ threads }, { session: { profile: join(folder, "step") } }))
    // the parameters of the two kinds of estimator differ, and nothing here depends on them
    const bursts = estimatorBursts.start({ ...(program as Parameters<typeof estimatorBursts.start>[0]), device })
    await bursts.burst(steps + warmUp)
    await bursts.close()
    const events = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as ReadonlyArray<Event>) // its own format
    const runs = events.filter((event) => event.name === "model_run").toSorted((a, b) => a.ts - b.ts)
    const from = runs[warmUp]!.ts
    return events.filter((event) => event.ts >= from)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Steps before those that are counted. */
const warmUp = 2

const steps = Number(values.steps)
const by = groupings[values.by] ?? refuse(`unknown --by ${values.by}; known are ${Object.keys(groupings).join(", ")}`)
const known = ["xl", ...works.keys()]
if (!known.includes(values.work)) refuse(`unknown workload ${values.work}; known are ${known.join(", ")}`)
const events = await trace(values.work, steps)
const kernels = events.filter(({ cat, name }) => cat === "Node" && name.endsWith(suffix))
const rows = new Map<string, Row>()
for (const event of kernels) {
  const key = by(event)
  const row = rows.get(key) ?? { count: 0, micros: 0 }
  row.count++
  row.micros += event.dur
  rows.set(key, row)
}
const total = kernels.reduce((sum, { dur }) => sum + dur, 0)
const whole = events.filter(({ name }) => name === "model_run").reduce((sum, { dur }) => sum + dur, 0)
const ms = (micros: number) => (micros / 1000 / steps).toFixed(2)
const sorted = [...rows].toSorted(([, a], [, b]) => b.micros - a.micros).slice(0, Number(values.top))
const lines = sorted.map(([key, row]) => [key, String(row.count / steps), ms(row.micros), `${((100 * row.micros) / total).toFixed(1)} %`])
console.log(report.table([[values.by, "a step", "ms", "share"], ...lines]))
console.log(`kernels ${ms(total)} ms of ${ms(whole)} ms a step, ${kernels.length / steps} kernels`)
