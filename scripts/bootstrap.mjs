/**
 * Installs what the project needs, once: `npm ci` when node_modules is missing or belongs to another package-lock.json.
 * Plain JavaScript without dependencies, so that an old Node can run it; everything after it runs on the local Node (devDependency "node").
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const modules = join(root, "node_modules")
const lock = join(root, "package-lock.json")
const marker = join(modules, ".installed-for")
const installed = join(modules, ".package-lock.json")
const windows = process.platform === "win32"
const oldest = [22, 19]

const say = (text) => console.log(`[setup] ${text}`)
const stop = (text) => {
  console.error(`[setup] ${text}`)
  process.exit(1)
}

/** What the installed tree depends on: the lock file, and the platform that native packages were chosen for. */
const fingerprint = () => {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`)
  return hash.update(readFileSync(existsSync(lock) ? lock : join(root, "package.json"))).digest("hex")
}

/** Why an install is needed, or undefined. */
const reasonToInstall = () => {
  if (!existsSync(installed)) return "node_modules is missing"
  if (existsSync(marker)) return readFileSync(marker, "utf8") === fingerprint() ? undefined : "package-lock.json has changed"
  // installed by hand: npm writes its own copy of the lock last
  if (existsSync(lock) && statSync(installed).mtimeMs < statSync(lock).mtimeMs) return "node_modules is older than package-lock.json"
  return undefined
}

/** Runs npm with the Node that is not in node_modules, which the install replaces. */
const npm = (...args) => {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(modules + sep) && folder !== modules)
  // npm 10 runs every install script; this one would download CUDA libraries that are not used
  const env = { ...process.env, PATH: path.join(delimiter), ONNXRUNTIME_NODE_INSTALL: "skip" }
  return spawnSync("npm", args, { cwd: root, env, stdio: "inherit", shell: windows }).status === 0
}

const localNode = () => {
  const path = join(modules, ".bin", windows ? "node.cmd" : "node")
  const found = spawnSync(path, ["--version"], { encoding: "utf8", shell: windows })
  return found.status === 0 ? found.stdout.trim() : undefined
}

const isNewEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

const reason = reasonToInstall()
if (reason !== undefined) {
  const args = existsSync(lock) ? ["ci"] : ["install"]
  say(`${reason}: running npm ${args[0]} (about 300 packages, well under a minute on a good line)`)
  const start = Date.now()
  if (!npm(...args)) stop(`npm ${args[0]} failed: see its message above. Nothing else was done; run the same command again once that is cured.`)
  writeFileSync(marker, fingerprint())
  say(`installed in ${((Date.now() - start) / 1000).toFixed(0)} s`)
}

let local = localNode()
if (local === undefined) {
  say("the local Node is not there yet: running npm rebuild node")
  npm("rebuild", "node")
  local = localNode()
}
if (local === undefined && isNewEnough(process.version)) {
  say(`the local Node could not be installed; going on with Node ${process.version} of this machine`)
} else if (local === undefined || !isNewEnough(local)) {
  stop(
    `needs Node ${oldest.join(".")} or later, but the local one (devDependency "node") is ${local ?? "missing"} and this machine has ${process.version}. ` +
      "Its install script may be blocked: run `npm rebuild node`, or install Node 24."
  )
}
