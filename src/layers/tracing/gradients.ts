/**
 * Gradients that TensorFlow.js lacks: registered where there is none, for eager runs as for recordings.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
// for its side effect: tfjs-core's own bundle for Node has no gradients, that of tfjs-layers registers all of them
import "@tensorflow/tfjs-layers"
import { registerChained } from "./chained.ts"
import { crossReplicaSumName } from "./kernels/own.ts"

type Gradient = Omit<tf.GradConfig, "kernelName">

const single = (dy: tf.Tensor | Array<tf.Tensor>): tf.Tensor => (Array.isArray(dy) ? dy[0]! : dy)

const zeros = (x: tf.Tensor | undefined) => () => tf.zeros(x?.shape ?? [], "float32")

/** Comparisons and logic are flat, so that a condition made from a variable does not stop the gradient of tf.where. */
const flat: Gradient = { inputsToSave: ["a", "b"], gradFunc: (_, [a, b]) => ({ a: zeros(a), b: zeros(b) }) }

/** The gradient of one operand is the product of all others with `dy`; axes that it alone has were summed, so `dy` is repeated along them. */
const einsumGrad = (dy: tf.Tensor, operands: ReadonlyArray<tf.Tensor>, equation: string, index: number): tf.Tensor => {
  const [from, to] = equation.replace(/\s/g, "").split("->") as [string, string] // the kernel has checked the arrow
  const terms = from.split(",")
  const own = terms[index]!
  const others = terms.flatMap((term, i) => (i === index ? [] : [{ term, x: operands[i]! }]))
  const present = [...own].filter((l) => to.includes(l) || others.some(({ term }) => term.includes(l))).join("")
  const product = tf.einsum(`${[to, ...others.map((o) => o.term)].join(",")}->${present}`, dy, ...others.map((o) => o.x))
  const shape = operands[index]!.shape
  return tf.broadcastTo(
    tf.reshape(
      product,
      shape.map((d, axis) => (present.includes(own[axis]!) ? d : 1))
    ),
    shape
  )
}

const lacking: Readonly<Record<string, Gradient>> = {
  ...Object.fromEntries(["Greater", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "LogicalXor"].map((name) => [name, flat])),
  ...Object.fromEntries(
    ["LogicalNot", "Any", "All"].map((name): [string, Gradient] => [name, { inputsToSave: ["x"], gradFunc: (_, [x]) => ({ x: zeros(x) }) }])
  ),
  Einsum: {
    saveAllInputs: true,
    gradFunc: (dy, operands, attrs) =>
      Object.fromEntries(operands.map((_, i) => [String(i), () => einsumGrad(single(dy), operands, String(attrs["equation"]), i)]))
  },
  GatherNd: {
    inputsToSave: ["params", "indices"],
    // the shape is typed by a rank that is not known here
    gradFunc: (dy, [params, indices]) => ({ params: () => tf.scatterND(indices!, single(dy), params!.shape as never), indices: zeros(indices) })
  },
  ScatterNd: {
    inputsToSave: ["indices"],
    gradFunc: (dy, [indices]) => ({ updates: () => tf.gatherND(single(dy), indices!), indices: zeros(indices) })
  },
  [crossReplicaSumName]: { gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>(crossReplicaSumName, { x: single(dy) }) }) }
}

let registered = false

/** Once for the process; gradients that are there already stay. Chained operations come along, as some gradients use them. */
export const registerGradients = (): void => {
  if (registered) return
  registered = true
  registerChained()
  for (const [kernelName, gradient] of Object.entries(lacking)) {
    if (tf.getGradient(kernelName) === undefined) tf.registerGradient({ kernelName, ...gradient })
  }
}
