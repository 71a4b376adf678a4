/** Programs that scripts run within bounds of time and memory. */
import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { bounded } from "../../scripts/bounded.ts"

const node = (script: string, bounds: { readonly seconds?: number; readonly bytes?: number } = {}) =>
  bounded(process.execPath, ["-e", script], { seconds: 60, bytes: 2e9, ...bounds })

/** A process of its own with a process of its own; says its number once that has begun. */
const parent = (inner: string) =>
  `const { spawn } = require("node:child_process"); const c = spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  c.stdout.once("data", () => process.stdout.write(String(c.pid))); setInterval(() => {}, 1000)`

const isGone = (pid: string) => /^\d+$/.test(pid) && !existsSync(`/proc/${pid}/exe`)

describe.skipIf(process.platform !== "linux")("a bounded program", () => {
  it("gives what it has said, and whether it ended well", async () => {
    const good = await node("console.log(1); console.error(2)")
    assert.deepStrictEqual([good.ok, good.out, good.said], [true, "1\n", "2"])
    const bad = await node("console.error(3); process.exit(1)")
    assert.deepStrictEqual([bad.ok, bad.said], [false, "3"])
  })

  it("is ended with all that it has started when that takes too much memory", async () => {
    const fill = "const b = Buffer.alloc(6e8, 1); process.stdout.write('x'); setInterval(() => b, 1000)"
    const { ok, out, peakBytes, said } = await node(parent(fill), { bytes: 5e8 })
    assert.isFalse(ok)
    assert.match(said, /^ended: it took 0\.[5-9] GB of memory, and 0\.5 GB are allowed$/)
    assert.isAbove(peakBytes, 5e8)
    assert.isTrue(out === "" || isGone(out))
  })

  it("is ended when it takes too long", async () => {
    const { ok, said } = await node("setInterval(() => {}, 1000)", { seconds: 0.2 })
    assert.deepStrictEqual([ok, said], [false, "ended: it took more than 0.2 s"])
  })
})
