/** What the programs of the conformance suites give, in plain arithmetic. */
import type { Batch } from "../../src/domain/Program.ts"
import { linearRate } from "./programs.ts"

/** Batch number `i` of `linear`, for `rows` examples: small uneven numbers. */
export const linearBatch = (i: number, rows: number): readonly [Float32Array, Float32Array] => [
  Float32Array.from({ length: rows * 3 }, (_, j) => ((i * 5 + j * 7) % 11) / 8 - 0.5),
  Float32Array.from({ length: rows }, (_, j) => ((i * 3 + j * 5) % 7) / 4 - 0.75)
]

/** The whole batch at once, in float64: what `replicas` replicas of it must come to. */
export const linearLosses = (batches: ReadonlyArray<Batch>): { readonly losses: ReadonlyArray<number>; readonly w: ReadonlyArray<number> } => {
  let w = [1, 0, -1]
  const losses = batches.map((batch) => {
    const [x, y] = [batch[0]!, batch[1]!]
    const errors = Array.from(y, (target, i) => w.reduce((sum, wd, d) => sum + wd * x[i * 3 + d]!, 0) - target)
    const gradient = w.map((_, d) => (2 * errors.reduce((sum, e, i) => sum + e * x[i * 3 + d]!, 0)) / errors.length)
    w = w.map((wd, d) => wd - linearRate * gradient[d]!)
    return errors.reduce((sum, e) => sum + e * e, 0) / errors.length
  })
  return { losses, w }
}
