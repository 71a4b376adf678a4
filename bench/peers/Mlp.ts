/**
 * The tiny workload: a perceptron 784-32-10 at batch 32 with plain gradient descent, whose step takes so little that what
 * a program adds to it shows.
 *
 * @since 0.1.0
 */
import * as NumpyRandom from "./NumpyRandom.ts"
import * as OnnxWriter from "./OnnxWriter.ts"

/** @category constants @since 0.1.0 */
export const sizes = { inputs: 784, hidden: 32, classes: 10, batch: 32, learningRate: 0.1, distinctBatches: 8, threads: 1 } as const

/** @category constants @since 0.1.0 */
export const title = `Perceptron ${sizes.inputs}-${sizes.hidden}-${sizes.classes}, batch ${sizes.batch}, gradient descent`

/** Weights by name with their first values. @category constructors @since 0.1.0 */
export const weights = (): ReadonlyMap<string, { readonly shape: ReadonlyArray<number>; readonly data: Float32Array }> => {
  const random = NumpyRandom.make(3)
  const normal = (...shape: ReadonlyArray<number>) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.05)
  })
  const { classes, hidden, inputs } = sizes
  return new Map([
    ["w1", normal(inputs, hidden)],
    ["b1", normal(hidden)],
    ["w2", normal(hidden, classes)],
    ["b2", normal(classes)]
  ])
}

/** Images `[batch, inputs]` of noise and labels `[batch]`. @category constructors @since 0.1.0 */
export const batches = (): ReadonlyArray<{ readonly x: Float32Array; readonly y: Int32Array }> => {
  const random = NumpyRandom.make(5)
  return Array.from({ length: sizes.distinctBatches }, () => ({
    x: Float32Array.from({ length: sizes.batch * sizes.inputs }, () => random.normal()),
    y: Int32Array.from({ length: sizes.batch }, () => random.below(sizes.classes))
  }))
}

/** The training step by hand: weights in as `name`, out as `name.out`; `loss` is the mean cross entropy. @category constructors @since 0.1.0 */
export const ortStep = (): Uint8Array => {
  const { batch, classes, inputs, learningRate } = sizes
  const w = OnnxWriter.make()
  for (const [name, { shape }] of weights()) {
    w.input(name, "float32", shape)
    w.output(`${name}.out`, "float32", shape)
  }
  w.input("x", "float32", [batch, inputs])
  w.input("y", "int32", [batch])
  w.output("loss", "float32", [])
  const number = (value: number) => w.floats([value], [])
  const hidden = w.op("Relu", [w.op("Gemm", ["x", "w1", "b1"])])
  const logProbabilities = w.op("LogSoftmax", [w.op("Gemm", [hidden, "w2", "b2"])], { axis: -1 })
  const ids = w.op("Cast", ["y"], { to: OnnxWriter.elementType.int64 })
  const right = w.op("OneHot", [ids, w.integers(classes), w.floats([0, 1], [2])], { axis: -1 })
  w.op("ReduceSum", [w.op("Mul", [logProbabilities, w.op("Mul", [right, number(-1 / batch)])])], { keepdims: 0 }, "loss")
  const dLogits = w.op("Mul", [w.op("Sub", [w.op("Exp", [logProbabilities]), right]), number(1 / batch)])
  const positive = w.op("Cast", [w.op("Greater", [hidden, number(0)])], { to: OnnxWriter.elementType.float32 })
  const dHidden = w.op("Mul", [w.op("Gemm", [dLogits, "w2"], { transB: 1 }), positive])
  const gradients = {
    w1: w.op("Gemm", ["x", dHidden], { transA: 1 }),
    b1: w.op("ReduceSum", [dHidden, w.integers(0)], { keepdims: 0 }),
    w2: w.op("Gemm", [hidden, dLogits], { transA: 1 }),
    b2: w.op("ReduceSum", [dLogits, w.integers(0)], { keepdims: 0 })
  }
  for (const [name, gradient] of Object.entries(gradients)) {
    w.op("Sub", [name, w.op("Mul", [gradient, number(learningRate)])], {}, `${name}.out`)
  }
  return w.bytes()
}
