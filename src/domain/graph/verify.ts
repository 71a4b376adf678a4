/**
 * Checks that a graph is well formed: what every pass must keep and every engine may rely on.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { printType, sameType, type TensorType } from "../Tensor.ts"
import { storedValue } from "./Builder.ts"
import type { Graph, Node, Output } from "./Graph.ts"
import { GraphError } from "./GraphError.ts"
import { randomOps } from "./ops.ts"
import { inferType } from "./typeRules.ts"

/** A step graph maps state to its successors; an init graph gives first values. @category models @since 0.1.0 */
export type GraphKind = "step" | "init"

const isRandom: ReadonlySet<string> = new Set(randomOps)
const lossType: TensorType = { dtype: "float32", shape: [] }

/** What is wrong with a node, if anything. */
const nodeFault = (graph: Graph, node: Node, id: number): string | undefined => {
  const outOfOrder = node.inputs.find((i) => !Number.isInteger(i) || i < 0 || i >= id)
  if (outOfOrder !== undefined) return `%${id} uses %${outOfOrder}, which does not come before it`
  const type = inferType(
    node.op,
    node.inputs.map((i) => graph.nodes[i]!.type),
    node.attrs
  )
  if (Result.isFailure(type)) return `%${id}: ${type.failure}`
  if (!sameType(type.success, node.type)) return `%${id} says ${printType(node.type)}, its type rule gives ${printType(type.success)}`
  if (node.op === "Fill" && !Object.is(storedValue(node.attrs.dtype, node.attrs.value), node.attrs.value)) {
    return `%${id}: ${node.attrs.value} is not a ${node.attrs.dtype} value`
  }
  if (node.op === "Parameter" && graph.parameters[node.attrs.index]?.node !== id) return `%${id} is not the node of parameter ${node.attrs.index}`
  if (isRandom.has(node.op)) {
    const key = graph.nodes[node.inputs[0]!]!
    const role = key.op === "Parameter" ? graph.parameters[key.attrs.index]?.role : undefined
    if (role?._tag !== "State" || role.kind !== "random") return `%${id} draws from %${node.inputs[0]}, which is not the random key parameter`
  }
  return undefined
}

const parameterFault = (graph: Graph, index: number): string | undefined => {
  const { name, node, role } = graph.parameters[index]!
  const at = graph.nodes[node]
  if (at?.op !== "Parameter" || at.attrs.index !== index) return `parameter "${name}" is not at its node %${node}`
  if (graph.parameters.findIndex((p) => p.name === name) !== index) return `two parameters are named "${name}"`
  const expected: TensorType | undefined =
    role._tag !== "State"
      ? undefined
      : role.kind === "random"
        ? { dtype: "int32", shape: [3] }
        : role.kind === "step"
          ? { dtype: "int32", shape: [] }
          : undefined
  return expected !== undefined && !sameType(expected, at.type)
    ? `expected ${printType(expected)} for "${name}", got ${printType(at.type)}`
    : undefined
}

const outputFault = (graph: Graph, output: Output, index: number, kind: GraphKind): string | undefined => {
  const { name, node, role } = output
  const at = graph.nodes[node]
  if (at === undefined) return `output "${name}" is at %${node}, which is not there`
  if (graph.outputs.findIndex((o) => o.name === name && o.role._tag === role._tag) !== index) return `two ${role._tag} outputs are named "${name}"`
  if (role._tag === "Loss") {
    if (graph.outputs.findIndex((o) => o.role._tag === "Loss") !== index) return "there are two losses"
    if (!sameType(at.type, lossType)) return `expected ${printType(lossType)} for the loss, got ${printType(at.type)}`
  }
  if (role._tag === "State" && kind === "step") {
    const parameter = graph.parameters.find((p) => p.name === name && p.role._tag === "State")
    if (parameter === undefined) return `there is no state leaf "${name}" for the successor`
    const type = graph.nodes[parameter.node]!.type
    if (!sameType(type, at.type)) return `the successor of "${name}" is ${printType(at.type)}, expected ${printType(type)}`
  }
  return undefined
}

const kindFault = (graph: Graph, kind: GraphKind): string | undefined => {
  if (kind === "init") {
    const other = graph.parameters.find((p) => p.role._tag !== "State" || p.role.kind !== "random")
    if (other !== undefined) return `an init graph takes the random key only, not "${other.name}"`
    const result = graph.outputs.find((o) => o.role._tag !== "State")
    return result === undefined ? undefined : `an init graph gives state only, not "${result.name}"`
  }
  const without = graph.parameters.find((p) => p.role._tag === "State" && !graph.outputs.some((o) => o.role._tag === "State" && o.name === p.name))
  return without === undefined ? undefined : `state leaf "${without.name}" has no successor`
}

/**
 * Operands come before their users; types are what the type rules give; parameters and outputs have distinct names;
 * every state leaf has one successor of its type (`kind` "step", the default); there is at most one loss, a float32
 * scalar; random ops draw from the random key parameter itself. The first fault found is the failure.
 *
 * @category checks
 * @since 0.1.0
 */
export const verify = (graph: Graph, kind: GraphKind = "step"): Result.Result<void, GraphError> => {
  for (let id = 0; id < graph.nodes.length; id++) {
    const node = graph.nodes[id]!
    const detail = nodeFault(graph, node, id)
    if (detail !== undefined)
      return Result.fail(new GraphError({ op: node.op, detail, ...(node.source === undefined ? {} : { source: node.source }) }))
  }
  for (let i = 0; i < graph.parameters.length; i++) {
    const detail = parameterFault(graph, i)
    if (detail !== undefined) return Result.fail(new GraphError({ op: "Parameter", detail }))
  }
  for (let i = 0; i < graph.outputs.length; i++) {
    const detail = outputFault(graph, graph.outputs[i]!, i, kind)
    if (detail !== undefined) return Result.fail(new GraphError({ detail }))
  }
  const detail = kindFault(graph, kind)
  return detail === undefined ? Result.succeed(undefined) : Result.fail(new GraphError({ detail }))
}
