/**
 * The stream of numpy's `RandomState(seed)`: Mersenne Twister 19937, normal deviates by Marsaglia's polar method, bounded
 * integers by masked rejection. With it the weights and batches can be made without Python and still be those that a
 * numpy script with the same seeds would make.
 *
 * @since 0.1.0
 */
const length = 624
const middle = 397

/** @category models @since 0.1.0 */
export interface NumpyRandom {
  /** Standard normal, as `randn()`. */
  readonly normal: () => number
  /** In `[0, bound)`, as `randint(0, bound)`; `bound` from 2 to 2^32. */
  readonly below: (bound: number) => number
}

const seeded = (seed: number): Uint32Array => {
  const words = new Uint32Array(length)
  words[0] = seed
  for (let i = 1; i < length; i++) {
    const previous = words[i - 1]! ^ (words[i - 1]! >>> 30)
    words[i] = Math.imul(1812433253, previous) + i
  }
  return words
}

const refill = (words: Uint32Array): void => {
  for (let i = 0; i < length; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % length]! & 0x7fffffff)
    words[i] = words[(i + middle) % length]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
  }
}

/** @category constructors @since 0.1.0 */
export const make = (seed: number): NumpyRandom => {
  const words = seeded(seed)
  let next = length
  let spare: number | undefined
  const word = (): number => {
    if (next === length) {
      refill(words)
      next = 0
    }
    let y = words[next++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }
  const unit = (): number => {
    const high = word() >>> 5
    const low = word() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    for (;;) {
      const a = 2 * unit() - 1
      const b = 2 * unit() - 1
      const square = a * a + b * b
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      spare = factor * a
      return factor * b
    }
  }
  const below = (bound: number): number => {
    const mask = 2 ** (32 - Math.clz32(bound - 1)) - 1
    for (;;) {
      const value = (word() & mask) >>> 0
      if (value < bound) return value
    }
  }
  return { normal, below }
}
