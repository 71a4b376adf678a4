/**
 * Gradients of arithmetic: those whose operands may be repeated, products of neighbours, einsum, and what is flat.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type CheckpointAttrs, checkpointName, crossReplicaSumName } from "../kernels/own.ts"
import { attrsOf, type Gradient, type Gradients, pullback, single, unbroadcast, zeros } from "./gradient.ts"

/** Comparisons and logic are flat, so that a condition made from a variable does not stop the gradient of tf.where. */
const flat: Gradient = { inputsToSave: ["a", "b"], gradFunc: (_, [a, b]) => ({ a: zeros(a), b: zeros(b) }) }
const flatOfOne: Gradient = { inputsToSave: ["x"], gradFunc: (_, [x]) => ({ x: zeros(x) }) }

const mapped = <A, B>(record: Readonly<Record<string, A>>, f: (x: A, name: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, x]) => [name, f(x, name)]))

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

interface CumulativeAttrs {
  readonly axis: number
  readonly exclusive?: boolean
  readonly reverse?: boolean
}

/** The kernel's own way in tf operations (products of 2, 4, 8, … neighbours), whose gradient is right for zeros, too. */
const cumulativeProduct = (x: tf.Tensor, { axis, exclusive = false, reverse = false }: CumulativeAttrs): tf.Tensor => {
  const at = axis < 0 ? axis + x.rank : axis
  const extent = x.shape[at]!
  const shifted = (y: tf.Tensor, by: number) => {
    const kept = tf.slice(
      y,
      y.shape.map(() => 0),
      y.shape.map((d, i) => (i === at ? d - by : d))
    )
    return tf.pad(
      kept,
      y.shape.map((_, i): [number, number] => [i === at ? by : 0, 0]),
      1
    )
  }
  let product = reverse ? tf.reverse(x, at) : x
  if (exclusive && extent > 0) product = shifted(product, 1)
  for (let by = 1; by < extent; by *= 2) product = tf.mul(product, shifted(product, by))
  return reverse ? tf.reverse(product, at) : product
}

const axesOf = (axis: unknown, rank: number): ReadonlyArray<number> => {
  const list = typeof axis === "number" ? [axis] : ((axis ?? Array.from({ length: rank }, (_, i) => i)) as ReadonlyArray<number>) // tfjs's three forms
  return [...new Set(list.map((a) => (a < 0 ? a + rank : a)))].sort((i, j) => i - j)
}

/** Registered where tfjs has none. */
export const arithmeticLacking: Gradients = {
  ...Object.fromEntries(["Greater", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "LogicalXor"].map((name) => [name, flat])),
  ...Object.fromEntries(["LogicalNot", "Any", "All"].map((name) => [name, flatOfOne])),
  BitwiseAnd: flat,
  Multinomial: { inputsToSave: ["logits"], gradFunc: (_, [logits]) => ({ logits: zeros(logits) }) },
  SearchSorted: {
    inputsToSave: ["sortedSequence", "values"],
    gradFunc: (_, [sortedSequence, values]) => ({ sortedSequence: zeros(sortedSequence), values: zeros(values) })
  },
  Einsum: {
    saveAllInputs: true,
    gradFunc: (dy, operands, attrs) =>
      Object.fromEntries(operands.map((_, i) => [String(i), () => einsumGrad(single(dy), operands, String(attrs["equation"]), i)]))
  },
  Cumprod: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({
      x: () => pullback(() => [cumulativeProduct(x!, attrsOf<CumulativeAttrs>(attrs))], [x!], [single(dy)])[0] ?? tf.zerosLike(x!)
    })
  },
  [checkpointName]: {
    gradFunc: (dy, _, attrs) => {
      const { operands, gradients } = attrsOf<CheckpointAttrs>(attrs)
      let made: ReadonlyArray<tf.Tensor | undefined> | undefined
      const all = () => (made ??= gradients(Array.isArray(dy) ? dy : [dy]))
      return Object.fromEntries(operands.map((x, i) => [String(i), () => all()[i] ?? tf.zeros(x.shape)]))
    }
  },
  [crossReplicaSumName]: { gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>(crossReplicaSumName, { x: single(dy) }) }) }
}

/** What tfjs computes, summed over the axes along which `a` or `b` was repeated: its own do not fit their operand then. */
const summed = (theirs: tf.GradConfig): Gradient => ({
  ...theirs,
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = saved // all of these save both operands first
    return mapped(theirs.gradFunc(dy, saved, attrs), (thunk, name) => () => unbroadcast(thunk(), (name === "a" ? a! : b!).shape))
  }
})

/** Registered in place of tfjs's, which are wrong for some operands. */
export const arithmeticCorrected = (theirs: (kernelName: string) => tf.GradConfig): Gradients => ({
  ...Object.fromEntries(["Maximum", "Minimum", "SquaredDifference", "BatchMatMul"].map((name) => [name, summed(theirs(name))])),
  // theirs turns the axes of a result that has them in order
  Cumsum: {
    gradFunc: (dy, _, attrs) => {
      const { axis, exclusive, reverse } = attrsOf<CumulativeAttrs>(attrs)
      return { x: () => tf.cumsum(single(dy), axis, exclusive, reverse !== true) }
    }
  },
  // theirs takes axes that are counted from the start and in order
  Prod: {
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attrs) => theirs("Prod").gradFunc(dy, saved, { ...attrs, axis: [...axesOf(attrs["axis"], saved[0]!.rank)] })
  }
})
