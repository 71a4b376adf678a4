/** The part of the op suite about convolutions and pools. */
import * as Builder from "../../src/domain/graph/Builder.ts"
import { evaluate } from "../../src/domain/graph/Evaluate.ts"
import { adder, type Case, f32, numbers } from "./opCase.ts"

const cases: Array<Case> = []

const add = adder(cases)

const windows = [
  {
    what: "valid",
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0]
    ],
    dilations: [1, 1]
  },
  {
    what: "same, stride 2",
    strides: [2, 2],
    padding: [
      [0, 1],
      [1, 1]
    ],
    dilations: [1, 1]
  },
  {
    what: "stride that leaves a rest",
    strides: [3, 2],
    padding: [
      [0, 0],
      [0, 0]
    ],
    dilations: [1, 1]
  },
  {
    what: "dilated",
    strides: [1, 1],
    padding: [
      [2, 2],
      [1, 2]
    ],
    dilations: [2, 2]
  }
] as const
for (const { what, strides, padding, dilations } of windows) {
  const attrs = { strides, padding, dilations }
  const [x, filter] = [f32(2, 7, 8, 3), f32(3, 2, 3, 4)]
  const h = Math.floor((7 + padding[0][0] + padding[0][1] - 2 * dilations[0] - 1) / strides[0]) + 1
  const w = Math.floor((8 + padding[1][0] + padding[1][1] - dilations[1] - 1) / strides[1]) + 1
  add("Conv2D", [x, filter], attrs, { what, tolerance: 2e-5 })
  add("Conv2DBackpropInput", [f32(2, h, w, 4), filter], { ...attrs, inputShape: x.shape }, { what, tolerance: 2e-5 })
  add("Conv2DBackpropFilter", [x, f32(2, h, w, 4)], { ...attrs, filterShape: filter.shape }, { what, tolerance: 5e-5 })
  const own = { ...attrs, depthwise: true } as const
  const channels = f32(3, 2, 3, 2)
  add("Conv2D", [x, channels], own, { what: `by channel, ${what}`, tolerance: 2e-5 })
  add("Conv2DBackpropInput", [f32(2, h, w, 6), channels], { ...own, inputShape: x.shape }, { what: `by channel, ${what}`, tolerance: 2e-5 })
  add("Conv2DBackpropFilter", [x, f32(2, h, w, 6)], { ...own, filterShape: channels.shape }, { what: `by channel, ${what}`, tolerance: 5e-5 })
}
for (const { what, window, strides, padding } of [
  {
    what: "two by two",
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 0],
      [0, 0]
    ]
  },
  {
    what: "overlapping, padded",
    window: [3, 2],
    strides: [2, 1],
    padding: [
      [1, 1],
      [0, 1]
    ]
  },
  {
    what: "stride over the window",
    window: [2, 2],
    strides: [3, 3],
    padding: [
      [0, 0],
      [0, 0]
    ]
  }
] as const) {
  const attrs = { window, strides, padding }
  const x = f32(2, 7, 8, 3)
  const h = Math.floor((7 + padding[0][0] + padding[0][1] - window[0]) / strides[0]) + 1
  const w = Math.floor((8 + padding[1][0] + padding[1][1] - window[1]) / strides[1]) + 1
  // rounded, so that windows hold equal elements
  const data = numbers(x, 3).map(Math.round) as Float32Array
  const y = f32(2, h, w, 3)
  const b = Builder.make()
  b.output("y", { _tag: "Outfeed" }, b.add("MaxPool", [b.parameter("x", { _tag: "Batch" }, x)], attrs))
  add("MaxPool", [x], attrs, { what, data: [data] })
  add("MaxPoolGrad", [y, x, y], attrs, { what, data: [undefined, data, evaluate(b.build(), [data])[0]] })
  add("AvgPool", [x], attrs, { what })
  add("AvgPoolGrad", [y], { ...attrs, inputShape: x.shape }, { what, tolerance: 1e-5 })
}

export const windowCases: ReadonlyArray<Case> = cases
