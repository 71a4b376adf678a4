/**
 * Run events as text for people: lines, and the bar of a live progress line.
 *
 * @since 0.1.0
 */
import type { LineEvent, RunEvent } from "../../domain/Events.ts"

type Train = Extract<RunEvent, { readonly event: "train" }>

const fixed = (x: number, digits: number): string => (Number.isFinite(x) ? x.toFixed(digits) : String(x))

/** Three significant digits and more: `1.873`, `14.1`, `14450`. Large values stay readable, small ones keep their digits. */
const short = (x: number): string => {
  if (!Number.isFinite(x)) return String(x)
  const size = Math.abs(x)
  if (size >= 1e9) return x.toExponential(2)
  return size >= 1000 ? x.toFixed(0) : size >= 100 || x === 0 ? x.toFixed(0) : size >= 0.1 ? x.toPrecision(3) : x.toPrecision(2)
}

/** `42s`, `1m18s`, `2h05m`, `3d04h`. @category rules @since 0.1.0 */
export const duration = (seconds: number): string => {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, "0")
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m${two(s % 60)}s`
  const minutes = Math.floor(s / 60)
  if (s < 86400) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`
  return `${Math.floor(minutes / 1440)}d${two(Math.floor(minutes / 60) % 24)}h`
}

const lossText = (e: { readonly loss: number; readonly ppl: number; readonly bpc: number }) =>
  `loss ${fixed(e.loss, 3)} ppl ${Number.isFinite(e.ppl) && e.ppl < 1000 ? e.ppl.toFixed(2) : short(e.ppl)} bpc ${fixed(e.bpc, 3)}`

const etaOf = (e: Train): string => {
  if (e.lastStep === undefined || !(e.stepsPerSec > 0) || e.lastStep <= e.step) return ""
  return ` | eta ${duration((e.lastStep - e.step) / e.stepsPerSec)}`
}

const trainText = (e: Train): string => {
  const tokens = e.tokensPerSec > 0 ? ` ${short(e.tokensPerSec)} tok/s` : ""
  const rates = e.stepsPerSec > 0 ? ` | ${short(e.stepsPerSec)} steps/s ${short(e.examplesPerSec)} ex/s${tokens}` : ""
  return `step ${e.step}${e.lastStep === undefined ? "" : `/${e.lastStep}`} ${lossText(e)}${rates}${etaOf(e)}`
}

const metricsText = (metrics: { readonly [name: string]: number }): string => {
  const names = Object.keys(metrics)
  return names.length === 0 ? "" : ` | ${names.map((name) => `${name} ${fixed(metrics[name]!, 4)}`).join(" ")}`
}

const coresText = ({ busiestShare = 1, cores, cutNodes, movedElements = 0, wholeNodes }: Extract<RunEvent, { readonly event: "compile" }>): string =>
  cores === undefined
    ? ""
    : cutNodes === undefined
      ? ` | ${cores} cores a replica`
      : ` | ${cores} cores a replica: ${cutNodes} nodes in parts, ${wholeNodes} whole, ${short(movedElements)} elements moved, ${(100 * busiestShare).toFixed(0)} % of the work on the busiest`

const precisionText = ({ emulated, precision }: Extract<RunEvent, { readonly event: "compile" }>): string =>
  precision === undefined ? "" : ` | ${precision}${emulated === true ? " (by rounding operands: this engine is no faster in it)" : ""}`

const othersText = ({ summaries = [] }: Extract<RunEvent, { readonly event: "summary" }>): string =>
  summaries.map(({ _tag, name }) => ` | ${_tag.toLowerCase()} ${name}`).join("")

/** One line without its newline; no control characters of a terminal. @category rules @since 0.1.0 */
export const lineOf = (event: LineEvent): string => {
  switch (event.event) {
    case "begin":
      return `${event.mode} on ${event.engine}, ${event.replicas} ${event.replicas === 1 ? "replica" : "replicas"}, from step ${event.step}`
    case "compile":
      return `compiled ${event.mode}: ${event.nodes} nodes in ${duration0(event.millis)}${precisionText(event)}${coresText(event)}`
    case "train":
      return trainText(event)
    case "checkpoint":
      return `checkpoint ${event.file} (${duration0(event.millis)})`
    case "restore":
      return `restored ${event.file}`
    case "eval":
      return `eval${event.name === undefined ? "" : ` ${event.name}`} at step ${event.step}: ${lossText(event)} | ${event.examples} examples${metricsText(event.metrics)}`
    case "summary":
      return `summary${event.batches === undefined ? "" : ` of ${event.mode}, batch ${event.batches},`} at step ${event.step}${metricsText(event.scalars)}${othersText(event)}`
    case "end":
      return `${event.mode} ${event.reason === "done" ? "done" : event.reason} at step ${event.step}`
  }
}

const duration0 = (millis: number): string => (millis < 10_000 ? `${Math.round(millis)} ms` : duration(millis / 1000))

/** `[=====>    ]` of `width` characters; empty where there is no room for a bar. @category rules @since 0.1.0 */
export const bar = (part: number, width: number): string => {
  const inner = width - 2
  if (inner < 3) return ""
  const filled = Math.round(Math.min(1, Math.max(0, part)) * inner)
  const head = filled > 0 && filled < inner ? ">" : ""
  return `[${"=".repeat(filled - head.length)}${head}${" ".repeat(inner - filled)}]`
}

/** The live line for a terminal of `columns`, one short of it, so that no terminal wraps. @category rules @since 0.1.0 */
export const progressLine = (event: Train, columns: number): string => {
  const room = Math.max(0, columns - 1)
  const text = trainText(event)
  const left = room - text.length - 1
  const drawn = event.lastStep === undefined || event.lastStep <= 0 ? "" : bar(event.step / event.lastStep, Math.min(30, left))
  return (drawn === "" ? text : `${drawn} ${text}`).slice(0, room)
}
