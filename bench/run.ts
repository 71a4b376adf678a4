/**
 * `npm run bench -- [contender...] [--work xl] [--rounds 12] [--steps 4] [--starts 2] [--no-record]`: training steps of the same
 * model by all contenders, interleaved in rounds of random order. `--work` names workloads, with commas between, or `all`.
 *
 * The ratio is the median, over the rounds in which both bursts were quiet, of one contender's burst time to the other's:
 * what slows the machine slows both.
 *
 * @since 0.1.0
 */
import { parseArgs } from "node:util"
import * as Contender from "./harness/Contender.ts"
import { dataDirectory } from "./harness/paths.ts"
import { available, isQuiet, paired, quietSeconds, quietShare, race, type Result } from "./harness/race.ts"
import * as report from "./harness/report.ts"
import { median, quantile } from "./harness/statistics.ts"
import * as Mlp from "./peers/Mlp.ts"
import * as Work from "./peers/Work.ts"
import * as Workload from "./peers/Workload.ts"
import { works } from "./peers/works.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "12" },
    work: { type: "string", default: "xl" },
    steps: { type: "string" },
    starts: { type: "string", default: "2" },
    record: { type: "boolean", default: true }
  }
})

const ratioCell = (ours: Result, theirs: Result): string => {
  if (ours === theirs) return "1"
  const all = paired(ours, theirs, (a, b) => a / b)
  if (all.length === 0) return "no quiet round"
  return `${median(all).toFixed(3)} [${quantile(all, 0.25).toFixed(2)}-${quantile(all, 0.75).toFixed(2)}]`
}

/** A column of ratios to the contender that ends with `name`, where it ran. */
const ratios = (results: ReadonlyArray<Result>, name: string): ReadonlyArray<readonly [string, (result: Result) => string]> => {
  const theirs = results.find((result) => plain(result.name) === name)
  return theirs === undefined ? [] : [[`ratio to ${name}`, (result) => ratioCell(result, theirs)]]
}

/** A contender's name without the workload's. */
const plain = (name: string) => name.slice(name.indexOf("/") + 1)

const summarise = (results: ReadonlyArray<Result>): string => {
  const columns: ReadonlyArray<readonly [string, (result: Result) => string]> = [
    ["contender", ({ name }) => plain(name)],
    ["ms/step", (result) => (median(quietSeconds(result)) * 1000).toPrecision(4)],
    ...ratios(results, "torch"),
    ...ratios(results, "jax"),
    ...ratios(results, "ort-hand"),
    ...ratios(results, "tfjs-node"),
    ["peak RSS MiB", ({ bursts }) => Math.max(...bursts.map(({ rssMb }) => rssMb)).toFixed(0)],
    ["start to 1st step, s", ({ starts }) => Math.min(...starts).toFixed(2)],
    ["quiet bursts", ({ bursts }) => `${bursts.filter(isQuiet).length}/${bursts.length}`],
    ["first losses", ({ firstLosses }) => firstLosses.map((loss) => loss.toFixed(5)).join(" ")]
  ]
  return report.table([columns.map(([heading]) => heading), ...results.map((result) => columns.map(([, cell]) => cell(result)))])
}

/** Greatest relative difference of first losses between contenders of one workload. */
const tolerance = 1e-4

/** Says where first losses disagree: then the contenders do not do the same work. */
const disagreement = (results: ReadonlyArray<Result>): string | undefined => {
  const first = results[0]!
  const off = results.find(({ firstLosses }) => !firstLosses.every((loss, i) => Math.abs(loss / first.firstLosses[i]! - 1) <= tolerance))
  return off === undefined ? undefined : `first losses of ${off.name} are not those of ${first.name}`
}

const sizes = Workload.sizesFromEnvironment()

/** What a workload is, in a line; its files are there afterwards. */
const prepare = (name: string): { readonly title: string; readonly steps: number } => {
  const work = works.get(name)
  if (work !== undefined) {
    Work.write(dataDirectory, work)
    return { title: work.title, steps: work.steps }
  }
  if (name === "tiny") return { title: Mlp.title, steps: 200 }
  Workload.write(dataDirectory, sizes)
  const title = `Transformer-XL, batch ${sizes.batch} x ${sizes.target} tokens, memory ${sizes.memory}, ${sizes.layers} layers of ${sizes.modelWidth}`
  return { title, steps: 4 }
}

/** The tiny step is no work for two; TensorFlow has a pool of its own all the same. */
const threads = (work: string) => (work === "tiny" ? `${Mlp.sizes.threads} thread on ONNX Runtime` : `${sizes.threads} threads`)

const refuse = (text: string): never => {
  console.error(text)
  process.exit(2)
}

const known = ["xl", "tiny", ...works.keys()]
const chosen = values.work === "all" ? known : values.work.split(",")
const unknownWork = chosen.filter((name) => !known.includes(name))
if (unknownWork.length > 0) refuse(`unknown workload ${unknownWork.join(", ")}; known are ${known.join(", ")}, all`)
for (const work of chosen) {
  const asked = positionals.map((name) => (work === "xl" ? name : `${work}/${name}`))
  const unknown = asked.filter((name) => !(name in Contender.definitions))
  if (unknown.length > 0) refuse(`unknown contender ${unknown.join(", ")}; known are ${Object.keys(Contender.definitions).join(", ")}`)
  const { steps: usual, title } = prepare(work)
  const names = await available(asked.length > 0 ? asked : Contender.defaultsOf(work))
  const steps = Number(values.steps ?? usual)
  const results = await race(names, { rounds: Number(values.rounds), steps, starts: Number(values.starts) })
  const summary = summarise(results)
  console.log(`${title}\n${summary}`)
  const failure = disagreement(results)
  if (failure !== undefined) {
    console.error(failure)
    process.exitCode = 1
  }
  const how = `${title}; float32, ${threads(work)}; bursts of ${steps} steps. Ratios: median over paired rounds with under ${quietShare * 100} % taken by others [quartiles].`
  if (values.record) report.record(`training step, ${work}`, `${how}\n\n${summary}`)
}
