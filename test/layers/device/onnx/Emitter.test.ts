import { assert, it } from "@effect/vitest"
import { Emitter } from "../../../../src/layers/device/onnx/lower/Emitter.ts"

it("adds an equal node once, and keeps nodes of other ops, domains, operands and attributes apart", () => {
  const e = new Emitter({ nodes: [], parameters: [], outputs: [] })
  const conv = e.emit("Conv", ["x", "w"], { strides: [1, 1] })
  assert.strictEqual(e.emit("Conv", ["x", "w"], { strides: [1, 1] }), conv)
  const others = [
    e.emit("Conv", ["x", "w"], { strides: [1, 1] }, "com.microsoft.nchwc"),
    e.emit("Conv", ["x", "w"], { strides: [2, 2] }),
    e.emit("Conv", ["x", "v"], { strides: [1, 1] }),
    e.emit("ConvTranspose", ["x", "w"], { strides: [1, 1] })
  ]
  assert.strictEqual(new Set([conv, ...others]).size, 5)
  assert.deepStrictEqual(
    e.nodes.map(({ domain, op }) => `${domain}:${op}`),
    [":Conv", "com.microsoft.nchwc:Conv", ":Conv", ":Conv", ":ConvTranspose"]
  )
})
