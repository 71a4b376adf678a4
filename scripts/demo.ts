/**
 * The demo: a character-level Transformer-XL learns the State of the Union speeches from nothing, is evaluated on speeches it has not seen,
 * and writes some of its own. `npm run demo -- --max-steps 200` for a shorter one. A demo that was interrupted goes on where it was;
 * `--fresh` starts anew, and so does one that had come to its end.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join, relative, resolve } from "node:path"

const root = resolve(import.meta.dirname, "..")
const cli = join(root, "src/programs/cli/main.ts")
const program = "examples/transformer-xl/main.ts"
const modelDir = "runs/transformer-xl"
const eventsFile = join(root, modelDir, "events.jsonl")
const given = process.argv.slice(2).filter((flag) => flag !== "--fresh")
const fresh = process.argv.includes("--fresh")
const began = Date.now()
const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`
const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`

/** Those of the given flags that have one of the names, as `--name value` or `--name=value`. */
const flagsNamed = (...names: ReadonlyArray<string>): ReadonlyArray<string> =>
  given.flatMap((flag, i) =>
    names.includes(flag) ? [flag, ...given.slice(i + 1, i + 2)] : names.some((name) => flag.startsWith(`${name}=`)) ? [flag] : []
  )
/** Nobody reads on, as after `| head`: the command under way ends by itself. */
process.stdout.on("error", () => undefined)
const has = (...names: ReadonlyArray<string>) => flagsNamed(...names).length > 0

interface Event {
  readonly event: string
  readonly step: number
  readonly metrics?: { readonly bpc: number }
}

/** The line that was being written when a process was killed is left out. */
const events = (): ReadonlyArray<Event> =>
  existsSync(eventsFile)
    ? readFileSync(eventsFile, "utf8")
        .split("\n")
        .flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as Event] : []))
    : []

const run = (what: string, command: string, ...flags: ReadonlyArray<string>) => {
  console.log(`\n── ${what}\n$ npx node src/programs/cli/main.ts ${[command, "-p", program, "--model-dir", modelDir, ...flags].join(" ")}`)
  const args = [cli, command, "-p", join(root, program), "--model-dir", join(root, modelDir), ...flags]
  const { signal, status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" })
  if (status === 0) return
  console.error(`\ndemo: ${command} ended with ${signal ?? `exit code ${status}`} after ${seconds()}; what it has done so far is in ${modelDir}`)
  if (status === 75 || status === 130 || signal !== null)
    console.error("npm run demo with the same flags goes on from there, with --fresh it starts anew")
  else console.error("npm run demo -- --fresh starts anew, which other flags for the model need")
  process.exit(status ?? 1)
}

/** Goes on where an earlier demo was interrupted; else clears the folder. */
const prepare = () => {
  const before = existsSync(join(root, modelDir, "checkpoint")) ? events() : []
  const saved = before.findLast(({ event }) => event === "checkpoint")
  const ended = before.at(-1)?.event === "eval"
  if (saved !== undefined && !ended && !fresh) {
    console.log(`going on with the demo that was interrupted: ${modelDir} has ${plural(saved.step, "step")} (--fresh starts anew)`)
    return
  }
  if (ended && !fresh) console.log(`the demo in ${modelDir} had come to its end: starting anew`)
  rmSync(join(root, modelDir), { recursive: true, force: true })
}

// Ctrl-C is for the command under way, which saves before it ends
process.on("SIGINT", () => undefined)
const steps = has("--max-steps", "--steps") ? [] : ["--max-steps", "1800"]
const often = process.stdout.isTTY && !has("--log-steps") ? ["--log-steps", "20"] : []
/** What evaluation and prediction must know of the training's flags. */
const shared = flagsNamed("--param", "--engine", "--seed", "--config")

prepare()
run("training on 210 speeches, from random values", "train", ...steps, ...often, ...given)
run("evaluating on 12 speeches that it has not seen, every character of them", "evaluate", ...shared, ...flagsNamed("--replicas"))
// one character at a time: there is nothing to split over replicas
run("a speech of its own, character by character", "predict", ...shared)

const last = events().findLast(({ event }) => event === "eval")!
console.log(`

── done in ${seconds()}
test bpc ${last.metrics!.bpc.toFixed(3)} at step ${last.step}
${modelDir}/events.jsonl       every event of the run and of the evaluation
${modelDir}/model.ckpt-${last.step}.*  the checkpoint (TensorFlow's V2 format); the train command above with more --max-steps goes on from it
${relative(process.cwd(), join(root, program)) || program}  the program, to copy from`)
