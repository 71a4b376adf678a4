/**
 * Registers the recording rules as TensorFlow.js kernels, once for the process.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { unknownKernel } from "./failures.ts"
import { backendName, GraphBackend } from "./GraphBackend.ts"
import { registerGradients } from "./gradients.ts"
import { complexKernels } from "./kernels/complex.ts"
import { contractions } from "./kernels/contract.ts"
import { elementwise } from "./kernels/elementwise.ts"
import { images } from "./kernels/image.ts"
import { indexing } from "./kernels/indexing.ts"
import { kernel, type Kernel } from "./kernels/kernel.ts"
import { own } from "./kernels/own.ts"
import { reductions } from "./kernels/reduce.ts"
import { refused } from "./kernels/refused.ts"
import { scatters } from "./kernels/scatter.ts"
import { multinomialKernel, searches } from "./kernels/search.ts"
import { shapes } from "./kernels/shape.ts"
import { sliding } from "./kernels/sliding.ts"
import { sparseKernels } from "./kernels/sparse.ts"
import { volumes } from "./kernels/volume.ts"
import { warps } from "./kernels/warp.ts"
import { windows } from "./kernels/window.ts"

/** Every kernel with a recording rule. */
export const recorded: ReadonlyArray<Kernel> = [
  ...elementwise,
  ...reductions,
  ...shapes,
  ...indexing,
  ...scatters,
  ...searches,
  ...contractions,
  ...windows,
  ...volumes,
  ...sliding,
  ...images,
  ...warps,
  ...own
]

/** Those that a recording alone can run: outside of one, complex numbers and draws are the host's. */
const recordedOnly: ReadonlyArray<Kernel> = [...complexKernels, multinomialKernel, ...sparseKernels]

/** Names of the kernels that can be part of a compiled step. */
export const compiled: ReadonlySet<string> = new Set([...recorded, ...recordedOnly].map(({ name }) => name))

const isKernelName = ([key, value]: readonly [string, unknown]): boolean =>
  typeof value === "string" && /^[A-Z_]/.test(value) && value.replace(/^_/, "") === key.replace(/^_/, "")

/** TensorFlow.js does these on the host where a backend has no such kernel. */
const hostKernels: ReadonlySet<string> = new Set(["FromPixels"])

let registered = false

/** Also registers a refusal for each kernel that TensorFlow.js names and no rule covers. */
export const register = (): void => {
  if (registered) return
  registered = true
  const known = [...recorded, ...recordedOnly, ...refused]
  const names = new Set(known.map(({ name }) => name))
  const others = Object.entries(tf)
    .filter(isKernelName)
    .map(([, value]) => String(value))
    .filter((name) => !names.has(name) && !hostKernels.has(name))
  const rest = [...new Set(others)].map((name) =>
    kernel(name, (c) => {
      throw unknownKernel(name, c.source)
    })
  )
  const inGraphs = new Set<Kernel>(recorded)
  for (const entry of [...known, ...rest]) {
    const registeredKernel = { ...entry, graph: inGraphs.has(entry) }
    tf.registerKernel({
      kernelName: entry.name,
      backendName,
      // tfjs hands over tensors by name, or a list of them
      kernelFunc: ({ inputs, attrs, backend }) => {
        if (!(backend instanceof GraphBackend)) throw new Error(`kernel ${entry.name} of "${backendName}" was run by another backend`)
        return backend.runKernel(registeredKernel, inputs, attrs ?? {})
      }
    })
  }
  registerGradients()
}
