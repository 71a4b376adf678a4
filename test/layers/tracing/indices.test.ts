/** Indices out of range: one meaning on every engine, that of tfjs's CPU backend. Nothing ever reads or writes another row. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { onOrt, openOrt } from "../device/onnx/onOrt.ts"
import { type Evaluation, type F, f32, i32, type Input, onCpu, recorded, values } from "./harness.ts"
import { x1, x2 } from "./kernelCase.ts"

const ort = openOrt()
const engines: Readonly<Record<string, Evaluation>> = { reference: evaluate, onnx: (graph, parameters) => onOrt(ort, graph, parameters) }
const ints = (shape: ReadonlyArray<number>, ...data: ReadonlyArray<number>) => values("int32", shape, ...data)
const table = f32([3, 2])
const cube = f32([2, 3, 2])

const refused: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["gather, negative", (x, i) => tf.gather(x!, x1(i)), [table, ints([2], 0, -1)]],
  ["gather, too large", (x, i) => tf.gather(x!, x1(i)), [table, ints([2], 0, 3)]],
  ["gather, the least int32", (x, i) => tf.gather(x!, x1(i)), [table, ints([1], -(2 ** 31))]],
  ["gather along axis 1, negative", (x, i) => tf.gather(x!, x1(i), 1), [table, ints([2], 0, -1)]],
  ["gather in batches, negative", (x, i) => tf.gather(x!, x2(i), 1, 1), [cube, ints([2, 1], 0, -1)]],
  ["gather in batches, of the next batch", (x, i) => tf.gather(x!, x2(i), 1, 1), [cube, ints([2, 1], 3, 0)]],
  ["gatherND, negative", (x, i) => tf.gatherND(x!, i!), [table, ints([2, 1], 0, -1)]],
  ["gatherND, too large", (x, i) => tf.gatherND(x!, i!), [table, ints([1, 2], 3, 0)]],
  ["scatterND, negative", (i, u) => tf.scatterND(i!, u!, [4]), [ints([2, 1], 0, -1), f32([2])]],
  ["scatterND, too large", (i, u) => tf.scatterND(i!, u!, [4]), [ints([2, 1], 0, 4), f32([2])]],
  ["tensorScatterUpdate, negative", (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!), [table, ints([1, 1], -1), f32([1, 2])]],
  ["tensorScatterUpdate at a literal", (x, u) => tf.tensorScatterUpdate(x!, tf.tensor2d([[3]], [1, 1], "int32"), u!), [table, f32([1, 2])]],
  ["sparseToDense, too large", (i, v) => tf.sparseToDense(i!, v!, [3], 0), [ints([2], 0, 3), f32([2])]]
]

/** Beyond tfjs, which looks at the sum only: a coordinate out of range that stands for another row. */
const stricter: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["gatherND", (x, i) => tf.gatherND(x!, i!), [table, ints([1, 2], 0, 2)]],
  ["gatherND, negative", (x, i) => tf.gatherND(x!, i!), [table, ints([1, 2], 1, -1)]],
  ["scatterND", (i, u) => tf.scatterND(i!, u!, [2, 2]), [ints([1, 2], 0, 2), f32([1])]]
]

const dropped: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["unsortedSegmentSum", (x, i) => tf.unsortedSegmentSum(x!, x1(i), 2), [f32([5, 2]), ints([5], 0, -1, 2, 1, 7)]],
  ["unsortedSegmentSum of integers", (x, i) => tf.unsortedSegmentSum(x!, x1(i), 2), [ints([4], 5, 6, 7, 8), ints([4], 0, 2, -3, 9)]],
  ["unsortedSegmentSum into many", (x, i) => tf.unsortedSegmentSum(x!, x1(i), 1000), [f32([5000]), i32([5000], -3, 1003)]],
  ["oneHot", (i) => tf.oneHot(x1(i), 3), [ints([4], 0, -1, 3, 2)]]
]

for (const [engine, evaluation] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    it.each(refused)("%s fails, as in tfjs", (_, f, inputs) => {
      assert.throws(() => onCpu(f, inputs))
      assert.throws(() => recorded(f, inputs, evaluation), /indices/)
    })
    it.each(stricter)("%s fails for a coordinate that would be of another row", (_, f, inputs) => {
      assert.throws(() => recorded(f, inputs, evaluation), /indices/)
    })
    it.each(dropped)("%s: rows out of range count for nothing, as in tfjs", (_, f, inputs) => {
      const [want, got] = [onCpu(f, inputs)[0]!.data, recorded(f, inputs, evaluation)[0]!.data]
      assert.strictEqual(got.length, want.length)
      for (const [at, value] of want.entries()) assert.closeTo(got[at]!, value, 1e-5, `element ${at}`)
    })
    it("a negative number counts for nothing in any row of a bincount", () => {
      const [counts] = recorded((x) => tf.denseBincount(x2(x), [], 3), [ints([2, 3], 0, 2, 2, -1, 1, 5)], evaluation)
      assert.deepStrictEqual(counts?.data, [1, 0, 2, 0, 1, 0])
    })
  })
}
