/** Compares what a run gave with the list of excluded tests. */
import { excluded, skipped } from "./excluded.ts"

export type Engine = "reference" | "onnx" | "cpu"

export interface TestResult {
  /** The whole name: those of the describes around it, the environment, and its own. */
  readonly name: string
  readonly status: "passed" | "failed" | "skipped"
  readonly message?: string
  /** Those of its kernels that tfjs's CPU backend computed; absent: none. */
  readonly onCpu?: ReadonlyArray<string>
  /** The kernels that it ran. */
  readonly kernels?: ReadonlyArray<string>
}

export interface Exclusion {
  /** The whole name, or an expression that matches it. */
  readonly test: string | RegExp
  /** Engines that it holds for; absent: all of this package, so not `cpu`. */
  readonly engines?: ReadonlyArray<Engine>
  readonly reason: string
}

export interface Verdict {
  readonly ok: boolean
  readonly counts: {
    readonly total: number
    readonly passed: number
    readonly failed: number
    readonly excluded: number
    readonly skipped: number
    /** Passed, with a kernel that tfjs's CPU backend computed. */
    readonly onCpu: number
    /** Passed without running a kernel: errors for wrong arguments, shapes, input and output, the engine's bookkeeping. */
    readonly withoutKernel: number
  }
  /** Failures that nothing excludes, and tests skipped that are not listed. */
  readonly failures: ReadonlyArray<TestResult>
  /** Tests that are excluded and pass, or are listed as skipped and ran. */
  readonly stale: ReadonlyArray<string>
}

const matches = ({ test }: Exclusion, name: string) => (typeof test === "string" ? test === name : test.test(name))

/** The environment's name and flags are part of a test's name in tfjs. */
export const plainName = (name: string): string => name.replace(/ (?:effect-estimator|cpu) \{\}/g, "")

export const judge = (engine: Engine, results: ReadonlyArray<TestResult>): Verdict => {
  const mine = excluded.filter(({ engines }) => (engines === undefined ? engine !== "cpu" : engines.includes(engine)))
  const listed = (name: string) => mine.some((exclusion) => matches(exclusion, name))
  const off = (name: string) => skipped.some((exclusion) => matches(exclusion, name))
  const failures = results.filter(({ name, status }) => (status === "failed" && !listed(name)) || (status === "skipped" && !off(name)))
  const stale = results
    .filter(({ name, status }) => (status === "passed" && listed(name)) || (status !== "skipped" && off(name)))
    .map(({ name }) => name)
  const of = (status: TestResult["status"]) => results.filter((result) => result.status === status).length
  return {
    ok: failures.length === 0 && stale.length === 0 && results.length > 0,
    counts: {
      total: results.length,
      passed: of("passed"),
      failed: failures.length,
      excluded: of("failed") - failures.filter(({ status }) => status === "failed").length,
      skipped: of("skipped"),
      onCpu: results.filter(({ onCpu, status }) => onCpu !== undefined && status === "passed").length,
      withoutKernel: results.filter(({ kernels, status }) => (kernels ?? []).length === 0 && status === "passed").length
    },
    failures,
    stale
  }
}

export const summary = (engine: Engine, { counts, failures, stale }: Verdict, { verbose }: { readonly verbose: boolean }): string =>
  [
    ...failures.map(
      ({ name, message = "skipped, but not listed" }) => `FAILED ${name}\n  ${(verbose ? message : message.slice(0, 300)).replaceAll("\n", "\n  ")}`
    ),
    ...stale.map((name) => `STALE (excluded, but passes) ${name}`),
    `${engine}: ${counts.total} tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.excluded} excluded, ${counts.skipped} skipped; of those passed ${counts.onCpu} use kernels of tfjs's CPU backend, ${counts.withoutKernel} run no kernel` +
      (stale.length === 0 ? "" : `, ${stale.length} stale exclusions`)
  ].join("\n")
