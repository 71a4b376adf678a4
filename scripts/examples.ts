/** Runs every example with few steps through the command line: train, evaluate and predict in a fresh folder. Fails when one fails. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "..")
const cli = join(root, "src/programs/cli/main.ts")

interface Example {
  readonly name: string
  readonly train: ReadonlyArray<string>
  readonly evaluate: ReadonlyArray<string>
  readonly predict: ReadonlyArray<string>
}

const small = ["--param", "layers=2", "--param", "width=32", "--param", "inner=64", "--param", "heads=2"]

const examples: ReadonlyArray<Example> = [
  {
    name: "transformer-xl",
    train: [...small, "--max-steps", "20", "--log-steps", "10", "--replicas", "2", "--iterations-per-loop", "10"],
    evaluate: [...small, "--steps", "5"],
    predict: [...small, "--param", "sample=40"]
  },
  {
    name: "mnist",
    train: ["--max-steps", "20", "--log-steps", "10", "--iterations-per-loop", "10"],
    evaluate: ["--steps", "2"],
    predict: ["--take", "3"]
  }
]

const only = process.argv.slice(2)
const failures: Array<string> = []
for (const { name, ...commands } of examples) {
  if (only.length > 0 && !only.includes(name)) continue
  const modelDir = mkdtempSync(join(tmpdir(), `effect-estimator-${name}-`))
  try {
    for (const [command, flags] of Object.entries(commands)) {
      console.log(`\n$ effect-estimator ${command} -p examples/${name}/main.ts ${flags.join(" ")}`)
      const args = [cli, command, "-p", join(root, "examples", name, "main.ts"), "--model-dir", modelDir, ...flags]
      const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" })
      if (status !== 0) {
        failures.push(`${name} ${command}: exit ${status}`)
        break
      }
    }
    const events = join(modelDir, "events.jsonl")
    const lines = existsSync(events) ? readFileSync(events, "utf8").trim().split("\n") : []
    const [evaluation, end] = lines.slice(-2).map((line) => (JSON.parse(line) as { readonly event?: string }).event)
    if (evaluation !== "eval" || end !== "end") failures.push(`${name}: events.jsonl does not end with the evaluation and its end`)
  } finally {
    rmSync(modelDir, { recursive: true, force: true })
  }
}
console.log(failures.length === 0 ? "\nexamples: all passed" : `\nexamples failed:\n  ${failures.join("\n  ")}`)
process.exitCode = failures.length === 0 ? 0 : 1
