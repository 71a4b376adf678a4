/**
 * Runs tfjs-core's own test suite on an engine: `node test/tfjs/run.ts --engine reference|onnx|cpu [--shard i/n]
 * [--filter regex] [--out file.json]`. `cpu` is tfjs's CPU backend: what the suite gives there.
 *
 * Exits with 1 when a test fails that `excluded.ts` does not list, or a test passes that it lists.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as Hooks from "./hooks.ts"
import { judge, summary } from "./judge.ts"

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "reference" },
    shard: { type: "string", default: "1/1" },
    filter: { type: "string" },
    out: { type: "string" },
    verbose: { type: "boolean", default: false }
  }
})

const engines = ["reference", "onnx", "cpu"] as const
const engine = engines.find((name) => name === values.engine)
const shard = /^(\d+)\/(\d+)$/.exec(values.shard)
if (engine === undefined || shard === null) {
  console.error(`expected --engine ${engines.join("|")} and --shard i/n, got --engine ${values.engine} --shard ${values.shard}`)
  process.exit(2)
}
const [index, count] = [Number(shard[1]), Number(shard[2])]

// tfjs's modules are loaded by what follows, so the hooks come first
Hooks.register()
const { runSuite } = await import("./suite.ts")
const started = performance.now()
const { results, fallbacks, evaluations } = await runSuite({ engine, shard: { index, count }, filter: values.filter })
const seconds = Math.round((performance.now() - started) / 100) / 10

const verdict = judge(engine, results)
const out = values.out ?? path.join("runs", "tfjs", `${engine}-${index}-of-${count}.json`)
mkdirSync(path.dirname(out), { recursive: true })
writeFileSync(out, JSON.stringify({ engine, shard: values.shard, seconds, counts: verdict.counts, fallbacks, evaluations, results }, undefined, 1))
console.log(summary(engine, verdict, { verbose: values.verbose }))
console.log(`${seconds} s; ${JSON.stringify(evaluations)}; written to ${out}`)
process.exit(verdict.ok ? 0 : 1)
