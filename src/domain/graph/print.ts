/**
 * Graphs as text, one node a line; `parse` gives the same graph back.
 *
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import { printType, type TensorData } from "../Tensor.ts"
import { impliedByType } from "./attrSpecs.ts"
import { attrsText, numberText } from "./attrsText.ts"
import type { Graph, Node, Output, Parameter } from "./Graph.ts"
import { hashText } from "./hash.ts"

/** @category models @since 0.1.0 */
export interface PrintOptions {
  /** Where each node was recorded, as `@ "file:line:column"`; default true. */
  readonly sources?: boolean | undefined
}

/** Up to this many elements a constant is shown as numbers, beyond as base64 of its little-endian bytes. */
const readable = 16

const dataText = (data: TensorData): string =>
  data.length <= readable
    ? `[${Array.from(data, numberText).join(",")}]`
    : `base64:${Base64.encode(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`

const roleText = ({ name, role }: Parameter): string =>
  `${JSON.stringify(name)} ${role._tag === "Batch" ? "batch" : `${role.kind}${role.trainable ? " trainable" : ""}`}`

const nodeText = (node: Node, id: number, graph: Graph, sources: boolean): string => {
  const operands = node.inputs.length === 0 ? "" : `(${node.inputs.map((i) => `%${i}`).join(", ")})`
  const parts = [
    `%${id}: ${printType(node.type)} = ${node.op}${operands}`,
    attrsText(node.op, node.attrs, impliedByType(node.op)),
    node.op === "Constant" ? `data=${dataText(node.attrs.data)}` : "",
    node.op === "Parameter" ? roleText(graph.parameters[node.attrs.index]!) : "",
    sources && node.source !== undefined ? `@ ${JSON.stringify(node.source)}` : ""
  ]
  return parts.filter((part) => part !== "").join(" ")
}

const outputText = ({ name, node, role }: Output): string => `output ${role._tag.toLowerCase()} ${JSON.stringify(name)} %${node}`

/**
 * `%3: f32[8,10] = MatMul(%2, %0) transposeA=false transposeB=false @ "model.ts:3:14"`, then the outputs. Attributes that
 * only repeat the type are left out. Equal graphs give equal texts.
 *
 * @category printing
 * @since 0.1.0
 */
export const print = (graph: Graph, options: PrintOptions = {}): string =>
  [...graph.nodes.map((node, id) => nodeText(node, id, graph, options.sources ?? true)), ...graph.outputs.map(outputText)].join("\n")

/**
 * 16 hexadecimal digits that depend on everything in the graph but the sources: equal for equal programs on every
 * platform and in every run.
 *
 * @category printing
 * @since 0.1.0
 */
export const hash = (graph: Graph): string => hashText(print(graph, { sources: false }))
