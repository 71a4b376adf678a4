/**
 * A graph of predictions as the function of a portable artifact: its parameters in, its outputs out, and behind them, where an op
 * is to check its indices, which check failed first.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import type { TensorData } from "../../../domain/Tensor.ts"
import { liveNodes } from "../../../domain/passes/rebuild.ts"
import { type Functions, typeOf, type Value } from "../../device/pjrt/lower/Emitter.ts"
import { typeText } from "../../device/pjrt/lower/text.ts"
import { lower } from "../../device/pjrt/lower.ts"
import { failureOf, firstFailure } from "../../device/pjrt/stepModule.ts"
import type { Main } from "./artifact.ts"
import { type Instruction, readInstruction } from "./Instruction.ts"

/** @category models @since 0.1.0 */
export interface GraphMain extends Main {
  /** The graph's parameters that are the function's, in order: of variables those that the outputs need. */
  readonly taken: Graph["parameters"]
  /** What checks say that fail. Where there are any, the last result is an int32: 0, or 1 more than the index of the first that does not hold. */
  readonly checks: ReadonlyArray<string>
}

/** Of one that is too large to become a text first. */
const literalInstruction = (value: Value, { buffer, byteLength, byteOffset }: TensorData): Instruction => {
  const type = typeOf(value)
  const data = new Uint8Array(buffer, byteOffset, byteLength)
  return { op: "constant", operands: [], results: [{ name: value.name, type }], attributes: [{ _tag: "Tensor", type, data }], regions: [] }
}

/** Of one replica, and without draws. Products are as precise as the hardware has them by default. Throws `NoRule`. @category conversions @since 0.1.0 */
export const graphMain = (graph: Graph): GraphMain => {
  const functions: Functions = new Map()
  const live = liveNodes(graph)
  const options = { replicas: 1, precision: "default", wide: false, portable: true } as const
  const literals: Array<Instruction> = []
  const { emitter, value } = lower(graph, options, functions, (node, e) => {
    const { dtype, shape } = node.type
    if (node.op === "Parameter") return { name: `%arg${node.attrs.index}`, type: dtype, shape }
    // bools have no bytes of their own in a literal
    const stored: Value = { name: `%literal${literals.length}`, type: dtype === "bool" ? "uint8" : dtype, shape }
    literals.push(literalInstruction(stored, node.attrs.data))
    return e.convert(stored, dtype)
  })
  const values = graph.outputs.map(({ node }) => value(node))
  const results = emitter.checks.length === 0 ? values : [...values, firstFailure(emitter)]
  const taken = graph.parameters.filter(({ node, role }) => role._tag === "Batch" || live[node] === 1)
  return {
    taken,
    parameters: taken.map((parameter) => {
      const { dtype, shape } = graph.nodes[parameter.node]!.type
      return { name: `%arg${graph.parameters.indexOf(parameter)}`, type: typeText(dtype, shape) }
    }),
    body: [...literals, ...emitter.lines.map(({ text }) => readInstruction(text))],
    results: results.map((result) => ({ name: result.name, type: typeOf(result) })),
    checks: emitter.checks.map(failureOf)
  }
}
