/** tfjs-core's own tests pass on both engines, but for those that `excluded.ts` lists; `run.ts` says more. */
import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { absent } from "./excluded.ts"
import { dist } from "./hooks.ts"
import { judge, type TestResult } from "./judge.ts"

const run = fileURLToPath(new URL("./run.ts", import.meta.url))
/** Results are left for `npm run ops:page -- --results` where TFJS_RESULTS says so. */
const kept = process.env["TFJS_RESULTS"]
const folder = kept ?? mkdtempSync(path.join(tmpdir(), "tfjs-suite-"))
afterAll(() => {
  if (kept === undefined) rmSync(folder, { recursive: true })
})

interface Outcome {
  readonly code: number
  readonly output: string
}

const start = (out: string, ...args: ReadonlyArray<string>): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(process.execPath, [run, ...args, "--out", out], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    )
  })

interface Written {
  readonly counts: { readonly total: number; readonly passed: number; readonly failed: number; readonly excluded: number; readonly skipped: number }
}

describe.concurrent("tfjs-core's tests", () => {
  it.each(["reference", "onnx"] as const)(
    "pass on %s",
    async (engine) => {
      const out = path.join(folder, `${engine}.json`)
      const { code, output } = await start(out, "--engine", engine)
      const report = output.split("\n").filter((line) => /^(FAILED|STALE|\w+: \d+ tests)/.test(line))
      console.log(report.join("\n"))
      assert.strictEqual(code, 0, report.length === 0 ? output.slice(-2000) : report.join("\n"))
      const { counts }: Written = JSON.parse(readFileSync(out, "utf8"))
      assert.isAbove(counts.total, 4200)
      assert.isAbove(counts.passed / counts.total, 0.99)
    },
    240_000
  )
})

it("the groups of tests that are not loaded are those of other environments", () => {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("_test.js"))
  const found = files.flatMap((file) => {
    const calls = readFileSync(path.join(dist, file), "utf8").matchAll(/^ *describeWithFlags\('([^']+)', (.+), (?:async )?\(\w*\) => \{$/gm)
    return Array.from(calls, ([, group, environment]) => `${group}: ${environment}`)
  })
  const wanted = absent.flatMap(({ environment, groups }) => groups.map((group) => `${group}: ${environment}`))
  assert.isAbove(found.length, 300)
  assert.sameMembers(
    found.filter((group) => !/: ((ALL|NODE|SYNC_BACKEND)_ENVS|\{\})$/.test(group)),
    wanted
  )
})

describe("judging a run", () => {
  const name = "mirrorPad grad" // excluded on both engines
  const result = (status: TestResult["status"], test = name): TestResult => ({ name: test, status })

  it("fails for a test that is not listed, and for nothing at all", () => {
    assert.isFalse(judge("onnx", [result("failed", "add A + B")]).ok)
    assert.isFalse(judge("onnx", []).ok)
    assert.isTrue(judge("onnx", [result("passed", "add A + B")]).ok)
  })

  it("fails for a skipped test that is not listed, and for a listed one that runs", () => {
    assert.isFalse(judge("onnx", [result("skipped", "add A + B")]).ok)
    assert.deepInclude(judge("cpu", [result("skipped", "debug on A x B")]), { ok: true, failures: [] })
    assert.deepInclude(judge("cpu", [result("passed", "debug on A x B")]), { ok: false, stale: ["debug on A x B"] })
  })

  it("lets listed tests fail, and calls the list stale when one passes", () => {
    assert.deepInclude(judge("reference", [result("failed")]), { ok: true, failures: [], stale: [] })
    assert.deepInclude(judge("reference", [result("passed")]), { ok: false, stale: [name] })
    assert.deepInclude(judge("cpu", [result("failed")]), { ok: false }) // what tfjs's own backend must pass
  })
})
