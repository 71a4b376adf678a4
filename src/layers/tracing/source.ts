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

const isUsers = (file: string | null | undefined): file is string =>
  typeof file === "string" &&
  file !== "" &&
  !file.startsWith("node:") &&
  !file.includes("/node_modules/") &&
  !file.includes("\\node_modules\\") &&
  !withoutScheme(file).startsWith(ownFolder) &&
  file !== "native"

const relative = (location: string): SourceLocation => {
  const path = withoutScheme(location)
  const root = cwd()
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

/** Where a frame is in the file that the user wrote: a source map hook that was there before is asked for this one frame. */
const mapped = (error: Error, site: CallSite, previous: unknown): SourceLocation => {
  const raw = `${site.getFileName() ?? ""}:${site.getLineNumber() ?? 0}:${site.getColumnNumber() ?? 0}`
  const before = known.get(raw)
  if (before !== undefined) return before
  const text: unknown = typeof previous === "function" ? Reflect.apply(previous, Error, [error, [site]]) : undefined
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

const depth = 150

/** The frames up to the user's code; only that one frame is formatted, so this costs some microseconds. */
export const caller = (): Caller => {
  const previous: unknown = Reflect.get(Error, "prepareStackTrace")
  const limit = Error.stackTraceLimit
  const through: Array<string> = []
  let source: SourceLocation | undefined
  let throughLayers = false
  Error.stackTraceLimit = depth
  Reflect.set(Error, "prepareStackTrace", (error: Error, sites: ReadonlyArray<CallSite>) => {
    for (const site of sites) {
      const file = site.getFileName()
      if (isUsers(file)) {
        Reflect.set(Error, "prepareStackTrace", previous)
        source = mapped(error, site, previous)
        break
      }
      const name = site.getFunctionName()
      if (name !== null) through.push(name)
      if (name === "LayerVariable" || name === "new LayerVariable" || (typeof file === "string" && file.includes("tfjs-layers"))) throughLayers = true
    }
    return ""
  })
  try {
    void new Error().stack // reading it calls the hook
  } finally {
    Reflect.set(Error, "prepareStackTrace", previous)
    Error.stackTraceLimit = limit
  }
  return { source, through, throughLayers }
}
