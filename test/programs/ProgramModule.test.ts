import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { ConfigError } from "../../src/domain/Errors.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { defineProgram, isProgramModule, withParams } from "../../src/programs/ProgramModule.ts"

const defaults = { layers: 4, rate: 0.1, name: "a", deep: false }

describe("withParams", () => {
  it("parses each value by the type of its default and keeps the others", () => {
    assert.deepStrictEqual(
      withParams(defaults, { layers: "6", deep: "true", name: "7" }),
      Result.succeed({ layers: 6, rate: 0.1, name: "7", deep: true })
    )
  })

  it("suggests the nearest name for an unknown one", () => {
    const error = Result.getOrThrow(Result.flip(withParams(defaults, { layer: "6" })))
    assert.instanceOf(error, ConfigError)
    assert.include(error.message, "--param layer")
    assert.strictEqual(error.suggestion, "layers")
  })

  it("refuses a value of another type", () => {
    for (const changes of [{ layers: "six" }, { layers: "" }, { deep: "yes" }, { rate: "Infinity" }]) {
      assert.isTrue(Result.isFailure(withParams(defaults, changes)), JSON.stringify(changes))
    }
  })

  it("does not take names from the prototype", () => {
    assert.isTrue(Result.isFailure(withParams(defaults, { toString: "x" })))
  })
})

describe("defineProgram", () => {
  it("gives make the settings", () => {
    const program = defineProgram({ params: defaults, make: (p) => ({ estimator: Estimator.make({ modelFn: () => ({}), params: p.layers }) }) })
    assert.isTrue(isProgramModule(program))
    assert.strictEqual(program.make({ ...program.params, layers: 9 }).estimator.params, 9)
  })

  it("is told from other exports", () => {
    for (const other of [undefined, null, {}, { _tag: "Other" }, () => 1]) assert.isFalse(isProgramModule(other))
  })
})
