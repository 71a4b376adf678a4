/**
 * The compiled step as a GraphDef, for TensorBoard to draw: ops and attributes are those of this package's own
 * representation, so nothing else can run it.
 *
 * @since 0.1.0
 */
import type { Graph, Node } from "../../../domain/graph/Graph.ts"
import { Writer } from "../../../domain/Protobuf.ts"
import type { DType, Shape } from "../../../domain/Tensor.ts"

/** tensorflow/core/framework/types.proto */
const dtypes: Readonly<Record<DType, number>> = { float32: 1, int32: 3, bool: 10 }

/** Names have letters, digits and `_ . - /`; TensorBoard puts what begins alike up to a slash into one box. */
const clean = (name: string): string => name.replace(/[^\w./-]/g, "_").replace(/^[^A-Za-z0-9.]/, "n$&")

/** `dir/model.ts:12:7` as `model.ts_12`: what one line of the user's code made. */
const scopeOf = (source: string): string => {
  const match = /([^/\\]+?):(\d+)(?::\d+)?$/.exec(source)
  return match === null ? "" : `${clean(`${match[1]}_${match[2]}`)}/`
}

/** A name for each node: parameters and outputs have theirs, the others their op, number, and line of the source. */
const namesOf = (graph: Graph): ReadonlyArray<string> => {
  const given = new Map(graph.parameters.map(({ name, node, role }) => [node, `${role._tag === "Batch" ? "batch" : role.kind}/${name}`]))
  const used = new Set<string>()
  return graph.nodes.map((node, i) => {
    const base = clean(given.get(i) ?? `${node.source === undefined ? "" : scopeOf(node.source)}${node.op}_${i}`)
    let name = base
    for (let k = 1; used.has(name); k++) name = `${base}_${k}`
    used.add(name)
    return name
  })
}

const shapeOf = (shape: Shape): Writer => {
  const out = new Writer()
  for (const extent of shape) out.message(2, new Writer().int(1, extent))
  return out
}

const longest = 200

/** Constants may be large; what they hold is not to be seen anyway. */
const textOf = (value: unknown): string => {
  const text = ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : (JSON.stringify(value) ?? String(value))
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const attributes = (out: Writer, { attrs, source, type }: Node): void => {
  const put = (key: string, value: Writer) => out.message(5, new Writer().string(1, key).message(2, value))
  put("T", new Writer().int(6, dtypes[type.dtype]))
  put("_output_shapes", new Writer().message(1, new Writer().message(7, shapeOf(type.shape))))
  for (const [key, value] of Object.entries(attrs)) put(key, new Writer().string(2, textOf(value)))
  if (source !== undefined) put("source", new Writer().string(2, source))
}

const nodeDef = (name: string, op: string, inputs: ReadonlyArray<string>): Writer => {
  const out = new Writer(256).string(1, name).string(2, op)
  for (const input of inputs) out.string(3, input)
  return out
}

/** The bytes of the message. @category rules @since 0.1.0 */
export const graphDef = (graph: Graph): Uint8Array => {
  const names = namesOf(graph)
  const out = new Writer(graph.nodes.length * 256)
  graph.nodes.forEach((node, i) => {
    const one = nodeDef(
      names[i]!,
      node.op,
      node.inputs.map((input) => names[input]!)
    )
    attributes(one, node)
    out.message(1, one)
  })
  // a box of its own for each output, or a successor of state would look like any other sum
  for (const { name, node, role } of graph.outputs) {
    const one = nodeDef(clean(`out/${role._tag.toLowerCase()}/${name}`), role._tag, [names[node]!])
    out.message(1, one)
  }
  return out.message(4, new Writer().int(1, 1)).finish()
}
