import { assert, it } from "@effect/vitest"
import { typeRules } from "../../../src/domain/graph/typeRules.ts"
import * as DevicePjrt from "../../../src/layers/device/DevicePjrt.ts"
import { deviceSuite } from "../../conformance/deviceSuite.ts"
import { withXla } from "./pjrt/available.ts"

withXla("conformance of XLA", () => {
  deviceSuite("pjrt", (replicas) => DevicePjrt.layer({ replicas, cache: false }))
})

it("refuses counts that cannot be", () => {
  assert.throws(() => DevicePjrt.make({ replicas: 0 }), /expected a whole replicas of at least 1, got 0/)
  assert.throws(() => DevicePjrt.make({ prefetch: 1 }), /expected a whole prefetch of at least 2, got 1/)
  assert.throws(() => DevicePjrt.make({ stepsPerExecute: 1.5 }), /expected a whole stepsPerExecute of at least 1, got 1.5/)
})

it("has a lowering for every op", () => {
  assert.deepStrictEqual([...DevicePjrt.opNames].sort(), Object.keys(typeRules).sort())
})
