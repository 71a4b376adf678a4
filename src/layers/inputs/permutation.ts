/**
 * Seeded shuffling, the same for the same seed and epoch wherever it is started.
 *
 * @since 0.1.0
 */
import { threefry2x32 } from "../../domain/RandomKey.ts"

/** A permutation of `0 … n-1` that is found as far as it is asked for. @category models @since 0.1.0 */
export interface Permutation {
  /** Its first elements; those before `upTo` are final. Owned by the permutation. */
  readonly order: (upTo: number) => Int32Array
}

const countTo = (n: number): Int32Array => {
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  return order
}

/** @category constructors @since 0.1.0 */
export const identity = (n: number): Permutation => {
  const order = countTo(n)
  return { order: () => order }
}

/**
 * Fisher and Yates' shuffle from the front: element `i` changes places with one of `i … n-1`, chosen by Threefry with the
 * seed as key and `(epoch, i)` as counter. A batch costs its own swaps only.
 *
 * @category constructors
 * @since 0.1.0
 */
export const shuffled = (n: number, seed: number, epoch: number): Permutation => {
  const order = countTo(n)
  const bits = new Int32Array(2)
  const high = Math.floor(seed / 2 ** 32) | 0
  let done = 0
  return {
    order: (upTo) => {
      for (; done < Math.min(upTo, n); done++) {
        threefry2x32(seed | 0, high, epoch | 0, done, bits)
        const other = done + Math.floor(((bits[0]! >>> 0) / 2 ** 32) * (n - done))
        const kept = order[done]!
        order[done] = order[other]!
        order[other] = kept
      }
      return order
    }
  }
}
