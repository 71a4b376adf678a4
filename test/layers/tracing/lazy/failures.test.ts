import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { CompileError, ConfigError, EngineUnavailable, ExecuteError, TraceError } from "../../../../src/domain/Errors.ts"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import * as EvaluatorOnnx from "../../../../src/layers/device/EvaluatorOnnx.ts"
import * as EvaluatorReference from "../../../../src/layers/device/EvaluatorReference.ts"
import { Backend } from "../../../../src/layers/tracing/lazy/Backend.ts"
import { missing } from "../../../../src/layers/tracing/lazy/CpuKernels.ts"
import * as LazyBackend from "../../../../src/layers/tracing/lazy/LazyBackend.ts"
import * as TracerTfjs from "../../../../src/layers/tracing/TracerTfjs.ts"
import { Evaluator } from "../../../../src/services/Evaluator.ts"
import { Tracer } from "../../../../src/services/Tracer.ts"
import { engines, onLazy } from "./onLazy.ts"

const thrownBy = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return error
  }
  return assert.fail("nothing was thrown")
}

describe.each(["reference", "onnx"] as const satisfies ReadonlyArray<keyof typeof engines>)("failures of the lazy backend on %s", (engine) => {
  it("an index out of range fails where it is read, typed, by both ways of reading", () =>
    onLazy(engine, async () => {
      const bad = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([5], "int32"))
      const error = thrownBy(() => bad.dataSync())
      assert.instanceOf(error, ExecuteError)
      assert.strictEqual(error.reason, "OpFailed")
      assert.include(error.detail, "Gather: expected indices in 0 … 1 (axis 0 of [2]), got 5")
      const rejection = await bad.data().then(
        () => assert.fail("it was read"),
        (cause: unknown) => cause
      )
      assert.instanceOf(rejection, ExecuteError)
    }))

  it("a value without a meaning does not keep others from theirs when all is evaluated", () =>
    onLazy(
      engine,
      ({ graphs }) => {
        const bad = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([5], "int32"))
        const good = tf.add(tf.tensor1d([1]), 1)
        for (let i = 0; i < 40; i++) tf.add(tf.scalar(i), 1)
        const evaluated = graphs.length
        assert.deepStrictEqual([...good.dataSync()], [2])
        assert.lengthOf(graphs, evaluated) // it had its value
        assert.instanceOf(
          thrownBy(() => bad.dataSync()),
          ExecuteError
        )
      },
      { pendingLimit: 20 }
    ))

  it("operands that do not fit fail at the call", () =>
    onLazy(engine, () => {
      assert.throws(() => tf.concat([tf.ones([2, 2]), tf.ones([3, 3])], 0))
      assert.throws(() => tf.einsum("ij,jk->ik", tf.ones([2, 3]), tf.ones([2, 3])), /dimension/)
    }))

  it("removes itself with its scope: the backend before is back, and tensors left over say so", async () => {
    await import("@tensorflow/tfjs-backend-cpu")
    await tf.setBackend("cpu")
    const close = await LazyBackend.register(engines[engine])
    assert.strictEqual(tf.getBackend(), LazyBackend.name)
    const left = tf.add(tf.ones([2]), 1)
    await close()
    assert.strictEqual(tf.getBackend(), "cpu")
    const error = thrownBy(() => left.dataSync())
    assert.instanceOf(error, ExecuteError)
    assert.strictEqual(error.reason, "Closed")
  })

  it("refuses a second registration", async () => {
    const close = await LazyBackend.register(engines[engine])
    const error = await LazyBackend.register(engines[engine]).then(
      () => assert.fail("it was registered twice"),
      (cause: unknown) => cause
    )
    assert.instanceOf(error, ConfigError)
    await close()
  })

  it("a model function is recorded as before while the backend is current, with values of its tensors", () =>
    onLazy(engine, async () => {
      const outside = tf.mul(tf.tensor1d([1, 2]), 2)
      const modelFn: ModelFn = ({ features }) => ({ predictions: { y: tf.add(features as tf.Tensor, outside) } })
      const features = { dtype: "float32", shape: [3, 2] } as const
      const request = { modelFn, mode: "predict", params: {}, replicas: 1, features, perReplicaBatchSize: 3 } as const
      const traced = await Effect.runPromise(Tracer.use((tracer) => tracer.trace(request)).pipe(Effect.provide(TracerTfjs.layer)))
      const constants = traced.program.step.nodes.flatMap((node) => (node.op === "Constant" ? [[...node.attrs.data]] : []))
      assert.deepInclude(constants, [2, 4])
      const refusing: ModelFn = ({ features: x }) => ({ predictions: { y: tf.unique(x as tf.Tensor).values } })
      const error = await Effect.runPromise(
        Effect.flip(Tracer.use((tracer) => tracer.trace({ ...request, modelFn: refusing }))).pipe(Effect.provide(TracerTfjs.layer))
      )
      assert.instanceOf(error, TraceError)
      assert.strictEqual(error.reason, "DataDependentShape")
    }))
})

describe("what is missing", () => {
  it("names the command that installs the CPU backend", async () => {
    const evaluator = await Effect.runPromise(Effect.scoped(EvaluatorReference.make()))
    const close = await LazyBackend.register(EvaluatorReference.layer())
    const backend = new Backend({ evaluator, cpu: missing, pendingLimit: 10, retainedLimit: 1e6, fallbacks: new Map() })
    const kernel = { name: "Unique", graph: false, record: () => 0 }
    const error = thrownBy(() => backend.runKernel(kernel, {}, {}))
    assert.instanceOf(error, EngineUnavailable)
    assert.include(error.message, "npm install @tensorflow/tfjs-backend-cpu")
    await close()
  })

  it("rejects as the evaluator's layer fails, and leaves no backend behind", async () => {
    const nowhere = EvaluatorOnnx.layer({
      resolve: () => {
        throw new Error("not found")
      }
    })
    const error = await LazyBackend.register(nowhere).then(
      () => assert.fail("it was registered"),
      (cause: unknown) => cause
    )
    assert.instanceOf(error, EngineUnavailable)
    assert.isNull(tf.findBackendFactory(LazyBackend.name))
  })

  it("gives the engine's refusal of a graph to the reader", async () => {
    const refusing = Layer.effect(
      Evaluator,
      Effect.map(EvaluatorReference.make(), (inner) =>
        Evaluator.of({ ...inner, evaluateSync: () => Effect.runSync(Effect.result(Effect.fail(new CompileError({ engine: "none", detail: "no" })))) })
      )
    )
    const close = await LazyBackend.register(refusing)
    const y = tf.add(tf.ones([1]), 1)
    assert.instanceOf(
      thrownBy(() => y.dataSync()),
      CompileError
    )
    await close()
  })
})
