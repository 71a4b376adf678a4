import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { Nest } from "../../src/domain/Model.ts"
import * as nest from "../../src/domain/nest.ts"
import type { TensorType } from "../../src/domain/Tensor.ts"

const f32: TensorType = { dtype: "float32", shape: [2] }
const i32: TensorType = { dtype: "int32", shape: [] }
const isNumber = (u: unknown) => typeof u === "number"

describe("nest", () => {
  it("names leaves by sorted keys and indices", () => {
    const names = (value: Nest<TensorType>) => nest.flatten(value, "features").map((l) => l.name)
    assert.deepStrictEqual(names(f32), ["features"])
    assert.deepStrictEqual(names({ b: f32, a: [i32, { z: f32, y: i32 }], B: f32 }), [
      "features/B",
      "features/a/0",
      "features/a/1/y",
      "features/a/1/z",
      "features/b"
    ])
    assert.deepStrictEqual(names(Array.from({ length: 11 }, () => f32)).slice(-2), ["features/9", "features/10"])
    assert.deepStrictEqual(names({}), [])
  })

  it("takes a record with leaves called dtype and shape for a record", () => {
    assert.deepStrictEqual(
      nest.flatten({ dtype: f32, shape: i32 }, "labels").map((l) => l.name),
      ["labels/dtype", "labels/shape"]
    )
  })

  it("refuses values of another number", () => {
    assert.throws(() => nest.unflatten({ a: f32 }, [1, 2]), /2 values for 1 leaves/)
  })

  const Leaf = Schema.Struct({ a: Schema.Int, b: Schema.Array(Schema.Int), c: Schema.Struct({ y: Schema.Int, x: Schema.Array(Schema.Int) }) })
  it.prop(
    "unflatten undoes flatten",
    [Arbitrary.schema(Leaf)],
    ([value]) => {
      const leaves = nest.flatten<number>(value, "", isNumber)
      assert.deepStrictEqual(
        nest.unflatten<number, number>(
          value,
          leaves.map((l) => l.value),
          isNumber
        ),
        value
      )
    },
    { arbitrary: { runs: 100 } }
  )
})
