/** Values that engines have opinions of their own about (docs/decisions/0010): one answer on each of them. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { onOrt, openOrt } from "../device/onnx/onOrt.ts"
import { type Evaluation, type F, type Input, recorded, values } from "./harness.ts"

const ort = openOrt()
const engines: Readonly<Record<string, Evaluation>> = { reference: evaluate, onnx: (graph, parameters) => onOrt(ort, graph, parameters) }
const floats = (...data: ReadonlyArray<number>) => values("float32", [data.length], ...data)
const nan = Number.NaN

type Case = readonly [name: string, f: F, input: Input, want: ReadonlyArray<ReadonlyArray<number>>]
const cases: ReadonlyArray<Case> = [
  ["a cast to int32", (x) => tf.cast(x!, "int32"), floats(nan, Infinity, -Infinity, -(2 ** 31), -1.5), [[0, 0, 0, -(2 ** 31), -1]]],
  ["argMax and argMin with NaN first", (x) => [tf.argMax(x!), tf.argMin(x!)], floats(nan, 5, 2, nan), [[1], [2]]],
  ["argMax and argMin of nothing but NaN", (x) => [tf.argMax(x!), tf.argMin(x!)], floats(nan, nan), [[0], [0]]],
  [
    "topk with NaN",
    (x) => Object.values(tf.topk(x!, 4)),
    floats(1, nan, 3, -Infinity),
    [
      [3, 1, nan, -Infinity],
      [2, 0, 1, 3]
    ]
  ],
  [
    "topk that leaves NaN out",
    (x) => Object.values(tf.topk(x!, 2)),
    floats(nan, 1, nan, 3),
    [
      [3, 1],
      [3, 1]
    ]
  ],
  [
    "reductions of no numbers",
    (x) => [tf.max(x!, 1), tf.min(x!, 1), tf.sum(x!, 1), tf.mean(x!, 1), tf.prod(x!, 1)],
    values("float32", [1, 0]),
    [[-Infinity], [Infinity], [0], [nan], [1]]
  ],
  ["reductions of no integers", (x) => [tf.max(x!, 1), tf.min(x!, 1)], values("int32", [1, 0]), [[-(2 ** 31)], [2 ** 31 - 1]]],
  ["reductions of no truths", (x) => [tf.any(x!, 1), tf.all(x!, 1)], values("bool", [1, 0]), [[0], [1]]]
]

for (const [engine, evaluation] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    it.each(cases)("%s", (_, f, input, want) => {
      assert.deepStrictEqual(
        recorded(f, [input], evaluation).map(({ data }) => data),
        want
      )
    })
  })
}
