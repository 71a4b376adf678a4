/**
 * `node bench/parity.ts [name...] [--steps 50] [--no-record]`: losses of the contenders (default: estimator, ort-hand) against
 * PyTorch's from the same weights and batches. Ends with 1 when one is further off than 1e-3 relative, or 1e-5 in the first
 * three steps.
 *
 * @since 0.1.0
 */
import { parseArgs } from "node:util"
import * as Contender from "./harness/Contender.ts"
import { dataDirectory } from "./harness/paths.ts"
import { available } from "./harness/race.ts"
import * as report from "./harness/report.ts"
import * as Workload from "./peers/Workload.ts"

const tolerance = { first: 1e-5, all: 1e-3 }

const { positionals, values } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: { steps: { type: "string", default: "50" }, record: { type: "boolean", default: true } }
})
const steps = Number(values.steps)

const losses = async (name: string): Promise<ReadonlyArray<number>> => {
  const contender = await Contender.start(name)
  const rest = await contender.burst(steps - contender.firstLosses.length)
  await contender.stop()
  return [...contender.firstLosses, ...rest.losses]
}

const furthest = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>) =>
  Math.max(...ours.map((loss, i) => Math.abs(loss - theirs[i]!) / Math.abs(theirs[i]!)))

Workload.write(dataDirectory, Workload.sizesFromEnvironment())
const names = positionals.length > 0 ? positionals : ["estimator", "ort-hand"]
if ((await available(["torch"])).length === 0) process.exit(1)
const reference = await losses("torch")
let agree = true
const rows: Array<ReadonlyArray<string>> = [
  [
    "torch",
    "-",
    "-",
    reference
      .slice(0, 3)
      .map((x) => x.toFixed(6))
      .join(" "),
    reference.at(-1)!.toFixed(6)
  ]
]
for (const name of names) {
  const ours = await losses(name)
  const [first, all] = [furthest(ours.slice(0, 3), reference), furthest(ours, reference)]
  // written so that NaN disagrees
  agree &&= first <= tolerance.first && all <= tolerance.all
  rows.push([
    name,
    first.toExponential(1),
    all.toExponential(1),
    ours
      .slice(0, 3)
      .map((x) => x.toFixed(6))
      .join(" "),
    ours.at(-1)!.toFixed(6)
  ])
}
const summary = report.table([["contender", "first 3, relative", `${steps} steps, relative`, "first losses", "last loss"], ...rows])
console.log(summary)
if (values.record) report.record(`${steps} losses against PyTorch's`, summary)
if (!agree) {
  console.error(`not the same: allowed are ${tolerance.first} in the first three steps and ${tolerance.all} in all`)
  process.exitCode = 1
}
