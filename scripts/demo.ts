/**
 * The demo: a character-level Transformer-XL learns the State of the Union speeches from nothing, is evaluated on speeches it has not seen,
 * and writes some of its own. `npm run demo -- --max-steps 200` for a shorter one.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join, relative, resolve } from "node:path"

const root = resolve(import.meta.dirname, "..")
const cli = join(root, "src/programs/cli/main.ts")
const program = "examples/transformer-xl/main.ts"
const modelDir = "runs/transformer-xl"
const given = process.argv.slice(2)
const steps = given.some((flag) => flag.startsWith("--max-steps") || flag.startsWith("--steps")) ? [] : ["--max-steps", "1800"]
/** What evaluation and prediction must know of the training's flags. */
const shared = given.flatMap((flag, i) => (["--param", "--engine", "--replicas", "--seed"].includes(flag) ? [flag, given[i + 1] ?? ""] : []))
const began = Date.now()
const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`

const run = (what: string, command: string, ...flags: ReadonlyArray<string>) => {
  console.log(`\n── ${what}\n$ effect-estimator ${command} -p ${program} --model-dir ${modelDir} ${flags.join(" ")}`)
  const args = [cli, command, "-p", join(root, program), "--model-dir", join(root, modelDir), ...flags]
  const { signal, status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" })
  if (status === 0) return
  console.error(`\ndemo: ${command} ended with ${signal ?? `exit code ${status}`} after ${seconds()}; what it has done so far is in ${modelDir}`)
  process.exit(status ?? 1)
}

// Ctrl-C is for the command under way, which saves before it ends
process.on("SIGINT", () => undefined)
const often = process.stdout.isTTY && !given.includes("--log-steps") ? ["--log-steps", "20"] : []

rmSync(join(root, modelDir), { recursive: true, force: true })
run("training on 210 speeches, from random values", "train", ...steps, ...often, ...given)
run("evaluating on 12 speeches that it has not seen, every character of them", "evaluate", ...shared)
run("a speech of its own, character by character", "predict", ...shared)

interface Eval {
  readonly event: string
  readonly step: number
  readonly loss: number
  readonly ppl: number
  readonly metrics: { readonly bpc: number }
}
const lines = readFileSync(join(root, modelDir, "events.jsonl"), "utf8")
  .trim()
  .split("\n")
const last = JSON.parse(lines.at(-1)!) as Eval
console.log(`

── done in ${seconds()}
test bpc ${last.metrics.bpc.toFixed(3)} at step ${last.step}
${modelDir}/events.jsonl       every event of the run, the evaluation last
${modelDir}/model.ckpt-${last.step}.*  the checkpoint (TensorFlow's V2 format); the same train command with more --max-steps goes on from it
${relative(process.cwd(), join(root, program)) || program}  the program, to copy from`)
