/** Signals that a terminal sends to all processes of a command, that of the plugin among them. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { encode, decoder, type Request } from "../../../../src/layers/device/pjrt/process/protocol.ts"
import { locate } from "../../../../src/layers/device/pjrt/plugins.ts"
import { Result } from "effect"
import { withXla } from "./available.ts"

const root = path.resolve(import.meta.dirname, "../../../..")

withXla("signals", (plugin) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`${signal} to the whole group of a training saves, and ends it with exit code 75`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-signals-"))
      try {
        const train = ["train", "-p", "examples/app/program.ts", "--engine", "pjrt", "--model-dir", folder, "--max-steps", "10000000"]
        const flags = ["--log-steps", "10", "--iterations-per-loop", "10"]
        const command = [path.join(root, "src/programs/cli/main.ts"), ...train, ...flags]
        const env = { ...process.env, EFFECT_ESTIMATOR_PJRT_PLUGIN: plugin }
        const child = spawn(process.execPath, command, { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "inherit"] })
        const closed = once(child, "close")
        let said = ""
        child.stdout.on("data", (chunk: Buffer) => {
          said += chunk.toString()
          // it is in its loop: signalled once
          if (said.includes("step 10/") && !said.includes("\0")) {
            said += "\0"
            process.kill(-child.pid!, signal) // it has been started
          }
        })
        const [code] = await closed
        assert.strictEqual(code, 75, said)
        assert.isTrue(
          readdirSync(folder).some((name) => /^model\.ckpt-[1-9]\d*\.index$/.test(name)),
          said
        )
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }, 120_000)
  }

  it("a plugin of any file name is told by what it is", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-plugin-"))
    try {
      symlinkSync(plugin, path.join(folder, "output.so"))
      const found = (env: { readonly [name: string]: string }) => Result.getOrThrow(locate(undefined, { env, home: folder, packages: [] })).platform
      assert.strictEqual(found({ EFFECT_ESTIMATOR_PJRT_PLUGIN: path.join(folder, "output.so") }), "other")
      assert.strictEqual(found({ PJRT_NAMES_AND_LIBRARY_PATHS: `cpu:${path.join(folder, "output.so")}` }), "cpu")
      assert.isTrue(existsSync(folder))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe("requests to the plugin's process", () => {
  it("come whole, however they are cut into pieces", () => {
    const requests = [1, 70_000, 3].map((length, id) => ({ _tag: "Serve", id, plan: "x".repeat(length) }) as unknown as Request)
    const bytes = Buffer.concat(requests.map(encode))
    for (const size of [1, 7, 4096, bytes.length]) {
      const taken: Array<Request> = []
      const take = decoder((request) => taken.push(request))
      for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size))
      assert.deepStrictEqual(taken, requests)
    }
  })
})
