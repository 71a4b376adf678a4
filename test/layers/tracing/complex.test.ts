import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { TraceError } from "../../../src/domain/Errors.ts"
import { type F, f32, graphOf, type Input, onCpu, recorded } from "./harness.ts"

const parts = (z: tf.Tensor) => [tf.real(z), tf.imag(z)]

const failureOf = (f: F, inputs: ReadonlyArray<Input>): TraceError => {
  try {
    graphOf(f, inputs)
  } catch (error) {
    assert.instanceOf(error, TraceError)
    return error
  }
  return assert.fail("nothing was thrown")
}

describe("complex tensors of a recording", () => {
  it("are moved as both of their parts are (where tfjs's CPU backend refuses)", () => {
    const moves: ReadonlyArray<(x: tf.Tensor) => tf.Tensor> = [
      (x) => tf.slice(x, [1, 0], [2, 2]),
      (x) => tf.reverse(x, 0),
      (x) => tf.tile(x, [2, 1]),
      (x) => tf.gather(x, tf.tensor([2, 0, 2], [3], "int32")),
      (x) => tf.sum(x, 0),
      (x) =>
        tf.pad(x, [
          [1, 0],
          [0, 2]
        ]),
      (x) => tf.neg(x),
      (x) => tf.stridedSlice(x, [2, 0], [0, 3], [-1, 2]),
      (x) => tf.concat(tf.split(x, 3, 1), 0),
      (x) => tf.stack(tf.unstack(x, 1), 0)
    ]
    const inputs = [f32([4, 3]), f32([4, 3])]
    const complex: F = (a, b) => moves.flatMap((move) => parts(move(tf.complex(a!, b!))))
    const real: F = (a, b) => moves.flatMap((move) => [move(a!), move(b!)])
    assert.deepStrictEqual(recorded(complex, inputs), onCpu(real, inputs))
  })

  it("are multiplied with real ones that are repeated, and cast to their real part", () => {
    const inputs = [f32([2, 3]), f32([2, 3]), f32([3])]
    const complex: F = (a, b, c) => [...parts(tf.mul(tf.complex(a!, b!), c!)), tf.cast(tf.complex(a!, b!), "float32")]
    const real: F = (a, b, c) => [tf.mul(a!, c!), tf.mul(b!, c!), a!.clone()]
    assert.deepStrictEqual(recorded(complex, inputs), onCpu(real, inputs))
  })

  // 65 x 65, whose factors are split once more
  it("are transformed in lengths that are split twice, as exactly as float32 goes", () => {
    const n = 4225
    const [a, b] = [f32([1, n], -1, 1), f32([1, n], -1, 1)]
    const [re, im] = recorded((x, y) => parts(tf.fft(tf.complex(x!, y!))), [a, b])
    const turn = Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n)
    for (const k of [0, 1, 64, 65, 66, 1000, n - 1]) {
      let [x, y] = [0, 0]
      for (let j = 0; j < n; j++) {
        const angle = turn[(j * k) % n]!
        x += a.data[j]! * Math.cos(angle) + b.data[j]! * Math.sin(angle)
        y += b.data[j]! * Math.cos(angle) - a.data[j]! * Math.sin(angle)
      }
      assert.closeTo(re!.data[k]!, x, 2e-4)
      assert.closeTo(im!.data[k]!, y, 2e-4)
    }
  })

  it("keep the constants of a transform small, and need half the products for a real signal", () => {
    const constants = (n: number) =>
      graphOf((x) => parts(tf.spectral.rfft(x!)), [f32([1, n])]).graph.nodes.reduce(
        (sum, node) => sum + (node.op === "Constant" ? node.attrs.data.length : 0),
        0
      )
    assert.isBelow(constants(1024), 10_000)
    const products = (f: F) => graphOf(f, [f32([2, 32])]).graph.nodes.filter(({ op }) => op === "MatMul").length
    assert.strictEqual(
      products((x) => parts(tf.spectral.rfft(x!))),
      2
    )
    assert.strictEqual(
      products((x) => parts(tf.fft(tf.complex(x!, tf.sin(x!))))),
      4
    )
  })

  it("are refused where a graph has no place for them, with what to do", () => {
    const z = (x: tf.Tensor | undefined) => tf.complex(x!, x!)
    const asResult = failureOf((x) => z(x), [f32([2])])
    assert.strictEqual(asResult.reason, "UnknownKernel")
    assert.include(asResult.detail, "Take tf.real and tf.imag")
    const unknown = failureOf((x) => tf.engine().runKernel<tf.Tensor>("Exp", { x: z(x) }), [f32([2])])
    assert.strictEqual(unknown.op, "Exp")
    assert.include(unknown.detail, "Take tf.real and tf.imag")
    const padded = failureOf((x) => tf.pad(z(x), [[1, 1]], 3), [f32([2])])
    assert.include(padded.detail, "padded with zeros only")
    const prime = failureOf((x) => tf.real(tf.fft(z(x))), [f32([4001])])
    assert.include(prime.detail, "pad with zeros to a power of two")
  })
})
