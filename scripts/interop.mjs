/**
 * Makes the Python environment that test/interop runs its peers from (TensorFlow, TensorBoard, onnxruntime, safetensors; some
 * 300 MB to download, 1.7 GB on the disk), once: again only when test/interop/requirements.txt has changed.
 *
 *   node scripts/interop.mjs          exit 0 when it is ready, and when there is no Python to make it from (said loudly); 1 when the install failed
 *   INTEROP_VENV=/some/folder …       its place; by default .work/interop
 *   INTEROP_PYTHON=python3.12 …       what it is made from; by default python3
 *
 * Plain JavaScript without dependencies, so that an old Node can run it.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const requirements = join(root, "test/interop/requirements.txt")
const place = resolve(root, process.env.INTEROP_VENV ?? ".work/interop")
const marker = join(place, ".ready-for")
const python = join(place, process.platform === "win32" ? "Scripts/python.exe" : "bin/python")

const say = (text) => console.log(`[interop] ${text}`)

/** What the marker holds: the environment is whole, and of these requirements. */
const fingerprint = createHash("sha256").update(readFileSync(requirements)).digest("hex")

const unavailable = (reason) => {
  console.error(`\n[interop] NOT AVAILABLE: ${reason}\n[interop] The tests of test/interop will be skipped.\n`)
  process.exit(0)
}

/** The system's Python, if it can make environments and the wheels are there for it. */
const findPython = () => {
  const name = process.env.INTEROP_PYTHON ?? (process.platform === "win32" ? "python" : "python3")
  const found = spawnSync(name, ["-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" })
  if (found.error !== undefined) return unavailable(`there is no ${name}. Install Python 3.10 to 3.13, or name one by INTEROP_PYTHON`)
  if (found.status !== 0) {
    return unavailable(
      `${name} cannot make environments (modules venv and ensurepip): ${found.stderr.trim().split("\n").at(-1)}. On Debian: apt-get install python3-venv`
    )
  }
  const [major, minor] = found.stdout.trim().split(".").map(Number)
  if (major !== 3 || minor < 10 || minor > 13)
    return unavailable(`${name} is Python ${found.stdout.trim()}; TensorFlow 2.21 has wheels for 3.10 to 3.13. Name another by INTEROP_PYTHON`)
  return name
}

const run = (command, args) => spawnSync(command, args, { stdio: "inherit" }).status === 0

if (existsSync(marker) && readFileSync(marker, "utf8") === fingerprint) {
  say(`ready: ${place}`)
} else {
  const start = Date.now()
  const system = findPython()
  say(`installing TensorFlow and the other peers into ${place} (about 300 MB to download; 1 to 3 minutes)`)
  // what an interrupted install left is of no use
  rmSync(place, { recursive: true, force: true })
  mkdirSync(dirname(place), { recursive: true })
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "-r", requirements]
  if (!run(system, ["-m", "venv", place]) || !run(python, pip)) {
    console.error(`[interop] the install failed: see the message above. Run the same command again once that is cured.`)
    process.exit(1)
  }
  writeFileSync(marker, fingerprint)
  say(`installed in ${((Date.now() - start) / 1000).toFixed(0)} s`)
}
