/**
 * Registers the recording rules as TensorFlow.js kernels, once for the process.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { TraceError } from "../../domain/Errors.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import { GraphError } from "../../domain/graph/GraphError.ts"
import { Emit } from "./Emit.ts"
import { failure, unknownKernel } from "./failures.ts"
import { registerGradients } from "./gradients.ts"
import { contractions } from "./kernels/contract.ts"
import { elementwise } from "./kernels/elementwise.ts"
import { images } from "./kernels/image.ts"
import { indexing } from "./kernels/indexing.ts"
import { kernel, type Kernel } from "./kernels/kernel.ts"
import { own } from "./kernels/own.ts"
import { reductions } from "./kernels/reduce.ts"
import { refused } from "./kernels/refused.ts"
import { shapes } from "./kernels/shape.ts"
import { windows } from "./kernels/window.ts"
import { backendName, RecordingBackend } from "./RecordingBackend.ts"
import { callerSource } from "./source.ts"

/** Every kernel with a recording rule. */
export const recorded: ReadonlyArray<Kernel> = [...elementwise, ...reductions, ...shapes, ...indexing, ...contractions, ...windows, ...images, ...own]

const run = ({ name, record }: Kernel, inputs: object, attrs: object | undefined, backend: unknown): tf.TensorInfo | Array<tf.TensorInfo> => {
  if (!(backend instanceof RecordingBackend)) throw new Error(`kernel ${name} of "${backendName}" was run by another backend`)
  const { recording } = backend
  const source = recording.sourced ? callerSource() : undefined
  if (source !== undefined) recording.lastSource.set(name, source)
  try {
    const result = record(new Emit(recording, name, source), inputs, attrs ?? {})
    const info = (node: NodeId) => {
      recording.madeBy(node, name, source)
      return recording.info(node, name, source)
    }
    return typeof result === "number" ? info(result) : result.map(info)
  } catch (error) {
    if (error instanceof TraceError)
      throw error.source === undefined ? failure(error.reason, error.detail, { ...error, source: callerSource() }) : error
    // tfjs leaves the check to its kernels: on another backend this would throw, too
    if (error instanceof GraphError) throw failure("ModelThrew", `the operands do not fit: ${error.detail}`, { op: name, source, cause: error })
    throw error
  }
}

const isKernelName = ([key, value]: readonly [string, unknown]): boolean =>
  typeof value === "string" && /^[A-Z_]/.test(value) && value.replace(/^_/, "") === key.replace(/^_/, "")

let registered = false

/** Also registers a refusal for each kernel that TensorFlow.js names and no rule covers. */
export const register = (): void => {
  if (registered) return
  registered = true
  const known = [...recorded, ...refused]
  const names = new Set(known.map(({ name }) => name))
  const others = Object.entries(tf)
    .filter(isKernelName)
    .map(([, value]) => String(value))
    .filter((name) => !names.has(name))
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
  registerGradients()
}
