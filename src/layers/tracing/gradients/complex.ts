/**
 * Gradients of complex tensors, in recordings: of a real loss L and `z = x + iy`, `dL/dx + i dL/dy`.
 *
 * TensorFlow.js has none, and lets only float32 gradients through: see `kernels/complex.ts`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { ComplexData } from "../ComplexData.ts"
import { cotangentName } from "../kernels/complex.ts"
import { type Gradients, single, unbroadcast } from "./gradient.ts"

const run = (name: string, inputs: { readonly [name: string]: tf.Tensor }, attrs: object = {}) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, { ...attrs })

const real = (z: tf.Tensor) => run("Real", { input: z })
const imaginary = (z: tf.Tensor) => run("Imag", { input: z })
const gradientOf = (re: tf.Tensor, im: tf.Tensor) => run(cotangentName, { real: re, imag: im })

const isComplex = (x: tf.Tensor): boolean => x.dtype === "complex64" || (x.dataId as object) instanceof ComplexData

/** By the kernel, as tf.mul would make a complex64 of the gradient. */
const times = (dz: tf.Tensor, factor: tf.Tensor) => run("Multiply", { a: dz, b: factor })

const conjugate = (z: tf.Tensor) => (isComplex(z) ? tf.complex(real(z), tf.neg(imaginary(z))) : z)

/** Registered where tfjs has none. */
export const complexLacking: Gradients = {
  Complex: { gradFunc: (dz) => ({ real: () => real(single(dz)), imag: () => imaginary(single(dz)) }) },
  Real: { gradFunc: (dy) => ({ input: () => gradientOf(single(dy), tf.zerosLike(single(dy))) }) },
  Imag: { gradFunc: (dy) => ({ input: () => gradientOf(tf.zerosLike(single(dy)), single(dy)) }) },
  // the matrix of a transform is symmetric: its adjoint is its conjugate, which is the other transform but for the factor
  FFT: { gradFunc: (dz) => ({ input: () => times(run("IFFT", { input: single(dz) }), tf.scalar(single(dz).shape.at(-1)!)) }) },
  IFFT: { gradFunc: (dz) => ({ input: () => times(run("FFT", { input: single(dz) }), tf.scalar(1 / single(dz).shape.at(-1)!)) }) }
}

/** Registered in place of tfjs's, which are those of real numbers. */
export const complexCorrected = (theirs: (kernelName: string) => tf.GradConfig): Gradients => ({
  ComplexAbs: {
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [z, y]) => ({
      x: () => {
        const scale = tf.divNoNan(single(dy), y!)
        return gradientOf(tf.mul(real(z!), scale), tf.mul(imaginary(z!), scale))
      }
    })
  },
  Multiply: {
    inputsToSave: ["a", "b"],
    gradFunc: (dy, saved, attrs) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor] // as many as asked for
      if (!isComplex(a) && !isComplex(b)) return theirs("Multiply").gradFunc(dy, saved, attrs)
      const of = (x: tf.Tensor, other: tf.Tensor) => () => {
        const dx = unbroadcast(times(single(dy), conjugate(other)), x.shape)
        return isComplex(x) ? dx : real(dx)
      }
      return { a: of(a, b), b: of(b, a) }
    }
  },
  Cast: {
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved as [tf.Tensor] // as many as asked for
      // what is left of a complex number is its real part
      if (isComplex(x) && attrs["dtype"] === "float32") return { x: () => gradientOf(single(dy), tf.zerosLike(single(dy))) }
      if (attrs["dtype"] !== "complex64") return theirs("Cast").gradFunc(dy, saved, attrs)
      return { x: () => (isComplex(x) ? single(dy) : real(single(dy))) }
    }
  }
})
