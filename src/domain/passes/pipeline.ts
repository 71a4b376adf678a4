/**
 * All rewrites in order, until nothing changes.
 *
 * @since 0.1.0
 */
import type { Graph } from "../graph/Graph.ts"
import { algebraicRules } from "./algebraic.ts"
import { broadcastRules } from "./broadcastMotion.ts"
import { compositeRules } from "./composites.ts"
import { foldingRules } from "./constantFolding.ts"
import { deadCode } from "./deadCode.ts"
import { matMulBatchRules } from "./matMulBatch.ts"
import { matMulPadRules } from "./matMulPad.ts"
import { matMulSlice } from "./matMulSlice.ts"
import { matMulStack } from "./matMulStack.ts"
import { matMulSums } from "./matMulSums.ts"
import { matMulTransposeRules } from "./matMulTranspose.ts"
import { oneHotRules } from "./oneHot.ts"
import { padMotionRules } from "./padMotion.ts"
import { mergeRules, type Pass, passOf } from "./rebuild.ts"
import { reluMask } from "./reluMask.ts"
import { reshapeRules } from "./reshapes.ts"
import { rowSums } from "./rowSums.ts"
import { sliceMotionRules } from "./sliceMotion.ts"
import { sliceRules } from "./slices.ts"
import { zeroRules } from "./zeros.ts"

/** The rewrites of single nodes (and dead code) in one walk: what one makes, the others see. @category passes @since 0.1.0 */
export const simplify: Pass = passOf(
  mergeRules(
    foldingRules,
    zeroRules,
    compositeRules,
    algebraicRules,
    broadcastRules,
    sliceRules,
    matMulTransposeRules,
    matMulBatchRules,
    oneHotRules,
    reshapeRules,
    sliceMotionRules,
    padMotionRules,
    matMulPadRules
  )
)

/** In the order they run, round after round; `matMulStack` follows once, after the last round. @category passes @since 0.1.0 */
export const passes: ReadonlyArray<readonly [name: string, pass: Pass]> = [
  ["simplify", simplify],
  ["matMulSlice", matMulSlice],
  ["rowSums", rowSums],
  ["reluMask", reluMask],
  ["matMulSums", matMulSums]
]

/** Once, after the last round: the other passes would take it back. */
const last: Pass = matMulStack

/** Rounds after which the pipeline stops though something still changed; real programs need three or four. */
const roundLimit = 8

/**
 * The graph with all rewrites done, `graph` itself when there was nothing to do. Parameters and outputs keep their names,
 * roles, types and order. Numerics change only as the rewrites' own headers say.
 *
 * @category passes
 * @since 0.1.0
 */
export const optimize = (graph: Graph): Graph => {
  let now = deadCode(graph)
  /** The graph in which each pass found nothing to do. */
  const done = new Map<Pass, Graph>()
  for (let round = 0; round < roundLimit; round++) {
    const before = now
    for (const [, pass] of passes) {
      if (done.get(pass) === now) continue
      const after = pass(now)
      if (after === now) done.set(pass, now)
      now = after
    }
    if (now === before) break
  }
  return last(now)
}
