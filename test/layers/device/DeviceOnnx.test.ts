import { assert, it } from "@effect/vitest"
import { typeRules } from "../../../src/domain/graph/typeRules.ts"
import { deviceSuite } from "../../conformance/deviceSuite.ts"
import * as DeviceOnnx from "../../../src/layers/device/DeviceOnnx.ts"

deviceSuite("onnx", (replicas) => DeviceOnnx.layer({ replicas }))

it("refuses counts that are none", () => {
  assert.throws(() => DeviceOnnx.make({ replicas: 0 }), /whole replicas of at least 1, got 0/)
  assert.throws(() => DeviceOnnx.make({ threads: 1.5 }), /whole threads of at least 1, got 1.5/)
  assert.throws(() => DeviceOnnx.make({ prefetch: 1 }), /whole prefetch of at least 2, got 1/)
})

it("has a lowering for every op", () => {
  assert.deepStrictEqual([...DeviceOnnx.opNames].sort(), Object.keys(typeRules).sort())
})
