/**
 * Which state may be written where it is read: whether a graph output may take an input's memory.
 *
 * @since 0.1.0
 */
import type { OnnxNode } from "../OnnxModel.ts"

/** Kernels that read element i of an operand of the result's shape before they write element i, and no other. */
const pointwise: ReadonlySet<string> = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Neg",
  "Abs",
  "Sqrt",
  "Reciprocal",
  "Where",
  "Max",
  "Min",
  "Exp",
  "Log",
  "Tanh",
  "Sigmoid",
  "Sign",
  "Relu"
])
/** Their result is the operand's memory. */
const views: ReadonlySet<string> = new Set(["Reshape", "Identity"])

/** Producers and readers of a model's values by name. @category models @since 0.1.0 */
export interface Wiring {
  readonly producer: ReadonlyMap<string, OnnxNode>
  readonly readers: ReadonlyMap<string, ReadonlyArray<OnnxNode>>
}

/** @category constructors @since 0.1.0 */
export const wiringOf = (nodes: ReadonlyArray<OnnxNode>): Wiring => {
  const producer = new Map<string, OnnxNode>()
  const readers = new Map<string, Array<OnnxNode>>()
  for (const node of nodes) {
    for (const name of node.outputs) producer.set(name, node)
    for (const name of new Set(node.inputs)) {
      const list = readers.get(name)
      if (list === undefined) readers.set(name, [node])
      else list.push(node)
    }
  }
  return { producer, readers }
}

/** All nodes that read the value or a view of it; the views themselves do not count. */
const readersOf = (wiring: Wiring, name: string): Array<OnnxNode> =>
  (wiring.readers.get(name) ?? []).flatMap((node) => (views.has(node.op) ? [node, ...readersOf(wiring, node.outputs[0]!)] : [node]))

const ancestorsOf = (wiring: Wiring, node: OnnxNode): ReadonlySet<OnnxNode> => {
  const seen = new Set<OnnxNode>()
  const stack = [node]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    for (const name of next.inputs) {
      const from = wiring.producer.get(name)
      if (from !== undefined && !seen.has(from)) {
        seen.add(from)
        stack.push(from)
      }
    }
  }
  return seen
}

/**
 * Whether the node that makes `output` may write it over `input` (a graph input of the same type): it works element by
 * element, every other reader of `input` has run before it, and no reader that is not element by element stands directly
 * before it, for the engine may fuse the two.
 *
 * @category rules
 * @since 0.1.0
 */
export const mayShare = (wiring: Wiring, input: string, output: string): boolean => {
  const writer = wiring.producer.get(output)
  if (writer === undefined || !pointwise.has(writer.op)) return false
  const readers = readersOf(wiring, input)
  if (readers.length === 0) return true
  const ancestors = ancestorsOf(wiring, writer)
  const direct = new Set(writer.inputs.map((name) => wiring.producer.get(name)))
  return readers.every((node) => {
    if (node === writer) return true
    return ancestors.has(node) && (pointwise.has(node.op) || views.has(node.op) || !direct.has(node))
  })
}
