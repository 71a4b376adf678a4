import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as LazyBackend from "../../../../src/layers/tracing/lazy/LazyBackend.ts"
import { type engines, onLazy, opsOf } from "./onLazy.ts"

const names = ["reference", "onnx"] as const satisfies ReadonlyArray<keyof typeof engines>

describe.each(names)("lazy backend on %s", (engine) => {
  const lazily = (body: Parameters<typeof onLazy>[1], options?: Parameters<typeof onLazy>[2]) => onLazy(engine, body, options)

  it("evaluates what a read needs and nothing else", () =>
    lazily(({ graphs }) => {
      const x = tf.tensor1d([1, 2, 3])
      const sum = tf.add(x, 1)
      const product = tf.mul(x, 2)
      assert.lengthOf(graphs, 0)
      assert.deepStrictEqual([...sum.dataSync()], [2, 3, 4])
      assert.lengthOf(graphs, 1)
      assert.include(opsOf(graphs[0]!), "Add")
      assert.notInclude(opsOf(graphs[0]!), "Mul")
      assert.deepStrictEqual([...product.dataSync()], [2, 4, 6])
    }))

  it("computes nothing twice: what tensors or other pending nodes need is kept", () =>
    lazily(({ graphs }) => {
      const x = tf.tensor1d([0, 1])
      const inner = tf.exp(x)
      const outer = tf.neg(inner)
      const hidden = tf.sin(x)
      const [first, second] = [tf.neg(hidden), tf.abs(hidden)]
      hidden.dispose()
      outer.dataSync()
      first.dataSync()
      const evaluated = graphs.length
      inner.dataSync() // was on the way
      outer.dataSync()
      assert.lengthOf(graphs, evaluated)
      second.dataSync()
      assert.deepStrictEqual(opsOf(graphs.at(-1)!), ["Abs"])
    }))

  it("compiles a graph that comes again once, whatever the numbers", () =>
    lazily(({ compilations }) => {
      for (let i = 1; i < 6; i++) {
        const y = tf.tidy(() => tf.relu(tf.sub(tf.tensor2d([[i, -i]]), tf.scalar(0.5 * i))))
        assert.deepStrictEqual([...y.dataSync()], [0.5 * i, 0])
        y.dispose()
      }
      assert.deepInclude(compilations(), { compiled: 1, reused: 4 })
    }))

  it("forgets what was disposed of", () =>
    lazily(({ graphs }) => {
      const before = tf.memory().numDataBuffers
      const x = tf.ones([4])
      let y = tf.add(x, 1)
      for (let i = 0; i < 10; i++) {
        const next = tf.square(y)
        y.dispose()
        y = next
      }
      assert.isAbove(LazyBackend.statistics().pending, 0)
      y.dispose()
      x.dispose()
      assert.strictEqual(LazyBackend.statistics().pending, 0)
      assert.strictEqual(tf.memory().numDataBuffers, before)
      const z = tf.zeros([1])
      z.dataSync()
      assert.lengthOf(graphs, 0)
    }))

  it("runs long chains without a read, and evaluates them in pieces", () =>
    lazily(
      ({ graphs }) => {
        let x: tf.Tensor = tf.scalar(0)
        for (let i = 0; i < 5000; i++) {
          const next = tf.add(x, 1)
          x.dispose()
          x = next
        }
        assert.isAtLeast(graphs.length, 4)
        for (const graph of graphs) assert.isBelow(graph.nodes.length, 2100)
        assert.deepStrictEqual([...x.dataSync()], [5000])
      },
      { pendingLimit: 1000 }
    ))

  it("evaluates when values that only pending nodes need take too much memory", () =>
    lazily(
      ({ graphs }) => {
        let sum: tf.Tensor = tf.scalar(0)
        for (let i = 0; i < 20; i++)
          sum = tf.tidy(() => tf.add(sum, tf.sum(tf.concat([tf.fill([1000], 1), tf.tensor1d(new Float32Array(1000).fill(i))]))))
        assert.isAbove(graphs.length, 1)
        assert.deepStrictEqual([...sum.dataSync()], [20 * 1000 + 190 * 1000])
      },
      { retainedLimit: 20_000 }
    ))

  it("has the gradients of the CPU backend", async () => {
    const f = (x: tf.Tensor2D, w: tf.Tensor2D) => tf.sum(tf.mul(tf.softmax(tf.tanh(tf.matMul(x, w))), tf.range(0, 3)))
    const gradients = () =>
      tf.tidy(() =>
        tf
          .grads((x, w) => f(x as tf.Tensor2D, w as tf.Tensor2D))([
            tf.reshape(tf.linspace(-1, 1, 8), [2, 4]),
            tf.reshape(tf.linspace(0, 2, 12), [4, 3])
          ])
          .map((g) => g.arraySync())
      )
    const here = await lazily(gradients)
    await import("@tensorflow/tfjs-backend-cpu")
    await tf.setBackend("cpu")
    const there = gradients()
    assert.deepStrictEqual((here as typeof there).map(shapeOf), there.map(shapeOf))
    const [a, b] = [flat(here), flat(there)]
    a.forEach((value, i) => assert.approximately(value, b[i]!, 1e-5))
  })

  it("trains: the same graph serves every step after the first ones", () =>
    lazily(({ compilations }) => {
      const w = tf.variable(tf.scalar(0))
      const optimizer = tf.train.adam(0.1)
      const losses = Array.from({ length: 12 }, () => {
        const loss = optimizer.minimize(() => tf.square(tf.sub(w, 3)) as tf.Scalar, true, [w])!
        return loss.dataSync()[0]!
      })
      losses.slice(1).forEach((loss, i) => assert.isBelow(loss, losses[i]!))
      assert.isAtMost(compilations().compiled, 4)
      optimizer.dispose()
      w.dispose()
    }))

  it("takes copies: neither the caller's array nor what was read is connected with a tensor", () =>
    lazily(() => {
      const given = Float32Array.of(1, 2)
      const x = tf.tensor1d(given)
      given[0] = 9
      const read = x.dataSync()
      read[1] = 9
      assert.deepStrictEqual([...tf.neg(x).dataSync()], [-1, -2])
    }))

  it("takes over tensors of another backend, and gives its own to one", async () => {
    await import("@tensorflow/tfjs-backend-cpu")
    await tf.setBackend("cpu")
    const x = tf.tensor1d([1, 2])
    await lazily(async () => {
      const y = tf.add(x, 1)
      assert.deepStrictEqual([...y.dataSync()], [2, 3])
      await tf.setBackend("cpu")
      assert.deepStrictEqual([...tf.mul(y, 2).dataSync()], [4, 6])
    })
    assert.strictEqual(tf.getBackend(), "cpu")
  })

  it("gives results whose shape depends on values, strings and complex numbers through the CPU backend", () =>
    lazily(async () => {
      const x = tf.tensor1d([3, 1, 3, 2])
      assert.deepStrictEqual(await (await tf.whereAsync(tf.greater(x, 1.5))).array(), [[0], [2], [3]])
      const { values, indices } = tf.unique(tf.add(x, 0))
      assert.deepStrictEqual([...values.dataSync()], [3, 1, 2])
      assert.deepStrictEqual([...indices.dataSync()], [0, 1, 0, 2])
      const words = tf.concat([tf.tensor1d(["a", "b"], "string"), tf.tensor1d(["c"], "string")])
      assert.deepStrictEqual(words.dataSync<"string">(), ["a", "b", "c"])
      const spectrum = tf.spectral.fft(tf.complex(tf.tensor1d([1, 1, 1, 1]), tf.zeros([4])))
      assert.deepStrictEqual([...tf.add(tf.real(spectrum), 1).dataSync()], [5, 1, 1, 1])
    }))

  it("keeps int32 and bool what they are", () =>
    lazily(() => {
      const x = tf.tensor1d([1, 2, 3], "int32")
      assert.instanceOf(tf.add(x, x).dataSync(), Int32Array)
      const truth = tf.greater(x, 1)
      assert.strictEqual(truth.dtype, "bool")
      assert.deepStrictEqual(truth.dataSync(), Uint8Array.of(0, 1, 1))
    }))
})

const shapeOf = (x: unknown): unknown => (Array.isArray(x) ? [x.length, shapeOf(x[0])] : 0)
const flat = (x: unknown): ReadonlyArray<number> => (Array.isArray(x) ? x.flatMap(flat) : [Number(x)])
