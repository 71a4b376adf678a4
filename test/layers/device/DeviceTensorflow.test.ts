import { assert, it } from "@effect/vitest"
import { typeRules } from "../../../src/domain/graph/typeRules.ts"
import * as DeviceTensorflow from "../../../src/layers/device/DeviceTensorflow.ts"
import { deviceSuite } from "../../conformance/deviceSuite.ts"
import { withTensorflow } from "./tensorflow/available.ts"

withTensorflow("conformance of tensorflow", () => {
  for (const jitCompile of [false, true]) deviceSuite("tensorflow", (replicas) => DeviceTensorflow.layer({ replicas, jitCompile }))
})

it("refuses counts that are none", () => {
  assert.throws(() => DeviceTensorflow.make({ replicas: 0 }), /whole replicas of at least 1, got 0/)
  assert.throws(() => DeviceTensorflow.make({ prefetch: 1 }), /whole prefetch of at least 2, got 1/)
})

it("has a lowering for every op", () => {
  assert.deepStrictEqual([...DeviceTensorflow.opNames].sort(), Object.keys(typeRules).sort())
})
