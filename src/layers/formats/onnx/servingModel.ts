/**
 * The model's graph as an ONNX model that takes batches of any size: the same lowering at three sizes, put together.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ExportError } from "../../../domain/Errors.ts"
import { type Affine, isFixed, type Three } from "../../../domain/export/affine.ts"
import { advice, type Elements, type Growth, growthOf, sameElements } from "../../../domain/export/growth.ts"
import { rowsFrom, type ServingModel, type SizedGraph } from "../../../domain/export/ServingModel.ts"
import type { Tensor } from "../../../domain/Tensor.ts"
import { NoRule } from "../../device/hosted/NoRule.ts"
import { lowerPortable, needed } from "../../device/onnx/lower.ts"
import * as Names from "../names.ts"
import { elementTypes, type ElementType, type Initializer, type OnnxModel, type OnnxNode } from "../../device/onnx/OnnxModel.ts"

const format = "onnx"

/** Before the names of the model's own values. */
const prefix = "estimator/"

const refuse = (reason: ExportError["reason"], detail: string): never => {
  throw new ExportError({ reason, format, detail })
}

const noRule = ({ node: { op, source } }: NoRule) =>
  new ExportError({ reason: "Op", format, op, detail: "this op has no counterpart in ONNX", ...(source === undefined ? {} : { source }) })

const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** Inputs, outputs and variables under their own names, the model's values under `prefix`. */
const lowered = ({ graph }: SizedGraph, { inputs, outputs, variables }: ServingModel): OnnxModel => {
  const { model, parameters } = lowerPortable(graph)
  const names = new Map<string, string>()
  // inputs and outputs are called by their names; a variable that is called like one of them makes way
  const table = Names.make((name) => name, { reserved: [prefix] })
  for (const { name } of [...inputs, ...outputs]) table.take(name)
  const portOf = new Map(inputs.map((port) => [port.leaf, port]))
  const weights: Array<Initializer> = []
  model.inputs.forEach(({ name, shape, type }, i) => {
    const leaf = graph.parameters[parameters[i]!]!.name
    const weight = variables.get(leaf)
    const own = portOf.get(leaf)?.name ?? table.take(leaf)
    names.set(name, own)
    if (weight !== undefined) weights.push({ name: own, type, shape, data: bytesOf(weight) })
  })
  model.outputs.forEach(({ name }, i) => names.set(name, outputs[i]!.name))
  const named = (name: string) => (name === "" ? "" : (names.get(name) ?? prefix + name))
  return {
    nodes: model.nodes.map((node) => ({ ...node, name: prefix + node.name, inputs: node.inputs.map(named), outputs: node.outputs.map(named) })),
    initializers: [...weights, ...model.initializers.map((one) => ({ ...one, name: named(one.name) }))],
    inputs: inputs.map(({ dtype, name, shape }) => ({ name, type: dtype, shape })),
    outputs: outputs.map(({ dtype, name, shape }) => ({ name, type: dtype, shape }))
  }
}

const elementsOf = ({ data, shape, type }: Initializer): Elements => {
  const { buffer, byteLength, byteOffset } = data
  if (type === "int64") {
    const words = new BigInt64Array(buffer.slice(byteOffset, byteOffset + byteLength))
    return { shape, integer: true, values: Array.from(words, Number) }
  }
  if (type === "int32") return { shape, integer: true, values: new Int32Array(buffer, byteOffset, byteLength / 4) }
  return { shape, integer: false, values: type === "float32" ? new Float32Array(buffer, byteOffset, byteLength / 4) : data }
}

/** Nodes and literals that are made while literals become computations. */
class Parts {
  readonly nodes: Array<OnnxNode> = []
  readonly initializers: Array<Initializer> = []

  node(op: string, inputs: ReadonlyArray<string>, output: string, attributes: OnnxNode["attributes"] = {}): string {
    this.nodes.push({ op, name: output, domain: "", inputs, outputs: [output], attributes })
    return output
  }

  ints(name: string, values: ReadonlyArray<number>, scalar = false): string {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    this.initializers.push({ name, type: "int64", shape: scalar ? [] : [values.length], data })
    return name
  }

  /** perRow * rows + rest, element by element, in int64. */
  lines(name: string, lines: ReadonlyArray<Affine>, scalar: boolean): string {
    const perRow = this.ints(
      `${name}/per_row`,
      lines.map((line) => line.perRow),
      scalar
    )
    const rest = this.ints(
      `${name}/rest`,
      lines.map((line) => line.rest),
      scalar
    )
    return this.node("Add", [this.node("Mul", [scalar ? rowsScalar : rows, perRow], `${name}/grown`), rest], name)
  }
}

const rows = `${prefix}rows`
const rowsScalar = `${prefix}rows/scalar`

const cast = (parts: Parts, from: string, name: string, type: ElementType): string => parts.node("Cast", [from], name, { to: elementTypes[type] })

const counting = (parts: Parts, { name, type }: Initializer, growth: Extract<Growth, { readonly _tag: "Counting" }>): void => {
  const { axis, length, rank, start, step } = growth
  const limit = { perRow: start.perRow + step * length.perRow, rest: start.rest + step * length.rest }
  const bounds = [parts.lines(`${name}/start`, [start], true), parts.lines(`${name}/limit`, [limit], true), parts.ints(`${name}/step`, [step], true)]
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1))
  parts.node("Reshape", [cast(parts, parts.node("Range", bounds, `${name}/range`), `${name}/cast`, type), parts.ints(`${name}/shape`, shape)], name)
}

/** Makes the literal `one` for any number of rows. */
const grow = (parts: Parts, one: Initializer, growth: Growth): void => {
  const { name, type } = one
  if (growth._tag === "Counting") return counting(parts, one, growth)
  if (growth._tag === "Splat") {
    const value = `${name}/value`
    parts.initializers.push({ name: value, type, shape: [], data: one.data.subarray(0, one.data.length / elementsOf(one).values.length) })
    parts.node("Expand", [value, parts.lines(`${name}/shape`, growth.shape, false)], name)
    return
  }
  if (type === "int64") parts.lines(name, growth.lines, growth.scalar)
  else cast(parts, parts.lines(`${name}/int64`, growth.lines, growth.scalar), name, type)
}

/** A reshape of which one extent grows says -1 there: simpler for whoever reads the file. */
const reshapes = (nodes: ReadonlyArray<OnnxNode>, lines: ReadonlyMap<string, ReadonlyArray<Affine>>, parts: Parts): ReadonlyArray<OnnxNode> => {
  const known = new Set<string>()
  return nodes.map((node) => {
    const extents = node.op === "Reshape" ? lines.get(node.inputs[1]!) : undefined
    if (extents === undefined || extents.filter((line) => !isFixed(line)).length !== 1 || extents.some((line) => isFixed(line) && line.rest <= 0))
      return node
    const name = `${node.inputs[1]!}/reshape`
    if (!known.has(name)) {
      parts.ints(
        name,
        extents.map((line) => (isFixed(line) ? line.rest : -1))
      )
    }
    known.add(name)
    return { ...node, inputs: [node.inputs[0]!, name] }
  })
}

const withoutLiterals = (node: OnnxNode | undefined): string => JSON.stringify(node)

const unify = (sizes: Three<number>, [a, b, c]: Three<OnnxModel>, input: { readonly name: string; readonly axis: number }): OnnxModel => {
  const differing = a.nodes.find((node, i) => [b, c].some((other) => withoutLiterals(other.nodes[i]) !== withoutLiterals(node)))
  const sameLength = [b, c].every((other) => other.nodes.length === a.nodes.length && other.initializers.length === a.initializers.length)
  if (differing !== undefined || !sameLength) {
    const from = differing === undefined ? "" : `, from ${differing.op} on`
    return refuse("BatchSize", `what is computed differs between a batch of ${sizes[0]} and one of ${sizes[1]}${from}. ${advice}`)
  }
  const parts = new Parts()
  parts.node("Shape", [input.name], rows, { start: input.axis, end: input.axis + 1 })
  parts.node("Squeeze", [rows], rowsScalar)
  const lines = new Map<string, ReadonlyArray<Affine>>()
  const kept: Array<Initializer> = []
  a.initializers.forEach((one, i) => {
    const others = [b.initializers[i]!, c.initializers[i]!] as const
    const [x, y, z] = [one, ...others].map(elementsOf) as [Elements, Elements, Elements] // of three
    if (sameElements(x, y) && sameElements(x, z)) return kept.push(one)
    const growth = growthOf(sizes, [x, y, z])
    if (growth === undefined) return refuse("BatchSize", `a number of the model depends on the size of the batch. ${advice}`)
    if (growth._tag === "Lines" && !growth.scalar) lines.set(one.name, growth.lines)
    grow(parts, one, growth)
  })
  const nodes = [...parts.nodes, ...reshapes(a.nodes, lines, parts)]
  return withoutDead({ ...a, initializers: [...kept, ...parts.initializers], nodes })
}

/** Nodes and literals that the outputs need. */
const withoutDead = (model: OnnxModel): OnnxModel => {
  const nodes = needed(model.nodes, model.outputs)
  const read = new Set([...model.outputs.map(({ name }) => name), ...nodes.flatMap(({ inputs }) => inputs)])
  return { ...model, nodes, initializers: model.initializers.filter(({ name }) => read.has(name)) }
}

/** What cannot stand in one model. */
const clashing = ({ inputs, outputs }: ServingModel): string | undefined => {
  const given = new Set(inputs.map(({ name }) => name))
  const both = outputs.find(({ name }) => given.has(name))
  if (both !== undefined) return `an input and an output are called "${both.name}", and ONNX has one name for each. Rename one of them`
  const odd = [...inputs, ...outputs].find(({ name }) => name === "" || name.startsWith(prefix))
  return odd && `an input or output cannot be called "${odd.name}" in an ONNX file. Rename it`
}

/** @category conversions @since 0.1.0 */
export const make = (model: ServingModel): Result.Result<OnnxModel, ExportError> =>
  Result.try({
    try: () => {
      const [first, second, third] = model.graphs
      const clash = clashing(model)
      if (clash !== undefined) return refuse("Port", clash)
      const one = lowered(first, model)
      if (second === undefined || third === undefined) return one
      const { axis, input } = rowsFrom(model.inputs)!
      const sizes = [first.batchSize, second.batchSize, third.batchSize] as const
      return unify(sizes, [one, lowered(second, model), lowered(third, model)], { name: model.inputs[input]!.name, axis })
    },
    catch: (error) => {
      if (error instanceof ExportError) return error
      if (error instanceof NoRule) return noRule(error)
      throw error
    }
  })
