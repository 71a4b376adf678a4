/**
 * What a model function marks to be seen: nodes of the recording, to leave the step as outfeeds.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../domain/graph/Graph.ts"
import type { SummaryRecorder } from "../../domain/Model.ts"
import { imageFault } from "../../domain/Summary.ts"
import { printType, type TensorType } from "../../domain/Tensor.ts"
import type { TracedSummary } from "../../services/Tracer.ts"
import { failure } from "./failures.ts"
import type { Recording } from "./Recording.ts"
import { callerSource } from "./source.ts"

export interface MarkedSummary extends Omit<TracedSummary, "outfeed"> {
  readonly node: NodeId
}

const positive = (n: number | undefined): boolean => n === undefined || (Number.isInteger(n) && n > 0)

const refuse = (name: string, detail: string) => failure("InvalidSpec", `summary "${name}": ${detail}`, { op: "summary", source: callerSource() })

/** `enabled`: whether anything is marked at all; what is given is checked all the same. */
export const recordedSummaries = (recording: Recording, enabled: boolean) => {
  const marked: Array<MarkedSummary> = []
  const names = new Set<string>()
  const mark = (kind: TracedSummary["kind"], name: string, x: tf.Tensor, options: TracedSummary["options"]): void => {
    if (!(x instanceof tf.Tensor)) throw refuse(name, `expected a tensor, got ${x === null ? "null" : typeof x}`)
    if (typeof name !== "string" || name === "" || names.has(name)) {
      throw refuse(name, "the name must be a text of its own; this one is empty or taken")
    }
    const node = recording.nodeOf(x, name, callerSource())
    const type: TensorType = recording.builder.typeOf(node)
    if (kind === "scalar" && type.shape.length > 0)
      throw refuse(name, `expected a scalar, got ${printType(type)}: reduce it, or use summary.histogram`)
    const fault = kind === "image" ? imageFault(type) : undefined
    if (fault !== undefined) throw refuse(name, fault)
    if (!positive(options.buckets) || !positive(options.maxOutputs)) throw refuse(name, "buckets and maxOutputs must be positive whole numbers")
    names.add(name)
    if (enabled) marked.push({ kind, name, node, options })
  }
  const recorder: SummaryRecorder = {
    scalar: (name, value) => mark("scalar", name, value, {}),
    histogram: (name, values, options = {}) => mark("histogram", name, values, options),
    image: (name, images, options = {}) => mark("image", name, images, options)
  }
  return { recorder, marked }
}
