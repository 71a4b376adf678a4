import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { statsOf } from "../../../src/domain/passes/stats.ts"
import { graphWith } from "./graphs.ts"

it("counts nodes, operations and literal bytes", () => {
  const graph = graphWith({ x: [5, 2, 3], y: [5, 4, 3], image: [1, 4, 4, 2], filter: [3, 3, 2, 6] }, (b, { x, y, image, filter }) => [
    Builder.matMul(b, x!, y!, { transposeB: true }),
    b.add("Conv2D", [image!, filter!], {
      strides: [1, 1],
      padding: [
        [0, 0],
        [0, 0]
      ],
      dilations: [1, 1]
    }),
    Builder.constant(b, Int32Array.of(1, 2), [2])
  ])
  const stats = statsOf(graph)
  assert.strictEqual(stats.nodes, 7)
  assert.deepStrictEqual(
    [...stats.byOp],
    [
      ["Parameter", 4],
      ["MatMul", 1],
      ["Conv2D", 1],
      ["Constant", 1]
    ]
  )
  assert.strictEqual(stats.matMulFlops, 2 * 5 * 2 * 4 * 3 + 2 * (2 * 2 * 6) * (3 * 3 * 2))
  assert.strictEqual(stats.literalBytes, 8)
})
