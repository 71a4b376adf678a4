/**
 * What registered gradients are made of.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/** A gradient without the name of its kernel. */
export type Gradient = Omit<tf.GradConfig, "kernelName">

/** Kernels with a gradient of this package's. */
export type Gradients = { readonly [kernelName: string]: Gradient }

/** A kernel's attributes as what they are: tfjs hands them over as plain values of any name. Callers name the kernel's own interface. */
export const attrsOf = <A extends object>(attrs: tf.NamedAttrMap): A => attrs as unknown as A // the one place where tfjs's type is given up

export const single = (dy: tf.Tensor | Array<tf.Tensor>): tf.Tensor => (Array.isArray(dy) ? dy[0]! : dy)

export const zeros = (x: tf.Tensor | undefined) => () => tf.zeros(x?.shape ?? [], "float32")

/** `dy` summed over the axes along which an operand of `shape` was repeated. */
export const unbroadcast = (dy: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  const lead = dy.shape.length - shape.length
  const repeated = dy.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []))
  return repeated.length === 0 ? dy : tf.reshape(tf.sum(dy, repeated), [...shape])
}

/** Whole numbers as an int32 constant. */
export const int32 = (values: Iterable<number>, shape: ReadonlyArray<number>): tf.Tensor => tf.tensor(Int32Array.from(values), [...shape], "int32")

/**
 * Gradients of `sum(dys * f(xs))` with respect to `xs`, `undefined` for those that `f` does not follow. Tapes that are open stay
 * what they are, which tfjs's own function forgets while it runs within a gradient.
 */
export const pullback = (
  f: () => ReadonlyArray<tf.Tensor>,
  xs: ReadonlyArray<tf.Tensor>,
  dys: ReadonlyArray<tf.Tensor>
): ReadonlyArray<tf.Tensor | undefined> => {
  const { state } = tf.engine()
  const tape = state.activeTape
  try {
    const weighted = () =>
      f()
        .map((y, i) => [y, dys[i]!] as const)
        .filter(([y]) => y.dtype === "float32")
        .map(([y, dy]) => tf.sum(tf.mul(y, dy)))
        .reduce((a, b) => tf.add(a, b))
    // a result that is not reached has no entry, whatever the type says
    return tf
      .engine()
      .gradients(weighted, [...xs], undefined, true)
      .grads.map((g: tf.Tensor | null | undefined) => g ?? undefined)
  } finally {
    state.activeTape ??= tape
  }
}
