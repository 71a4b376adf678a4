/**
 * The model's graph as nodes of a TensorFlow graph that takes batches of any size: the same lowering at three sizes, put together.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ExportError } from "../../../domain/Errors.ts"
import type { Affine, Three } from "../../../domain/export/affine.ts"
import { advice, type Elements, type Growth, growthOf, sameElements } from "../../../domain/export/growth.ts"
import { rowsFrom, type ServingModel, type SizedGraph } from "../../../domain/export/ServingModel.ts"
import type { Node } from "../../../domain/graph/Graph.ts"
import { NoRule } from "../../device/hosted/NoRule.ts"
import type { DataType, Literal, NodeDef } from "../../device/tensorflow/GraphDef.ts"
import { graphNode, inGraph } from "../../device/tensorflow/graphNodes.ts"
import { lower } from "../../device/tensorflow/lower.ts"

/** Names in the graph of what the step reads. @category models @since 0.1.0 */
export interface Names {
  readonly variable: (name: string) => string
  readonly input: (index: number) => string
}

/** @category models @since 0.1.0 */
export interface ServingNodes {
  readonly nodes: ReadonlyArray<NodeDef>
  /** What gives each output of the model, in its order. */
  readonly outputs: ReadonlyArray<string>
}

/** Before the names of all nodes that are not the user's. @category constants @since 0.1.0 */
export const ownPrefix = "estimator/"

/** Before the names of a prediction's nodes, which are apart from all others by it. */
const prefix = `${ownPrefix}model/`
const rows = `${prefix}rows`
const int32 = { type: "int32" } as const

const refuse = (reason: ExportError["reason"], format: string, detail: string, node?: Node): never => {
  const source = node?.source
  throw new ExportError({ reason, format, detail, ...(node === undefined ? {} : { op: node.op }), ...(source === undefined ? {} : { source }) })
}

/** Those of one size's graph, with `prefix` before their names; an output for each of the graph's. Throws `ExportError`. @category conversions @since 0.1.0 */
export const lowered = ({ graph }: SizedGraph, format: string, names: Names, before = prefix): ServingNodes => {
  const inputs = graph.parameters.filter(({ role }) => role._tag === "Batch")
  try {
    const e = lower(graph, false, (_, node) => {
      if (node.op !== "Parameter") return refuse("Randomness", format, "random numbers have no place in an exported graph", node)
      const parameter = graph.parameters[node.attrs.index]!
      return parameter.role._tag === "State" ? names.variable(parameter.name) : names.input(inputs.indexOf(parameter))
    })
    // what has every element of an output may take nodes of its own
    const outputs = graph.outputs.map(({ node }) => e.full(node))
    const own = new Map(e.nodes.map(({ name, op }) => [name, op]))
    const positioned = inGraph((name) => own.get(name) ?? "")
    const placed = (reference: string) => {
      const control = reference.startsWith("^") ? "^" : ""
      const name = reference.slice(control.length)
      return own.has(name.split(":")[0]!) ? `${control}${before}${positioned(name)}` : reference
    }
    const nodes = e.nodes.map((node) => ({ ...node, name: before + node.name, inputs: node.inputs.map(placed) }))
    return { nodes, outputs: outputs.map(placed) }
  } catch (error) {
    if (error instanceof NoRule) return refuse("Op", format, "this op has no counterpart in a TensorFlow graph", error.node)
    throw error
  }
}

const literalOf = ({ attributes }: NodeDef): Literal | undefined => {
  const value = attributes["value"]
  return value !== undefined && "literal" in value ? value.literal : undefined
}

const elementsOf = ({ data, shape, type }: Literal): Elements => {
  const count = data.byteLength / 4
  const { buffer, byteOffset } = data
  if (type === "float32") return { shape, integer: false, values: new Float32Array(buffer, byteOffset, count) }
  return type === "int32" ? { shape, integer: true, values: new Int32Array(buffer, byteOffset, count) } : { shape, integer: false, values: data }
}

const intsNode = (name: string, values: ReadonlyArray<number>, scalar: boolean): NodeDef => {
  const data = new Uint8Array(Int32Array.from(values).buffer)
  return graphNode(name, "Const", [], { dtype: int32, value: { literal: { type: "int32", shape: scalar ? [] : [values.length], data } } })
}

/** `name` = perRow * rows + rest, element by element. */
const growing = (name: string, lines: ReadonlyArray<Affine>, scalar: boolean): ReadonlyArray<NodeDef> => {
  const parts = [
    intsNode(
      `${name}/per_row`,
      lines.map((l) => l.perRow),
      scalar
    ),
    intsNode(
      `${name}/rest`,
      lines.map((l) => l.rest),
      scalar
    )
  ]
  const product = graphNode(`${name}/grown`, "Mul", [rows, `${name}/per_row`], { T: int32 })
  return [...parts, product, graphNode(name, "AddV2", [`${name}/grown`, `${name}/rest`], { T: int32 })]
}

/** The numbers start, start + step, … along an axis that grows. */
const counting = (name: string, type: DataType, { axis, length, rank, start, step }: Extract<Growth, { readonly _tag: "Counting" }>) => {
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1))
  const limit = { perRow: start.perRow + step * length.perRow, rest: start.rest + step * length.rest }
  return [
    ...growing(`${name}/limit`, [limit], true),
    ...growing(`${name}/start`, [start], true),
    intsNode(`${name}/step`, [step], true),
    graphNode(`${name}/range`, "Range", [`${name}/start`, `${name}/limit`, `${name}/step`], { Tidx: int32 }),
    graphNode(`${name}/cast`, "Cast", [`${name}/range`], { SrcT: int32, DstT: { type } }),
    intsNode(`${name}/shape`, shape, false),
    graphNode(name, "Reshape", [`${name}/cast`, `${name}/shape`], { T: { type }, Tshape: int32 })
  ]
}

/** One value in a shape that grows. */
const filled = (name: string, { data, type }: Literal, shape: ReadonlyArray<Affine>): ReadonlyArray<NodeDef> => {
  const value = { type, shape: [], data: data.subarray(0, dataTypeBytes(type)) }
  return [
    ...growing(`${name}/shape`, shape, false),
    graphNode(`${name}/value`, "Const", [], { dtype: { type }, value: { literal: value } }),
    graphNode(name, "Fill", [`${name}/shape`, `${name}/value`], { T: { type }, index_type: int32 })
  ]
}

const dataTypeBytes = (type: DataType): number => (type === "bool" ? 1 : 4)

/** One literal of any batch size, of what it is at three; `undefined` where that cannot be told. */
const merged = (name: string, sizes: Three<number>, literals: Three<Literal>): ReadonlyArray<NodeDef> | undefined => {
  const [first] = literals
  const growth = growthOf(sizes, [elementsOf(first), elementsOf(literals[1]), elementsOf(literals[2])])
  if (growth === undefined) return undefined
  if (growth._tag === "Lines") return growing(name, growth.lines, growth.scalar)
  return growth._tag === "Counting" ? counting(name, first.type, growth) : filled(name, first, growth.shape)
}

const withoutLiteral = ({ inputs, name, op, attributes }: NodeDef): string =>
  JSON.stringify([name, op, inputs, op === "Const" ? attributes["dtype"] : attributes])

const differs = (format: string, sizes: Three<number>, from: string): never =>
  refuse("BatchSize", format, `what is computed differs between a batch of ${sizes[0]} and one of ${sizes[1]}${from}. ${advice}`)

const unify = (format: string, sizes: Three<number>, [a, b, c]: Three<ServingNodes>): ReadonlyArray<NodeDef> => {
  const isLonger = b.nodes.length > a.nodes.length || c.nodes.length > a.nodes.length
  if (isLonger || a.outputs.some((output, i) => output !== b.outputs[i] || output !== c.outputs[i])) return differs(format, sizes, "")
  return a.nodes.flatMap((node, i) => {
    const others = [b.nodes[i], c.nodes[i]] as const
    const [second, third] = others
    if (second === undefined || third === undefined || others.some((o) => withoutLiteral(o!) !== withoutLiteral(node))) {
      return differs(format, sizes, `, from ${node.op} on`)
    }
    const literals = [literalOf(node), literalOf(second), literalOf(third)] as const
    const [first] = literals
    if (first === undefined || literals.every((l) => l!.type === first.type && sameElements(elementsOf(first), elementsOf(l!)))) return [node]
    const [x, y, z] = literals
    return merged(node.name, sizes, [x!, y!, z!]) ?? refuse("BatchSize", format, `a number of the model depends on the size of the batch. ${advice}`)
  })
}

/** Throws `ExportError`. @category conversions @since 0.1.0 */
export const make = (model: ServingModel, format: string, names: Names): Result.Result<ServingNodes, ExportError> =>
  Result.try({
    try: () => {
      const [first, second, third] = model.graphs
      const one = lowered(first, format, names)
      if (second === undefined || third === undefined) return one
      const sizes = [first.batchSize, second.batchSize, third.batchSize] as const
      const nodes = unify(format, sizes, [one, lowered(second, format, names), lowered(third, format, names)])
      const { axis, input } = rowsFrom(model.inputs)!
      const shape = graphNode(`${prefix}shape`, "Shape", [names.input(input)], { T: { type: model.inputs[input]!.dtype }, out_type: int32 })
      const own = [
        shape,
        intsNode(`${rows}/axis`, [axis], true),
        intsNode(`${rows}/zero`, [0], true),
        graphNode(rows, "GatherV2", [shape.name, `${rows}/axis`, `${rows}/zero`], { Tparams: int32, Tindices: int32, Taxis: int32 })
      ]
      return { nodes: [...own, ...nodes], outputs: one.outputs }
    },
    catch: exportError
  })

/** What `lowered` throws; anything else is a defect. @category errors @since 0.1.0 */
export const exportError = (error: unknown): ExportError => {
  if (error instanceof ExportError) return error
  throw error
}
