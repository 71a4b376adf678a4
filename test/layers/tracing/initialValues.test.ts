import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { initialState, step } from "./programs.ts"
import { batch, programOf as programOfRequest } from "./requests.ts"

/** Nothing is trained here. */
const programOf: typeof programOfRequest = (modelFn, more) => programOfRequest(modelFn, { mode: "evaluate", ...more })

describe("initial values", () => {
  const twoVariables: ModelFn = ({ variables }) => {
    const [a, b] = [variables.get("a", [4, 4]), variables.get("b", [3, 2])]
    return { loss: tf.add(tf.sum(a), tf.sum(b)) }
  }
  const withThird: ModelFn = (input) => {
    input.variables.get("between", [7, 7])
    return twoVariables(input)
  }
  it("depend on the seed and on the variable's name alone", () => {
    const [plain, more] = [programOf(twoVariables), programOf(withThird)]
    assert.deepStrictEqual(initialState(plain, 3).get("b"), initialState(more, 3).get("b"))
    assert.deepStrictEqual(initialState(plain, 3), initialState(programOf(twoVariables), 3))
    assert.notDeepEqual(initialState(plain, 3).get("a"), initialState(plain, 4).get("a"))
    assert.isTrue(
      initialState(plain, 3)
        .get("a")!
        .every((v) => Math.abs(v) <= Math.sqrt(6 / 8))
    )
  })
  it("differ between variables of one shape", () => {
    const modelFn: ModelFn = ({ variables }) => ({ loss: tf.sum(tf.mul(variables.get("p", [4, 4]), variables.get("q", [4, 4]))) })
    const state = initialState(programOf(modelFn))
    assert.notDeepEqual(state.get("p"), state.get("q"))
  })
  it("differ where the names have one hash, without moving others", () => {
    const names = ["encoder/layer/3/attention/value/kernel", "encoder/layer/3/attention/output/kernel"] as const
    const modelFn =
      (chosen: ReadonlyArray<string>): ModelFn =>
      ({ variables }) => ({ loss: tf.addN(chosen.map((name) => tf.sum(variables.get(name, [4, 4])))) })
    const both = initialState(programOf(modelFn(names)))
    assert.notDeepEqual(both.get(names[0]), both.get(names[1]))
    assert.deepStrictEqual(both.get(names[0]), initialState(programOf(modelFn([names[0]]))).get(names[0]))
  })
  it("may be made from other variables' first values, also after those were assigned to", () => {
    const modelFn: ModelFn = ({ variables }) => {
      const a = variables.get("a", [3], { initializer: () => tf.tensor([1, 2, 3]) })
      const twin = tf.variable(tf.mul(a, 2), false, "twin")
      twin.assign(tf.add(twin, 1))
      return { loss: tf.sum(twin) }
    }
    const program = programOf(modelFn)
    assert.deepStrictEqual([...initialState(program).get("twin")!], [2, 4, 6])
    assert.deepStrictEqual([...step(program, [initialState(program)], [batch(0)]).states[0]!.get("twin")!], [3, 5, 7])
  })
  it("of tf.layers are the same in each trace, and follow the request's seed", () => {
    const modelFn: ModelFn = ({ features }) => ({ loss: tf.mean(tfl.layers.dense({ units: 4 }).apply(features["x"]!) as tf.Tensor) })
    const kernel = (seed?: number) => initialState(programOf(modelFn, { seed })).get("dense_Dense1/kernel")!
    assert.deepStrictEqual(kernel(), kernel())
    assert.deepStrictEqual(kernel(5), kernel(5))
    assert.notDeepEqual(kernel(5), kernel(6))
    assert.isAbove(new Set(kernel()).size, 8)
  })
})
