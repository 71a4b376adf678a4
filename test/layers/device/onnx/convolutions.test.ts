import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { ConvAttrs } from "../../../../src/domain/graph/ops.ts"
import { windowPositions } from "../../../../src/domain/graph/windowTypeRules.ts"
import { sizeOf, type TensorType } from "../../../../src/domain/Tensor.ts"
import { channelBlock, channelBlockOf } from "../../../../src/layers/device/onnx/channelBlock.ts"
import { lower } from "../../../../src/layers/device/onnx/lower.ts"
import { onOrt, openOrt } from "./onOrt.ts"

const ort = openOrt()
const block = channelBlock(ort)

const f32 = (...shape: Array<number>): TensorType => ({ dtype: "float32", shape })

const numbers = ({ shape }: TensorType, seed: number): Float32Array => {
  let state = seed * 7919 + 1
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
  return Float32Array.from({ length: sizeOf(shape) }, () => next() * 4 - 2)
}

interface Case {
  readonly image: readonly [number, number, number, number]
  readonly filter: readonly [number, number]
  /** Channels out. */
  readonly out: number
  readonly attrs: ConvAttrs
}

const attrs = (stride: number, before: number, after = before, dilation = 1): ConvAttrs => ({
  strides: [stride, stride],
  padding: [
    [before, after],
    [before, after]
  ],
  dilations: [dilation, dilation]
})

const cases: ReadonlyArray<Case> = [
  // whole blocks of channels in and out, of one or of several blocks
  { image: [3, 7, 6, 16], filter: [3, 3], out: 32, attrs: attrs(1, 1) },
  { image: [3, 7, 6, 32], filter: [3, 3], out: 16, attrs: attrs(1, 0) },
  { image: [3, 9, 8, 16], filter: [2, 3], out: 16, attrs: attrs(1, 1, 0) },
  { image: [3, 9, 8, 16], filter: [3, 3], out: 16, attrs: attrs(1, 2, 2, 2) },
  // padding that exceeds the filter's reach
  { image: [3, 7, 7, 16], filter: [2, 2], out: 16, attrs: attrs(1, 2) },
  // strides: that fit, that do not, with dilation, with a filter smaller than the stride
  { image: [3, 8, 8, 16], filter: [3, 3], out: 32, attrs: attrs(2, 1) },
  { image: [3, 9, 7, 16], filter: [3, 3], out: 16, attrs: attrs(2, 0, 1) },
  { image: [3, 9, 9, 16], filter: [2, 2], out: 16, attrs: attrs(3, 0) },
  { image: [3, 11, 9, 16], filter: [3, 2], out: 16, attrs: attrs(2, 2, 1, 2) },
  { image: [2, 9, 9, 32], filter: [5, 5], out: 16, attrs: attrs(3, 2) },
  // a single position, with and without a stride
  { image: [3, 7, 7, 16], filter: [1, 1], out: 32, attrs: attrs(1, 0) },
  { image: [3, 7, 7, 16], filter: [1, 1], out: 16, attrs: attrs(2, 0) },
  { image: [3, 5, 5, 16], filter: [1, 1], out: 16, attrs: attrs(2, 1) },
  // fewer positions than channels
  { image: [1, 2, 2, 16], filter: [3, 3], out: 64, attrs: attrs(1, 1) },
  { image: [1, 2, 2, 64], filter: [3, 3], out: 16, attrs: attrs(1, 1) },
  // and a filter too large for another layout
  { image: [1, 2, 2, 512], filter: [3, 3], out: 512, attrs: attrs(1, 1) },
  // channels that are not whole blocks
  { image: [3, 8, 8, 1], filter: [3, 3], out: 16, attrs: attrs(1, 1) },
  { image: [3, 8, 8, 3], filter: [3, 3], out: 16, attrs: attrs(2, 1) },
  { image: [3, 8, 8, 20], filter: [3, 3], out: 16, attrs: attrs(1, 1) },
  { image: [3, 8, 8, 16], filter: [3, 3], out: 10, attrs: attrs(1, 1) },
  { image: [3, 8, 8, 3], filter: [3, 3], out: 5, attrs: attrs(2, 1) },
  // nothing there
  { image: [0, 8, 8, 16], filter: [3, 3], out: 16, attrs: attrs(1, 1) }
]

/** The convolution and both of its gradients. */
const graphOf = ({ attrs, filter, image, out }: Case) => {
  const b = Builder.make()
  const [h, w] = [0, 1].map((a) => windowPositions(image[1 + a]!, filter[a]!, attrs.strides[a]!, attrs.padding[a]!, attrs.dilations[a]))
  const filterShape = [...filter, image[3], out]
  const types = [f32(...image), f32(...filterShape), f32(image[0], h!, w!, out)]
  const [x, k, dy] = types.map((type, i) => b.parameter(`p${i}`, { _tag: "Batch" }, type)) as [number, number, number] // three
  b.output("y", { _tag: "Outfeed" }, b.add("Conv2D", [x, k], attrs))
  b.output("dx", { _tag: "Outfeed" }, b.add("Conv2DBackpropInput", [dy, k], { ...attrs, inputShape: image }))
  b.output("dk", { _tag: "Outfeed" }, b.add("Conv2DBackpropFilter", [x, dy], { ...attrs, filterShape }))
  return { graph: b.build(), data: types.map((type, i) => numbers(type, i + 1)) }
}

const title = ({ attrs: { dilations, padding, strides }, filter, image, out }: Case) =>
  `[${image}] by ${filter.join("x")} to ${out}, strides ${strides[0]}, padding ${padding[0]}, dilation ${dilations[0]}`

describe("convolutions on ONNX Runtime give the reference's values", () => {
  for (const given of cases) {
    it(title(given), () => {
      const { data, graph } = graphOf(given)
      const expected = evaluate(graph, data)
      for (const channels of new Set([0, block])) {
        onOrt(ort, graph, data, 1, channels).forEach((actual, i) => {
          const { name } = graph.outputs[i]!
          assert.strictEqual(actual.length, expected[i]!.length)
          let scale = 1
          for (const value of expected[i]!) scale = Math.max(scale, Math.abs(value))
          const at = expected[i]!.findIndex((value, k) => !(Math.abs(actual[k]! - value) / scale < 2e-6))
          assert.strictEqual(at, -1, `${name}, blocks of ${channels}, element ${at}: ${actual[at]} for ${expected[i]![at]}`)
        })
      }
    })
  }

  it("changes the layout of a filter unless it is large and there are few positions", () => {
    const opsOf = (size: number, channels: number, stride = 1) => {
      const b = Builder.make()
      const [x, k] = [f32(1, size, size, channels), f32(3, 3, channels, channels)].map((type, i) =>
        b.parameter(`p${i}`, { _tag: "Batch" }, type)
      ) as [number, number] // two
      const node = b.add("Conv2D", [x, k], attrs(stride, 1))
      b.output("y", { _tag: "Outfeed" }, node)
      const text = new TextDecoder("latin1").decode(lower(b.build(), [{ node, predecessor: undefined }], () => 8).bytes)
      return ["Gemm", "ReorderInput"].filter((name) => text.includes(name))
    }
    assert.deepStrictEqual(opsOf(16, 512), ["Gemm"])
    assert.deepStrictEqual(opsOf(32, 512, 2), ["Gemm"])
    assert.deepStrictEqual(opsOf(32, 512), ["ReorderInput"], "many positions")
    assert.deepStrictEqual(opsOf(4, 256), ["ReorderInput"], "a small filter")
  })

  it("finds the block of channels out once, and does without where there is no library", () => {
    assert.include([0, 8, 16, 32], block)
    const opened: Array<string> = []
    Reflect.set(globalThis, Symbol.for("opened"), opened)
    const folder = mkdtempSync(join(tmpdir(), "koffi-"))
    try {
      const koffi = join(folder, "koffi.cjs")
      writeFileSync(koffi, `globalThis[Symbol.for("opened")].push("koffi"); throw new Error("cannot be loaded")`)
      for (let i = 0; i < 3; i++) assert.strictEqual(channelBlockOf({ koffi, library: join(folder, "libonnxruntime.so.1") }), 0)
    } finally {
      rmSync(folder, { recursive: true })
      Reflect.deleteProperty(globalThis, Symbol.for("opened"))
    }
    assert.deepStrictEqual(opened, ["koffi"])
  })

  it("asks for the block of channels only where there is a convolution that blocks are for", () => {
    let asked = 0
    const count = (build: (b: Builder.Builder, x: number) => number) => {
      asked = 0
      const b = Builder.make()
      const node = build(b, b.parameter("x", { _tag: "Batch" }, f32(1, 4, 4, 16)))
      b.output("y", { _tag: "Outfeed" }, node)
      lower(b.build(), [{ node, predecessor: undefined }], () => {
        asked++
        return 0
      })
      return asked
    }
    const filter = (b: Builder.Builder, size: number) => b.parameter("k", { _tag: "Batch" }, f32(size, size, 16, 16))
    assert.isAbove(
      count((b, x) => b.add("Conv2D", [x, filter(b, 3)], attrs(1, 1))),
      0
    )
    assert.strictEqual(
      count((b, x) => b.add("Conv2D", [x, filter(b, 1)], attrs(1, 0))),
      0
    )
    assert.strictEqual(
      count((b, x) => Builder.unary(b, "Tanh", x)),
      0
    )
  })

  it("releases every native handle", () => assert.strictEqual(ort.handles, 2))
})
