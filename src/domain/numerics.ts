/**
 * Looks for values that no training goes on from.
 *
 * @since 0.1.0
 */
import type { StateLeaf } from "./Program.ts"
import type { TensorData } from "./Tensor.ts"

/** A float leaf that must be looked at: a trainable one must be finite, others (a mask, say) may hold infinities. @category models @since 0.1.0 */
export const mayBreak = ({ kind, type }: StateLeaf): boolean => type.dtype === "float32" && (kind === "variable" || kind === "slot")

/** Index of the first NaN of `data[from … to)`, or of the first infinity too where they are not allowed; -1 without. @category rules @since 0.1.0 */
export const firstBroken = (data: TensorData, from: number, to: number, infinities: boolean): number => {
  const end = Math.min(to, data.length)
  for (let i = from; i < end; i++) {
    const x = data[i]!
    // x - x is 0 for a finite number and NaN for all others
    if (x - x !== 0 && !(infinities && x === x)) return i
  }
  return -1
}
