/**
 * The weights of a saved layers model of TensorFlow.js: which there are (`weightsManifest` of a `model.json`), and their
 * values from the bytes of the weight files. Source: `WeightsManifestConfig` and `decodeWeights` of tfjs-core 4.22.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { allocate, type DType, sizeOf, type Tensor, view } from "../../domain/Tensor.ts"
import { Fault, parsing } from "./Fault.ts"
import { fromHalf } from "./values.ts"

type Quantized = "uint8" | "uint16" | "float16"

/** @category models @since 0.1.0 */
export interface WeightSpec {
  readonly name: string
  readonly dtype: DType
  readonly shape: ReadonlyArray<number>
  /** `value * scale + min` for whole numbers; a float16 is the value itself. */
  readonly quantization: { readonly dtype: Quantized; readonly scale: number; readonly min: number } | undefined
  /** Of an optimizer's slots, which have no place in a model. */
  readonly ofOptimizer: boolean
}

/** Weights that lie one after another in some files put together. @category models @since 0.1.0 */
export interface WeightGroup {
  /** Relative to the folder of `model.json`. */
  readonly paths: ReadonlyArray<string>
  readonly weights: ReadonlyArray<WeightSpec>
  /** Of all files together. */
  readonly bytes: number
}

/** @category models @since 0.1.0 */
export interface Manifest {
  /** The whole file, as JSON gave it. */
  readonly json: unknown
  readonly groups: ReadonlyArray<WeightGroup>
}

type Json = { readonly [key: string]: unknown }
const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)
const corrupt = (detail: string, tensor?: string) => new Fault("Corrupt", detail, tensor)

const elementBytes: Readonly<Record<DType | Quantized, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 }

const finite = (u: unknown, what: string, name: string): number => {
  if (typeof u === "number" && Number.isFinite(u)) return u
  throw corrupt(`${what} of its quantization is ${JSON.stringify(u)}; expected a number`, name)
}

const quantizationOf = (u: unknown, dtype: DType, name: string): WeightSpec["quantization"] => {
  if (u === undefined || u === null) return undefined
  const kind = isRecord(u) ? u["dtype"] : undefined
  if (!isRecord(u) || (kind !== "uint8" && kind !== "uint16" && kind !== "float16")) {
    throw corrupt(`its quantization is ${JSON.stringify(kind)}; expected uint8, uint16 or float16`, name)
  }
  if (dtype === "bool" || (kind === "float16" && dtype !== "float32")) throw corrupt(`${dtype} cannot be quantized to ${kind}`, name)
  if (kind === "float16") return { dtype: kind, scale: 1, min: 0 }
  return { dtype: kind, scale: finite(u["scale"], "the scale", name), min: finite(u["min"], "the minimum", name) }
}

/** Stored bytes of one weight. */
const bytesOf = ({ dtype, quantization, shape }: WeightSpec): number => sizeOf(shape) * elementBytes[quantization?.dtype ?? dtype]

const isDType = (u: unknown): u is DType => u === "float32" || u === "int32" || u === "bool"

const specOf = (u: unknown): WeightSpec => {
  const name = isRecord(u) ? u["name"] : undefined
  if (!isRecord(u) || typeof name !== "string" || name === "") throw corrupt("weightsManifest has a weight without a name")
  const { dtype, shape } = u
  if (dtype === "string" || dtype === "complex64")
    throw new Fault("TypeMismatch", `${dtype} cannot be part of a state; float32, int32 and bool can`, name)
  if (!isDType(dtype)) throw corrupt(`its dtype is ${JSON.stringify(dtype)}`, name)
  const isExtent = (d: unknown): d is number => typeof d === "number" && Number.isSafeInteger(d) && d >= 0
  if (!Array.isArray(shape) || !shape.every(isExtent)) throw corrupt(`its shape is ${JSON.stringify(shape)}; expected a list of extents`, name)
  const spec = { name, dtype, shape, quantization: quantizationOf(u["quantization"], dtype, name), ofOptimizer: u["group"] === "optimizer" }
  if (!Number.isSafeInteger(bytesOf(spec))) throw corrupt(`its shape [${shape.join(",")}] is larger than any file`, name)
  return spec
}

/** A path out of the model's folder is never followed, whoever wrote the file. */
const pathOf = (u: unknown): string => {
  if (typeof u !== "string" || u === "" || u.includes("\0")) throw corrupt(`weightsManifest names a weight file ${JSON.stringify(u)}`)
  const outside = /^([/\\]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(u) || u.split(/[/\\]/).includes("..")
  if (outside) throw corrupt(`the weight file ${JSON.stringify(u)} is not within the folder of the model; only relative paths below it are read`)
  return u
}

const groupOf = (u: unknown): WeightGroup => {
  const paths = isRecord(u) ? u["paths"] : undefined
  const weights = isRecord(u) ? u["weights"] : undefined
  if (!Array.isArray(paths) || !Array.isArray(weights)) throw corrupt("each group of weightsManifest must have paths and weights")
  const specs = weights.map(specOf)
  return { paths: paths.map(pathOf), weights: specs, bytes: specs.reduce((sum, spec) => sum + bytesOf(spec), 0) }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw corrupt("it is no JSON")
  }
}

/** @category rules @since 0.1.0 */
export const manifestOf = (text: string): Result.Result<Manifest, Fault> =>
  parsing(() => {
    const json = jsonOf(text)
    if (!isRecord(json)) throw new Fault("Foreign", "expected the model.json of a layers model: an object with modelTopology and weightsManifest")
    const topology = json["modelTopology"]
    if (json["format"] === "graph-model" || (isRecord(topology) && Array.isArray(topology["node"]))) {
      throw new Fault("Foreign", "this is a graph model, whose layers are gone; convert the Keras model with --output_format tfjs_layers_model")
    }
    const manifest = json["weightsManifest"]
    if (manifest === undefined) {
      throw new Fault("Foreign", "it has no weightsManifest, so there are no weights beside it; save the model with model.save, or convert it")
    }
    if (!Array.isArray(manifest)) throw corrupt("weightsManifest is no list")
    const groups = manifest.map(groupOf)
    const seen = new Set<string>()
    for (const { name } of groups.flatMap((group) => group.weights)) {
      if (seen.has(name)) throw corrupt("weightsManifest has this weight twice", name)
      seen.add(name)
    }
    return { json, groups }
  })

/** `bytes` is a copy of its own, so that it is aligned. */
const valueOf = (spec: WeightSpec, bytes: Uint8Array): Tensor => {
  const { dtype, quantization, shape } = spec
  const length = sizeOf(shape)
  if (quantization === undefined) return { dtype, shape, data: view(dtype, bytes.buffer, bytes.byteOffset, length) }
  const { min, scale } = quantization
  const stored = quantization.dtype === "uint8" ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, length)
  const data = allocate(dtype, length)
  for (let i = 0; i < length; i++) {
    const x = stored[i]!
    const value = quantization.dtype === "float16" ? fromHalf(x) : x * scale + min
    data[i] = dtype === "int32" ? Math.round(value) : value
  }
  return { dtype, shape, data }
}

/** The values of a group, an optimizer's left out. `bytes`: its files put together, `group.bytes` long. @category rules @since 0.1.0 */
export const decode = (group: WeightGroup, bytes: Uint8Array): ReadonlyArray<readonly [name: string, value: Tensor]> => {
  let at = 0
  return group.weights.flatMap((spec) => {
    const begin = at
    at += bytesOf(spec)
    return spec.ofOptimizer ? [] : [[spec.name, valueOf(spec, bytes.slice(begin, at))] as const]
  })
}
