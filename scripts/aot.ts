/**
 * `npm run aot`: every example's training step compiles for slices of 4, 16 and 256 TPUs, which are not here; one that is too large for a
 * chip is refused with the figure. One compilation at a time, each bounded: `npm run aot -- --seconds 300 --gigabytes 4` are the defaults; libtpu
 * takes up to 2 GB and, on two cores with nothing else to do, up to a minute. What each has taken is printed.
 *
 * Needs libtpu (`effect-estimator devices install tpu`); where there is none for the system that is said, and nothing is checked.
 */
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { bounded } from "./bounded.ts"

const root = resolve(import.meta.dirname, "..")
const cli = join(root, "src/programs/cli/main.ts")

const { values } = parseArgs({ options: { seconds: { type: "string", default: "300" }, gigabytes: { type: "string", default: "4" } } })
const bounds = { seconds: Number(values.seconds), bytes: Number(values.gigabytes) * 1e9 }

/** The demo's model is that of `transformer-xl` with its defaults; 256 replicas need a batch that can be divided by them. */
const programs = ["transformer-xl/main.ts", "mnist/main.ts", "app/program.ts"]
const targets = [
  { target: "tpu:v5e:2x2", flags: [] },
  { target: "tpu:v5e:4x4", flags: [] },
  { target: "tpu:v5e:16x16", flags: ["--param", "batch=256"] }
]
/** The scores of attention alone are more than a chip has. */
const tooLarge = ["segment=8192", "memory=8192", "batch=4"].flatMap((param) => ["--param", param])

interface Figures {
  readonly replicas: number
  readonly nodes: number
  readonly millis: number
  readonly memory: { readonly peak: number }
  readonly cost: { readonly [name: string]: unknown }
  readonly operations: { readonly [name: string]: number }
}

const compile = (program: string, target: string, flags: ReadonlyArray<string>) =>
  bounded(process.execPath, [cli, "compile", "--json", "--target", target, "-p", join(root, "examples", program), ...flags], bounds, root)

const taken = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB resident at most`

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log(`aot: NOT AVAILABLE: libtpu is for Linux on x64, not for ${process.platform} on ${process.arch}`)
  process.exit(0)
}
const failures: Array<string> = []
for (const program of programs) {
  for (const { flags, target } of targets) {
    const { ok, out, peakBytes, said } = await compile(program, target, flags)
    if (!ok) {
      failures.push(`${program} for ${target} (${taken(peakBytes)}): ${said}`)
      continue
    }
    const { memory, millis, nodes, operations, replicas } = JSON.parse(out) as Figures // what `compile --json` prints
    const reduces = Object.entries(operations).reduce((sum, [name, times]) => (name.startsWith("all-reduce") ? sum + times : sum), 0)
    const figures = `${(memory.peak / 2 ** 20).toFixed(1)} MiB a device, ${reduces} all-reduce, ${(millis / 1000).toFixed(1)} s, ${taken(peakBytes)}`
    console.log(`${program.padEnd(24)} ${target.padEnd(14)} ${replicas} replicas, ${nodes} nodes: ${figures}`)
    if (reduces === 0) failures.push(`${program} for ${target}: the replicas are not reduced over`)
  }
}
const large = await compile(programs[0]!, targets[0]!.target, tooLarge)
console.log(`too large: ${large.said.split("\n")[0]} (${taken(large.peakBytes)})`)
if (large.ok || !/HbmOom|exceeds/.test(large.said)) failures.push("a step that is too large was not refused with the figure")

console.log(failures.length === 0 ? "aot: all compiled" : `aot failed:\n  ${failures.join("\n  ")}`)
process.exitCode = failures.length === 0 ? 0 : 1
