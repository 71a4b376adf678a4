/**
 * Registers the recording rules as TensorFlow.js kernels, once for the process.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
// for its side effect: tfjs-core's own bundle for Node has no gradients, that of tfjs-layers registers all of them
import "@tensorflow/tfjs-layers"
import { TraceError } from "../../domain/Errors.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import { GraphError } from "../../domain/graph/GraphError.ts"
import { Emit } from "./Emit.ts"
import { failure, unknownKernel } from "./failures.ts"
import { contractions } from "./kernels/contract.ts"
import { elementwise } from "./kernels/elementwise.ts"
import { images } from "./kernels/image.ts"
import { indexing } from "./kernels/indexing.ts"
import { kernel, type Kernel } from "./kernels/kernel.ts"
import { crossReplicaSumName, own } from "./kernels/own.ts"
import { reductions } from "./kernels/reduce.ts"
import { refused } from "./kernels/refused.ts"
import { shapes } from "./kernels/shape.ts"
import { windows } from "./kernels/window.ts"
import { backendName, RecordingBackend } from "./RecordingBackend.ts"
import { caller } from "./source.ts"

/** Every kernel with a recording rule. */
export const recorded: ReadonlyArray<Kernel> = [...elementwise, ...reductions, ...shapes, ...indexing, ...contractions, ...windows, ...images, ...own]

const run = ({ name, record }: Kernel, inputs: object, attrs: object | undefined, backend: unknown): tf.TensorInfo | Array<tf.TensorInfo> => {
  if (!(backend instanceof RecordingBackend)) throw new Error(`kernel ${name} of "${backendName}" was run by another backend`)
  const { recording } = backend
  const { source } = caller()
  if (source !== undefined) recording.lastSource.set(name, source)
  try {
    const result = record(new Emit(recording, name, source), inputs, attrs ?? {})
    const info = (node: NodeId) => {
      recording.madeBy(node, name, source)
      return recording.info(node, name, source)
    }
    return typeof result === "number" ? info(result) : result.map(info)
  } catch (error) {
    if (error instanceof TraceError) throw error
    // a type rule refused what tfjs let through: the user's line is worth more than the rule's
    if (error instanceof GraphError) throw failure("UnknownKernel", `cannot be recorded for these operands: ${error.detail}`, { op: name, source, cause: error })
    throw error
  }
}

const isKernelName = ([key, value]: readonly [string, unknown]): boolean => typeof value === "string" && /^[A-Z_]/.test(value) && value.replace(/^_/, "") === key.replace(/^_/, "")

let registered = false

/** Also registers a refusal for each kernel that TensorFlow.js names and no rule covers. */
export const register = (): void => {
  if (registered) return
  registered = true
  const known = [...recorded, ...refused]
  const names = new Set(known.map(({ name }) => name))
  const others = Object.entries(tf).filter(isKernelName).map(([, value]) => String(value)).filter((name) => !names.has(name))
  const rest = [...new Set(others)].map((name) =>
    kernel(name, (c) => {
      throw unknownKernel(name, c.source)
    })
  )
  for (const entry of [...known, ...rest]) {
    tf.registerKernel({
      kernelName: entry.name,
      backendName,
      // tfjs hands over tensors by name, or a list of them
      kernelFunc: ({ inputs, attrs, backend }) => run(entry, inputs, attrs, backend)
    })
  }
  tf.registerGradient({
    kernelName: crossReplicaSumName,
    gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>(crossReplicaSumName, { x: Array.isArray(dy) ? dy[0]! : dy }) })
  })
}
