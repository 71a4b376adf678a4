/**
 * The form of what a model function returned, for callers without types: each part is what its type says, or the error says
 * what was expected and what came. Whether it fits its mode is `specOutputs.ts`'s to check.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { EstimatorSpec, EvalMetric, ExportOutput, HostCall } from "../../domain/Model.ts"
import { nearest } from "../../domain/suggest.ts"
import { printType, type TensorType } from "../../domain/Tensor.ts"
import { failure } from "./failures.ts"

/** A record of tensors by name. */
export type Tensors = { readonly [name: string]: tf.Tensor }

export const invalid = (detail: string) => failure("InvalidSpec", detail, { op: "modelFn" })

export const typeOf = (x: tf.Tensor): TensorType => ({ dtype: x.dtype as TensorType["dtype"], shape: x.shape }) // printed or compared only

/** What a value is, for a message. */
export const described = (x: unknown): string => {
  if (x === undefined || x === null) return String(x)
  if (x instanceof tf.Tensor) return `a tensor ${printType(typeOf(x))}`
  if (Array.isArray(x)) return `an array of ${x.length}`
  if (x instanceof Promise) return "a promise"
  if (typeof x === "function") return "a function"
  if (typeof x !== "object") return `${typeof x} ${JSON.stringify(x) ?? String(x)}`
  const keys = Object.keys(x)
  return keys.length === 0 ? "an empty record" : `a record of ${keys.slice(0, 6).join(", ")}${keys.length > 6 ? ", …" : ""}`
}

const isRecord = (x: unknown): x is { readonly [key: string]: unknown } =>
  typeof x === "object" && x !== null && !Array.isArray(x) && !(x instanceof tf.Tensor) && !(x instanceof Promise)

export const checkTensor: (x: unknown, what: string) => asserts x is tf.Tensor = (x, what) => {
  if (!(x instanceof tf.Tensor)) throw invalid(`${what} must be a tensor, got ${described(x)}`)
}

const checkTensors: (x: unknown, what: string) => asserts x is Tensors = (x, what) => {
  if (!isRecord(x)) throw invalid(`${what} must be a record of tensors, { name: tensor }, got ${described(x)}`)
  for (const [name, tensor] of Object.entries(x)) checkTensor(tensor, `${what}/${name}`)
}

/** Every key of a spec; the type keeps it whole. */
const specKeys: { readonly [K in keyof Required<EstimatorSpec>]: true } = {
  loss: true,
  predictions: true,
  exportOutputs: true,
  cache: true,
  evalMetrics: true,
  hostCall: true
}

/** A key that no spec has would be left out without a word: a misspelt one, or one of TensorFlow's. */
export const checkKeys = (spec: object): void => {
  const known = Object.keys(specKeys)
  for (const [key, value] of Object.entries(spec)) {
    if (Object.hasOwn(specKeys, key) || value === undefined) continue
    const near = nearest(key, known)
    const hint = near === undefined ? `a spec has ${known.join(", ")}` : `did you mean "${near}"?`
    throw invalid(`the spec has a key "${key}", which no spec has: ${hint}`)
  }
}

const metricForm = "{ tensors: { name: tensor }, metric }"

const checkMetric = (entry: unknown, name: string): void => {
  const what = `evalMetrics.${name}`
  const pair = Array.isArray(entry) ? ". TensorFlow's pair (function, tensors) has its place in metric.update and tensors" : ""
  if (!isRecord(entry)) throw invalid(`${what} must be ${metricForm}, got ${described(entry)}${pair}`)
  const { metric, tensors } = entry
  if (tensors === undefined && metric === undefined) {
    const bare = typeof entry["update"] === "function" ? ", a metric alone: say which tensors it is given" : ""
    throw invalid(`${what} must be ${metricForm}, got ${described(entry)}${bare}`)
  }
  checkTensors(tensors, `${what}.tensors`)
  const isMetric =
    isRecord(metric) && Array.isArray(metric["initial"]) && typeof metric["update"] === "function" && typeof metric["result"] === "function"
  if (!isMetric) {
    throw invalid(
      `${what}.metric must be one of Metrics, such as Metrics.mean("${Object.keys(tensors)[0] ?? "values"}"), or { initial: [numbers], update, result }, got ${described(metric)}`
    )
  }
}

/** None for `undefined` and `null`. */
export const metricsOf = <E, R>({ evalMetrics }: EstimatorSpec<E, R>): ReadonlyArray<readonly [name: string, metric: EvalMetric<E, R>]> => {
  const given: unknown = evalMetrics
  if (given === undefined || given === null) return []
  if (!isRecord(given)) throw invalid(`evalMetrics must be a record, { name: ${metricForm} }, got ${described(given)}`)
  for (const [name, metric] of Object.entries(given)) checkMetric(metric, name)
  return Object.entries(evalMetrics!)
}

/** None for `undefined` and `null`; `everySteps` with its default. */
export const hostCallOf = <E, R>({ hostCall }: EstimatorSpec<E, R>): Required<HostCall<E, R>> | undefined => {
  const given: unknown = hostCall
  if (given === undefined || given === null) return undefined
  if (!isRecord(given)) throw invalid(`hostCall must be { tensors: { name: tensor }, call: (tensors, step) => … }, got ${described(given)}`)
  if (typeof given["call"] !== "function")
    throw invalid(`hostCall.call must be a function of the tensors and the step, got ${described(given["call"])}`)
  checkTensors(given["tensors"], "hostCall.tensors")
  const { everySteps = 1 } = hostCall!
  if (!(Number.isInteger(everySteps) && everySteps > 0))
    throw invalid(`hostCall.everySteps is ${typeof everySteps === "number" ? everySteps : described(everySteps)}; it must be a positive whole number`)
  return { ...hostCall!, everySteps }
}

/** At least one tensor. */
export const predictionsOf = ({ predictions }: EstimatorSpec<unknown, unknown>): Tensors => {
  const given: unknown = predictions
  const remedy = "return { predictions: { name: tensor } } with the batch on axis 0"
  if (given === undefined || given === null) throw invalid(`the spec has no predictions, which mode "predict" needs: ${remedy}`)
  if (!isRecord(given) || Object.keys(given).length === 0)
    throw invalid(`predictions must be a record of tensors, got ${described(given)}: ${remedy}`)
  checkTensors(given, "predictions")
  return given
}

/** A signature with its outputs under TensorFlow's keys. */
export interface ExportForm {
  readonly name: string
  readonly kind: ExportOutput["kind"]
  readonly outputs: Tensors
}

const exportForms = '{ kind: "classification", scores, classes }, { kind: "regression", value } or { kind: "predict", outputs: { name: tensor } }'

const exportOf = (given: unknown, name: string): ExportForm => {
  const what = `exportOutputs.${name}`
  if (!isRecord(given)) throw invalid(`${what} must be ${exportForms}, got ${described(given)}`)
  const { classes, kind, outputs, scores, value } = given
  const present = (tensors: { readonly [key: string]: unknown }) =>
    Object.fromEntries(Object.entries(tensors).filter(([, tensor]) => tensor !== undefined && tensor !== null))
  if (kind === "classification") {
    const named = present({ classes, scores })
    if (Object.keys(named).length === 0) throw invalid(`${what} has neither scores nor classes: a classification has one of them or both`)
    checkTensors(named, what)
    return { name, kind, outputs: named }
  }
  if (kind === "regression") {
    checkTensor(value, `${what}.value`)
    return { name, kind, outputs: { outputs: value } }
  }
  if (kind !== "predict") throw invalid(`${what}.kind must be "classification", "regression" or "predict", got ${described(kind)}`)
  if (!isRecord(outputs) || Object.keys(outputs).length === 0) throw invalid(`${what}.outputs must be a record of tensors, got ${described(outputs)}`)
  checkTensors(outputs, `${what}.outputs`)
  return { name, kind, outputs }
}

/** None for `undefined` and `null`. */
export const exportsOf = ({ exportOutputs }: EstimatorSpec<unknown, unknown>): ReadonlyArray<ExportForm> => {
  const given: unknown = exportOutputs
  if (given === undefined || given === null) return []
  if (!isRecord(given)) throw invalid(`exportOutputs must be a record, { signature: ${exportForms} }, got ${described(given)}`)
  return Object.entries(given).map(([name, one]) => exportOf(one, name))
}
