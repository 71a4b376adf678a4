/** Convolution and pooling on images that are cut: which rows a core reads of its neighbours, and that nothing else changes. */
import { assert, describe, it } from "@effect/vitest"
import type { ConvAttrs } from "../../../src/domain/graph/ops.ts"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import { graphWith } from "./graphs.ts"
import { assertCut, shapesOf } from "./partitions.ts"

const paddings = { same: [1, 1], valid: [0, 0] } as const
type PaddingName = keyof typeof paddings

const attrsOf = (stride: number, padding: PaddingName, dilation = 1): ConvAttrs => ({
  strides: [stride, stride],
  padding: [paddings[padding], paddings[padding]],
  dilations: [dilation, dilation]
})

const conv = (height: number, attrs: ConvAttrs): Graph =>
  graphWith({ x: [2, height, 7, 2], w: [3, 3, 2, 3] }, (b, { x, w }) => [b.add("Conv2D", [x!, w!], attrs)])

/** Rows of the image that each core convolves: its own and the halo. */
const rowsRead = ({ nodes }: Graph) => nodes.flatMap((node) => (node.op === "Conv2D" ? [nodes[node.inputs[0]!]!.type.shape[1]!] : []))
const rowsMade = (graph: Graph) => shapesOf(graph, "Conv2D").map((shape) => shape[1]!)

describe("halos of a window of 3 rows", () => {
  const cases = [
    // 8 rows are 4 + 4, and each core reads one row of the other
    { height: 8, parts: 2, stride: 1, padding: "same", made: [4, 4], read: [5, 5] },
    { height: 8, parts: 2, stride: 1, padding: "valid", made: [3, 3], read: [5, 5] },
    // windows of stride 2 begin in row 0 - 1, 2 - 1, 4 - 1, 6 - 1: only the lower core needs a row of the other
    { height: 8, parts: 2, stride: 2, padding: "same", made: [2, 2], read: [4, 5] },
    { height: 9, parts: 2, stride: 2, padding: "valid", made: [2, 2], read: [5, 5] },
    // uneven: 3 + 2
    { height: 5, parts: 2, stride: 1, padding: "same", made: [3, 2], read: [4, 3] },
    { height: 5, parts: 2, stride: 1, padding: "valid", made: [2, 1], read: [4, 3] },
    { height: 5, parts: 2, stride: 2, padding: "same", made: [2, 1], read: [4, 2] },
    // 2, 2, 1 and nothing
    { height: 5, parts: 4, stride: 1, padding: "same", made: [2, 2, 1], read: [3, 4, 2] },
    { height: 5, parts: 4, stride: 2, padding: "same", made: [1, 1, 1], read: [2, 3, 2] },
    // every core has a row, and reads those on both sides
    { height: 4, parts: 4, stride: 1, padding: "same", made: [1, 1, 1, 1], read: [2, 3, 3, 2] }
  ] as const
  for (const { height, made, padding, parts, read, stride } of cases) {
    it(`[row 194] ${height} rows by ${parts}, stride ${stride}, ${padding}`, () => {
      const { report, ...cut } = assertCut(conv(height, attrsOf(stride, padding)), { x: [1, parts, 1, 1] }, parts)
      assert.deepStrictEqual(rowsMade(cut), [...made])
      assert.deepStrictEqual(rowsRead(cut), [...read])
      assert.strictEqual(report.cutNodes, 1)
    })
  }
  it("only the rows of the halo move, and the result", () => {
    const { report } = assertCut(conv(8, attrsOf(1, "same")), { x: [1, 2, 1, 1] }, 2)
    // 2 images, 7 columns: a row of 2 channels each way, and 4 rows of 3 channels to core 0
    assert.strictEqual(report.movedElements, 2 * (2 * 7 * 2) + 2 * 4 * 7 * 3)
  })
  it("in both axes at once the corners are read too", () => {
    const { report, ...cut } = assertCut(conv(6, attrsOf(1, "same")), { x: [1, 2, 2, 1] }, 4)
    assert.deepStrictEqual(shapesOf(cut, "Conv2D"), [
      [2, 3, 4, 3],
      [2, 3, 3, 3],
      [2, 3, 4, 3],
      [2, 3, 3, 3]
    ])
    assert.deepStrictEqual(report.wholeNodes, 0)
  })
  it("dilated windows reach further, and may reach over a whole core", () => {
    for (const dilation of [2, 3]) {
      const { report } = assertCut(conv(8, attrsOf(1, "valid", dilation)), { x: [1, 4, 1, 1] }, 4)
      assert.strictEqual(report.cutNodes, 1)
    }
  })
  it("windows in the padding alone are computed whole", () => {
    const far: ConvAttrs = {
      strides: [1, 1],
      padding: [
        [4, 0],
        [0, 0]
      ],
      dilations: [1, 1]
    }
    assert.deepStrictEqual([...assertCut(conv(6, far), { x: [1, 2, 1, 1] }, 2).report.wholeOps], [["Conv2D", 1]])
    assert.strictEqual(assertCut(conv(6, far), { x: [1, 1, 2, 1] }, 2).report.cutNodes, 1)
  })
})

const grids = [
  [1, 2, 1, 1],
  [1, 4, 1, 1],
  [1, 1, 2, 1],
  [1, 2, 2, 1],
  [2, 2, 1, 1],
  [1, 1, 1, 2]
]
/** Rows that are cut need more than one position of the window: 5 rows under 3 with stride 3 have one. */
const canBeCut = (dims: ReadonlyArray<number>, height: number, stride: number, padding: PaddingName) =>
  dims[1] === 1 || height + 2 * paddings[padding][0] - 3 >= stride
const product = (dims: ReadonlyArray<number>) => dims.reduce((a, b) => a * b)

describe("gradients", () => {
  for (const stride of [1, 2, 3]) {
    for (const padding of ["same", "valid"] as const) {
      it(`of a convolution, stride ${stride}, ${padding}`, () => {
        const attrs = attrsOf(stride, padding)
        for (const height of [5, 8]) {
          const graph = graphWith({ x: [2, height, 7, 2], w: [3, 3, 2, 3] }, (b, { x, w }) => {
            const y = b.add("Conv2D", [x!, w!], attrs)
            const dy = b.add("Neg", [y], {})
            return [
              b.add("Conv2DBackpropInput", [dy, w!], { ...attrs, inputShape: b.typeOf(x!).shape }),
              b.add("Conv2DBackpropFilter", [x!, dy], { ...attrs, filterShape: b.typeOf(w!).shape })
            ]
          })
          for (const dims of grids) {
            const { report } = assertCut(graph, { x: dims }, product(dims))
            if (dims[3] === 1 && canBeCut(dims, height, stride, padding)) assert.strictEqual(report.wholeNodes, 0)
          }
        }
      })
      it(`of pools, stride ${stride}, ${padding}`, () => {
        const attrs = { window: [3, 3], strides: [stride, stride], padding: [paddings[padding], paddings[padding]] } as const
        for (const height of [5, 8]) {
          const graph = graphWith({ x: [2, height, 7, 4] }, (b, { x }) => {
            const [y, mean] = [b.add("MaxPool", [x!], attrs), b.add("AvgPool", [x!], attrs)]
            return [
              b.add("MaxPoolGrad", [b.add("Neg", [y], {}), x!, y], attrs),
              b.add("AvgPoolGrad", [mean], { ...attrs, inputShape: b.typeOf(x!).shape })
            ]
          })
          for (const dims of grids) {
            const { report } = assertCut(graph, { x: dims }, product(dims))
            if (canBeCut(dims, height, stride, padding)) assert.strictEqual(report.wholeNodes, 0)
          }
        }
      })
    }
  }
  it("comes out as the image lies, so that what follows moves nothing", () => {
    const attrs = attrsOf(2, "valid")
    const graph = graphWith({ x: [1, 10, 4, 1], w: [2, 2, 1, 1] }, (b, { x, w }) => {
      const dy = b.add("Conv2D", [x!, w!], attrs)
      const dx = b.add("Conv2DBackpropInput", [dy, w!], { ...attrs, inputShape: b.typeOf(x!).shape })
      return [Builder.reduce(b, "ReduceSum", b.add("Mul", [dx, x!], {}), [0, 1, 2, 3])]
    })
    const { report, ...cut } = assertCut(graph, { x: [1, 2, 1, 1] }, 2)
    assert.deepStrictEqual(shapesOf(cut, "Mul"), [
      [1, 5, 4, 1],
      [1, 5, 4, 1]
    ])
    // the window over rows 4 and 5 reads a row of the other core, its gradient goes back, and the two sums are added up
    assert.strictEqual(report.movedElements, 4 + 2 + 2)
  })
  it("of a result that is whole is cut as the image was", () => {
    const attrs = attrsOf(1, "same")
    const graph = graphWith({ x: [1, 6, 4, 2], w: [3, 3, 2, 2], g: [] }, (b, { g, w, x }) => {
      const y = b.add("Conv2D", [x!, w!], attrs)
      const dy = Builder.broadcastTo(b, g!, b.typeOf(y).shape)
      return [y, b.add("Conv2DBackpropInput", [dy, w!], { ...attrs, inputShape: b.typeOf(x!).shape })]
    })
    const cut = assertCut(graph, { x: [1, 3, 1, 1] }, 3)
    assert.strictEqual(shapesOf(cut, "Conv2DBackpropInput").length, 3)
    assert.strictEqual(cut.report.wholeNodes, 0)
  })
})
