/** Where the command line takes its run configuration from. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll } from "vitest"

const root = resolve(import.meta.dirname, "../../..")
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "effect-estimator-config-"))
  // as a project that has the packages installed
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction")
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  const program = `
import * as Stream from "effect/Stream"
import * as tf from "@tensorflow/tfjs-core"
import * as Estimator from ${JSON.stringify(join(root, "src/programs/Estimator.ts"))}
import { defineProgram } from ${JSON.stringify(join(root, "src/programs/ProgramModule.ts"))}
import { CrossReplicaOptimizer } from ${JSON.stringify(join(root, "src/layers/tracing/CrossReplicaOptimizer.ts"))}
const batch = { features: { dtype: "float32", shape: [2], data: Float32Array.of(1, 3) } }
const modelFn = ({ features, variables }) => {
  const w = variables.get("w", [1])
  return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => tf.mean(tf.square(tf.sub(w, features)))) }
}
export default defineProgram({
  params: {},
  make: () => ({ estimator: Estimator.make({ modelFn, config: { modelDir: "code", logStepCountSteps: 1 } }), train: Stream.forever(Stream.succeed(batch)) })
})
`
  writeFileSync(join(folder, "program.ts"), program)
  writeFileSync(join(folder, "run.yaml"), "modelDir: file\nkeepCheckpointMax: 1\nsaveCheckpointsSteps: 1\niterationsPerLoop: 60s\n")
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const train = (args: ReadonlyArray<string>, env: Record<string, string> = {}) => {
  const fixed = [join(root, "src/programs/cli/main.ts"), "train", "-p", "program.ts", "--engine", "reference", "--max-steps", "4", "--log", "jsonl"]
  const run = spawnSync(process.execPath, [...fixed, ...args], { cwd: folder, encoding: "utf8", timeout: 60_000, env: { ...process.env, ...env } })
  const steps = run.stdout.split("\n").flatMap((line) => (line.includes('"event":"train"') ? [(JSON.parse(line) as { step: number }).step] : []))
  return { code: run.status, err: run.stderr, steps, has: (file: string) => existsSync(join(folder, file)) }
}

it("takes the file before the code, the environment before the file, and flags before all", () => {
  const env = { EFFECT_ESTIMATOR_MODEL_DIR: "env", EFFECT_ESTIMATOR_ITERATIONS_PER_LOOP: "3" }
  const { code, err, has, steps } = train(["--config", "run.yaml", "--set", "keepCheckpointMax=0", "--iterations-per-loop", "2"], env)
  assert.strictEqual(code, 0, err)
  assert.deepStrictEqual(steps, [2, 4])
  assert.isTrue(has("env/model.ckpt-2.index") && has("env/model.ckpt-4.index"))
  assert.isFalse(has("file") || has("code"))
})

it("names what is wrong in a variable or a flag, with the nearest name, and ends with 2", () => {
  const variable = train([], { EFFECT_ESTIMATOR_MODL_DIR: "x" })
  assert.strictEqual(variable.code, 2)
  assert.include(variable.err, 'Did you mean "EFFECT_ESTIMATOR_MODEL_DIR"?')
  const flag = train(["--set", "tpu.numShard=2"])
  assert.strictEqual(flag.code, 2)
  assert.include(flag.err, 'Did you mean "tpu.numShards"?')
  assert.strictEqual(train(["--iterations-per-loop", "0"]).code, 2)
})

it("a configuration file that is missing, empty or a list is named, with what was expected, and nothing is made", () => {
  writeFileSync(join(folder, "empty.yaml"), "")
  writeFileSync(join(folder, "comments.yaml"), "# later\n")
  writeFileSync(join(folder, "list.yaml"), "- a\n- b\n")
  mkdirSync(join(folder, "folder.yaml"))
  for (const [file, says] of [
    ["missing.yaml", "config missing.yaml: there is no such file: --config takes the path of"],
    ["folder.yaml", "config folder.yaml: it is a folder: --config takes the path of a .json, .yaml, .yml or .toml file."],
    ["empty.yaml", "config empty.yaml: expected keys of the run configuration with their values, such as modelDir: runs/a, got an empty file. Write"],
    ["comments.yaml", "got no keys"],
    ["list.yaml", "config list.yaml: expected keys of the run configuration with their values, such as modelDir: runs/a, got a list."]
  ] as const) {
    const { code, err, has } = train(["--config", file])
    assert.strictEqual(code, 2, err)
    assert.include(err, says)
    assert.isFalse(has("code"))
  }
})

it("a run that is refused for its replicas leaves no model directory", () => {
  for (const more of [
    ["--replicas", "3"],
    ["--replicas", "2", "--set", "tpu.numShards=3"]
  ]) {
    const { code, err, has } = train([...more, "--model-dir", "refused"])
    assert.include([1, 2], code, err)
    assert.include(err, "replicas")
    assert.isFalse(has("refused"))
  }
})

it("a value that is of no form the key takes is answered with the form in words", () => {
  const { code, err } = train(["--set", "tpu.inputPartitionDims=x"])
  assert.strictEqual(code, 2)
  assert.include(
    err,
    'config tpu.inputPartitionDims: "x" is refused: Expected a list of one entry for the features and perhaps one for the labels: the parts along each axis of a tensor such as [1, 4]'
  )
})
