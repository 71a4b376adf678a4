/**
 * The step of a program as a TensorFlow graph: its state in resource variables of one session, and a loop that runs as many
 * steps in one call as it is told to, each on its own row of the batches that were fed.
 *
 * Letters: m rows fed in one call, R replicas. Names in the graph: `b` batch leaves `[m R, …]`, `d` draws `[m, …]`, `s` the state
 * as read, `w` and `done` for writing it, `o` outputs `[m, …]`.
 *
 * @since 0.1.0
 */
import { batchLeaves, globalShape, outfeedLeaves, randomKeyName, type Program } from "../../../domain/Program.ts"
import type { DType, Shape, TensorType } from "../../../domain/Tensor.ts"
import { sizeOf } from "../../../domain/Tensor.ts"
import type { Merged, MergedParameter } from "../hosted/Merged.ts"
import { type Draw as NumberedDraw, type Given, sourceOf } from "../hosted/sources.ts"
import { compiled, graphNode, inGraph, placeholder, type Variable, variableNodes } from "./graphNodes.ts"
import { type Argument, encodeSavedModel, type FunctionDef, type PartialShape } from "./GraphDef.ts"
import { Emitter, failureOf } from "./lower/Emitter.ts"
import { lower } from "./lower.ts"

/** Numbers to be drawn for each step of a call. @category models @since 0.1.0 */
export interface Draw extends Omit<NumberedDraw, "key"> {
  readonly shape: Shape
}

/** @category models @since 0.1.0 */
export interface StepGraph {
  readonly savedModel: Uint8Array<ArrayBuffer>
  /** Of the batch leaves with elements, in the order of `b0 …`, the indices into the program's. */
  readonly batches: ReadonlyArray<number>
  readonly draws: ReadonlyArray<Draw>
  readonly variables: ReadonlyArray<Variable>
  /** Of the outfeed leaves with elements, in the order of `o0 …`. */
  readonly outfeeds: ReadonlyArray<number>
  readonly hasLoss: boolean
  /** Which variable is the random key, if there is one. */
  readonly key: number | undefined
  /** What a value of `failed` means, less 1. */
  readonly failures: ReadonlyArray<string>
}

/** @category models @since 0.1.0 */
export interface StepOptions {
  /** XLA compiles for a shape, so it does so anew for each number of rows that is fed. */
  readonly xla: boolean
}

const int32 = { type: "int32" } as const

/** A variable of the loop. */
interface Carried {
  readonly name: string
  readonly type: DType
  readonly shape: PartialShape
}

interface Parts {
  readonly batches: ReadonlyArray<{ readonly index: number; readonly name: string; readonly type: TensorType }>
  readonly outfeeds: ReadonlyArray<{ readonly index: number; readonly name: string; readonly type: TensorType; readonly shape: Shape }>
  readonly states: ReadonlyArray<MergedParameter & { readonly type: TensorType }>
}

const partsOf = (program: Program, merged: Merged): Parts => ({
  batches: batchLeaves(program.step).flatMap(({ name, type }, index) => (sizeOf(type.shape) === 0 ? [] : [{ index, name, type }])),
  outfeeds: outfeedLeaves(program.step).flatMap(({ name, type }, index) =>
    sizeOf(type.shape) === 0 ? [] : [{ index, name, type, shape: globalShape(type.shape, merged.replicas) }]
  ),
  states: merged.parameters.flatMap((p) => {
    const { type } = merged.graph.nodes[p.node]!
    return p.role._tag === "State" && sizeOf(type.shape) > 0 ? [{ ...p, type }] : []
  })
})

/** Row `index` of a literal or fed tensor, copied: no variable may come to share memory that the host fed. */
const rowOf = (e: Emitter, x: string, index: string, type: DType): string =>
  e.emit("GatherV2", [x, index, e.ints(0)], { Tparams: { type }, Tindices: int32, Taxis: int32 })

interface Body {
  readonly e: Emitter
  readonly draws: ReadonlyArray<Draw>
}

/** The step itself, reading row `first + i` of the batches and row `i` of the draws. */
const stepBody = (merged: Merged, parts: Parts, xla: boolean): Body => {
  const { graph, replicas } = merged
  const draws: Array<Draw> = []
  const given = (e: Emitter, node: Given): string => {
    const { dtype, shape } = node.type
    if (sizeOf(shape) === 0) return e.expand({ name: e.scalar(dtype, 0), shape: [] }, dtype, shape)
    const source = sourceOf(graph, node)
    if (source._tag === "Draw") {
      draws.push({ op: source.op, draw: source.draw, replica: source.replica, shape })
      return rowOf(e, `d${draws.length - 1}`, "i", "float32")
    }
    const { leaf, replica, role } = merged.parameters[source.parameter]!
    if (role._tag === "State") return `s${parts.states.findIndex((s) => s.leaf === leaf && s.replica === replica)}`
    const slot = e.of("AddV2", "int32", "i", "first")
    const row = replicas === 1 ? slot : e.of("AddV2", "int32", e.of("Mul", "int32", slot, e.ints(replicas)), e.ints(replica))
    return rowOf(e, `b${parts.batches.findIndex(({ name }) => name === leaf)}`, row, dtype)
  }
  return { e: lower(graph, xla, given), draws }
}

/** `into` with row `i` replaced by `x`, of `shape` with a leading 1. */
const putRow = (e: Emitter, into: string, x: string, type: DType): string =>
  e.emit("TensorScatterUpdate", [into, e.reshape("i", "int32", [1, 1]), x], { T: { type }, Tindices: int32 })

/** `[1, …global]` of the replicas' parts, one after the other on the first axis. */
const joined = (e: Emitter, nodes: ReadonlyArray<number>, { type, shape }: JoinedType): string => {
  const [first = 1, ...rest] = type.shape
  const rows = nodes.map((node) => e.reshape(e.full(node), type.dtype, [1, first, ...rest]))
  if (rows.length === 1) return rows[0]!
  const stacked = e.emit("ConcatV2", [...rows, e.ints(1)], { N: { int: rows.length }, T: { type: type.dtype }, Tidx: int32 })
  return e.reshape(stacked, type.dtype, [1, ...shape])
}

interface JoinedType {
  readonly type: TensorType
  readonly shape: Shape
}

/** 0, or 1 more than the index of the first check that does not hold. */
const firstFailure = (e: Emitter): string => {
  let failed = "failed"
  for (let i = e.checks.length - 1; i >= 0; i--) failed = e.of("SelectV2", "int32", e.checks[i]!.holds, failed, e.ints(i + 1))
  return failed
}

/** Values of the loop's variables after a step, by name; those that are not here stay as they are. */
const successors = (merged: Merged, parts: Parts, { e }: Body): ReadonlyMap<string, string> => {
  const next = new Map<string, string>([
    ["i", e.of("AddV2", "int32", "i", e.ints(1))],
    ["failed", firstFailure(e)]
  ])
  for (const output of merged.outputs) {
    const { leaf, replica, role, node } = output
    if (role._tag === "Loss") next.set("losses", putRow(e, "losses", e.reshape(e.full(node), "float32", [1]), "float32"))
    if (role._tag !== "State") continue
    const k = parts.states.findIndex((s) => s.leaf === leaf && s.replica === replica)
    if (k >= 0) next.set(`s${k}`, e.full(node))
  }
  parts.outfeeds.forEach((outfeed, j) => {
    const own = merged.outputs.filter(({ leaf, role }) => role._tag === "Outfeed" && leaf === outfeed.name)
    const nodes = [...own].sort((a, b) => a.replica - b.replica).map(({ node }) => node)
    next.set(`o${j}`, putRow(e, `o${j}`, joined(e, nodes, outfeed), outfeed.type.dtype))
  })
  return next
}

const argumentsOf = (variables: ReadonlyArray<Carried>): ReadonlyArray<Argument> => variables.map(({ name, type }) => ({ name, type }))

const bodyFunction = (variables: ReadonlyArray<Carried>, e: Emitter, next: ReadonlyMap<string, string>): FunctionDef => ({
  name: "body",
  arguments: argumentsOf(variables),
  results: variables.map(({ name, type }) => ({ name: `${name}_next`, type, value: next.get(name) ?? name })),
  nodes: e.nodes,
  attributes: {}
})

const empty = { nodes: [], parameters: [], outputs: [] }

const conditionFunction = (variables: ReadonlyArray<Carried>): FunctionDef => {
  const e = new Emitter(empty, false)
  const more = e.emit("LogicalAnd", [e.of("Less", "int32", "i", "n"), e.of("Equal", "int32", "failed", e.ints(0))], {})
  return {
    name: "condition",
    arguments: argumentsOf(variables),
    results: [{ name: "more", type: "bool", value: more }],
    nodes: e.nodes,
    attributes: {}
  }
}

/** Has m elements, whose values are not read: only of a shape does XLA know how many rows there are to be of outputs. */
const rows: Carried = { name: "rows", type: "int32", shape: [-1] }

/** Nodes of the loop, and the last value of each variable; arguments are `n`, `first`, `rows` and what is neither counted nor added up here. */
const loop = (variables: ReadonlyArray<Carried>, parts: Parts, { xla }: StepOptions) => {
  const e = new Emitter(empty, false)
  const many = e.emit("Shape", [rows.name], { T: int32, out_type: int32 })
  const zeros = (type: DType, shape: Shape) => {
    const dims = shape.length === 0 ? many : e.emit("ConcatV2", [many, e.ints(shape), e.ints(0)], { N: { int: 2 }, T: int32, Tidx: int32 })
    return e.emit("Fill", [dims, e.scalar(type, 0)], { T: { type }, index_type: int32 })
  }
  const first = new Map<string, string>([
    ["i", e.ints(0)],
    ["failed", e.ints(0)],
    ["losses", zeros("float32", [])],
    ...parts.outfeeds.map(({ shape, type }, j) => [`o${j}`, zeros(type.dtype, shape)] as const)
  ])
  const inputs = variables.map(({ name }) => first.get(name) ?? name)
  const node = e.node("While", inputs, {
    T: { types: variables.map(({ type }) => type) },
    cond: { function: "condition" },
    body: { function: "body" },
    output_shapes: { shapes: variables.map(({ shape }) => shape) },
    parallel_iterations: { int: 1 },
    // nodes of the graph instead of a call of two functions for each step
    ...(xla ? {} : { _lower_using_switch_merge: { bool: true } })
  })
  return { nodes: e.nodes, results: variables.map((_, k) => e.result("While", node, k)) }
}

const carriedOf = (parts: Parts, draws: ReadonlyArray<Draw>, hasLoss: boolean): ReadonlyArray<Carried> => {
  const scalars = ["i", "n", "first", "failed"].map((name): Carried => ({ name, type: "int32", shape: [] }))
  return [
    ...scalars,
    ...parts.states.map(({ type }, k) => ({ name: `s${k}`, type: type.dtype, shape: type.shape })),
    ...parts.batches.map(({ type }, k) => ({ name: `b${k}`, type: type.dtype, shape: [-1, ...type.shape] })),
    ...draws.map(({ shape }, k) => ({ name: `d${k}`, type: "float32" as const, shape: [-1, ...shape] })),
    ...(hasLoss ? [{ name: "losses", type: "float32" as const, shape: [-1] }] : []),
    ...parts.outfeeds.map(({ shape, type }, j) => ({ name: `o${j}`, type: type.dtype, shape: [-1, ...shape] }))
  ]
}

const made = new Set(["i", "failed", "losses"])

/** What the loop is given, as against what it starts from by itself. */
const isArgument = ({ name }: Carried) => !made.has(name) && !name.startsWith("o")

/** The loop in the graph itself, or in a function that XLA compiles. */
const callNodes = (variables: ReadonlyArray<Carried>, parts: Parts, options: StepOptions) => {
  const { nodes, results } = loop(variables, parts, options)
  if (!options.xla) {
    const ops = new Map(nodes.map(({ name, op }) => [name, op]))
    const placed = inGraph((name) => ops.get(name)!)
    return { nodes: nodes.map((n) => ({ ...n, inputs: n.inputs.map(placed) })), functions: [], results: results.map(placed) }
  }
  const given = [...variables.filter(isArgument), rows]
  const run: FunctionDef = {
    name: "run",
    arguments: argumentsOf(given),
    results: variables.map(({ name, type }, k) => ({ name: `${name}_last`, type, value: results[k]! })),
    nodes,
    attributes: compiled(true)
  }
  const attributes = { Tin: { types: given.map(({ type }) => type) }, Tout: { types: variables.map(({ type }) => type) }, f: { function: "run" } }
  const call = graphNode(
    "call",
    "PartitionedCall",
    given.map(({ name }) => name),
    { ...attributes, ...compiled(true) }
  )
  return { nodes: [call], functions: [run], results: variables.map((_, k) => `call:${k}`) }
}

/** Throws `NoRule` for an op without a lowering. @category conversions @since 0.1.0 */
export const make = (program: Program, merged: Merged, options: StepOptions): StepGraph => {
  const parts = partsOf(program, merged)
  const body = stepBody(merged, parts, options.xla)
  const next = successors(merged, parts, body)
  const hasLoss = next.has("losses")
  const variables = carriedOf(parts, body.draws, hasLoss)
  const call = callNodes(variables, parts, options)
  const last = (name: string) => call.results[variables.findIndex((v) => v.name === name)]!
  const changed = parts.states.flatMap(({ type }, k) => {
    const value = next.get(`s${k}`)
    return value === undefined || value === `s${k}` ? [] : [{ k, type }]
  })
  const assigns = changed.map(({ k, type }) => graphNode(`a${k}`, "AssignVariableOp", [`h${k}`, last(`s${k}`)], { dtype: { type: type.dtype } }))
  // fetched at each call, so that the state is written by then
  const written = graphNode("steps", "Identity", [last("i"), ...assigns.map(({ name }) => `^${name}`)], { T: int32 })
  const named = [
    graphNode("failures", "Identity", [last("failed")], { T: int32 }),
    ...(hasLoss ? [graphNode("loss", "Identity", [last("losses")], { T: { type: "float32" } })] : []),
    ...parts.outfeeds.map(({ type }, j) => graphNode(`out${j}`, "Identity", [last(`o${j}`)], { T: { type: type.dtype } }))
  ]
  const key = parts.states.findIndex(({ leaf }) => leaf === randomKeyName)
  if (key >= 0) named.push(graphNode("key", "Identity", [last(`s${key}`)], { T: int32 }))
  const fed = [...variables.filter((v) => isArgument(v) && !v.name.startsWith("s")), rows]
  const nodes = [
    ...fed.map(({ name, shape, type }) => placeholder(name, type, shape)),
    ...parts.states.flatMap(variableNodes),
    ...call.nodes,
    ...assigns,
    written,
    ...named
  ]
  return {
    savedModel: encodeSavedModel({ nodes, functions: [bodyFunction(variables, body.e, next), conditionFunction(variables), ...call.functions] }),
    batches: parts.batches.map(({ index }) => index),
    draws: body.draws,
    variables: parts.states.map(({ leaf, replica, type }) => ({ leaf, replica, type })),
    outfeeds: parts.outfeeds.map(({ index }) => index),
    hasLoss,
    key: key < 0 ? undefined : key,
    failures: body.e.checks.map(failureOf)
  }
}
