/**
 * Searches in sorted rows, the k largest, and draws by a distribution, which are such a search.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Emit } from "../Emit.ts"
import { unknownKernel } from "../failures.ts"
import { current } from "../Recording.ts"
import { kernel, type Kernel, type X } from "./kernel.ts"

type Side = "left" | "right"

/** Length of the sorted rows up to which each value is compared with every element. */
const fewElements = 64

/** How many elements of its row lie before each value: `[b, n]` sorted, `[b, m]` values -> int32 `[b, m]`. */
const searchSorted = (c: Emit, sorted: NodeId, values: NodeId, side: Side): NodeId => {
  const [b, n] = c.shape(sorted) as readonly [number, number] // tfjs has made both matrices
  const m = c.shape(values)[1]!
  const isBefore = (element: NodeId, value: NodeId) => c.compare(side === "left" ? "Less" : "LessEqual", element, value)
  if (n <= fewElements) {
    const before = isBefore(c.reshape(sorted, [b, 1, n]), c.reshape(values, [b, m, 1]))
    return c.reduce("ReduceSum", c.cast(before, "int32"), [2])
  }
  const int = (value: number) => c.scalar("int32", value)
  const flat = c.reshape(sorted, [b * n])
  const rowStart = c.mul(c.add("Iota", [], { dtype: "int32", shape: [b, m], axis: 0 }), int(n))
  let found = c.fill({ dtype: "int32", shape: [b, m] }, 0)
  for (let step = 2 ** Math.floor(Math.log2(n)); step >= 1; step /= 2) {
    const next = c.add2(found, int(step))
    const last = c.add2(rowStart, c.arithmetic("Min", c.sub(next, int(1)), int(n - 1)))
    const element = c.add("Gather", [flat, last], { axis: 0 })
    const goes = c.logical("And", c.compare("LessEqual", next, int(n)), isBefore(element, values))
    found = c.select(goes, next, found)
  }
  return found
}

interface MultinomialAttrs {
  readonly numSamples: number
  readonly normalized: boolean
}

/**
 * By inverting the cumulative sum, as tfjs does, with a draw of the step in place of tfjs's host generator: `seed` is not
 * looked at, and every step, replica and run key has its own samples.
 */
const multinomial = (c: Emit, logits: NodeId, { numSamples, normalized }: MultinomialAttrs): NodeId => {
  const [b, events] = c.shape(logits) as readonly [number, number] // tfjs has made it a matrix
  const probabilities = normalized ? logits : c.add("Softmax", [logits], {})
  const sums = c.add("CumSum", [probabilities], { axis: 1, exclusive: false, reverse: false })
  const recording = current()
  if (recording === undefined) throw unknownKernel(c.kernel, c.source, "Outside of a compiled step tfjs draws on the host")
  const drawn = c.add("RandomUniform", [recording.randomKey], { shape: [b, numSamples], draw: recording.draws++ })
  // the last event takes whatever rounding has left
  return events === 1 ? c.fill({ dtype: "int32", shape: [b, numSamples] }, 0) : searchSorted(c, c.sliceAxis(sums, 1, 0, events - 1), drawn, "right")
}

type Search = { readonly sortedSequence: tf.TensorInfo; readonly values: tf.TensorInfo }

const search = (name: string, fixed?: Side): Kernel =>
  kernel<Search, { readonly side?: Side }>(name, (c, { sortedSequence, values }, { side }) =>
    searchSorted(c, c.of(sortedSequence), c.of(values), fixed ?? side ?? "left")
  )

export const searches: ReadonlyArray<Kernel> = [
  search("SearchSorted"),
  search("LowerBound", "left"),
  search("UpperBound", "right"),
  kernel<X, { readonly k: number }>("TopK", (c, { x }, { k }) => {
    const node = c.numeric(c.of(x))
    return [c.add("TopKValues", [node], { k }), c.add("TopKIndices", [node], { k })]
  })
]

export const multinomialKernel: Kernel = kernel<{ readonly logits: tf.TensorInfo }, MultinomialAttrs>("Multinomial", (c, { logits }, a) =>
  multinomial(c, c.float(c.of(logits)), a)
)
