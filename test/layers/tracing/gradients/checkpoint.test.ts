import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { lastUses } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { optimize } from "../../../../src/domain/passes/pipeline.ts"
import { byteSizeOf } from "../../../../src/domain/Tensor.ts"
import { checkpoint } from "../../../../src/layers/tracing/checkpoint.ts"
import { stopGradient } from "../../../../src/layers/tracing/stopGradient.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { initialState, step } from "../programs.ts"
import { batch, programOf } from "../requests.ts"
import { onOrt, openOrt } from "../../device/onnx/onOrt.ts"
import { type F, f32, graphOf, type Input, onCpu, recorded } from "../harness.ts"
import { x2 } from "../kernelCase.ts"

type Wrap = typeof checkpoint
const plain: Wrap = (f) => f

const block = (w: tf.Tensor) => (x: tf.Tensor) => tf.tanh(tf.matMul(x2(tf.softplus(tf.matMul(x2(x), x2(w)))), x2(w)))

/** Gradients of the weights of all blocks, the last one first, as they are computed. */
const deep =
  (wrap: Wrap): F =>
  (x, ...ws) =>
    tf
      .grads((...vs: Array<tf.Tensor>) => {
        const y = vs.reduce((h, w) => wrap(block(w))(h), x!)
        return tf.mean(tf.square(y))
      })(ws)
      .reverse()

const inputsOf = (rows: number, width: number, depth: number): ReadonlyArray<Input> => [
  f32([rows, width]),
  ...Array.from({ length: depth }, () => f32([width, width], -0.3, 0.3))
]

const count = (graph: Graph, op: string) => graph.nodes.filter((node) => node.op === op).length

/** The most bytes that are alive at once when nodes are evaluated in order, without parameters. */
const peakOf = (graph: Graph): number => {
  const last = lastUses(graph)
  const ends = graph.nodes.map((): Array<number> => [])
  last.forEach((end, id) => ends[Math.min(end, graph.nodes.length - 1)]!.push(id))
  let [now, peak] = [0, 0]
  const bytes = (id: number) =>
    ["Parameter", "Constant", "Fill", "Reshape", "Broadcast", "Barrier"].includes(graph.nodes[id]!.op) ? 0 : byteSizeOf(graph.nodes[id]!.type)
  graph.nodes.forEach((_, id) => {
    now += bytes(id)
    peak = Math.max(peak, now)
    for (const end of ends[id]!) now -= bytes(end)
  })
  return peak
}

const closeTo = (
  got: ReadonlyArray<{ readonly data: ArrayLike<number> }>,
  wanted: ReadonlyArray<{ readonly data: ArrayLike<number> }>,
  tolerance: number
) => {
  assert.strictEqual(got.length, wanted.length)
  got.forEach(({ data }, k) => {
    assert.strictEqual(data.length, wanted[k]!.data.length)
    for (let i = 0; i < data.length; i++) {
      assert.isTrue(Math.abs(data[i]! - wanted[k]!.data[i]!) <= tolerance, `result ${k}, element ${i}: ${data[i]}, expected ${wanted[k]!.data[i]}`)
    }
  })
}

describe("checkpoint", () => {
  it("gives the same gradients bit for bit, and the same on ONNX Runtime", () => {
    const inputs = inputsOf(3, 4, 3)
    const wanted = recorded(deep(plain), inputs)
    assert.deepStrictEqual(recorded(deep(checkpoint), inputs), wanted)
    const ort = openOrt()
    closeTo(
      recorded(deep(checkpoint), inputs, (graph, parameters) => onOrt(ort, graph, parameters)),
      wanted,
      1e-6
    )
  })

  // ONNX Runtime folds neighbouring reshapes and moves transposes: the barrier is next to them here
  it.for<[string, (w: tf.Tensor) => (x: tf.Tensor) => tf.Tensor]>([
    ["reshapes", (w) => (x) => tf.reshape(tf.tanh(tf.matMul(tf.reshape(x, [6, 4]), x2(w))), [2, 3, 4])],
    [
      "transposes",
      (w) => (x) =>
        tf.mul(tf.transpose(tf.reshape(tf.tanh(tf.matMul(x2(tf.reshape(tf.transpose(x, [1, 0, 2]), [6, 4])), x2(w))), [3, 2, 4]), [1, 0, 2]), x)
    ],
    ["products of einsum", (w) => (x) => tf.einsum("btf,fd->btd", tf.tanh(tf.einsum("btd,df->btf", x, w)), w)],
    [
      "convolutions",
      (w) => (x) =>
        tf.reshape(tf.relu(tf.conv2d(tf.reshape(x, [1, 6, 4, 1]) as tf.Tensor4D, tf.reshape(w, [4, 4, 1, 1]) as tf.Tensor4D, 1, "same")), [2, 3, 4])
    ]
  ])("compiles on ONNX Runtime around %s", ([, make]) => {
    const model =
      (wrap: Wrap): F =>
      (x, ...ws) =>
        tf.grads((...vs: Array<tf.Tensor>) => tf.mean(tf.square(vs.reduce((h, w) => wrap(make(w))(h), tf.sin(x!)))))(ws)
    const inputs = [f32([2, 3, 4]), f32([4, 4], -0.3, 0.3), f32([4, 4], -0.3, 0.3)]
    const ort = openOrt()
    closeTo(
      recorded(model(checkpoint), inputs, (graph, parameters) => onOrt(ort, graph, parameters)),
      recorded(model(plain), inputs),
      1e-6
    )
  })

  it("computes a block again instead of keeping its activations, through all rewrites", () => {
    const inputs = inputsOf(64, 8, 12)
    const [kept, again] = [plain, checkpoint].map((wrap) => optimize(graphOf(deep(wrap), inputs).graph)) as [Graph, Graph]
    assert.strictEqual(count(kept, "Barrier"), 0)
    // of each block its argument and its weights, which are no variables here
    assert.strictEqual(count(again, "Barrier"), 24)
    // the last block's result is needed for the loss only: of each second run its first product and activation
    assert.isAtLeast(count(again, "Softplus"), 2 * count(kept, "Softplus"))
    // each block kept its two activations and its result, and keeps the result now
    assert.isBelow(peakOf(again), 0.6 * peakOf(kept))
  })

  it("follows variables, tensors and constants that the function refers to", () => {
    const model =
      (wrap: Wrap): F =>
      (x, w) =>
        tf.grads((a, b) => {
          const shifted = tf.add(a, 1)
          const f = wrap((y: tf.Tensor) => tf.mul(tf.sin(tf.mul(y, shifted)), tf.mul(b, 2)))
          return tf.sum(f(tf.square(a)))
        })([x!, w!])
    const inputs = [f32([5]), f32([5])]
    assert.deepStrictEqual(recorded(model(checkpoint), inputs), recorded(model(plain), inputs))
    assert.deepStrictEqual(onCpu(model(checkpoint), inputs), onCpu(model(plain), inputs))
  })

  it("takes and gives several tensors, of which some need no gradient, and nests", () => {
    const model =
      (wrap: Wrap): F =>
      (x, w) =>
        tf.grads((a, b) => {
          const inner = wrap((y: tf.Tensor) => tf.exp(tf.sin(y)))
          const [u, i, unused] = wrap((y: tf.Tensor, z: tf.Tensor) => [tf.mul(inner(y), z), tf.argMax(y), tf.cos(z)])(a, b) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor
          ]
          assert.strictEqual(i.dtype, "int32")
          assert.deepStrictEqual(unused.shape, [4])
          return tf.sum(tf.mul(u, tf.cast(i, "float32")))
        })([x!, w!])
    const inputs = [f32([4]), f32([4])]
    assert.deepStrictEqual(recorded(model(checkpoint), inputs), recorded(model(plain), inputs))
  })

  it("draws the same numbers in both runs, and assigns a variable once", () => {
    const model =
      (wrap: Wrap): ModelFn =>
      ({ features, random, variables }) => {
        const forward = wrap((x: tf.Tensor) => {
          const mean = variables.get("mean", [], { trainable: false, initializer: () => tf.scalar(0.5) })
          const y = random.dropout(tf.tanh(tf.matMul(x2(tf.sub(x, mean)), variables.get("w", [3, 4]))), 0.5)
          mean.assign(tf.add<tf.Scalar>(tf.mul(mean, 0.9), 0.1))
          return tf.add(y, tf.mul(mean, random.uniform([4])))
        })
        return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(() => tf.mean<tf.Scalar>(tf.square(forward(tf.sin(features["x"]!))))) }
      }
    const [wanted, got] = [plain, checkpoint].map((wrap) => {
      const program = programOf(model(wrap))
      const first = step(program, [initialState(program)], [batch(1)])
      const second = step(program, first.states, [batch(2)])
      return { losses: [first.loss, second.loss], state: [...second.states[0]!], barriers: count(program.step, "Barrier") }
    })
    assert.strictEqual(wanted!.barriers, 0)
    assert.isAtLeast(got!.barriers, 1)
    assert.deepStrictEqual({ ...got!, barriers: 0 }, wanted)
  })

  it("is the function itself where no gradient is taken", () => {
    const { graph } = graphOf((x) => checkpoint((y: tf.Tensor) => tf.sin(y))(x!), [f32([2])])
    assert.strictEqual(count(graph, "Barrier"), 0)
  })
})

describe("stopGradient", () => {
  const f: F = (x, y) => tf.grads((a, b) => tf.sum(tf.add(tf.mul(stopGradient(tf.square(a)), a), b)))([x!, y!])

  it("makes a constant of its argument, recorded and eagerly", async () => {
    await tf.setBackend("cpu")
    const inputs = [f32([4]), f32([4])]
    const wanted = [Float32Array.from(inputs[0]!.data, (x) => x * x), new Float32Array(4).fill(1)].map((data) => ({ data }))
    closeTo(recorded(f, inputs), wanted, 1e-6)
    closeTo(onCpu(f, inputs), wanted, 1e-6)
  })

  it("leaves a variable that is reached through it alone without a gradient", () => {
    const alone: F = (x) => tf.grads((a) => tf.sum(stopGradient(a)))([x!])
    assert.throws(() => recorded(alone, [f32([2])]), /Cannot compute gradient of y=f\(x\) with respect to x/)
  })
})
