/**
 * Runs Python peers out of the environment that `scripts/interop.mjs` makes. Where it is not there, a suite is one skipped test
 * that says why.
 */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")
const place = resolve(root, process.env["INTEROP_VENV"] ?? ".work/interop")
const executable = join(place, process.platform === "win32" ? "Scripts/python.exe" : "bin/python")

/** Why no peer can be run, or undefined. */
const missing = (() => {
  const remedy = "Run `npm run interop` (Python 3.10 to 3.13, 1.7 GB), or name an environment that it made by INTEROP_VENV"
  const marker = join(place, ".ready-for")
  if (!existsSync(marker) || !existsSync(executable)) return `there is no Python environment in ${place}. ${remedy}`
  const wanted = createHash("sha256")
    .update(readFileSync(join(import.meta.dirname, "requirements.txt")))
    .digest("hex")
  return readFileSync(marker, "utf8") === wanted ? undefined : `the Python environment in ${place} is of other requirements. ${remedy}`
})()

const skipped = (title: string): void => {
  console.warn(`\n*** SKIPPED: ${title}: ${missing} ***\n`)
  it(`${title}: SKIPPED: ${missing}`, ({ skip }) => skip(missing))
}

const whole: (title: string, suite: () => void) => unknown = describe

/** A suite that needs the peers. */
export const withPeers = (title: string, suite: () => void): void => void (missing === undefined ? whole(title, suite) : skipped(title))

export class PeerFailed extends Error {}

/** What a peer may take; TensorFlow alone needs some seconds to be imported. */
export const patience = 240_000

/** Runs `test/interop/<script>` with `argument` as JSON. What it prints on its last line is JSON, too, of the form `A`, which the script and its test agree on. */
export const ask = <A>(script: string, argument: unknown): Effect.Effect<A, PeerFailed> =>
  Effect.callback<A, PeerFailed>((resume) => {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", TF_ENABLE_ONEDNN_OPTS: "0", CUDA_VISIBLE_DEVICES: "-1" }
    const child = spawn(executable, [join(import.meta.dirname, script), JSON.stringify(argument)], { env })
    let out = ""
    let err = ""
    child.stdout.on("data", (data: Buffer) => (out += data.toString()))
    child.stderr.on("data", (data: Buffer) => (err += data.toString()))
    child.on("error", (error) => resume(Effect.fail(new PeerFailed(`${script}: ${error.message}`))))
    child.on("close", (code) =>
      resume(
        code === 0
          ? Effect.sync(() => JSON.parse(out.trim().split("\n").at(-1)!) as A) // see above
          : Effect.fail(new PeerFailed(`${script} ended with ${code}: ${err}`))
      )
    )
    return Effect.sync(() => void child.kill())
  })

/** A folder for as long as the scope lives. */
export const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "interop-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
