/**
 * Rounds float32 to formats with fewer bits, on the bits themselves.
 *
 * @since 0.1.0
 */

/**
 * Each element as the nearest number of a format with `exponentBits` and `mantissaBits`, ties to the even mantissa; numbers
 * beyond its range become infinite, those below its smallest step 0 with their sign, and NaN stays. After IEEE 754.
 */
export const reducePrecision = (x: ArrayLike<number>, exponentBits: number, mantissaBits: number): Float32Array => {
  const out = Float32Array.from(x)
  const bias = (1 << (exponentBits - 1)) - 1
  const least = 2 ** (1 - bias)
  const most = (2 - 2 ** -mantissaBits) * 2 ** bias
  for (let i = 0; i < out.length; i++) {
    const value = out[i]!
    const size = Math.abs(value)
    if (!(size > 0 && size < Infinity)) continue
    // the step between neighbours: that of the number's power of two, but not below that of the smallest normal number
    const power = size < least ? 1 - bias : exponentOf(size)
    const step = 2 ** (power - mantissaBits)
    const rounded = nearestEven(size / step) * step
    out[i] = rounded > most ? Math.sign(value) * Infinity : value < 0 ? -rounded : rounded
  }
  return out
}

/** The exponent of the largest power of two that is not above `size`. */
const exponentOf = (size: number): number => {
  const guess = Math.floor(Math.log2(size))
  // the logarithm is rounded: next to a power of two it may be on the other side
  if (2 ** guess > size) return guess - 1
  return 2 ** (guess + 1) <= size ? guess + 1 : guess
}

/** Exact: a float32 over a power of two is a float64 without rounding. */
const nearestEven = (x: number): number => {
  const low = Math.floor(x)
  const part = x - low
  return part > 0.5 || (part === 0.5 && low % 2 === 1) ? low + 1 : low
}
