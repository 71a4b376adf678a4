/** Runs a program within bounds of time and memory: it and all that it has started, by what Linux tells of processes in /proc. */
import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

export interface Bounds {
  readonly seconds: number
  /** Bytes that all of its processes have resident together. */
  readonly bytes: number
}

export interface Outcome {
  /** Ended with 0. */
  readonly ok: boolean
  readonly out: string
  /** Its errors, or which bound it went beyond. */
  readonly said: string
  /** The most that was seen resident. */
  readonly peakBytes: number
}

/** How often it is looked at. */
const everyMillis = 100

const fieldOf = (status: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0)

const statusOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8")
  } catch {
    return "" // it has ended meanwhile
  }
}

/** A process and those below it. */
const familyOf = (root: number): ReadonlyArray<{ readonly pid: number; readonly bytes: number }> => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const status = statusOf(name)
      return { pid: Number(name), parent: fieldOf(status, "PPid"), bytes: fieldOf(status, "VmRSS") * 1024 }
    })
  const members = new Set([root])
  // a child may come before its parent
  for (let size = 0; size < members.size;) {
    size = members.size
    for (const { parent, pid } of all) if (members.has(parent)) members.add(pid)
  }
  return all.filter(({ pid }) => members.has(pid))
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`

const killAll = (root: number) => {
  for (const { pid } of familyOf(root)) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // it has ended meanwhile
    }
  }
}

/** Runs it to its end, or until it goes beyond a bound; then nothing of it is left. */
export const bounded = (program: string, args: ReadonlyArray<string>, bounds: Bounds, cwd?: string): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] })
    let [out, said, peakBytes] = ["", "", 0]
    let beyond: string | undefined
    const stop = (why: string) => {
      beyond ??= why
      killAll(child.pid!) // it has been started
    }
    const look = setInterval(() => {
      const bytes = familyOf(child.pid!).reduce((sum, member) => sum + member.bytes, 0)
      peakBytes = Math.max(peakBytes, bytes)
      if (bytes > bounds.bytes) stop(`ended: it took ${gigabytes(bytes)} of memory, and ${gigabytes(bounds.bytes)} are allowed`)
    }, everyMillis)
    const late = setTimeout(() => stop(`ended: it took more than ${bounds.seconds} s`), bounds.seconds * 1000)
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()))
    const over = () => {
      clearInterval(look)
      clearTimeout(late)
    }
    child.on("error", (error) => {
      over()
      reject(error)
    })
    child.on("close", (code) => {
      over()
      resolve({ ok: code === 0 && beyond === undefined, out, said: beyond ?? said.trim(), peakBytes })
    })
  })
