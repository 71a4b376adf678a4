/** Runs a graph's lowering on ONNX Runtime in this thread: parameters in, outputs out, both in the graph's order. */
import { createRequire } from "node:module"
import * as Result from "effect/Result"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { allocate, byteSizeOf, sizeOf, type TensorData } from "../../../../src/domain/Tensor.ts"
import * as Libraries from "../../../../src/layers/device/onnx/libraries.ts"
import { lower } from "../../../../src/layers/device/onnx/lower.ts"
import { Ort } from "../../../../src/layers/device/onnx/Ort.ts"

const require = createRequire(import.meta.url)

export const openOrt = (): Ort => {
  const { koffi, library } = Result.getOrThrow(Libraries.find(Libraries.resolveHere))
  return new Ort(require(koffi), library)
}

export const onOrt = (ort: Ort, graph: Graph, parameters: ReadonlyArray<TensorData>, threads = 1, channelBlock = 0): ReadonlyArray<TensorData> => {
  const lowered = lower(
    graph,
    graph.outputs.map(({ node }) => ({ node, predecessor: undefined })),
    () => channelBlock
  )
  const session = ort.session(lowered.bytes, { threads, memoryPattern: false, config: {} })
  const tensors: Array<bigint> = []
  const tensor = (port: { readonly type: "float32" | "int32" | "bool"; readonly shape: ReadonlyArray<number> }, data: TensorData) => {
    // memory of its own, with room where there are no elements
    const bytes = new Uint8Array(Math.max(1, byteSizeOf({ dtype: port.type, shape: port.shape })))
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    const handle = ort.tensor(port.type, port.shape, bytes)
    tensors.push(handle)
    return { handle, bytes }
  }
  try {
    const inputs = lowered.inputs.map((port) => {
      if (port.source._tag !== "Parameter") throw new Error("draws are the worker's")
      return tensor(port, parameters[port.source.parameter]!)
    })
    const outputs = lowered.outputs.map((port) => ({ port, ...tensor(port, allocate(port.type, sizeOf(port.shape))) }))
    const run = ort.runner(
      session,
      lowered.inputs.map((p) => p.name),
      lowered.outputs.map((p) => p.name)
    )
    run({ inputs: BigUint64Array.from(inputs, (i) => i.handle), outputs: BigUint64Array.from(outputs, (o) => o.handle) })
    // the native tensors do not hold the memory: it must be reachable up to here
    if (inputs.some((i) => i.bytes.length === 0)) throw new Error("a tensor without memory")
    return outputs.map(({ port, bytes }) => {
      const data = allocate(port.type, sizeOf(port.shape))
      new Uint8Array(data.buffer).set(bytes.subarray(0, data.byteLength))
      return data
    })
  } finally {
    for (const handle of tensors) ort.releaseTensor(handle)
    ort.releaseSession(session)
  }
}
