/** Mixed precision rounds the products of the model, not those by which the package computes other ops. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { parse } from "../../../src/domain/graph/parse.ts"
import { print } from "../../../src/domain/graph/print.ts"
import { mixedPrecision } from "../../../src/domain/passes/mixedPrecision.ts"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import { registerGradients } from "../../../src/layers/tracing/gradients.ts"
import { type Evaluation, type F, f32, gradientsOf, graphOf, type Input, recorded } from "./harness.ts"

registerGradients()

const image = (x: tf.Tensor) => x as tf.Tensor4D
const plain: Evaluation = (graph, parameters) => evaluate(optimize(graph), parameters)
const rounded: Evaluation = (graph, parameters) => evaluate(mixedPrecision(optimize(graph), "mixed_float16"), parameters)

const pictures = [f32([2, 5, 4, 3])]
const others: ReadonlyArray<readonly [string, F, ReadonlyArray<Input>]> = [
  ["resizeBilinear", (x) => tf.image.resizeBilinear(image(x), [7, 9]), pictures],
  ["resizeNearestNeighbor", (x) => tf.image.resizeNearestNeighbor(image(x), [7, 9]), pictures],
  ["localResponseNormalization", (x) => tf.localResponseNormalization(image(x), 1), pictures],
  ["fft", (x) => tf.abs(tf.fft(tf.complex(x, tf.zeros([2, 96])))), [f32([2, 96])]]
]

for (const [name, f, inputs] of others) {
  it(`${name} and its gradient keep their bits`, () => {
    assert.deepStrictEqual(recorded(f, inputs, rounded), recorded(f, inputs, plain))
    assert.deepStrictEqual(recorded(gradientsOf(f), inputs, rounded), recorded(gradientsOf(f), inputs, plain))
  })
}

it("values that float16 has no room for come through a resizing", () => {
  const big = [{ ...f32([1, 2, 2, 1]), data: Float32Array.of(1e5, 1, 2, 3) }]
  const [result] = recorded((x) => tf.image.resizeNearestNeighbor(image(x), [1, 2]), big, rounded)
  assert.deepStrictEqual(result?.data, [1e5, 1])
})

it("products of the model are rounded: matMul, einsum, convolutions", () => {
  const products: ReadonlyArray<readonly [F, ReadonlyArray<Input>]> = [
    [(x, y) => tf.matMul(x, y), [f32([3, 4]), f32([4, 2])]],
    [(x, y) => tf.einsum("ij,jk->ik", x, y), [f32([3, 4]), f32([4, 2])]],
    [(x, y) => tf.conv2d(image(x), image(y), 1, "same"), [f32([1, 4, 4, 2]), f32([3, 3, 2, 3])]],
    [(x, y) => tf.depthwiseConv2d(image(x), image(y), 1, "same"), [f32([1, 4, 4, 2]), f32([3, 3, 2, 1])]]
  ]
  for (const [f, inputs] of products) assert.notDeepEqual(recorded(f, inputs, rounded), recorded(f, inputs, plain))
})

it("the mark is printed, parsed back, and survives the rewrites", () => {
  const { graph } = graphOf((x) => tf.real(tf.fft(tf.complex(tf.transpose(x), tf.zeros([8, 4])))), [f32([4, 8])])
  const text = print(optimize(graph))
  assert.match(text, /MatMul\(.*exact=true/)
  assert.strictEqual(print(Result.getOrThrow(parse(text))), text)
})
