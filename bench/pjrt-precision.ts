/**
 * `node bench/pjrt-precision.ts [--steps 100] [--no-record]`: the Transformer-XL step on XLA with products of float32 and of bfloat16
 * operands (sums in float32): time and loss side by side. Both train in this process and take turns, some steps each.
 *
 * @since 0.1.0
 */
import { parseArgs } from "node:util"
import * as estimatorBursts from "./harness/estimatorBursts.ts"
import { dataDirectory } from "./harness/paths.ts"
import * as report from "./harness/report.ts"
import { median } from "./harness/statistics.ts"
import * as transformerXl from "./model/transformerXlEstimator.ts"
import * as Workload from "./peers/Workload.ts"

const { values } = parseArgs({
  allowNegative: true,
  options: { steps: { type: "string", default: "100" }, record: { type: "boolean", default: true } }
})
const steps = Number(values.steps)
const perTurn = 5
const sizes = Workload.sizesFromEnvironment()
Workload.write(dataDirectory, sizes)
const batches = transformerXl.batches(sizes, dataDirectory)

const contender = (engine: string) => {
  const { burst, close } = estimatorBursts.start({
    estimator: transformerXl.make(sizes, dataDirectory, 1),
    batches,
    device: estimatorBursts.engineOf(engine, sizes.threads)
  })
  return { burst, close, losses: [] as Array<number>, millis: [] as Array<number> }
}

const [exact, rounded] = [contender("pjrt"), contender("pjrt-bfloat16")]
/** Of a turn's time by the other's just before or after it. */
const ratios: Array<number> = []
while (exact.losses.length < steps) {
  const turn: Array<number> = []
  for (const one of [exact, rounded]) {
    const isFirst = one.losses.length === 0
    const done = await one.burst(perTurn)
    one.losses.push(...done.losses)
    // the first step compiles
    const counted = done.seconds.slice(isFirst ? 1 : 0).map((seconds) => seconds * 1000)
    one.millis.push(...counted)
    turn.push(median(counted))
  }
  ratios.push(turn[1]! / turn[0]!)
}
await exact.close()
await rounded.close()

const at = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((step) => step <= steps)
const off = (step: number) => Math.abs(rounded.losses[step - 1]! - exact.losses[step - 1]!) / Math.abs(exact.losses[step - 1]!)
const row = (name: string, { losses, millis }: typeof exact) => [name, median(millis).toFixed(0), ...at.map((step) => losses[step - 1]!.toFixed(5))]
const table = report.table([
  ["products of", "ms a step, median", ...at.map((step) => `loss of step ${step}`)],
  row("float32", exact),
  row("bfloat16 operands", rounded),
  ["relative difference", "-", ...at.map((step) => off(step).toExponential(1))]
])
const worst = Math.max(...exact.losses.map((_, i) => off(i + 1)))
const text = `${table}\n\nbfloat16 takes ${median(ratios).toFixed(2)} of float32's time (median over ${ratios.length} pairs of turns); the losses differ by at most ${worst.toExponential(1)} of themselves in ${steps} steps.`
console.log(text)
if (values.record) report.record("bfloat16 products on XLA's CPU plugin", text)
