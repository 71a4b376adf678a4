/** Values and gradients are PyTorch's, on both engines: `golden.json`, written by `test/interop/gradients.py`. */
import { readFileSync } from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import { optimize } from "../../../../src/domain/passes/pipeline.ts"
import { registerGradients } from "../../../../src/layers/tracing/gradients.ts"
import type { Ort } from "../../../../src/layers/device/onnx/Ort.ts"
import { onOrt, openOrt } from "../../device/onnx/onOrt.ts"
import { type Evaluation, graphOf, values } from "../harness.ts"
import { floats, gradientsOf } from "./differences.ts"
import { peers } from "./peers.ts"

interface Golden {
  readonly inputs: ReadonlyArray<{ readonly dtype: "float32" | "int32"; readonly shape: ReadonlyArray<number>; readonly data: ReadonlyArray<number> }>
  readonly outputs: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly data: ReadonlyArray<number> }>
  readonly gradients: ReadonlyArray<ReadonlyArray<number>>
}

const { cases } = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8")) as {
  readonly cases: { readonly [name: string]: Golden }
}

registerGradients()

let ort: Ort
beforeAll(() => {
  ort = openOrt()
})
afterAll(() => ort.close())

const engines: Readonly<Record<string, Evaluation>> = {
  reference: evaluate,
  onnx: (graph, parameters) => onOrt(ort, optimize(graph), parameters)
}

/** Relative to the element or, where it is a difference of larger ones, to 1. */
const closeTo = (got: ArrayLike<number>, wanted: ReadonlyArray<number>, what: string) => {
  assert.strictEqual(got.length, wanted.length, what)
  wanted.forEach((w, i) => assert.closeTo(got[i]!, w, 1e-5 * Math.max(1, Math.abs(w)), `${what}, element ${i}`))
}

describe("values and gradients are PyTorch's", () => {
  it("every function of the fixture is looked at", () => assert.sameMembers(Object.keys(peers), Object.keys(cases)))

  it.each(Object.keys(peers))("%s", (name) => {
    const f = peers[name]!
    const golden = cases[name]!
    const inputs = golden.inputs.map(({ dtype, shape, data }) => values(dtype, shape, ...data))
    const parameters = inputs.map(({ data }) => data)
    const forward = graphOf(f, inputs)
    const backward = graphOf(gradientsOf(f, floats(inputs)), inputs)
    assert.deepStrictEqual(
      forward.types.map(({ shape }) => shape),
      golden.outputs.map(({ shape }) => shape)
    )
    for (const [engine, evaluation] of Object.entries(engines)) {
      const outputs = evaluation(forward.graph, parameters)
      golden.outputs.forEach(({ data }, k) => closeTo(outputs[k]!, data, `${engine}: result ${k}`))
      const gradients = evaluation(backward.graph, parameters)
      golden.gradients.forEach((data, k) => closeTo(gradients[k]!, data, `${engine}: gradient of input ${floats(inputs)[k]}`))
    }
  })
})
