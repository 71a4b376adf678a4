import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { registerGradients } from "../../../src/layers/tracing/gradients.ts"
import { backendName } from "../../../src/layers/tracing/RecordingBackend.ts"
import { recorded as recordedKernels } from "../../../src/layers/tracing/register.ts"
import { elementwise } from "./casesElementwise.ts"
import { products } from "./casesProduct.ts"
import { reductions } from "./casesReduce.ts"
import { indexing, shapes } from "./casesShape.ts"
import { type Evaluation, f32, gradientsOf, onCpu, recorded, type Value } from "./harness.ts"
import { onOrt, openOrt } from "../device/onnx/onOrt.ts"
import { withTensorflow } from "../device/tensorflow/available.ts"
import { onTensorflow, openAddon } from "../device/tensorflow/onTensorflow.ts"
import { images } from "./casesImage.ts"
import { complexes } from "./casesComplex.ts"
import { lookups } from "./casesLookup.ts"
import { volumes } from "./casesVolume.ts"
import type { Case } from "./kernelCase.ts"

const close = (name: string, got: ReadonlyArray<Value>, wanted: ReadonlyArray<Value>) => {
  assert.strictEqual(got.length, wanted.length, `${name}: number of results`)
  got.forEach((g, i) => {
    const w = wanted[i]!
    assert.deepStrictEqual([g.dtype, ...g.shape], [w.dtype, ...w.shape], `${name}: type of result ${i}`)
    w.data.forEach((x, j) => {
      const y = g.data[j]!
      const same = Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= 1e-5 * Math.max(1, Math.abs(x))
      assert.isTrue(same, `${name}: result ${i}, element ${j}: recorded ${y}, tfjs ${x}`)
    })
  })
}

registerGradients()

const table: Readonly<Record<string, ReadonlyArray<Case>>> = {
  elementwise,
  reductions,
  shapes,
  indexing,
  products,
  volumes,
  images,
  lookups,
  complexes
}

const ort = openOrt()
const native: Evaluation = (graph, parameters) => onOrt(ort, graph, parameters)

describe("recorded kernels mean what tfjs's CPU backend computes", () => {
  for (const [group, cases] of Object.entries(table)) {
    describe(group, () => {
      for (const [name, f, inputs, grad] of cases) {
        it(name, async () => {
          await tf.setBackend("cpu")
          const wanted = onCpu(f, inputs)
          close(name, recorded(f, inputs), wanted)
          close(`${name}, ONNX Runtime`, recorded(f, inputs, native), wanted)
          if (grad !== "grad") return
          const gradients = onCpu(gradientsOf(f), inputs)
          close(`gradient of ${name}`, recorded(gradientsOf(f), inputs), gradients)
          close(`gradient of ${name}, ONNX Runtime`, recorded(gradientsOf(f), inputs, native), gradients)
        })
      }
    })
  }

  it("covers each kernel of tfjs's CPU backend with a rule or a refusal", async () => {
    await tf.setBackend("cpu")
    recorded((x) => tf.neg(x!), [f32([1])])
    const missing = tf.getKernelsForBackend("cpu").filter(({ kernelName }) => tf.getKernel(kernelName, backendName) === undefined)
    assert.deepStrictEqual(
      missing.map((k) => k.kernelName),
      []
    )
    assert.isAtLeast(recordedKernels.length, 120)
  })
})

withTensorflow("recorded kernels on TensorFlow", (file) => {
  let addon: ReturnType<typeof openAddon> | undefined
  const onSession: Evaluation = (graph, parameters) => onTensorflow((addon ??= openAddon(file)), graph, parameters)

  describe("recorded kernels mean on TensorFlow what tfjs's CPU backend computes", () => {
    for (const [group, cases] of Object.entries(table)) {
      describe(group, () => {
        for (const [name, f, inputs, grad] of cases) {
          it(name, async () => {
            await tf.setBackend("cpu")
            close(name, recorded(f, inputs, onSession), onCpu(f, inputs))
            if (grad === "grad") close(`gradient of ${name}`, recorded(gradientsOf(f), inputs, onSession), onCpu(gradientsOf(f), inputs))
          })
        }
      })
    }
  })
})
