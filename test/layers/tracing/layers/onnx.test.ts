import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { sizeOf } from "../../../../src/domain/Tensor.ts"
import { batchLeaves, stateLeaves } from "../../../../src/domain/Program.ts"
import type { Ort } from "../../../../src/layers/device/onnx/Ort.ts"
import { onOrt, openOrt } from "../../device/onnx/onOrt.ts"
import { step } from "../programs.ts"
import { close } from "../requests.ts"
import * as cases from "./cases.ts"
import { compile, rows } from "./compare.ts"

/** One or more of each kind, and all that merge; draws are made outside the ONNX graph, so noise has its test with the engine. */
const selected = new Set([
  ...cases.merge.map(({ name }) => name),
  "dense",
  "activation mish",
  "prelu",
  "embedding",
  "batchNormalization of images",
  "layerNormalization over two axes",
  "conv1d",
  "conv2d",
  "conv2dTranspose",
  "separableConv2d",
  "depthwiseConv2d",
  "conv3d",
  "conv3dTranspose",
  "upSampling2d",
  "averagePooling2d",
  "maxPooling2d",
  "simpleRNN",
  "simpleRNN, sequences, backwards",
  "gru",
  "lstm, sequences and states",
  "rnn of stacked cells",
  "convLstm2d",
  "bidirectional, concat",
  "masking before an lstm",
  "categoryEncoding, count"
])

let ort: Ort

describe("a training step of a layer on ONNX Runtime is that of the reference", () => {
  beforeAll(() => {
    ort = openOrt()
  })
  afterAll(() => ort.close())
  const layers = Object.values(cases)
    .flat()
    .filter(({ name }) => selected.has(name))
  it("each of the names is that of a case", () => assert.strictEqual(layers.length, selected.size))
  for (const layerCase of layers) {
    it(layerCase.name, () => {
      const { data, program, state } = compile(layerCase, "train")
      const batch = [...data.map((x) => x.data), new Float32Array(rows).fill(1)]
      const wanted = step(program, [state], [batch])
      const parameters = [...stateLeaves(program.step).map(({ name }) => state.get(name)!), ...batch]
      const got = onOrt(ort, program.step, parameters)
      program.step.outputs.forEach(({ name, role }, i) => {
        const values = role._tag === "State" ? wanted.states[0]!.get(name)! : role._tag === "Loss" ? [wanted.loss] : wanted.outfeed(name)
        close(got[i]!, values, `${layerCase.name}: ${name}`, 2e-5)
      })
    })
  }
  it("with as many parameters as leaves", ({ expect }) => {
    const { program } = compile(cases.basic[0]!, "train")
    expect(batchLeaves(program.step).map(({ name, type }) => `${name} ${sizeOf(type.shape)}`)).toEqual(["features/0 15", "valid 3"])
  })
})
