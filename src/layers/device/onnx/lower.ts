/**
 * Lowers a graph to an ONNX model: one rule for each op.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeId } from "../../../domain/graph/Graph.ts"
import type { OpName } from "../../../domain/graph/ops.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { NoRule } from "../hosted/NoRule.ts"
import { isGiven, type Source, sourceOf } from "../hosted/sources.ts"
import { convolutionRules } from "./lower/convolutionRules.ts"
import { elementwiseRules } from "./lower/elementwise.ts"
import { type Value, whole } from "../hosted/lower/Values.ts"
import { Emitter } from "./lower/Emitter.ts"
import { mayShare, wiringOf } from "./lower/inPlace.ts"
import { productRules } from "./lower/products.ts"
import type { Rule, Rules } from "./lower/rule.ts"
import { structureRules } from "./lower/structure.ts"
import { windowRules } from "./lower/windows.ts"
import { encode, type OnnxModel, type OnnxNode, type Port } from "./OnnxModel.ts"

/** @category models @since 0.1.0 */
export interface LoweredInput extends Port {
  readonly source: Source
}

/** @category models @since 0.1.0 */
export interface LoweredOutput extends Port {
  /** Index into the results asked for. */
  readonly index: number
  /** It may be written over the memory of the parameter that it succeeds. */
  readonly inPlace: boolean
}

/** A result that the model shall have. @category models @since 0.1.0 */
export interface Wanted {
  readonly node: NodeId
  /** The state parameter that it succeeds. */
  readonly predecessor: NodeId | undefined
}

/** @category models @since 0.1.0 */
export interface Lowered {
  /** A `ModelProto`. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly inputs: ReadonlyArray<LoweredInput>
  /** Without those of state that stays as it is. */
  readonly outputs: ReadonlyArray<LoweredOutput>
}

const alias = (e: Emitter, node: Node): Value => e.value(node.inputs[0]!)

/** Parameters and random numbers are inputs of the model: `lower` makes them. */
const inputRule = (e: Emitter, node: Node): Value => whole(e.input(node.type.dtype, node.type.shape), node)

/** The rules by op, for `lower` and for the table of ops and engines. @category rules @since 0.1.0 */
export const rules: Rules = {
  Parameter: inputRule,
  RandomUniform: inputRule,
  RandomNormal: inputRule,
  RandomTruncatedNormal: inputRule,
  ReplicaId: (e) => ({ name: e.scalar("int32", 0), shape: [] }),
  CrossReplicaSum: alias,
  ...elementwiseRules,
  ...structureRules,
  ...productRules,
  ...convolutionRules,
  ...windowRules
}

/** The ops that this engine has. @category rules @since 0.1.0 */
export const opNames: ReadonlyArray<OpName> = Object.keys(rules) as Array<OpName> // the record's keys are op names

const emitNodes = (e: Emitter): Array<LoweredInput> => {
  const { graph } = e
  const live = liveNodes(graph)
  const inputs: Array<LoweredInput> = []
  graph.nodes.forEach((node, id) => {
    if (live[id] === 0) return
    // the union of rules cannot be called; the key is the node's own op
    const rule = rules[node.op] as Rule<OpName> | undefined
    if (rule === undefined) throw new NoRule(node)
    e.label = `${node.op}.${id}`
    e.set(id, rule(e, node))
    if (isGiven(node)) inputs.push({ ...e.inputs.at(-1)!, source: sourceOf(graph, node) })
  })
  return inputs
}

/** Each result under a name of its own that a node makes; state that stays as it is is left out. */
const nameOutputs = (e: Emitter, wanted: ReadonlyArray<Wanted>): Array<Omit<LoweredOutput, "inPlace">> => {
  const taken = new Set<string>([...e.inputs, ...e.initializers].map((port) => port.name))
  return wanted.flatMap(({ node, predecessor }, index) => {
    if (predecessor === node) return []
    const { dtype, shape } = e.at(node).type
    const full = e.full(node)
    const name = taken.has(full) ? e.emitUnshared("Identity", [full]) : full
    taken.add(name)
    return [{ name, type: dtype, shape, index }]
  })
}

/** The nodes that an output needs: a rule may do the work of its operands' rules too. @category rules @since 0.1.0 */
export const needed = (nodes: ReadonlyArray<OnnxNode>, outputs: ReadonlyArray<Port>): ReadonlyArray<OnnxNode> => {
  const names = new Set(outputs.map(({ name }) => name))
  const kept = nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => names.has(name))
    if (isNeeded) for (const name of node.inputs) names.add(name)
    return isNeeded
  })
  return kept.toReversed()
}

/** A model before it is encoded. @category models @since 0.1.0 */
export interface PortableModel {
  readonly model: OnnxModel
  /** The graph's parameter that each input is. */
  readonly parameters: ReadonlyArray<number>
}

/**
 * The model of ONNX's own operators for a graph without collectives and draws; an output for each of the graph's, in its order.
 * Throws `NoRule`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const lowerPortable = (graph: Graph): PortableModel => {
  const e = new Emitter(graph, undefined, true)
  const inputs = emitNodes(e)
  const outputs = nameOutputs(
    e,
    graph.outputs.map(({ node }) => ({ node, predecessor: undefined }))
  )
  return {
    model: { nodes: needed(e.nodes, outputs), initializers: e.initializers, inputs: e.inputs, outputs },
    parameters: inputs.flatMap(({ source }) => (source._tag === "Parameter" ? [source.parameter] : []))
  }
}

/**
 * The model for a graph without collectives (one replica, or replicas merged); throws `NoRule`. `channelBlock` gives
 * what `channelBlock.ts` finds out, and is asked where there are convolutions; without it the model is for every processor.
 *
 * @category conversions
 * @since 0.1.0
 */
export const lower = (graph: Graph, wanted: ReadonlyArray<Wanted>, channelBlock?: () => number): Lowered => {
  const e = new Emitter(graph, channelBlock)
  const inputs = emitNodes(e)
  const named = nameOutputs(e, wanted)
  const nodes = needed(e.nodes, named)
  const wiring = wiringOf(nodes)
  const outputs = named.map((output): LoweredOutput => {
    const { predecessor } = wanted[output.index]!
    if (predecessor === undefined) return { ...output, inPlace: false }
    // state that nothing reads may be overwritten at any time
    return { ...output, inPlace: !e.has(predecessor) || mayShare(wiring, e.value(predecessor).name, output.name) }
  })
  const { initializers } = e
  return { bytes: encode({ nodes, initializers, inputs: e.inputs, outputs: named }), inputs, outputs }
}
