/** Windows on images whose cut XLA's partitioner gets wrong, or ends its process over, if it is let: they are kept whole there. */
import { assertClose, f32, numbers } from "../../../conformance/opCase.ts"
import { describe, it } from "@effect/vitest"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph, NodeId } from "../../../../src/domain/graph/Graph.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import { sizeOf } from "../../../../src/domain/Tensor.ts"
import { withXla } from "./available.ts"
import { lazyClient, stepsOnXla } from "./onXla.ts"

type Dims = { readonly [leaf: string]: ReadonlyArray<number> }

/** One op on images that are batch leaves by their names. */
const onImages = (
  leaves: { readonly [name: string]: ReadonlyArray<number> },
  op: (b: Builder.Builder, x: { readonly [name: string]: NodeId }) => NodeId
): Graph => {
  const b = Builder.make()
  const x = Object.fromEntries(Object.entries(leaves).map(([name, shape]) => [name, b.parameter(name, { _tag: "Batch" }, f32(...shape))]))
  b.output("y", { _tag: "Outfeed" }, op(b, x))
  return b.build()
}

const plain = {
  padding: [
    [0, 0],
    [0, 0]
  ],
  dilations: [1, 1]
} as const

/** What XLA's partitioner computes wrongly, or ends its process over, if it is let. */
const hazards: ReadonlyArray<readonly [what: string, Graph, Dims]> = [
  [
    "the gradient of a pool whose windows overlap",
    onImages({ dy: [2, 4, 8, 3], x: [2, 7, 8, 3] }, (b, { dy, x }) => {
      const attrs = {
        window: [3, 2],
        strides: [2, 1],
        padding: [
          [1, 1],
          [0, 1]
        ]
      } as const
      return b.add("MaxPoolGrad", [dy!, x!, b.add("MaxPool", [x!], attrs)], attrs)
    }),
    { x: [1, 1, 2, 1] }
  ],
  [
    "the gradient of a depthwise filter",
    onImages({ x: [2, 3, 4, 2], w: [2, 2, 2, 3], f: [2, 1, 3, 2] }, (b, { f, w, x }) => {
      const image = b.add("Conv2D", [x!, w!], {
        strides: [2, 2],
        padding: [
          [0, 1],
          [0, 0]
        ],
        dilations: [1, 1]
      })
      const attrs = {
        strides: [2, 1],
        padding: [
          [1, 0],
          [0, 0]
        ],
        dilations: [1, 1],
        depthwise: true
      } as const
      const dy = Builder.unary(b, "Tanh", b.add("Conv2D", [image, f!], attrs))
      return b.add("Conv2DBackpropFilter", [image, dy], { ...attrs, filterShape: [2, 1, 3, 2] })
    }),
    { x: [1, 1, 2, 2] }
  ],
  [
    "channels of a depthwise convolution's gradient",
    onImages({ dy: [2, 6, 6, 4], f: [1, 1, 2, 2] }, (b, { dy, f }) =>
      b.add("Conv2DBackpropInput", [dy!, f!], { ...plain, strides: [1, 1], depthwise: true, inputShape: [2, 6, 6, 2] })
    ),
    { dy: [1, 2, 1, 2] }
  ],
  [
    "a convolution's gradient with cores without a row",
    onImages({ dy: [2, 3, 5, 4], f: [3, 2, 3, 4] }, (b, { dy, f }) =>
      b.add("Conv2DBackpropInput", [dy!, f!], {
        strides: [2, 2],
        padding: [
          [0, 1],
          [1, 1]
        ],
        dilations: [1, 1],
        inputShape: [2, 7, 8, 3]
      })
    ),
    { dy: [1, 4, 1, 1] }
  ],
  [
    "the gradient of a filter in a grid with cores without a row",
    onImages({ x: [2, 3, 4, 2], dy: [2, 1, 3, 4] }, (b, { dy, x }) =>
      b.add("Conv2DBackpropFilter", [x!, dy!], { ...plain, strides: [3, 1], filterShape: [2, 2, 2, 4] })
    ),
    { x: [1, 2, 2, 1], dy: [1, 2, 2, 1] }
  ],
  [
    "a pool with cores without a column",
    onImages({ x: [2, 14, 3, 2] }, (b, { x }) =>
      b.add("MaxPool", [x!], {
        window: [3, 3],
        strides: [2, 2],
        padding: [
          [0, 1],
          [1, 0]
        ]
      })
    ),
    { x: [1, 1, 8, 1] }
  ]
]

withXla("windows that XLA cuts", (file) => {
  const client = lazyClient(file)

  describe("windows on images that XLA cuts over cores", () => {
    for (const [what, graph, dims] of hazards) {
      it(`computes ${what} as one core does`, () => {
        const partition = { cores: sizeOf(Object.values(dims)[0]!), dims: new Map(Object.entries(dims)) }
        const program: Program = { mode: "predict", step: graph, init: Builder.make().build(), partition }
        const inputs = graph.parameters.map(({ node }, i) => numbers(graph.nodes[node]!.type, i + 1))
        const { outfeeds } = stepsOnXla(client(), program, {}, [new Map()], [[inputs]])
        assertClose(outfeeds[0]![0]![0]!, evaluate(graph, inputs)[0]!, 1e-5)
      })
    }
  })
})
