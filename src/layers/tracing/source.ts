/**
 * Finds the line of the user's code that a call came from.
 *
 * @since 0.1.0
 */
import type { SourceLocation } from "../../domain/graph/Graph.ts"

/** What V8 hands to `Error.prepareStackTrace`. */
interface CallSite {
  readonly getFileName: () => string | null | undefined
  readonly getLineNumber: () => number | null
  readonly getColumnNumber: () => number | null
  readonly getFunctionName: () => string | null
}

const withoutScheme = (file: string) => (file.startsWith("file://") ? file.slice("file://".length) : file)

/** The folder of this file: its frames are never the user's. */
const ownFolder = withoutScheme(import.meta.url).replace(/[^/]*$/, "")

const cwd = (): string => {
  const process: unknown = Reflect.get(globalThis, "process")
  const get = typeof process === "object" && process !== null ? Reflect.get(process, "cwd") : undefined
  return typeof get === "function" ? `${String(Reflect.apply(get, process, []))}/` : ""
}

const isUsersFile = (file: string): boolean =>
  file !== "" &&
  !file.startsWith("node:") &&
  !file.includes("/node_modules/") &&
  !file.includes("\\node_modules\\") &&
  !withoutScheme(file).startsWith(ownFolder) &&
  file !== "native"

const verdicts = new Map<string, boolean>()

const isUsers = (file: string | null | undefined): file is string => {
  if (typeof file !== "string") return false
  const before = verdicts.get(file)
  if (before !== undefined) return before
  const verdict = isUsersFile(file)
  verdicts.set(file, verdict)
  return verdict
}

const root = cwd()

const relative = (location: string): SourceLocation => {
  const path = withoutScheme(location)
  return root !== "" && path.startsWith(root) ? path.slice(root.length) : path
}

const atEnd = /\(?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?$/

/** The first frame of a stack's text that is the user's. */
export const fromStack = (stack: string | undefined): SourceLocation | undefined => {
  for (const line of (stack ?? "").split("\n")) {
    if (!/^\s*at /.test(line)) continue
    const location = atEnd.exec(line.trim())?.[1]
    if (location !== undefined && isUsers(location)) return relative(location)
  }
  return undefined
}

const known = new Map<string, SourceLocation>()

/** Where a frame is in the file that the user wrote: a source map hook, where there is one, is asked for this one frame. */
const mapped = (site: CallSite): SourceLocation => {
  const raw = `${site.getFileName() ?? ""}:${site.getLineNumber() ?? 0}:${site.getColumnNumber() ?? 0}`
  const before = known.get(raw)
  if (before !== undefined) return before
  const hook: unknown = Reflect.get(Error, "prepareStackTrace")
  const text: unknown = typeof hook === "function" ? Reflect.apply(hook, Error, [new Error(), [site]]) : undefined
  const location = (typeof text === "string" ? fromStack(text) : undefined) ?? relative(raw)
  known.set(raw, location)
  return location
}

export interface Caller {
  readonly source: SourceLocation | undefined
  /** Names of the functions between the caller and the user's code, innermost first. */
  readonly through: ReadonlyArray<string>
  /** True when a frame of TensorFlow.js Layers is between. */
  readonly throughLayers: boolean
}

const inLayers = (file: string | null | undefined, name: string) =>
  name === "LayerVariable" || name === "new LayerVariable" || (typeof file === "string" && file.includes("tfjs-layers"))

/** Most operations are some ten frames from the user's line, those of gradients twenty to forty, those within layers more. */
const depths = [16, 48, 200] as const

/** What sufficed last time: operations come in runs, and a capture's cost grows with its depth. */
let start = 0

const framesOf = (depth: number): ReadonlyArray<CallSite> => {
  const previous: unknown = Reflect.get(Error, "prepareStackTrace")
  const limit = Error.stackTraceLimit
  let frames: ReadonlyArray<CallSite> = []
  Error.stackTraceLimit = depth
  Reflect.set(Error, "prepareStackTrace", (_: Error, sites: ReadonlyArray<CallSite>) => {
    frames = sites
    return ""
  })
  try {
    void new Error().stack // reading it calls the hook
  } finally {
    Reflect.set(Error, "prepareStackTrace", previous)
    Error.stackTraceLimit = limit
  }
  return frames
}

/** The frames up to the user's code; only that one frame is formatted. */
const search = (): { readonly frames: ReadonlyArray<CallSite>; readonly at: number } => {
  for (let i = start; i < depths.length; i++) {
    const depth = depths[i]!
    const frames = framesOf(depth)
    const at = frames.findIndex((site) => isUsers(site.getFileName()))
    if (at < 0 && frames.length >= depth) continue
    start = i > 0 && at < depths[i - 1]! ? i - 1 : i
    return { frames, at }
  }
  start = 0
  return { frames: [], at: -1 }
}

const located = (site: CallSite | undefined): SourceLocation | undefined => (site === undefined ? undefined : mapped(site))

/** The user's line that led here. */
export const callerSource = (): SourceLocation | undefined => {
  const { frames, at } = search()
  return located(frames[at])
}

/** The user's line with what is between. */
export const caller = (): Caller => {
  const { frames, at } = search()
  const between = (at < 0 ? frames : frames.slice(0, at)).map((site) => ({ name: site.getFunctionName() ?? "", file: site.getFileName() }))
  return {
    source: located(frames[at]),
    through: between.map(({ name }) => name),
    throughLayers: between.some(({ file, name }) => inLayers(file, name))
  }
}
