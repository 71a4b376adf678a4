/**
 * The text file `checkpoint` of a model directory: TensorFlow's CheckpointState as protobuf text
 * (tensorflow/python/training/checkpoint_state.proto).
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { Fault, parsing } from "./Fault.ts"

/** Path prefixes, relative to the directory or absolute. @category models @since 0.1.0 */
export interface CheckpointState {
  readonly latest: string
  /** Oldest first, with `latest` at the end. */
  readonly all: ReadonlyArray<string>
  /** When each of `all` was saved, in ms, where that is known of every one. */
  readonly millis?: ReadonlyArray<number> | undefined
  /** When the last checkpoint that stays for good was saved, in ms. */
  readonly preservedMillis?: number | undefined
}

const escapes: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t" }

const quote = (s: string) => `"${s.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`

/** Protobuf text writes bytes beyond ASCII as octal escapes, so this goes byte by byte: `latin1` has one character for each. */
const unquote = (body: string): string => {
  const bytes = Buffer.from(body)
    .toString("latin1")
    .replace(/\\([0-7]{1,3}|[^])/g, (_, escape: string) =>
      /^[0-7]/.test(escape) ? String.fromCharCode(parseInt(escape, 8) & 255) : (escapes[escape] ?? escape)
    )
  return Buffer.from(bytes, "latin1").toString()
}

/** @category rules @since 0.1.0 */
export const printState = (state: CheckpointState): string =>
  [
    `model_checkpoint_path: ${quote(state.latest)}`,
    ...state.all.map((path) => `all_model_checkpoint_paths: ${quote(path)}`),
    ...(state.millis ?? []).map((millis) => `all_model_checkpoint_timestamps: ${millis / 1000}`),
    ...(state.preservedMillis === undefined ? [] : [`last_preserved_timestamp: ${state.preservedMillis / 1000}`]),
    ""
  ].join("\n")

/** Unknown fields are passed over. @category rules @since 0.1.0 */
export const parseState = (content: string): Result.Result<CheckpointState, Fault> =>
  parsing(() => {
    let latest: string | undefined
    const all: Array<string> = []
    const millis: Array<number> = []
    let preservedMillis: number | undefined
    content.split("\n").forEach((raw, i) => {
      const line = raw.trim()
      if (line === "" || line.startsWith("#")) return
      const match = /^(\w+)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([-+.\w]+))$/.exec(line)
      if (match === null) throw new Fault("Corrupt", `line ${i + 1} is not \`name: value\``)
      if (match[1] === "model_checkpoint_path" && match[2] !== undefined) latest = unquote(match[2])
      if (match[1] === "all_model_checkpoint_paths" && match[2] !== undefined) all.push(unquote(match[2]))
      if (match[1] === "all_model_checkpoint_timestamps") millis.push(Math.round(Number(match[3]) * 1000))
      if (match[1] === "last_preserved_timestamp") preservedMillis = Math.round(Number(match[3]) * 1000)
    })
    if (latest === undefined || latest === "") throw new Fault("Corrupt", "it names no model_checkpoint_path")
    const times = {
      ...(millis.length > 0 && millis.length === all.length ? { millis } : {}),
      ...(preservedMillis === undefined ? {} : { preservedMillis })
    }
    return all.includes(latest)
      ? { latest, all, ...times }
      : { latest, all: [...all, latest], ...(preservedMillis === undefined ? {} : { preservedMillis }) }
  })
