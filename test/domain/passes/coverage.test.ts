import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Arbitrary from "effect/Arbitrary"
import { algebraic } from "../../../src/domain/passes/algebraic.ts"
import { broadcastMotion } from "../../../src/domain/passes/broadcastMotion.ts"
import { composites } from "../../../src/domain/passes/composites.ts"
import { constantFolding } from "../../../src/domain/passes/constantFolding.ts"
import { deadCode } from "../../../src/domain/passes/deadCode.ts"
import { matMulBatch } from "../../../src/domain/passes/matMulBatch.ts"
import { matMulPad } from "../../../src/domain/passes/matMulPad.ts"
import { matMulSlice } from "../../../src/domain/passes/matMulSlice.ts"
import { matMulTranspose } from "../../../src/domain/passes/matMulTranspose.ts"
import { oneHot } from "../../../src/domain/passes/oneHot.ts"
import { padMotion } from "../../../src/domain/passes/padMotion.ts"
import { reluMask } from "../../../src/domain/passes/reluMask.ts"
import { reshapes } from "../../../src/domain/passes/reshapes.ts"
import { rowSums } from "../../../src/domain/passes/rowSums.ts"
import { sliceMotion } from "../../../src/domain/passes/sliceMotion.ts"
import { slices } from "../../../src/domain/passes/slices.ts"
import { zeros } from "../../../src/domain/passes/zeros.ts"
import { GraphArbitrary } from "./graphs.ts"

const all = {
  algebraic,
  broadcastMotion,
  composites,
  constantFolding,
  matMulBatch,
  matMulPad,
  matMulSlice,
  matMulTranspose,
  oneHot,
  padMotion,
  reluMask,
  reshapes,
  rowSums,
  sliceMotion,
  slices,
  zeros
}

// a pass that found nothing to do keeps the meaning of every graph
describe("the generated graphs give each pass something to do", () => {
  const graphs = Effect.runSync(Arbitrary.sampleEffect(GraphArbitrary, { count: 400, seed: "passes" })).map(deadCode)
  for (const [name, pass] of Object.entries(all)) {
    it(name, () => {
      const changed = graphs.filter((graph) => pass(graph) !== graph).length
      assert.isAtLeast(changed, 8, `of ${graphs.length} graphs`)
    })
  }
})
