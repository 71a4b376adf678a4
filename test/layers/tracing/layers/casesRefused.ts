import * as tfl from "@tensorflow/tfjs-layers"
import { inner, type LayerCase, of } from "./compare.ts"

const { layers: l } = tfl

/** What TensorFlow.js Layers 4.22 itself does not do, eagerly either. With what it says, and where. */
export const refusedByTfjs: ReadonlyArray<readonly [layerCase: LayerCase, message: RegExp]> = [
  [of("elu with an alpha", [4], () => l.elu({ alpha: 0.7 })), /Non-default alpha value/],
  [of("softmax along another axis", [4, 3], () => l.softmax({ axis: 1 })), /along a non-last dimension/],
  [of("conv1d, causal", [6, 3], () => l.conv1d({ filters: 2, kernelSize: 3, padding: "causal" })), /CAUSAL padding/],
  [of("an activity regularizer", [4], () => l.dense({ units: 2, activityRegularizer: "l1l2" })), /activity regularizer/],
  [
    of("unrolled convolutional recurrence", [2, 3, 3, 1], () => l.convLstm2d({ filters: 1, kernelSize: 2, unroll: true })),
    /Unrolling is not possible/
  ],
  [
    of("weights given to bidirectional", [3, 2], () => l.bidirectional({ layer: inner(l.lstm({ units: 1 })), mergeMode: "sum", weights: [] })),
    /weights support is not implemented/
  ]
]
