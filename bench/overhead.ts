/**
 * `node bench/overhead.ts [--rounds 8] [--steps 2000] [--no-record]`: what the whole program adds to a bare onnxruntime session,
 * on a step that takes next to nothing (perceptron 784-32-10, batch 32, gradient descent).
 *
 * @since 0.1.0
 */
import { parseArgs } from "node:util"
import { isQuiet, paired, quietSeconds, race } from "./harness/race.ts"
import * as report from "./harness/report.ts"
import { median, quantile } from "./harness/statistics.ts"

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "8" },
    steps: { type: "string", default: "2000" },
    record: { type: "boolean", default: true }
  }
})
const micros = (seconds: number) => (seconds * 1e6).toFixed(1)
const results = await race(["tiny/bare", "tiny/estimator", "tiny/estimator-2"], {
  rounds: Number(values.rounds),
  steps: Number(values.steps),
  starts: 1
})
const bare = results[0]!
const rows = results.map((result) => {
  const added = paired(result, bare, (ours, theirs) => ours - theirs)
  const change = result === bare ? "-" : `${micros(median(added))} [${micros(quantile(added, 0.25))} - ${micros(quantile(added, 0.75))}]`
  return [result.name, micros(median(quietSeconds(result))), change, `${result.bursts.filter(isQuiet).length}/${result.bursts.length}`]
})
const summary = report.table([["contender", "µs/step", "added to the bare loop, µs/step", "quiet bursts"], ...rows])
console.log(summary)
const work = `Perceptron 784-32-10, batch 32. \`tiny/estimator\` does 100 steps a device run, \`tiny/estimator-2\` 2; batches come from the host at every step.`
if (values.record) report.record("what the program adds to a tiny step", `${work}\n\n${summary}`)
