import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { inner, type LayerCase, of, rows } from "./compare.ts"

const { layers: l } = tfl

/** Layers without weights of their own, and dense ones. */
export const basic: ReadonlyArray<LayerCase> = [
  of("dense", [5], () => l.dense({ units: 3, activation: "relu", kernelInitializer: "orthogonal" })),
  of("dense without bias, on three axes", [4, 5], () => l.dense({ units: 3, useBias: false })),
  ...(["elu", "hardSigmoid", "linear", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus", "softsign", "tanh", "swish", "mish"] as const).map(
    (activation) => of(`activation ${activation}`, [5], () => l.activation({ activation }))
  ),
  // in the map of classes, not in the declarations
  ...["logSoftmax", "gelu", "gelu_new"].map((activation) =>
    of(`activation ${activation}`, [5], () => l.activation({ activation: activation as "relu" }))
  ),
  of("elu", [4], () => l.elu()),
  of("reLU", [4], () => l.reLU({ maxValue: 1 })),
  of("leakyReLU", [4], () => l.leakyReLU({ alpha: 0.2 })),
  of("prelu", [4], () => l.prelu({ alphaInitializer: "randomNormal" })),
  of("prelu with shared axes", [3, 4], () => l.prelu({ alphaInitializer: "randomNormal", sharedAxes: [1] })),
  of("softmax", [4, 3], () => l.softmax({ axis: 2 })),
  of("thresholdedReLU", [5], () => l.thresholdedReLU({ theta: 0.3 })),
  of("flatten", [2, 3], () => l.flatten()),
  of("flatten channels first", [2, 3, 2], () => l.flatten({ dataFormat: "channelsFirst" })),
  of("repeatVector", [4], () => l.repeatVector({ n: 3 })),
  of("reshape", [4, 3], () => l.reshape({ targetShape: [2, -1] })),
  of("permute", [4, 3], () => l.permute({ dims: [2, 1] })),
  of("masking", [4, 3], () => l.masking({ maskValue: 0 })),
  of("rescaling", [4], () => l.rescaling({ scale: 0.5, offset: 1 })),
  { name: "embedding", inputs: [{ shape: [4], ids: 6 }], make: () => l.embedding({ inputDim: 6, outputDim: 3 }) },
  {
    name: "embedding whose mask reaches an lstm",
    inputs: [{ shape: [4], ids: 3 }],
    make: () => tfl.sequential({ layers: [l.embedding({ inputDim: 3, outputDim: 2, maskZero: true, inputLength: 4 }), l.lstm({ units: 2 })] })
  }
]

export const noise: ReadonlyArray<LayerCase> = [
  of("dropout", [5], () => l.dropout({ rate: 0.4 })),
  of("dropout with a noise shape", [4, 5], () => l.dropout({ rate: 0.4, noiseShape: [rows, 1, 5] })),
  of("dropout at rate 0", [5], () => l.dropout({ rate: 0 })),
  of("spatialDropout1d", [4, 3], () => l.spatialDropout1d({ rate: 0.5 })),
  of("gaussianNoise", [5], () => l.gaussianNoise({ stddev: 0.5 })),
  of("gaussianDropout", [5], () => l.gaussianDropout({ rate: 0.3 })),
  of("alphaDropout", [5], () => l.alphaDropout({ rate: 0.3 })),
  of("dropouts within a model", [5], () =>
    tfl.sequential({
      layers: [l.dense({ units: 4, inputShape: [5] }), l.dropout({ rate: 0.5 }), l.dense({ units: 4 }), l.alphaDropout({ rate: 0.2 })]
    })
  ),
  of("dropout of a simpleRNN", [3, 2], () => l.simpleRNN({ units: 2, dropout: 0.3, recurrentDropout: 0.4 })),
  of("dropout of a gru", [3, 2], () => l.gru({ units: 2, dropout: 0.3, recurrentDropout: 0.4 })),
  of("dropout of an lstm", [3, 2], () => l.lstm({ units: 2, dropout: 0.3, recurrentDropout: 0.4 }))
]

const two = [{ shape: [4] }, { shape: [4] }]
const merged = (name: string, make: LayerCase["make"], inputs: LayerCase["inputs"] = two): LayerCase => ({ name, inputs, make })

export const merge: ReadonlyArray<LayerCase> = [
  merged("add", () => l.add()),
  merged("add with broadcast", () => l.add(), [{ shape: [3, 4] }, { shape: [4] }]),
  merged("average", () => l.average()),
  merged("multiply", () => l.multiply()),
  merged("maximum", () => l.maximum()),
  merged("minimum", () => l.minimum()),
  merged("concatenate", () => l.concatenate()),
  merged("concatenate on axis 1", () => l.concatenate({ axis: 1 }), [{ shape: [2, 3] }, { shape: [1, 3] }]),
  merged("dot", () => l.dot({ axes: -1 })),
  merged("dot of normalised rows", () => l.dot({ axes: -1, normalize: true })),
  merged("dot of matrices", () => l.dot({ axes: [2, 1] }), [{ shape: [3, 4] }, { shape: [4, 2] }])
]

export const normal: ReadonlyArray<LayerCase> = [
  of("batchNormalization", [5], () => l.batchNormalization()),
  of("batchNormalization of images", [3, 3, 2], () => l.batchNormalization({ momentum: 0.9 })),
  of("batchNormalization of sequences", [3, 2], () => l.batchNormalization()),
  of("layerNormalization", [5], () => l.layerNormalization()),
  of("layerNormalization over two axes", [3, 4], () => l.layerNormalization({ axis: [1, 2] })),
  of("layerNormalization over one axis of three", [3, 4], () => l.layerNormalization({ axis: 1 }))
]

export const convolution: ReadonlyArray<LayerCase> = [
  of("conv1d", [6, 3], () => l.conv1d({ filters: 2, kernelSize: 3 })),
  of("conv2d", [6, 6, 2], () => l.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "tanh" })),
  of("conv2d, strided, channels first", [2, 6, 6], () => l.conv2d({ filters: 3, kernelSize: 3, strides: 2, dataFormat: "channelsFirst" })),
  of("conv2d with relu", [5, 5, 2], () => l.conv2d({ filters: 3, kernelSize: 3, activation: "relu" })),
  of("conv2dTranspose", [4, 4, 2], () => l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 })),
  of("conv2dTranspose, same", [3, 3, 2], () => l.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" })),
  of("separableConv2d", [6, 6, 3], () => l.separableConv2d({ filters: 2, kernelSize: 3, depthMultiplier: 2 })),
  of("depthwiseConv2d", [6, 6, 3], () => l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })),
  of("conv3d", [4, 4, 4, 2], () => l.conv3d({ filters: 2, kernelSize: 2 })),
  of("conv3dTranspose", [2, 2, 2, 2], () => l.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 })),
  // tfjs has no gradient for it
  of("centerCrop", [6, 6, 2], () => l.centerCrop({ height: 4, width: 4 }), { flat: true }),
  of("cropping2D", [5, 5, 2], () =>
    l.cropping2D({
      cropping: [
        [1, 1],
        [0, 2]
      ]
    })
  ),
  of("zeroPadding2d", [3, 3, 2], () => l.zeroPadding2d({ padding: [1, 2] })),
  of("upSampling2d", [3, 3, 2], () => l.upSampling2d({}), { numeric: true }),
  of("upSampling2d, bilinear", [3, 3, 2], () => l.upSampling2d({ interpolation: "bilinear" })),
  of("upSampling2d, channels first", [2, 3, 3], () => l.upSampling2d({ dataFormat: "channelsFirst" }), { numeric: true }),
  of("resizing", [4, 4, 2], () => l.resizing({ height: 6, width: 3 })),
  of("resizing, nearest", [4, 4, 2], () => l.resizing({ height: 2, width: 8, interpolation: "nearest" })),
  of("centerCrop of a smaller image", [3, 3, 2], () => l.centerCrop({ height: 4, width: 4 }))
]

export const pooling: ReadonlyArray<LayerCase> = [
  of("maxPooling1d", [6, 3], () => l.maxPooling1d({ poolSize: 2 })),
  of("averagePooling1d", [6, 3], () => l.averagePooling1d({ poolSize: 2, padding: "same", strides: 1 }), { numeric: true }),
  of("maxPooling2d", [4, 4, 2], () => l.maxPooling2d({ poolSize: 2 })),
  of("maxPooling2d, channels first", [2, 4, 4], () => l.maxPooling2d({ poolSize: 2, dataFormat: "channelsFirst" })),
  of("averagePooling2d", [4, 4, 2], () => l.averagePooling2d({ poolSize: 3, strides: 1, padding: "same" }), { numeric: true }),
  of("maxPooling3d", [4, 4, 4, 2], () => l.maxPooling3d({ poolSize: 2 })),
  of("averagePooling3d", [4, 4, 4, 2], () => l.averagePooling3d({ poolSize: 2 })),
  of("globalAveragePooling1d", [4, 3], () => l.globalAveragePooling1d({})),
  of("globalMaxPooling1d", [4, 3], () => l.globalMaxPooling1d({})),
  of("globalAveragePooling2d", [3, 3, 2], () => l.globalAveragePooling2d({})),
  of("globalMaxPooling2d", [3, 3, 2], () => l.globalMaxPooling2d({})),
  of("globalMaxPooling2d, channels first", [2, 3, 3], () => l.globalMaxPooling2d({ dataFormat: "channelsFirst" }))
]

const initial =
  (units: number, n = 1) =>
  (count: number) => ({
    initialState: Array.from({ length: n }, (_, i) => tf.reshape(tf.sin(tf.range(i, i + count * units)), [count, units]))
  })

export const recurrent: ReadonlyArray<LayerCase> = [
  of("simpleRNN", [4, 3], () => l.simpleRNN({ units: 4 })),
  of("simpleRNN, sequences, backwards", [4, 3], () => l.simpleRNN({ units: 4, returnSequences: true, goBackwards: true })),
  of("simpleRNN from an initial state", [4, 3], () => l.simpleRNN({ units: 2 }), { kwargs: initial(2) }),
  of("gru", [4, 3], () => l.gru({ units: 3, returnSequences: true })),
  of("gru without bias", [4, 3], () => l.gru({ units: 3, useBias: false })),
  of("lstm", [4, 3], () => l.lstm({ units: 3 })),
  of("lstm, sequences and states", [4, 3], () => l.lstm({ units: 3, returnSequences: true, returnState: true })),
  of("lstm from an initial state", [4, 3], () => l.lstm({ units: 2 }), { kwargs: initial(2, 2) }),
  of("lstm, unrolled, hard sigmoid", [4, 3], () => l.lstm({ units: 2, unroll: true, recurrentActivation: "hardSigmoid" })),
  of("rnn of one cell", [4, 3], () => l.rnn({ cell: l.simpleRNNCell({ units: 2 }) })),
  of("rnn of stacked cells", [4, 3], () =>
    l.rnn({ cell: l.stackedRNNCells({ cells: [l.lstmCell({ units: 2 }), l.gruCell({ units: 3 })] }), returnSequences: true })
  ),
  of("rnn of a list of cells", [4, 3], () => l.rnn({ cell: [l.simpleRNNCell({ units: 2 }), l.lstmCell({ units: 3 })], returnState: true })),
  of("convLstm2d", [3, 4, 4, 2], () => l.convLstm2d({ filters: 2, kernelSize: 2 })),
  of("convLstm2d, sequences, same", [2, 3, 3, 2], () => l.convLstm2d({ filters: 2, kernelSize: 2, padding: "same", returnSequences: true })),
  of("dropout of a convLstm2d", [2, 3, 3, 1], () => l.convLstm2d({ filters: 1, kernelSize: 2, dropout: 0.3, recurrentDropout: 0.3 })),
  ...([undefined, "sum", "mul", "ave", "concat", null] as const).map((mergeMode) =>
    of(`bidirectional, ${mergeMode}`, [4, 3], () => l.bidirectional({ layer: inner(l.lstm({ units: 2 })), mergeMode: mergeMode as "sum" }))
  ),
  of("bidirectional, sequences", [4, 3], () => l.bidirectional({ layer: inner(l.gru({ units: 2, returnSequences: true })), mergeMode: "concat" })),
  of("timeDistributed", [4, 3], () => l.timeDistributed({ layer: l.dense({ units: 2 }) })),
  of("timeDistributed dropout", [4, 3], () => l.timeDistributed({ layer: l.dropout({ rate: 0.4 }) })),
  of("masking before an lstm", [4, 3], () =>
    tfl.sequential({ layers: [l.masking({ maskValue: 0, inputShape: [4, 3] }), l.lstm({ units: 2, returnSequences: true })] })
  )
]

export const encoded: ReadonlyArray<LayerCase> = (["oneHot", "multiHot", "count"] as const).map((outputMode) => ({
  name: `categoryEncoding, ${outputMode}`,
  inputs: [{ shape: outputMode === "oneHot" ? [1] : [4], ids: 5 }],
  make: () => l.categoryEncoding({ numTokens: 5, outputMode })
}))
