/** Loads tfjs-core's compiled tests into Jasmine and runs them on one backend. */
import { readdirSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { dist } from "./hooks.ts"
import { type Engine, plainName, type TestResult } from "./judge.ts"

interface Spec {
  readonly fullName: string
  readonly status: string
  readonly failedExpectations: ReadonlyArray<{ readonly message: string; readonly stack?: string }>
}

/** What is used of Jasmine, which has no types of its own. */
interface JasmineEnv {
  readonly addReporter: (reporter: {
    readonly specStarted?: () => void
    readonly specDone?: (spec: Spec) => void
    readonly suiteDone?: (suite: Spec) => void
    readonly jasmineDone: () => void
  }) => void
  readonly configure: (options: object) => void
  readonly execute: () => unknown
}

export interface SuiteOptions {
  readonly engine: Engine
  readonly shard: { readonly index: number; readonly count: number }
  readonly filter: string | undefined
}

export interface SuiteRun {
  readonly results: ReadonlyArray<TestResult>
  /** How often each kernel was run by tfjs's CPU backend instead. */
  readonly fallbacks: { readonly [kernel: string]: number }
  readonly evaluations: object
}

const load = (file: string): Promise<Record<string, unknown>> => import(pathToFileURL(path.join(dist, file)).href)

const testFiles = ({ index, count }: SuiteOptions["shard"]): ReadonlyArray<string> =>
  readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.js"))
    .sort()
    .filter((_, i) => i % count === index - 1)

/** tfjs compares whole names; here the environment is left out of them. */
const resultOf = ({ fullName, status, failedExpectations }: Spec): TestResult => {
  const name = plainName(fullName)
  if (status === "passed") return { name, status }
  if (status !== "failed") return { name, status: "skipped" }
  const first = failedExpectations[0]
  const at = first?.stack?.split("\n").find((line) => line.includes("_test.js"))
  return { name, status: "failed", message: [first?.message ?? "no expectation", at?.trim() ?? ""].join("\n") }
}

/** Notes the kernels that run from now on; each call gives those since the one before. */
const watchKernels = (module: Record<string, unknown>): (() => ReadonlyArray<string>) => {
  const engine = (module["engine"] as () => { runKernel: (name: string, ...rest: ReadonlyArray<unknown>) => unknown })() // of tfjs-core's index
  const original = engine.runKernel
  let seen = new Set<string>()
  engine.runKernel = function (name, ...rest) {
    seen.add(name)
    return Reflect.apply(original, this, [name, ...rest])
  }
  return () => {
    const kernels = [...seen].sort()
    seen = new Set()
    return kernels
  }
}

/** How often, by kernel. */
type Counts = { readonly [kernel: string]: number }

const execute = (env: JasmineEnv, fallbacks: () => Counts, kernels: () => ReadonlyArray<string>): Promise<ReadonlyArray<TestResult>> =>
  new Promise((resolve) => {
    const results: Array<TestResult> = []
    let before: Counts = {}
    const onCpu = () =>
      Object.entries(fallbacks())
        .filter(([kernel, n]) => n > (before[kernel] ?? 0))
        .map(([kernel]) => kernel)
        .sort()
    env.addReporter({
      specStarted: () => {
        before = { ...fallbacks() }
        kernels()
      },
      specDone: (spec) => {
        if (spec.status === "excluded") return // by the filter
        const cpu = onCpu()
        results.push({ ...resultOf(spec), kernels: kernels(), ...(cpu.length > 0 ? { onCpu: cpu } : {}) })
      },
      suiteDone: (suite) => {
        if (suite.failedExpectations.length > 0) results.push(resultOf({ ...suite, fullName: `${suite.fullName} (suite)`, status: "failed" }))
      },
      jasmineDone: () => resolve(results)
    })
    env.execute()
  })

export const runSuite = async ({ engine, shard, filter }: SuiteOptions): Promise<SuiteRun> => {
  const jasmineRequire = createRequire(import.meta.url)("jasmine-core")
  const env: JasmineEnv = jasmineRequire.boot(jasmineRequire).getEnv()
  const wanted = filter === undefined ? undefined : new RegExp(filter)
  env.configure({
    random: false,
    specFilter: (spec: { readonly getFullName: () => string }) => wanted === undefined || wanted.test(plainName(spec.getFullName()))
  })
  const kernels = watchKernels(await load("index.js"))
  await load("public/chained_ops/register_all_chained_ops.js")
  await load("register_all_gradients.js")
  const { backendFor } = await import("./backend.ts")
  const backend = await backendFor(engine)
  const { setTestEnvs } = await load("jasmine_util.js")
  if (typeof setTestEnvs !== "function") throw new Error("tfjs-core has no setTestEnvs any more")
  setTestEnvs([{ name: backend.name, backendName: backend.name, isDataSync: true }])
  for (const file of testFiles(shard)) await load(file)
  const results = await execute(env, backend.fallbacks, kernels)
  return { results, fallbacks: backend.fallbacks(), evaluations: backend.evaluations() }
}
