/** Through complex tensors and their transforms. */
import * as tf from "@tensorflow/tfjs-core"
import { f32 } from "../harness.ts"
import { x1 } from "../kernelCase.ts"
import type { GradientCase } from "./differences.ts"

const parts = (z: tf.Tensor) => [tf.real(z), tf.imag(z)]

/** What a loss would be made of. */
const power = (z: tf.Tensor) => tf.add(tf.square(tf.real(z)), tf.square(tf.imag(z)))

export const complexes: ReadonlyArray<GradientCase> = [
  ["real, imag", (a, b) => parts(tf.complex(a!, b!)), [f32([3]), f32([3])]],
  ["abs", (a, b) => tf.abs(tf.complex(a!, b!)), [f32([2, 3], 0.4, 2), f32([2, 3], -2, -0.4)]],
  ["cast to float32", (a, b) => tf.cast(tf.fft(tf.complex(a!, b!)), "float32"), [f32([2, 4]), f32([2, 4])]],
  ["fft", (a, b) => parts(tf.fft(tf.complex(a!, b!))), [f32([2, 6]), f32([2, 6])]],
  ["ifft", (a, b) => parts(tf.ifft(tf.complex(a!, b!))), [f32([2, 5]), f32([2, 5])]],
  [
    "fft of a length that is split",
    (a, b) => tf.slice(power(tf.fft(tf.complex(a!, b!))), [0, 3], [1, 5]),
    [f32([1, 66], -0.5, 0.5), f32([1, 66], -0.5, 0.5)]
  ],
  ["rfft", (x) => power(tf.spectral.rfft(x!)), [f32([2, 7])]],
  ["rfft, padded", (x) => power(tf.spectral.rfft(x!, 8)), [f32([1, 5])]],
  ["irfft", (a, b) => tf.spectral.irfft(tf.complex(a!, b!)), [f32([2, 5]), f32([2, 5])]],
  ["stft", (x) => tf.abs(tf.signal.stft(x1(x), 8, 4)), [f32([20], 0.5, 2)]],
  ["mul", (a, b, c) => parts(tf.mul(tf.complex(a!, b!), tf.complex(c!, a!))), [f32([2, 3]), f32([2, 3]), f32([2, 3])]],
  ["mul by a real row", (a, b, c) => parts(tf.mul(tf.complex(a!, b!), c!)), [f32([2, 3]), f32([2, 3]), f32([3])]],
  [
    "a square",
    (a, b) => {
      const z = tf.complex(a!, b!)
      return parts(tf.mul(z, z))
    },
    [f32([3]), f32([3])]
  ],
  ["add, sub, a real operand", (a, b, c) => parts(tf.sub(tf.add(tf.complex(a!, b!), c!), tf.complex(b!, b!))), [f32([2, 3]), f32([2, 3]), f32([3])]],
  [
    "reshape, slice, concat, transpose, cast",
    (a, b) => {
      const z = tf.transpose(tf.complex(a!, b!))
      return parts(tf.concat([tf.slice(tf.reshape(z, [2, 3]), [0, 1], [2, 2]), tf.cast(a!, "complex64")], 1))
    },
    [f32([2, 3]), f32([2, 3])]
  ],
  [
    "mixing by a two-dimensional transform",
    (x) => tf.real(tf.transpose(tf.fft(tf.transpose(tf.fft(tf.complex(x!, tf.zerosLike(x!))))))),
    [f32([4, 5])]
  ]
]
