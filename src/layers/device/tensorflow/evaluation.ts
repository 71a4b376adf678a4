/**
 * A graph without state as a TensorFlow graph of one function call: parameters in, outputs out.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import type { TensorType } from "../../../domain/Tensor.ts"
import { type Source, sourceOf } from "../hosted/sources.ts"
import { type Attributes, encodeSavedModel, type NodeDef } from "./GraphDef.ts"
import type { Emitter } from "./lower/Emitter.ts"
import { lower } from "./lower.ts"

/** @category models @since 0.1.0 */
export interface EvaluationInput {
  /** As `Session.run` wants it. */
  readonly name: string
  readonly type: TensorType
  readonly source: Source
}

/** @category models @since 0.1.0 */
export interface Evaluation {
  readonly savedModel: Uint8Array<ArrayBuffer>
  readonly inputs: ReadonlyArray<EvaluationInput>
  /** In the graph's order. */
  readonly outputs: ReadonlyArray<string>
  /** Checks of the step, after the outputs: a bool scalar, and what it says where it is false. */
  readonly checks: ReadonlyArray<{ readonly name: string; readonly failure: string }>
}

/** What a check that does not hold means. @category rules @since 0.1.0 */
export const failureOf = (e: Emitter, i: number): string => {
  const { node } = e.checks[i]!
  return `${node.op}: an index is out of range${node.source === undefined ? "" : ` (at ${node.source})`}`
}

/** Makes XLA compile a function, and a call of it. @category constants @since 0.1.0 */
export const compiled = (xla: boolean): Attributes => (xla ? { _XlaMustCompile: { bool: true } } : {})

/** @category conversions @since 0.1.0 */
export const evaluation = (graph: Graph, xla: boolean): Evaluation => {
  const inputs: Array<EvaluationInput> = []
  const e = lower(graph, xla, (_, node) => {
    inputs.push({ name: `x${inputs.length}:0`, type: node.type, source: sourceOf(graph, node) })
    return `x${inputs.length - 1}`
  })
  const values = [
    ...graph.outputs.map(({ node }) => ({ type: graph.nodes[node]!.type.dtype, value: e.full(node) })),
    ...e.checks.map(({ holds }) => ({ type: "bool" as const, value: holds }))
  ]
  const results = values.map(({ type, value }, i) => ({ name: `y${i}`, type, value }))
  const placeholders = inputs.map(({ type }, i): NodeDef => ({
    name: `x${i}`,
    op: "Placeholder",
    inputs: [],
    attributes: { dtype: { type: type.dtype }, shape: { shape: type.shape } }
  }))
  const call: NodeDef = {
    name: "call",
    op: "PartitionedCall",
    inputs: inputs.map(({ name }) => name),
    attributes: {
      Tin: { types: inputs.map(({ type }) => type.dtype) },
      Tout: { types: results.map(({ type }) => type) },
      f: { function: "step" },
      ...compiled(xla)
    }
  }
  const step = {
    name: "step",
    arguments: inputs.map(({ type }, i) => ({ name: `x${i}`, type: type.dtype })),
    results,
    nodes: e.nodes,
    attributes: compiled(xla)
  }
  return {
    savedModel: encodeSavedModel({ nodes: [...placeholders, call], functions: [step] }),
    inputs,
    outputs: graph.outputs.map((_, i) => `call:${i}`),
    checks: e.checks.map((_, i) => ({ name: `call:${graph.outputs.length + i}`, failure: failureOf(e, i) }))
  }
}
