import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { PoolAttrs } from "../../../../src/domain/graph/ops.ts"
import { windowPositions } from "../../../../src/domain/graph/windowTypeRules.ts"
import { sizeOf, type TensorData, type TensorType } from "../../../../src/domain/Tensor.ts"
import { lower } from "../../../../src/layers/device/onnx/lower.ts"
import { onOrt, openOrt } from "./onOrt.ts"

const ort = openOrt()

const f32 = (...shape: Array<number>): TensorType => ({ dtype: "float32", shape })

/** Few different whole numbers: many windows have their largest more than once. */
const coarse = ({ shape }: TensorType, seed: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((Math.imul(i + seed, 2654435761) >>> 16) % 4) - 1)

const assertEqual = (actual: TensorData, expected: TensorData, what: string) => {
  const at = expected.findIndex((x, i) => !(Object.is(x, actual[i]!) || Math.abs(x - actual[i]!) <= 1e-6 * Math.abs(x)))
  assert.strictEqual(at, -1, `${what}, element ${at}: ${actual[at]} for ${expected[at]}`)
}

/** Pooled by the largest and by the mean, with the gradients of both. */
const graphOf = (x: TensorType, attrs: PoolAttrs) => {
  const b = Builder.make()
  const [h, w] = [0, 1].map((a) => windowPositions(x.shape[1 + a]!, attrs.window[a]!, attrs.strides[a]!, attrs.padding[a]!))
  const image = b.parameter("x", { _tag: "Batch" }, x)
  const dy = b.parameter("dy", { _tag: "Batch" }, f32(x.shape[0]!, h!, w!, x.shape[3]!))
  const largest = b.add("MaxPool", [image], attrs)
  b.output("max", { _tag: "Outfeed" }, largest)
  b.output("max gradient", { _tag: "Outfeed" }, b.add("MaxPoolGrad", [dy, image, largest], attrs))
  b.output("mean", { _tag: "Outfeed" }, b.add("AvgPool", [image], attrs))
  b.output("mean gradient", { _tag: "Outfeed" }, b.add("AvgPoolGrad", [dy], { ...attrs, inputShape: x.shape }))
  return { graph: b.build(), dy: b.typeOf(dy) }
}

const tiling = (height: number, width: number): PoolAttrs => ({
  window: [height, width],
  strides: [height, width],
  padding: [
    [0, 0],
    [0, 0]
  ]
})

describe("pooling by windows side by side", () => {
  for (const [attrs, shape] of [
    [tiling(2, 2), [2, 6, 4, 5]],
    [tiling(2, 2), [2, 7, 5, 3]],
    [tiling(3, 3), [1, 6, 9, 4]],
    [tiling(3, 1), [2, 8, 4, 3]],
    [tiling(1, 2), [2, 3, 7, 2]],
    [tiling(1, 1), [1, 3, 3, 2]],
    [tiling(4, 4), [1, 8, 9, 2]]
  ] as const)
    it(`${attrs.window.join("x")} of [${shape}]`, () => {
      const x = f32(...shape)
      const { dy, graph } = graphOf(x, attrs)
      const data = [coarse(x, 1), coarse(dy, 2)]
      // an infinite element is its window's largest like any other
      data[0]![0] = Infinity
      const expected = evaluate(graph, data)
      onOrt(ort, graph, data).forEach((actual, i) => assertEqual(actual, expected[i]!, graph.outputs[i]!.name))
    })
})

describe("what one kernel of the engine does for several nodes", () => {
  /** Which of the names are op types of the model: field 4 of a `NodeProto`, whose tag is a quotation mark. */
  const kernels = (bytes: Uint8Array, names: ReadonlyArray<string>) => {
    const text = new TextDecoder("latin1").decode(bytes)
    return names.filter((name) => text.includes(`"${String.fromCharCode(name.length)}${name}`))
  }

  it("the gradient of ReLU lets NaN through, in one pass", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(19))
    const sign = Builder.unary(b, "Sign", Builder.unary(b, "Relu", x))
    const node = b.add("Select", [b.add("IsNan", [x], {}), x, sign], {})
    b.output("mask", { _tag: "Outfeed" }, node)
    const graph = b.build()
    const data = [Float32Array.from({ length: 19 }, (_, i) => [NaN, 2, -3, 0, Infinity, -Infinity, 1e-30][i % 7]!)]
    assertEqual(onOrt(ort, graph, data)[0]!, evaluate(graph, data)[0]!, "mask")
    const { bytes } = lower(graph, [{ node, predecessor: undefined }])
    assert.deepStrictEqual(kernels(bytes, ["IsNaN", "Where", "Relu", "HardSigmoid"]), ["HardSigmoid"])
  })

  it("means of columns", () => {
    const b = Builder.make()
    const x = b.parameter("x", { _tag: "Batch" }, f32(4, 8, 3, 24))
    b.output("columns", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceMean", x, [0, 1, 2]))
    b.output("kept", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceMean", x, [0, 1], true))
    b.output("rows", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceMean", x, [1, 3]))
    const graph = b.build()
    const data = [coarse(f32(4, 8, 3, 24), 1)]
    const expected = evaluate(graph, data)
    onOrt(ort, graph, data).forEach((actual, i) => assertEqual(actual, expected[i]!, graph.outputs[i]!.name))
  })

  it("releases every native handle", () => assert.strictEqual(ort.handles, 2))
})
