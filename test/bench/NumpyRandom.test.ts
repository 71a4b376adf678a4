/** The generator must give numpy's own numbers: the expected ones were printed by numpy 2.4. */
import { assert, it } from "@effect/vitest"
import * as NumpyRandom from "../../bench/peers/NumpyRandom.ts"

it("gives RandomState(7)'s normals and integers, mixed", () => {
  const random = NumpyRandom.make(7)
  const normals = [random.normal(), random.normal(), random.normal()]
  assert.deepStrictEqual(normals, [1.690525703800356, -0.4659373705408328, 0.0328201636785844])
  assert.deepStrictEqual(
    Array.from({ length: 8 }, () => random.below(204)),
    [72, 89, 110, 42, 136, 167, 68, 176]
  )
  assert.strictEqual(random.normal(), 0.40751628299650783)
  assert.deepStrictEqual(
    Array.from({ length: 8 }, () => random.below(4)),
    [3, 3, 0, 0, 3, 3, 2, 2]
  )
})

it("goes on after the state has been refilled", () => {
  const random = NumpyRandom.make(11)
  const drawn = Array.from({ length: 2000 }, () => random.below(204))
  assert.strictEqual(drawn.at(-1), 123)
  assert.strictEqual(
    drawn.reduce((a, b) => a + b),
    205836
  )
  const sum = Array.from({ length: 1000 }, () => random.normal()).reduce((a, b) => a + b)
  assert.closeTo(sum, -15.507599918231051, 1e-9)
})
