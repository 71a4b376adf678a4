/** The command line as its users meet it: a process with arguments, text and an exit code. */
import { assert, describe, it } from "@effect/vitest"
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Readable } from "node:stream"
import { afterAll, beforeAll } from "vitest"
import { readEvents } from "../../layers/sinks/eventFile.ts"

const root = resolve(import.meta.dirname, "../../..")
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "effect-estimator-cli-"))
  // as a project that has the packages installed
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction")
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cli = (...args: ReadonlyArray<string>) => {
  const run = spawnSync(process.execPath, [join(root, "src/programs/cli/main.ts"), ...args], { cwd: folder, encoding: "utf8", timeout: 60_000 })
  return { code: run.status, out: run.stdout, err: run.stderr, all: run.stdout + run.stderr }
}

/** y = 3 x - 1 on 64 points, as a program file. */
const line = (body = "") => `
import * as tf from "@tensorflow/tfjs-core"
import * as Stream from "effect/Stream"
import * as Estimator from ${JSON.stringify(join(root, "src/programs/Estimator.ts"))}
import { defineProgram } from ${JSON.stringify(join(root, "src/programs/ProgramModule.ts"))}
import { CrossReplicaOptimizer } from ${JSON.stringify(join(root, "src/layers/tracing/CrossReplicaOptimizer.ts"))}
const xs = Float32Array.from({ length: 16 }, (_, i) => i / 8 - 1)
const batch = {
  features: { dtype: "float32", shape: [16, 1], data: xs },
  labels: { dtype: "float32", shape: [16, 1], data: xs.map((x) => 3 * x - 1) }
}
const modelFn = ({ features, labels, mode, params, variables }) => {
  const w = variables.get("w", [1, 1])
  const b = variables.get("b", [1])
  const y = () => tf.add(tf.matMul(features, w), b)
  if (mode === "predict") return { predictions: { y: y() } }
  const lossOf = () => tf.mean(tf.square(tf.sub(y(), labels)))
  if (mode === "evaluate") return { loss: lossOf() }
  return { loss: new CrossReplicaOptimizer(tf.train.sgd(params.rate)).minimize(lossOf, true) }
}
export default defineProgram({
  params: { rate: 0.2 },
  make: (params) => ({
    estimator: Estimator.make({ modelFn, params, config: { logStepCountSteps: 50 } }),
    train: Stream.forever(Stream.succeed(batch)),
    evaluate: Stream.make(batch),
    predict: { input: Stream.make({ features: batch.features }), print: ({ y }, i) => i + ": " + y.data[0].toFixed(2) + "\\n" }
    ${body}
  })
})
`

describe("effect-estimator", () => {
  it("teaches with --help", () => {
    const { code, out } = cli("train", "--help")
    assert.strictEqual(code, 0)
    for (const text of ["--max-steps", "--replicas", "--model-dir", "Ctrl-C", "runs/a --max-steps 2000"]) assert.include(out, text)
  })

  it("answers wrong usage with one line, the nearest name and where to read on, on standard error, and exit code 2", () => {
    const refusal = (err: string) => ({ code: 2, out: "", err })
    const seen = (...args: ReadonlyArray<string>) => {
      const { code, err, out } = cli(...args)
      return { code, out, err }
    }
    assert.deepStrictEqual(
      seen("train", "-p", "x.ts", "--max-step", "3"),
      refusal(
        "effect-estimator: Unrecognized flag: --max-step in command effect-estimator train. Did you mean --max-steps?\n" +
          "see `effect-estimator train --help`\n"
      )
    )
    assert.deepStrictEqual(
      seen("trian"),
      refusal('effect-estimator: Unknown subcommand "trian" for "effect-estimator". Did you mean train?\nsee `effect-estimator --help`\n')
    )
    assert.match(
      seen("train", "--engine", "refrence").err,
      /^effect-estimator: Invalid value for flag --engine: "refrence"\..* Did you mean reference\?\n/
    )
    const both = seen("train", "-p", "x.ts", "--steps", "1", "--max-steps", "2")
    assert.strictEqual(both.code, 2)
    assert.include(both.err, "config --steps: cannot be given together with --max-steps")
  })

  it("shows a program file's own name in its help", () => {
    const run = join(root, "src/programs/cli/runMain.ts")
    writeFileSync(
      join(folder, "own.ts"),
      `import program from "./line.ts"\nimport { runMain } from ${JSON.stringify(run)}\nexport default program\nrunMain(program)\n`
    )
    writeFileSync(join(folder, "line.ts"), line())
    const { status, stdout } = spawnSync(process.execPath, ["own.ts", "train", "--help"], { cwd: folder, encoding: "utf8" })
    assert.strictEqual(status, 0)
    assert.match(stdout, /^ {2}node own\.ts train \[flags\]$/m)
    assert.match(stdout, /^ {2}node own\.ts train --model-dir runs\/a --max-steps 2000$/m)
    assert.notInclude(stdout, "effect-estimator train")
  })

  it("says where tensors are to be made when a program file makes some itself", () => {
    writeFileSync(join(folder, "eager.ts"), `import * as tf from "@tensorflow/tfjs-core"\nexport const w = tf.zeros([2])\n`)
    const { code, err } = cli("train", "-p", "eager.ts")
    assert.strictEqual(code, 2)
    assert.include(err, "Make tensors, variables and optimizers inside modelFn or cacheFn.")
  })

  it("answers a missing program, an unknown config key and a wrong parameter with one sentence and exit code 2", () => {
    writeFileSync(join(folder, "line.ts"), line())
    writeFileSync(join(folder, "bad.json"), JSON.stringify({ itrationsPerLoop: 5 }))
    const missing = cli("train", "-p", "nowhere.ts")
    assert.strictEqual(missing.code, 2)
    assert.match(missing.err, /^effect-estimator: config --program: there is no file .*nowhere\.ts\.\n/)
    const key = cli("train", "-p", "line.ts", "--config", "bad.json")
    assert.strictEqual(key.code, 2)
    assert.include(key.err, 'Did you mean "iterationsPerLoop"?')
    const param = cli("train", "-p", "line.ts", "--param", "rte=1")
    assert.strictEqual(param.code, 2)
    assert.include(param.err, 'Did you mean "rate"?')
  })

  it("--tensorboard writes event files, of evaluations and predictions in folders of their own", () => {
    const summaries = ["domain/Summary.ts", "services/Summaries.ts"].map((file) => JSON.stringify(join(root, "src", file)))
    const imports = `import * as Summary from ${summaries[0]}\nimport * as Summaries from ${summaries[1]}\n`
    const called = `hostCall: { tensors: { features }, call: (given, step) => Summaries.write(step, [Summary.text("rows", String(given.features.shape[0]))]) }`
    writeFileSync(join(folder, "board.ts"), imports + line().replace("predictions: { y: y() }", `predictions: { y: y() }, ${called}`))
    const common = ["-p", "board.ts", "--engine", "reference", "--model-dir", "board", "--tensorboard"]
    for (const args of [
      ["train", ...common, "--max-steps", "4", "--log-steps", "2"],
      ["evaluate", ...common],
      ["predict", ...common, "--take", "1"]
    ]) {
      const { all, code } = cli(...args)
      assert.strictEqual(code, 0, all)
    }
    const tags = (directory: string) => readEvents(join(folder, directory)).flatMap(({ values }) => values.map(({ step, tag }) => `${tag} ${step}`))
    assert.includeMembers(tags("board"), ["_hparams_/session_start_info 0", "loss 2", "loss 4"])
    assert.deepStrictEqual(tags("board/eval"), ["loss 4", "ppl 4", "bpc 4"])
    assert.deepStrictEqual(tags("board/predict"), ["rows 4"])
  })

  it("refuses --tensorboard where there is no model directory to write to", () => {
    writeFileSync(join(folder, "line.ts"), line())
    const { code, err } = cli("predict", "-p", "line.ts", "--engine", "reference", "--tensorboard")
    const says = "effect-estimator: config --tensorboard: event files are written to the model directory, and there is none: give --model-dir.\n"
    assert.deepStrictEqual({ code, err }, { code: 2, err: says })
  })

  it("trains, goes on, evaluates and predicts", () => {
    writeFileSync(join(folder, "line.ts"), line())
    const common = ["-p", "line.ts", "--engine", "reference", "--model-dir", "model"]
    const train = cli("train", ...common, "--max-steps", "60", "--replicas", "2")
    assert.strictEqual(train.code, 0, train.all)
    const again = cli("train", ...common, "--max-steps", "100", "--log", "jsonl")
    assert.strictEqual(again.code, 0, again.all)
    const events = again.out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as { readonly event: string; readonly step?: number })
    assert.deepInclude(
      events.find((event) => event.event === "restore"),
      { step: 60 }
    )
    assert.deepInclude(events.at(-1), { event: "end", step: 100 })
    assert.include(cli("train", ...common, "--max-steps", "100").out, "nothing to do")
    const evaluated = cli("evaluate", ...common, "--log", "jsonl")
    assert.strictEqual(evaluated.code, 0, evaluated.all)
    const last = JSON.parse(evaluated.out.trim().split("\n").at(-2)!) as {
      readonly event: string
      readonly step: number
      readonly loss: number
      readonly examples: number
    }
    assert.deepInclude(last, { event: "eval", step: 100, examples: 16 })
    assert.isBelow(last.loss, 1e-3)
    // one that is named is used, whatever the directory
    const named = cli("evaluate", ...common.slice(0, 4), "--checkpoint", "model/model.ckpt-100")
    assert.deepStrictEqual([named.code, named.err], [0, ""])
    const predicted = cli("predict", ...common, "--take", "2")
    assert.strictEqual(predicted.code, 0, predicted.all)
    assert.match(predicted.out, /^0: -(4\.0|3\.9)\d\n1: -3\.\d\d\n$/)
    const exported = cli("export", "-p", "line.ts", "--model-dir", "model", "--format", "onnx", "--format", "safetensors")
    assert.strictEqual(exported.code, 0, exported.all)
    const where = exported.out.trim()
    assert.match(where, /^model\/export\/\d+$/)
    assert.isTrue(existsSync(join(folder, where, "onnx", "model.onnx")))
    const { inputs, outputs, step } = JSON.parse(readFileSync(join(folder, where, "safetensors", "model.json"), "utf8"))
    assert.deepStrictEqual([step, inputs[0].shape, outputs[0].name], [100, [-1, 1], "y"])
    const toTpu = cli("export", "-p", "line.ts", "--model-dir", "model", "--export-to-tpu", "2")
    assert.strictEqual(toTpu.code, 0, toTpu.all)
    const manifest = JSON.parse(readFileSync(join(folder, toTpu.out.trim(), "assets.extra", "stablehlo", "manifest.json"), "utf8"))
    assert.deepStrictEqual([manifest.batchSize, manifest.signatures[0].results[0].shape], [2, [2, 1]])
  })

  it("reports a failed run with exit code 1 and the cause only under --verbose", () => {
    writeFileSync(join(folder, "throws.ts"), line().replace("const w =", 'if (mode === "train") throw new Error("no such layer")\n  const w ='))
    const quiet = cli("train", "-p", "throws.ts", "--engine", "reference", "--steps", "1")
    assert.strictEqual(quiet.code, 1)
    assert.include(quiet.err, "no such layer")
    assert.notInclude(quiet.err, "    at ")
    const loud = cli("train", "-p", "throws.ts", "--engine", "reference", "--steps", "1", "--verbose")
    assert.strictEqual(loud.code, 1)
    assert.include(loud.err, "    at ")
  })

  /** Trains without end until its first line of progress, then calls `then`. */
  const interrupt = async (modelDir: string, then: (child: ChildProcessByStdio<null, Readable, Readable>) => void) => {
    writeFileSync(join(folder, "line.ts"), line())
    const common = ["-p", "line.ts", "--engine", "reference", "--model-dir", modelDir, "--log", "jsonl"]
    const args = [join(root, "src/programs/cli/main.ts"), "train", ...common, "--log-steps", "1", "--max-steps", "1000000000"]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      // only once, when it is under way
      if (!out.includes('"event":"train"') && text.includes('"event":"train"')) then(child)
      out += text
    })
    let err = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    const [code] = (await once(child, "close")) as [number | null]
    const lines = readFileSync(join(folder, modelDir, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
    const end = JSON.parse(lines.at(-1)!) as { readonly event: string; readonly step: number; readonly reason: string }
    return { code, err, end, common }
  }

  it("saves when it is interrupted, says so with exit code 75, and goes on from there", async () => {
    const { code, common, end, err } = await interrupt("interrupted", (child) => child.kill("SIGINT"))
    assert.strictEqual(code, 75, err)
    assert.deepInclude(end, { event: "end", reason: "interrupted" })
    assert.include(err, `step ${end.step} is saved`)
    const resumed = cli("train", ...common, "--steps", "1")
    assert.include(resumed.out, `{"event":"restore","step":${end.step}`)
    assert.strictEqual(resumed.code, 0, resumed.all)
  })

  it("takes SIGTERM for an interruption, and the end of its reader", async () => {
    const terminated = await interrupt("terminated", (child) => child.kill("SIGTERM"))
    assert.strictEqual(terminated.code, 75, terminated.err)
    assert.include(terminated.err, `step ${terminated.end.step} is saved`)
    const unread = await interrupt("unread", (child) => child.stdout.destroy())
    assert.strictEqual(unread.code, 75, unread.err)
    assert.strictEqual(unread.err, `interrupted; step ${unread.end.step} is saved: the same command goes on from there\n`)
  })

  it("ends predictions quietly when nobody reads on, and names the cause when they cannot be written", async () => {
    // without a model directory the initial values predict
    writeFileSync(
      join(folder, "endless.ts"),
      line().replace("input: Stream.make({", "input: Stream.forever(Stream.make({").replace("batch.features })", "batch.features }))")
    )
    const args = [join(root, "src/programs/cli/main.ts"), "predict", "-p", "endless.ts", "--engine", "reference"]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    child.stdout.once("data", () => child.stdout.destroy())
    let err = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    const [code] = (await once(child, "close")) as [number | null]
    const note = "note: without --model-dir nothing is saved, and nothing that was trained before is used\n"
    assert.deepStrictEqual({ code, err }, { code: 0, err: note })
    if (!existsSync("/dev/full")) return // Linux only
    const full = openSync("/dev/full", "w")
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", full, "pipe"] })
    closeSync(full)
    assert.strictEqual(status, 1, stderr)
    assert.match(stderr, /^note.*\neffect-estimator: standard output cannot be written: ENOSPC: no space left on device/)
  })

  it("lists devices and ops", () => {
    const devices = cli("devices")
    assert.strictEqual(devices.code, 0)
    assert.match(devices.out, /reference +usable/)
    const ops = cli("ops")
    assert.strictEqual(ops.code, 0)
    assert.match(ops.out, /^MatMul +\S+ +yes +yes/m)
  })

  const installs = process.platform === "linux" && process.arch === "x64"
  it.skipIf(!installs)("tries the compiler before it fetches TensorFlow, and says what to install", () => {
    const args = [join(root, "src/programs/cli/main.ts"), "devices", "install", "tensorflow"]
    const env = { ...process.env, CXX: "no-such-compiler", XDG_CACHE_HOME: join(folder, "cache") }
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env })
    assert.deepStrictEqual({ status, stdout }, { status: 1, stdout: "" })
    assert.match(stderr, /^effect-estimator: .*no-such-compiler could not be started: .*Install a C\+\+ compiler/)
    assert.isFalse(existsSync(join(folder, "cache")))
  })
})
