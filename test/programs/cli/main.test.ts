/** The command line as its users meet it: a process with arguments, text and an exit code. */
import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll } from "vitest"

const root = resolve(import.meta.dirname, "../../..")
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "effect-estimator-cli-"))
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

  it("answers an unknown flag with the nearest and exit code 2", () => {
    const { all, code } = cli("train", "-p", "x.ts", "--max-step", "3")
    assert.strictEqual(code, 2)
    assert.include(all, "--max-steps")
    assert.include(all, "Did you mean")
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
    const last = JSON.parse(evaluated.out.trim().split("\n").at(-1)!) as {
      readonly event: string
      readonly step: number
      readonly loss: number
      readonly examples: number
    }
    assert.deepInclude(last, { event: "eval", step: 100, examples: 16 })
    assert.isBelow(last.loss, 1e-3)
    const predicted = cli("predict", ...common, "--take", "2")
    assert.strictEqual(predicted.code, 0, predicted.all)
    assert.match(predicted.out, /^0: -(4\.0|3\.9)\d\n1: -3\.\d\d\n$/)
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

  it("saves when it is interrupted, says so with exit code 75, and goes on from there", async () => {
    writeFileSync(join(folder, "line.ts"), line())
    const common = ["-p", "line.ts", "--engine", "reference", "--model-dir", "interrupted", "--log", "jsonl"]
    const args = [join(root, "src/programs/cli/main.ts"), "train", ...common, "--log-steps", "1", "--max-steps", "1000000000"]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      // only once, when it is under way
      if (!out.includes('"event":"train"') && text.includes('"event":"train"')) child.kill("SIGINT")
      out += text
    })
    let err = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    const [code] = (await once(child, "close")) as [number | null]
    assert.strictEqual(code, 75, err)
    const end = JSON.parse(out.trim().split("\n").at(-1)!) as { readonly event: string; readonly step: number; readonly reason: string }
    assert.deepInclude(end, { event: "end", reason: "interrupted" })
    assert.include(err, `step ${end.step} is saved`)
    const resumed = cli("train", ...common, "--steps", "1")
    assert.include(resumed.out, `{"event":"restore","step":${end.step}`)
    assert.strictEqual(resumed.code, 0, resumed.all)
  })

  it("lists devices and ops", () => {
    const devices = cli("devices")
    assert.strictEqual(devices.code, 0)
    assert.match(devices.out, /reference +usable/)
    const ops = cli("ops")
    assert.strictEqual(ops.code, 0)
    assert.match(ops.out, /^MatMul +\S+ +yes +yes/m)
  })
})
