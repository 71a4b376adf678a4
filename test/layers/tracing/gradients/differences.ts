/** Checks gradients against central differences of the function's own results. */
import { assert } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import { onOrt, openOrt } from "../../device/onnx/onOrt.ts"
import { type Evaluation, type F, graphOf, type Input } from "../harness.ts"

/** Name, function, inputs; gradients are taken with respect to the float32 ones. */
export type GradientCase = readonly [name: string, f: F, inputs: ReadonlyArray<Input>]

const listOf = (x: tf.Tensor | Array<tf.Tensor>) => (Array.isArray(x) ? x : [x])

/** What element `i` of result `k` counts in the loss: all differ. */
const weight = (k: number, i: number) => Math.cos(0.7 * i + k)

/** Places of the float32 inputs. */
export const floats = (inputs: ReadonlyArray<Input>) => inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []))

/** Gradients of the weighted sum of the float32 results. */
export const gradientsOf =
  (f: F, wanted: ReadonlyArray<number>): F =>
  (...xs) => {
    const loss = (...some: Array<tf.Tensor>) => {
      const all = xs.map((x, i) => (wanted.includes(i) ? some[wanted.indexOf(i)]! : x))
      const terms = listOf(f(...all)).flatMap((y, k) =>
        y.dtype === "float32"
          ? [
              tf.sum(
                tf.mul(
                  y,
                  tf.tensor(
                    Float32Array.from({ length: y.size }, (_, i) => weight(k, i)),
                    y.shape
                  )
                )
              )
            ]
          : []
      )
      return terms.reduce((a, b) => tf.add(a, b))
    }
    return tf.grads(loss)(wanted.map((i) => xs[i]!))
  }

/** Half the distance of the two points; rounding of float32 results and curvature are in balance here. */
const h = 2 ** -6

/** Central differences for each element of one input, the loss added up in float64. */
const differences = (f: F, inputs: ReadonlyArray<Input>, at: number): ReadonlyArray<number> => {
  const { graph, types } = graphOf(f, inputs)
  const results = (data: Float32Array) =>
    evaluate(
      graph,
      inputs.map((x, i) => (i === at ? data : x.data))
    )
  return Array.from(inputs[at]!.data, (x, j) => {
    const moved = (by: number) => {
      const data = Float32Array.from(inputs[at]!.data)
      data[j] = x + by
      return { results: results(data), x: data[j] }
    }
    const [up, down] = [moved(h), moved(-h)]
    let difference = 0
    types.forEach(({ dtype }, k) => {
      if (dtype === "float32") up.results[k]!.forEach((y, i) => (difference += weight(k, i) * (y - down.results[k]![i]!)))
    })
    return difference / (up.x - down.x)
  })
}

const ort = openOrt()
const engines: Readonly<Record<string, Evaluation>> = {
  reference: evaluate,
  onnx: (graph, parameters) => onOrt(ort, graph, parameters)
}

/** On both engines; `tolerance` is relative to the larger of 1 and the gradient. */
export const check = ([, f, inputs]: GradientCase, tolerance = 3e-3): void => {
  const wanted = floats(inputs)
  const { graph, types } = graphOf(gradientsOf(f, wanted), inputs)
  const expected = wanted.map((at) => differences(f, inputs, at))
  for (const [engine, evaluation] of Object.entries(engines)) {
    const gradients = evaluation(
      graph,
      inputs.map((x) => x.data)
    )
    wanted.forEach((at, k) => {
      assert.deepStrictEqual(types[k]!.shape, inputs[at]!.shape, `shape of gradient ${at}`)
      expected[k]!.forEach((d, j) => {
        const g = gradients[k]![j]!
        assert.isTrue(
          Math.abs(g - d) <= tolerance * Math.max(1, Math.abs(d)),
          `${engine}: gradient of input ${at}, element ${j}: ${g}, by differences ${d}`
        )
      })
    })
  }
}
