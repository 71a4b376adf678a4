import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect } from "effect"
import type { ModelFn } from "../../../src/domain/Model.ts"
import type { Mode } from "../../../src/domain/Program.ts"
import { CrossReplicaOptimizer } from "../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { expectError, failing, loss } from "./failing.ts"
import { malformed } from "./malformedSpecs.ts"
import { lineOf } from "./programs.ts"

/** Whatever the test makes outside needs a backend. */
const onCpu = Effect.promise(() => tf.setBackend("cpu"))

describe("what cannot be recorded is refused with its place and a remedy", () => {
  it.effect("a value read on the host", () =>
    Effect.gen(function* () {
      const error = yield* failing(({ features }) => {
        const h = tf.exp(features["x"]!)
        if (h.arraySync() !== undefined) return loss(h)
        return {}
      })
      expectError(error, "HostRead", "Exp", "h.arraySync()", /tf\.where/)
      expectError(yield* failing(({ features }) => loss(tf.tensor(features["x"]!.dataSync()))), "HostRead", "features/x", "dataSync()", /hostCall/)
      assert.strictEqual((yield* failing(({ features }) => (features["x"]!.print(), {}))).reason, "HostRead")
    })
  )

  it.effect("host randomness in the step", () =>
    Effect.gen(function* () {
      expectError(
        yield* failing(({ features }) => loss(tf.dropout(features["x"]!, 0.5))),
        "HostRandomness",
        "dropout",
        "tf.dropout",
        /random\.dropout/
      )
      expectError(
        yield* failing(({ features }) => loss(tf.mul(features["x"]!, tf.randomUniform([4, 3])))),
        "HostRandomness",
        "randomUniform",
        "tf.randomUniform",
        /random\.uniform/
      )
      expectError(
        yield* failing(({ features }) => {
          // a layer of one's own: those of tf.layers draw in the step
          class Noisy extends tfl.layers.Layer {
            static readonly className = "NoisyForTest"
            override call(x: tf.Tensor | Array<tf.Tensor>) {
              return tf.dropout(Array.isArray(x) ? x[0]! : x, 0.5)
            }
          }
          return loss(new Noisy({}).apply(features["x"]!) as tf.Tensor)
        }),
        "HostRandomness",
        "dropout",
        "tf.dropout",
        /random\.dropout/
      )
      assert.strictEqual((yield* failing(({ features }) => loss(tf.mul(features["x"]!, Math.random())))).reason, "HostRandomness")
    })
  )

  it.effect("a model function that differs from call to call", () =>
    Effect.gen(function* () {
      let calls = 0
      const error = yield* failing(({ features }) => loss(calls++ === 0 ? tf.exp(features["x"]!) : tf.abs(features["x"]!)))
      assert.strictEqual(error.reason, "NotDeterministic")
      assert.match(error.detail, /no state kept between calls/)
      assert.include(lineOf(error), "calls++")
    })
  )

  it.effect("kernels without a rule", () =>
    Effect.gen(function* () {
      expectError(
        yield* failing(({ features }) => loss(tf.engine().runKernel("Draw", { image: features["x"]! }))),
        "UnknownKernel",
        "Draw",
        `"Draw"`,
        /paint there/
      )
      expectError(
        yield* failing(({ features }) => loss(tf.engine().runKernel("MyOp", { x: features["x"]! }))),
        "UnknownKernel",
        "MyOp",
        `"MyOp"`,
        /other tf operations/
      )
      expectError(yield* failing(() => loss(tf.tensor(["a"]))), "UnknownKernel", "Constant", `tf.tensor(["a"])`, /encode strings/)
    })
  )

  it.effect("shapes that depend on values", () =>
    Effect.gen(function* () {
      const error = yield* failing(({ labels }) => loss(tf.cast(tf.unique(labels as unknown as tf.Tensor1D).values, "float32")))
      expectError(error, "DataDependentShape", "Unique", "tf.unique", /tf\.oneHot/)
      const masked = yield* failing(({ features }) => {
        tf.booleanMaskAsync(features["x"]!, tf.greater(features["x"]!, 0)).catch(() => undefined)
        return loss(features["x"]!)
      })
      expectError(masked, "DataDependentShape", "booleanMaskAsync", "tf.booleanMaskAsync", /tf\.where/)
    })
  )

  it.effect("operations without a gradient", () =>
    Effect.gen(function* () {
      const error = yield* failing(({ features, variables }) => {
        const f = () => {
          const image = tf.reshape(tf.matMul(features["x"]!, variables.get("w", [3, 4])), [1, 4, 4, 1]) as tf.Tensor4D
          return tf.mean(tf.image.rotateWithOffset(image, 0.5)) as tf.Scalar
        }
        return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(f) }
      })
      expectError(error, "MissingGradient", "RotateWithOffset", "tf.image.rotateWithOffset", /customGrad/)
      const cropped = yield* failing(({ features, variables }) => {
        const f = () => {
          const image = tf.reshape(tf.matMul(features["x"]!, variables.get("w", [3, 4])), [1, 4, 4, 1]) as tf.Tensor4D
          return tf.mean(tf.image.cropAndResize(image, [[0, 0, 1, 1]], [0], [2, 2])) as tf.Scalar
        }
        return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(f) }
      })
      expectError(cropped, "MissingGradient", "CropAndResize", "tf.image.cropAndResize", /tf\.image\.resizeBilinear\(tf\.slice/)
    })
  )

  it.effect("a variable made outside", () =>
    Effect.gen(function* () {
      yield* onCpu
      const outside = tf.variable(tf.ones([3]), true, "errors_test_outside")
      const error = yield* failing(({ features }) => loss(tf.add(features["x"]!, outside)))
      expectError(error, "ForeignVariable", "Add", "outside", /variables\.get\("errors_test_outside"/)
      const assigned = yield* failing(({ features }) => (outside.assign(tf.mean(features["x"]!, 0)), loss(features["x"]!)))
      expectError(assigned, "ForeignVariable", "assign", "outside.assign", /inside/)
      assert.deepStrictEqual([...outside.dataSync()], [1, 1, 1])
      const adam = tf.train.adam(0.1)
      const optimizer = yield* failing(({ features, variables }) => ({
        loss: new CrossReplicaOptimizer(adam).minimize(() => tf.mean(tf.matMul(features["x"]!, variables.get("w", [3, 1]))))
      }))
      assert.strictEqual(optimizer.reason, "ForeignVariable")
      assert.match(optimizer.detail, /optimizers inside modelFn/)
      outside.dispose()
    })
  )

  it.effect("a tensor of an earlier recording", () =>
    Effect.gen(function* () {
      let kept: tf.Tensor | undefined
      const error = yield* failing(({ features }) => {
        kept ??= features["x"]!
        return loss(tf.add(kept, features["x"]!))
      })
      expectError(error, "ForeignTensor", "Add", "tf.add(kept", /cache or in a variable/)
    })
  )

  it.effect("one name for two variables", () =>
    Effect.gen(function* () {
      const error = yield* failing(({ features, variables }) => {
        variables.get("w", [3])
        variables.get("w", [4])
        return loss(features["x"]!)
      })
      expectError(error, "VariableMismatch", "Variable", `get("w", [4])`, /f32\[3\].*f32\[4\]/)
      const twice = yield* failing(({ features }) => {
        tf.variable(tf.zeros([1]), true, "v")
        tf.variable(tf.zeros([1]), true, "v")
        return loss(features["x"]!)
      })
      assert.strictEqual(twice.reason, "VariableMismatch")
      const reserved = yield* failing(({ features, variables }) => (variables.get("labels", [1]), loss(features["x"]!)))
      assert.match(reserved.detail, /belongs to the step/)
      const text = yield* failing(({ features, variables }) => (variables.get("_texts/w", [1]), loss(features["x"]!)))
      assert.match(text.detail, /"_texts\/w" belongs to the step/)
    })
  )

  it.effect("a spec that does not fit its mode", () =>
    Effect.gen(function* () {
      const bad: ReadonlyArray<readonly [ModelFn, Mode, RegExp]> = [
        [() => ({}), "train", /no loss/],
        [({ features }) => ({ loss: tf.mean(features["x"]!, 0) }), "evaluate", /f32\[3\].*float32 scalar/],
        [({ labels }) => ({ loss: tf.sum(labels) }), "train", /i32\[\]/],
        [({ features }) => loss(features["x"]!), "predict", /no predictions/],
        [({ features }) => ({ predictions: { p: tf.sum(features["x"]!) } }), "predict", /predictions\/p is f32\[\].*rows/],
        [
          ({ features }) => ({
            ...loss(features["x"]!),
            evalMetrics: { m: { tensors: { t: tf.scalar(1) }, metric: { initial: [], update: (s) => s, result: () => 0 } } }
          }),
          "evaluate",
          /metrics\/m\/t/
        ],
        [(() => Promise.resolve({})) as unknown as ModelFn, "train", /synchronous/],
        [(() => undefined) as unknown as ModelFn, "train", /record/],
        [(() => ({ loss: 3 })) as unknown as ModelFn, "train", /loss must be a tensor, got number 3/],
        ...malformed
      ]
      for (const [modelFn, mode, detail] of bad) {
        const error = yield* failing(modelFn, { mode })
        assert.strictEqual(error.reason, "InvalidSpec", error.message)
        assert.match(error.detail, detail)
      }
    })
  )

  it.effect("a cache that changes its form", () =>
    Effect.gen(function* () {
      const cacheFn = (rows: number) => [tf.zeros([rows, 2]), tf.zeros([rows], "int32")]
      const error = yield* failing(({ features, cache }) => ({ ...loss(features["x"]!), cache: [tf.tile(cache[0]!, [1, 2]), cache[1]!] }), {
        cacheFn
      })
      assert.strictEqual(error.reason, "CacheMismatch")
      assert.match(error.detail, /cache\/0 is f32\[4,2\].*f32\[4,4\]/)
      assert.match((yield* failing(({ features }) => loss(features["x"]!), { cacheFn })).detail, /2 leaves.*has 0/)
      const cast = yield* failing(({ features, cache }) => ({ ...loss(features["x"]!), cache: [cache[0]!, tf.cast(cache[1]!, "float32")] }), {
        cacheFn
      })
      assert.match(cast.detail, /cache\/1 is i32\[4\].*f32\[4\]/)
      const more = yield* failing(({ features, cache }) => ({ ...loss(features["x"]!), cache: [...cache, cache[1]!] }), { cacheFn })
      assert.match(more.detail, /2 leaves.*has 3/)
    })
  )

  it.effect("an exception of the user's code", () =>
    Effect.gen(function* () {
      const error = yield* failing(() => {
        throw new Error("no such head")
      })
      expectError(error, "ModelThrew", undefined, `new Error("no such head")`, /no such head/)
      assert.instanceOf(error.cause, Error)
      const wrong = yield* failing(({ features }) => loss(tf.matMul(features["x"]!, tf.ones([4, 2]))))
      expectError(wrong, "InvalidOperands", "BatchMatMul", "tf.matMul", /inner extents, got 3 and 4/)
    })
  )

  it.effect("an equation that einsum does not have", () =>
    Effect.gen(function* () {
      const equations: ReadonlyArray<readonly [string, RegExp]> = [
        ["ii->i", /duplicate axes/],
        ["...j->...", /ellipsis/i],
        ["ij,jk", /arrow/i]
      ]
      for (const [equation, advice] of equations) {
        const error = yield* failing(
          ({ features, variables }) => {
            const f = () => {
              const w = tf.matMul(tf.transpose(features["x"]!), tf.mul(features["x"]!, variables.get("w", [3])))
              const deep = (n: number): tf.Tensor => (n === 0 ? tf.einsum(equation, ...(equation.includes(",") ? [w, w] : [w])) : deep(n - 1))
              return tf.mean(deep(12)) as tf.Scalar
            }
            return { loss: new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(f) }
          },
          { mode: "train" }
        )
        expectError(error, "InvalidOperands", "Einsum", "tf.einsum", advice)
      }
    })
  )

  it.effect("replicas that would drift apart", () =>
    Effect.gen(function* () {
      const modelFn: ModelFn = ({ features, variables }) => {
        const w = variables.get("w", [3, 1])
        const f = () => tf.mean(tf.matMul(features["x"]!, w)) as tf.Scalar
        return { loss: tf.train.sgd(0.1).minimize(f, true)! }
      }
      const error = yield* failing(modelFn, { mode: "train", replicas: 2 })
      assert.strictEqual(error.reason, "InvalidSpec")
      assert.match(error.detail, /"w" differs between the 2 replicas.*CrossReplicaOptimizer/)
    })
  )

  it.effect("a first value made from the batch", () =>
    Effect.gen(function* () {
      const error = yield* failing(({ features }) => (tf.variable(tf.mean(features["x"]!), true, "mean"), loss(features["x"]!)))
      assert.match(error.detail, /batch leaf "features\/x"/)
    })
  )
})
