/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11), as XLA's THREE_FRY. A draw is a pure function of key, step counter, replica and draw id, so every
 * engine gives the same bits and a resumed run draws what the uninterrupted one would have.
 *
 * @since 0.1.0
 */
import { fillWords } from "./threefry.ts"

const rotl = (x: number, r: number) => (x << r) | (x >>> (32 - r))
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const

/** One block: two 32-bit words from a two-word key and a two-word counter, written to `out[0]`, `out[1]` as int32. @category rules @since 0.1.0 */
export const threefry2x32 = (k0: number, k1: number, c0: number, c1: number, out: Int32Array): void => {
  const k2 = k0 ^ k1 ^ 0x1bd11bda
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) * 4
    for (let i = 0; i < 4; i++) {
      x0 = (x0 + x1) | 0
      x1 = rotl(x1, rotations[first + i]!) ^ x0
    }
    // key injection: ks[(group + 1) % 3], ks[(group + 2) % 3] + group + 1
    const a = group % 3
    x0 = (x0 + (a === 0 ? k1 : a === 1 ? k2 : k0)) | 0
    x1 = (x1 + (a === 0 ? k2 : a === 1 ? k0 : k1) + group + 1) | 0
  }
  out[0] = x0
  out[1] = x1
}

const scratch = new Int32Array(2)

/**
 * Fills `out` with 32 random bits for each element and gives them as integers over the same memory. `key` is the state
 * leaf: seed low word, seed high word, step counter.
 *
 * The subkey is `threefry(key = seed, counter = (step, draw))` followed by `threefry(subkey, (replica, 0))`; elements
 * `2i` and `2i + 1` are the two words of block `(i, 0)`.
 */
const fillBits = (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number): Int32Array => {
  threefry2x32(key[0]!, key[1]!, key[2]!, draw, scratch)
  threefry2x32(scratch[0]!, scratch[1]!, replica, 0, scratch)
  const bits = new Int32Array(out.buffer, out.byteOffset, out.length)
  fillWords(bits, scratch[0]!, scratch[1]!)
  return bits
}

/** The 24 high bits as a multiple of 2^-24: exact in float32, in [0, 1). */
const toUnit = (bits: number) => (bits >>> 8) * 5.9604644775390625e-8

/** Uniform in [0, 1), written to `out`. @category rules @since 0.1.0 */
export const fillUniform = (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number): void => {
  const bits = fillBits(out, key, replica, draw)
  for (let i = 0; i < out.length; i++) out[i] = toUnit(bits[i]!)
}

/**
 * Inverse of the standard normal distribution function, relative error below 1.15e-9 (P. J. Acklam's rational
 * approximation, 2003), for `0 < p < 1`.
 */
const inverseNormal = (p: number): number => {
  const tail = (q: number) =>
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)))
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r - 3.066479806614716e1) * r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r - 1.328068155288572e1) * r + 1)
  )
}

/** Midpoint of one of 2^24 equal cells of (0, 1): never 0 or 1. */
const toOpenUnit = (bits: number) => ((bits >>> 8) + 0.5) * 5.9604644775390625e-8

/** Standard normal, by inversion, written to `out`. @category rules @since 0.1.0 */
export const fillNormal = (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number): void => {
  const bits = fillBits(out, key, replica, draw)
  for (let i = 0; i < out.length; i++) out[i] = inverseNormal(toOpenUnit(bits[i]!))
}

/** Distribution function of the standard normal at -2, where TensorFlow's truncated normal ends. */
const belowMinusTwo = 0.022750131948179195

/** Standard normal cut at two standard deviations (TensorFlow's `truncated_normal`), by inversion, written to `out`. @category rules @since 0.1.0 */
export const fillTruncatedNormal = (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number): void => {
  const bits = fillBits(out, key, replica, draw)
  for (let i = 0; i < out.length; i++) out[i] = inverseNormal(belowMinusTwo + toOpenUnit(bits[i]!) * (1 - 2 * belowMinusTwo))
}

/** What fills by the random op. @category rules @since 0.1.0 */
export const fills = {
  RandomUniform: fillUniform,
  RandomNormal: fillNormal,
  RandomTruncatedNormal: fillTruncatedNormal
} as const

/** The key a run starts from: a seed of up to 53 bits, counter 0. @category constructors @since 0.1.0 */
export const fromSeed = (seed: number): Int32Array => Int32Array.of(seed | 0, Math.floor(seed / 4294967296) | 0, 0)

/** The step counter under which initial values are drawn; no training step has it. @category constants @since 0.1.0 */
export const initCounter = -1
