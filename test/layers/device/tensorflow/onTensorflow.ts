/** Runs a graph's lowering on TensorFlow in this thread: parameters in, outputs out, both in the graph's order. */
import { createRequire } from "node:module"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { allocate, sizeOf, type TensorData } from "../../../../src/domain/Tensor.ts"
import { type Addon, openSession } from "../../../../src/layers/device/tensorflow/Binding.ts"
import { evaluation } from "../../../../src/layers/device/tensorflow/evaluation.ts"

export const openAddon = (file: string): Addon => createRequire(import.meta.url)(file) as Addon // the addon has this form

export const onTensorflow = (addon: Addon, graph: Graph, parameters: ReadonlyArray<TensorData>, xla = false): ReadonlyArray<TensorData> => {
  const { checks, inputs, outputs, savedModel } = evaluation(graph, xla)
  const session = openSession(addon, savedModel)
  const results = graph.outputs.map(({ node }) => allocate(graph.nodes[node]!.type.dtype, sizeOf(graph.nodes[node]!.type.shape)))
  try {
    const feeds = inputs.map(({ name, source, type }) => {
      if (source._tag !== "Parameter") throw new Error("draws are the worker's")
      return { name, ...type, data: parameters[source.parameter]! }
    })
    session.run(feeds, [...outputs, ...checks.map(({ name }) => name)], (i, data) => {
      if (i < results.length) results[i]!.set(data)
      else if (data[0] === 0) throw new Error(checks[i - results.length]!.failure)
    })
    return results
  } finally {
    session.close()
  }
}
