/** The command line's `compile`, as far as it needs no libtpu; what libtpu says is tested with the engine. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { withXla } from "../../layers/device/pjrt/available.ts"

const root = resolve(import.meta.dirname, "../../..")

const compile = (args: ReadonlyArray<string>, env: Record<string, string> = {}) => {
  const run = spawnSync(process.execPath, ["src/programs/cli/main.ts", "compile", "-p", "examples/mnist/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, ...env }
  })
  return { code: run.status, err: run.stderr, out: run.stdout }
}

it("wants a generation and a topology", () => {
  const { code, err } = compile(["--target", "v5e"])
  assert.strictEqual(code, 2)
  assert.include(err, "expected a TPU's generation and its topology, such as tpu:v5e:4x4 or tpu:v5p:2x2x2; a GPU and how many, such as cuda:h100")
})

it("splits the batch over the target's devices, and ends with 1 where that cannot be", () => {
  const { code, err } = compile(["--target", "tpu:v5e:16x16"])
  assert.strictEqual(code, 1)
  assert.include(err, "a global batch of 64 rows cannot be split over 256 replicas")
})

it("ends with 1 where the plugin is not there, and says which", () => {
  const { code, err } = compile(["--target", "tpu:v5e:2x2"], { TPU_LIBRARY_PATH: process.execPath })
  assert.strictEqual(code, 1)
  assert.match(err, /engine pjrt is not available: .*GetPjrtApi|engine pjrt is not available: .*cannot be loaded/)
})

withXla("compile for a CPU", () => {
  it("lists the largest buffers, and holds memory against what there may be", () => {
    const { code, err, out } = compile(["--target", "cpu:2", "--memory-limit", "1", "--buffers", "3"])
    assert.strictEqual(code, 0, err)
    assert.match(out, /memory of a device +[\d.]+ MiB of 1\.00 GiB at most at once\n/)
    assert.match(out, /largest buffers of a device when it needs most:\n(  .* MiB +(argument|result|temporary) .*\n){3}$/)
  })

  it("ends with 1 where a device needs more than it may, with the figures all the same", () => {
    const { code, err, out } = compile(["--target", "cpu:2", "--memory-limit", "0.0001", "--json", "--buffers", "2"])
    assert.strictEqual(code, 1)
    const told = JSON.parse(out) as { readonly memoryLimit: number; readonly buffers: ReadonlyArray<unknown> } // what `--json` prints
    assert.deepStrictEqual([told.memoryLimit, told.buffers.length], [0.0001 * 2 ** 30, 2])
    assert.match(err, /a device needs [\d.]+ MiB at once, the largest for .* \([\d.]+ MiB\); --memory-limit allows 0\.1 MiB: use smaller/)
  })
})
