import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../src/domain/Model.ts"
import type { Mode } from "../../../src/domain/Program.ts"

/** A spec with a loss and a part that no typed caller could give. */
const withPart = (part: (x: tf.Tensor) => { readonly [name: string]: unknown }) =>
  (({ features }: Parameters<ModelFn>[0]) => ({ loss: tf.mean(features["x"]!), ...part(features["x"]!) })) as unknown as ModelFn

const mean = { initial: [0], update: (s: ReadonlyArray<number>) => s, result: () => 0 }

/** Specs whose parts have the wrong form, as callers without types give them, with what the error says. */
export const malformed: ReadonlyArray<readonly [ModelFn, Mode, RegExp]> = [
  [
    withPart((x) => ({ evalMetric: { m: { tensors: { x }, metric: mean } } })),
    "evaluate",
    /a key "evalMetric", which no spec has: did you mean "evalMetrics"\?/
  ],
  [withPart((x) => ({ host_call: { tensors: { x }, call: () => {} } })), "train", /a key "host_call".*did you mean "hostCall"\?/],
  [withPart((x) => ({ prediction: { x } })), "predict", /a key "prediction".*did you mean "predictions"\?/],
  [
    withPart((x) => ({ trainOp: x })),
    "train",
    /a key "trainOp", which no spec has: a spec has loss, predictions, exportOutputs, cache, evalMetrics, hostCall/
  ],
  [(() => [1, 2]) as unknown as ModelFn, "predict", /record such as .* got an array of 2/],
  [withPart(() => ({ evalMetrics: 3 })), "evaluate", /evalMetrics must be a record.*metric.*got number 3/],
  [withPart((x) => ({ evalMetrics: [x] })), "evaluate", /evalMetrics must be a record.*got an array of 1/],
  [withPart(() => ({ evalMetrics: mean })), "evaluate", /evalMetrics\.initial must be \{ tensors.*got an array of 1/],
  [withPart(() => ({ evalMetrics: { m: mean } })), "evaluate", /evalMetrics\.m must be \{ tensors.*a metric alone: say which tensors/],
  [withPart((x) => ({ evalMetrics: { m: [() => 1, [x]] } })), "evaluate", /evalMetrics\.m must be.*an array of 2.*TensorFlow's pair/],
  [withPart((x) => ({ evalMetrics: { m: x } })), "evaluate", /evalMetrics\.m must be.*a tensor f32\[4,3\]/],
  [
    withPart((x) => ({ evalMetrics: { m: { tensors: [x], metric: mean } } })),
    "evaluate",
    /evalMetrics\.m\.tensors must be a record of tensors.*got an array of 1/
  ],
  [
    withPart(() => ({ evalMetrics: { m: { tensors: { x: 3 }, metric: mean } } })),
    "evaluate",
    /evalMetrics\.m\.tensors\/x must be a tensor, got number 3/
  ],
  [
    withPart((x) => ({ evalMetrics: { m: { tensors: { x }, metric: () => 1 } } })),
    "evaluate",
    /evalMetrics\.m\.metric must be.*Metrics\.mean\("x"\).*got a function/
  ],
  [withPart((x) => ({ evalMetrics: { m: { tensors: { x } } } })), "evaluate", /evalMetrics\.m\.metric must be.*got undefined/],
  [withPart(() => ({ hostCall: () => {} })), "train", /hostCall must be \{ tensors.*got a function/],
  [withPart((x) => ({ hostCall: [() => {}, [x]] })), "evaluate", /hostCall must be \{ tensors.*got an array of 2/],
  [withPart((x) => ({ hostCall: { tensors: { x } } })), "train", /hostCall\.call must be a function.*got undefined/],
  [withPart((x) => ({ hostCall: { tensors: x, call: () => {} } })), "train", /hostCall\.tensors must be a record.*got a tensor f32\[4,3\]/],
  [withPart((x) => ({ hostCall: { tensors: { x }, call: () => {}, everySteps: "2" } })), "train", /everySteps is string "2"/],
  [withPart((x) => ({ predictions: x })), "predict", /predictions must be a record of tensors, got a tensor f32\[4,3\]/],
  [withPart(() => ({ predictions: null })), "predict", /no predictions/],
  [withPart((x) => ({ predictions: [x] })), "predict", /predictions must be a record of tensors, got an array of 1/],
  [withPart(() => ({ predictions: {} })), "predict", /predictions must be a record of tensors, got an empty record/],
  [withPart(() => ({ predictions: { p: null } })), "predict", /predictions\/p must be a tensor, got null/]
]
