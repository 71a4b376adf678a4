/**
 * Activations that are computed twice instead of kept.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { pullback } from "./gradients/gradient.ts"
import { barrierName, type CheckpointAttrs, checkpointName } from "./kernels/own.ts"
import { current, Recorded, type Recording } from "./Recording.ts"

type Tape = ReturnType<typeof tf.engine>["state"]["activeTape"]

/** What a second run of a function must find as the first one did: draws, and the values of variables. */
interface Moment {
  readonly draws: number
  /** Of the variables that there were. */
  readonly values: ReadonlyArray<object>
}

const momentOf = (recording: Recording): Moment => ({
  draws: recording.draws,
  values: recording.variables.map(({ variable }) => variable.dataId)
})

const goTo = (recording: Recording, { draws, values }: Moment): void => {
  recording.draws = draws
  recording.variables.forEach(({ variable, parameter, name, source }, i) => {
    // one that was made since then had its first value
    variable.dataId = values[i] ?? recording.info(parameter, name ?? "Variable", source).dataId
  })
}

/** Literals are there anyhow. */
const isLiteral = (x: tf.Tensor): boolean => {
  const id: object = x.dataId
  return id instanceof Recorded && (id.host !== undefined || ["Constant", "Fill"].includes(id.recording.builder.nodeOf(id.node).op))
}

/** Tensors from outside that the results depend on: arguments, variables, and whatever else the function refers to. */
const outsidersOf = (tape: Tape, ys: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => {
  const needed = new Map(ys.map((y) => [y.id, y]))
  for (const { inputs, outputs } of [...tape].reverse()) {
    if (!outputs.some(({ id }) => needed.has(id))) continue
    for (const { id } of outputs) needed.delete(id)
    for (const x of Object.values(inputs)) needed.set(x.id, x)
  }
  return [...needed.values()].filter((x) => !isLiteral(x))
}

/**
 * Runs `f` again, as at `start`, on what `outsiders` were, and goes back. Their values are taken through barriers that wait for
 * the gradient, so that the second run is not merged with the first and comes when it is needed. Variables need none: what
 * depends on them alone may as well be kept.
 */
const again = (
  recording: Recording,
  start: Moment,
  f: () => ReadonlyArray<tf.Tensor>,
  outsiders: ReadonlyArray<tf.Tensor>,
  ys: ReadonlyArray<tf.Tensor>,
  dys: ReadonlyArray<tf.Tensor>
): ReadonlyArray<tf.Tensor | undefined> => {
  const now = momentOf(recording)
  const activations = outsiders.filter((x) => !(x instanceof tf.Variable))
  const held = activations.map((x) => x.dataId)
  const after = dys.find((dy) => !isLiteral(dy)) ?? ys[0]!
  goTo(recording, start)
  try {
    const delayed = activations.map((x) => tf.engine().runKernel<tf.Tensor>(barrierName, { x, after }).dataId)
    activations.forEach((x, i) => (x.dataId = delayed[i]!))
    return pullback(f, outsiders, dys)
  } finally {
    activations.forEach((x, i) => (x.dataId = held[i]!))
    goTo(recording, now)
  }
}

/**
 * `f`, whose intermediate results are not kept for the backward pass but computed again there, from its arguments: less
 * memory for one more run of `f`. Wrap each block of a deep model, so that the step keeps one activation a block. JAX's
 * `checkpoint` and PyTorch's `torch.utils.checkpoint`.
 *
 * `f` takes tensors and gives one or several; it may use variables, tensors of its surroundings and `random` (the second run
 * draws the same numbers). It is called twice while the step is recorded, so it should do nothing else; variables that it assigns
 * are assigned once. Losses and gradients are those of `f` itself.
 *
 * In the graph a `Barrier` op keeps the second run apart from the first. Outside of a compiled step, and where no gradient is
 * taken, it is `f`.
 *
 * @category gradients
 * @since 0.1.0
 */
export const checkpoint =
  <A extends ReadonlyArray<tf.Tensor>, B extends tf.Tensor | Array<tf.Tensor>>(f: (...xs: A) => B): ((...xs: A) => B) =>
  (...xs) => {
    const recording = current()
    const { state } = tf.engine()
    if (recording === undefined || state.gradientDepth === 0) return f(...xs)
    const start = momentOf(recording)
    const from = state.activeTape.length
    const result = f(...xs)
    const listOf = (out: B): ReadonlyArray<tf.Tensor> => (out instanceof tf.Tensor ? [out] : out)
    const ys = listOf(result)
    const outsiders = outsidersOf(state.activeTape.splice(from), ys)
    if (outsiders.length === 0) return result
    const attrs: CheckpointAttrs = {
      operands: outsiders,
      results: ys,
      gradients: (dys) => again(recording, start, () => listOf(f(...xs)), outsiders, ys, dys)
    }
    const inputs = Object.fromEntries(outsiders.map((x, i) => [String(i), x]))
    // attributes are handed over as they are, to kernel and gradient
    const outs = tf.engine().runKernel<Array<tf.Tensor>>(checkpointName, inputs, attrs as unknown as tf.NamedAttrMap)
    return (result instanceof tf.Tensor ? outs[0] : outs) as B // as many as `f` gave
  }
