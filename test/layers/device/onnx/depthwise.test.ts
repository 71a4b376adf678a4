/** Convolutions by channel: both engines compute what a convolution with a filter that is zero between channels does. */
import { assert, describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import type { ConvAttrs } from "../../../../src/domain/graph/ops.ts"
import { sizeOf } from "../../../../src/domain/Tensor.ts"
import { onOrt, openOrt } from "./onOrt.ts"

type Shape4 = readonly [number, number, number, number]

interface Case {
  readonly what: string
  readonly image: Shape4
  readonly filter: Shape4
  readonly attrs: ConvAttrs
}

const plain = {
  strides: [1, 1],
  padding: [
    [0, 0],
    [0, 0]
  ],
  dilations: [1, 1]
} as const satisfies ConvAttrs
const cases: ReadonlyArray<Case> = [
  {
    what: "one filter a channel",
    image: [2, 5, 6, 3],
    filter: [3, 3, 3, 1],
    attrs: {
      ...plain,
      padding: [
        [1, 1],
        [1, 1]
      ]
    }
  },
  {
    what: "two filters a channel",
    image: [2, 5, 6, 3],
    filter: [2, 3, 3, 2],
    attrs: {
      ...plain,
      padding: [
        [1, 0],
        [1, 1]
      ]
    }
  },
  {
    what: "strides that leave a rest",
    image: [1, 6, 7, 4],
    filter: [3, 2, 4, 1],
    attrs: {
      ...plain,
      strides: [2, 3],
      padding: [
        [0, 1],
        [1, 0]
      ]
    }
  },
  {
    what: "dilated",
    image: [2, 7, 8, 2],
    filter: [2, 2, 2, 3],
    attrs: {
      ...plain,
      dilations: [2, 3],
      padding: [
        [2, 1],
        [0, 1]
      ]
    }
  },
  {
    what: "more padding than the window",
    image: [1, 3, 3, 2],
    filter: [1, 2, 2, 1],
    attrs: {
      ...plain,
      padding: [
        [1, 2],
        [2, 2]
      ]
    }
  },
  { what: "one channel", image: [1, 4, 4, 1], filter: [3, 3, 1, 4], attrs: plain }
]

const extent = ({ image, filter, attrs }: Case, i: 0 | 1) =>
  Math.floor((image[1 + i]! + attrs.padding[i][0] + attrs.padding[i][1] - (filter[i]! - 1) * attrs.dilations[i] - 1) / attrs.strides[i]) + 1

const resultOf = (c: Case): Shape4 => [c.image[0], extent(c, 0), extent(c, 1), c.filter[2] * c.filter[3]]

const wave = (shape: ReadonlyArray<number>, seed: number) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + i * 0.7))

/** The three convolutions with attributes and a form of the filter. */
const graphOf = (c: Case, attrs: ConvAttrs, filterShape: ReadonlyArray<number>): Graph => {
  const b = Builder.make()
  const [x, w, dy] = [c.image, filterShape, resultOf(c)].map((shape, i) => b.parameter(`p${i}`, { _tag: "Batch" }, { dtype: "float32", shape }))
  const results = [
    b.add("Conv2D", [x!, w!], attrs),
    b.add("Conv2DBackpropInput", [dy!, w!], { ...attrs, inputShape: c.image }),
    b.add("Conv2DBackpropFilter", [x!, dy!], { ...attrs, filterShape })
  ]
  results.forEach((node, i) => b.output(`y${i}`, { _tag: "Outfeed" }, node))
  return b.build()
}

/** By a filter `[h, w, n, n m]` that is zero between channels. */
const dense = (c: Case, [x, w, dy]: readonly [Float32Array, Float32Array, Float32Array]): ReadonlyArray<Float32Array> => {
  const [h, width, n, m] = c.filter
  const whole = new Float32Array(h * width * n * n * m)
  const at = (k: number) => {
    const [tap, i, j] = [Math.floor(k / (n * m)), Math.floor(k / m) % n, k % m]
    return (tap * n + i) * n * m + i * m + j
  }
  w.forEach((value, k) => (whole[at(k)] = value))
  const [y, dx, dw] = evaluate(graphOf(c, c.attrs, [h, width, n, n * m]), [x, whole, dy]) as ReadonlyArray<Float32Array> // all outputs are float32
  return [y!, dx!, Float32Array.from(w, (_, k) => dw![at(k)]!)]
}

describe("convolutions by channel", () => {
  const ort = openOrt()
  it.each(cases)("$what", (c) => {
    const parameters = [wave(c.image, 1), wave(c.filter, 2), wave(resultOf(c), 3)] as const
    const want = dense(c, parameters)
    const graph = graphOf(c, { ...c.attrs, depthwise: true }, c.filter)
    for (const [engine, got] of [
      ["reference", evaluate(graph, parameters)],
      ["onnx", onOrt(ort, graph, parameters)]
    ] as const) {
      want.forEach((data, i) => {
        assert.strictEqual(got[i]!.length, data.length)
        data.forEach((value, k) => assert.closeTo(got[i]![k]!, value, 2e-5, `${engine}, result ${i}, element ${k}`))
      })
    }
  })
})
