import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { initialState, step } from "./programs.ts"
import { batch, programOf, rows } from "./requests.ts"

const samples = 1000

/** Probabilities 0.5, 0.2, 0, 0.3, as logits and as they are. */
const model: ModelFn = () => {
  const p = tf.tile(tf.tensor2d([0.5, 0.2, 0, 0.3], [1, 4]), [rows, 1])
  const logits = tf.log(p)
  return {
    predictions: {
      drawn: tf.multinomial(logits, samples, 1),
      again: tf.multinomial(logits, samples, 1),
      normalized: tf.multinomial(p, samples, undefined, true),
      certain: tf.multinomial(tf.zeros<tf.Rank.R2>([rows, 1]), 3)
    }
  }
}

const shares = (drawn: ArrayLike<number>) => {
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < drawn.length; i++) counts[drawn[i]!]!++
  return counts.map((n) => n / drawn.length)
}

describe("multinomial", () => {
  it("draws by the step's key: other samples at each call and step, the same for the same seed", () => {
    const program = programOf(model, { mode: "predict" })
    const at = (seed: number) => step(program, [initialState(program, seed)], [batch(1)])
    const [first, same, other] = [at(7), at(7), at(8)]
    const next = step(program, first.states, [batch(1)])
    for (const name of ["drawn", "again", "normalized"]) {
      const drawn = first.outfeed(`predictions/${name}`)
      shares(drawn).forEach((share, i) => assert.closeTo(share, [0.5, 0.2, 0, 0.3][i]!, 0.03))
      assert.deepStrictEqual(drawn, same.outfeed(`predictions/${name}`))
      assert.notDeepEqual(drawn, other.outfeed(`predictions/${name}`))
      assert.notDeepEqual(drawn, next.outfeed(`predictions/${name}`))
    }
    assert.notDeepEqual(first.outfeed("predictions/drawn"), first.outfeed("predictions/again"))
    assert.deepStrictEqual([...first.outfeed("predictions/certain")], new Array(3 * rows).fill(0))
  })
})
