/** Runs a graph's lowering on TensorFlow in this thread: parameters in, outputs out, both in the graph's order. */
import { createRequire } from "node:module"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { allocate, sizeOf, type TensorData } from "../../../../src/domain/Tensor.ts"
import { type Addon, type Feed, openSession } from "../../../../src/layers/device/tensorflow/Binding.ts"
import { encodeSavedModel } from "../../../../src/layers/device/tensorflow/GraphDef.ts"
import { compiled, graphNode, placeholder } from "../../../../src/layers/device/tensorflow/graphNodes.ts"
import { failureOf } from "../../../../src/layers/device/tensorflow/lower/Emitter.ts"
import { lower } from "../../../../src/layers/device/tensorflow/lower.ts"

export const openAddon = (file: string): Addon => createRequire(import.meta.url)(file) as Addon // the addon has this form

/** One call of a function: outputs, then for each check of the step a bool scalar. */
const evaluation = (graph: Graph, parameters: ReadonlyArray<TensorData>, xla: boolean) => {
  const feeds: Array<Feed> = []
  const e = lower(graph, xla, (_, node) => {
    if (node.op !== "Parameter") throw new Error("draws are the worker's")
    feeds.push({ name: `x${feeds.length}:0`, ...node.type, data: parameters[node.attrs.index]! })
    return `x${feeds.length - 1}`
  })
  const values = [
    ...graph.outputs.map(({ node }) => ({ type: graph.nodes[node]!.type.dtype, value: e.full(node) })),
    ...e.checks.map(({ holds }) => ({ type: "bool" as const, value: holds }))
  ]
  const results = values.map(({ type, value }, i) => ({ name: `y${i}`, type, value }))
  const named = feeds.map(({ dtype, shape }, i) => ({ name: `x${i}`, type: dtype, shape }))
  const call = graphNode(
    "call",
    "PartitionedCall",
    named.map(({ name }) => name),
    {
      Tin: { types: named.map(({ type }) => type) },
      Tout: { types: results.map(({ type }) => type) },
      f: { function: "step" },
      ...compiled(xla)
    }
  )
  const step = { name: "step", arguments: named, results, nodes: e.nodes, attributes: compiled(xla) }
  const nodes = [...named.map(({ name, shape, type }) => placeholder(name, type, shape)), call]
  return { savedModel: encodeSavedModel({ nodes, functions: [step] }), feeds, failures: e.checks.map(failureOf) }
}

export const onTensorflow = (addon: Addon, graph: Graph, parameters: ReadonlyArray<TensorData>, xla = false): ReadonlyArray<TensorData> => {
  const { failures, feeds, savedModel } = evaluation(graph, parameters, xla)
  const session = openSession(addon, savedModel)
  const results = graph.outputs.map(({ node }) => allocate(graph.nodes[node]!.type.dtype, sizeOf(graph.nodes[node]!.type.shape)))
  const fetched = [...results, ...failures].map((_, i) => `call:${i}`)
  try {
    session.run(feeds, fetched, (i, data) => {
      if (i < results.length) results[i]!.set(data)
      else if (data[0] === 0) throw new Error(failures[i - results.length]!)
    })
    return results
  } finally {
    session.close()
  }
}
