/** Complex tensors: made, transformed, taken apart. */
import * as tf from "@tensorflow/tfjs-core"
import { f32 } from "./harness.ts"
import { type Case, x1 } from "./kernelCase.ts"

const parts = (z: tf.Tensor) => [tf.real(z), tf.imag(z)]

/** Primes, powers, composites. */
const lengths = [1, 2, 5, 16, 60, 67, 100, 128, 210]

export const complexes: ReadonlyArray<Case> = [
  ["complex, real, imag, abs", (a, b) => [...parts(tf.complex(a!, b!)), tf.abs(tf.complex(a!, b!))], [f32([3, 4]), f32([3, 4])]],
  ...lengths.flatMap((n): ReadonlyArray<Case> => [
    [`fft of ${n}`, (a, b) => parts(tf.fft(tf.complex(a!, b!))), [f32([2, n]), f32([2, n])]],
    [`ifft of ${n}`, (a, b) => parts(tf.ifft(tf.complex(a!, b!))), [f32([2, n]), f32([2, n])]]
  ]),
  ["rfft", (x) => [...parts(tf.spectral.rfft(x!)), ...parts(tf.spectral.rfft(x!, 5)), ...parts(tf.spectral.rfft(x!, 12))], [f32([3, 9])]],
  ["irfft", (a, b) => tf.spectral.irfft(tf.complex(a!, b!)), [f32([2, 5]), f32([2, 5])]],
  ["stft", (x) => parts(tf.signal.stft(x1(x), 8, 3)), [f32([30])]],
  [
    "add, sub, mul",
    (a, b, c) => {
      const [z, w] = [tf.complex(a!, b!), tf.complex(c!, a!)]
      return [...parts(tf.add(z, w)), ...parts(tf.sub(z, w)), ...parts(tf.mul(z, w))]
    },
    [f32([2, 3]), f32([2, 3]), f32([2, 3])]
  ],
  ["zeros and ones like", (a, b) => parts(tf.zerosLike(tf.complex(a!, b!))), [f32([2]), f32([2])]]
]
