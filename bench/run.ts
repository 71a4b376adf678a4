/**
 * `npm run bench -- [name...] [--rounds 12] [--steps 4] [--starts 2] [--no-record]`: training steps of the same Transformer-XL
 * by all contenders, interleaved in rounds of random order.
 *
 * The ratio is the median, over the rounds in which both bursts were quiet, of one contender's burst time to the other's:
 * what slows the machine slows both.
 *
 * @since 0.1.0
 */
import { parseArgs } from "node:util"
import * as Contender from "./harness/Contender.ts"
import { dataDirectory } from "./harness/paths.ts"
import { available, isQuiet, paired, quietSeconds, race, type Result } from "./harness/race.ts"
import * as report from "./harness/report.ts"
import { median, quantile } from "./harness/statistics.ts"
import * as Workload from "./peers/Workload.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "12" },
    steps: { type: "string", default: "4" },
    starts: { type: "string", default: "2" },
    record: { type: "boolean", default: true }
  }
})

const ratioCell = (ours: Result, theirs: Result | undefined): string => {
  if (theirs === undefined) return "-"
  if (ours === theirs) return "1"
  const ratios = paired(ours, theirs, (a, b) => a / b)
  if (ratios.length === 0) return "no quiet round"
  return `${median(ratios).toFixed(3)} [${quantile(ratios, 0.25).toFixed(2)}-${quantile(ratios, 0.75).toFixed(2)}]`
}

const summarise = (results: ReadonlyArray<Result>): string => {
  const named = (name: string) => results.find((result) => result.name === name)
  const rows = results.map((result) => {
    const { bursts, firstLosses, name, starts } = result
    return [
      name,
      (median(quietSeconds(result)) * 1000).toFixed(1),
      ratioCell(result, named("torch")),
      ratioCell(result, named("ort-hand")),
      Math.max(...bursts.map(({ rssMb }) => rssMb)).toFixed(0),
      Math.min(...starts).toFixed(2),
      `${bursts.filter(isQuiet).length}/${bursts.length}`,
      firstLosses.map((loss) => loss.toFixed(5)).join(" ")
    ]
  })
  const heading = [
    "contender",
    "ms/step",
    "ratio to torch",
    "ratio to ort-hand",
    "peak RSS MiB",
    "start to 1st step, s",
    "quiet bursts",
    "first losses"
  ]
  return report.table([heading, ...rows])
}

const unknown = positionals.filter((name) => !(name in Contender.definitions))
if (unknown.length > 0) {
  console.error(`unknown contender ${unknown.join(", ")}; known are ${Object.keys(Contender.definitions).join(", ")}`)
  process.exit(2)
}
const sizes = Workload.sizesFromEnvironment()
Workload.write(dataDirectory, sizes)
const names = await available(positionals.length > 0 ? positionals : Contender.defaultNames)
const steps = Number(values.steps)
const results = await race(names, { rounds: Number(values.rounds), steps, starts: Number(values.starts) })
const summary = summarise(results)
console.log(summary)
const work = `Transformer-XL training step, batch ${sizes.batch} x ${sizes.target} tokens, memory ${sizes.memory}, ${sizes.layers} layers of ${sizes.modelWidth}, float32, ${sizes.threads} threads; bursts of ${steps} steps.`
if (values.record) report.record("training step", `${work} Ratios: median over paired quiet rounds [quartiles].\n\n${summary}`)
