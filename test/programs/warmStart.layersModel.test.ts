import { assert, it } from "@effect/vitest"
import { NodeServices } from "@effect/platform-node"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { Effect, FileSystem, Layer, Stream } from "effect"
import type { ModelFn } from "../../src/domain/Model.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import type { WarmStart } from "../../src/domain/WarmStart.ts"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import * as LayersModelFile from "../../src/layers/storage/LayersModelFile.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Layers from "../../src/layers/tracing/layers/Layers.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { saveModel } from "../layers/storage/savedModel.ts"

const { layers: l } = tfl
const sample = { features: tensor(Float32Array.of(0, 1, 1, 0, 2, 1, 1, 3), [4, 2]), labels: tensor(Float32Array.of(1, 2, 0, 1), [4, 1]) }

interface Params {
  readonly make: () => tfl.LayersModel
}
/** At rate 0, in evaluation mode of the layers: the checkpoint holds what the run began with. */
const modelFn: ModelFn<Params> = ({ features, labels, mode, params }) => {
  const lossOf = () => tf.mean(tf.square(tf.sub(params.make().apply(features) as tf.Tensor, labels))) as tf.Scalar
  return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.adam(0)).minimize(lossOf) : lossOf() }
}
const started = (modelDir: string, make: () => tfl.LayersModel, warmStart: WarmStart) =>
  Effect.gen(function* () {
    const estimator = Estimator.make<Params>({ modelFn, params: { make }, config: { modelDir, iterationsPerLoop: 1 }, warmStart })
    yield* Estimator.train(estimator, { input: Stream.succeed(sample), maxSteps: 1 })
    const store = yield* CheckpointStore
    const { state } = yield* store.load((yield* store.latest(modelDir))!.path)
    return { state, loss: (yield* Estimator.evaluate(estimator, { input: Stream.succeed(sample) })).loss }
  })

const mlp = (units = 3) =>
  tfl.sequential({ layers: [l.dense({ units, inputShape: [2], activation: "tanh" }), l.batchNormalization(), l.dense({ units: 1 })] })

/** The model saved after a look at some data, so that its statistics are not the first ones. */
const saved = (directory: string) =>
  Effect.gen(function* () {
    yield* Effect.promise(() => tf.setBackend("cpu"))
    const model = mlp()
    model.apply(tf.tensor2d([3, 1, 4, 1, 5, 9], [3, 2]), { training: true })
    yield* saveModel(model, directory)
    const y = model.apply(tf.tensor2d([...sample.features.data], [4, 2])) as tf.Tensor
    return { model, loss: tf.mean(tf.square(tf.sub(y, tf.tensor2d([...sample.labels.data], [4, 1])))).dataSync()[0]! }
  })

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const files = Layer.provideMerge(CheckpointStoreFile.layer.pipe(Layer.provideMerge(NodeServices.layer)), EstimatorTest.layer())
const provide = Effect.provide(files)

it.effect("the same layers, written anew, take the saved weights and statistics by their place", () =>
  Effect.gen(function* () {
    const root = yield* temporary
    const { loss, model } = yield* saved(`${root}/saved`)
    const from = `${root}/saved/model.json`
    const warm = yield* started(`${root}/run`, () => mlp(), { from })
    assert.closeTo(warm.loss, loss, 1e-6)
    const [kernel] = model.layers[0]!.getWeights()
    assert.deepStrictEqual(warm.state.get("dense_Dense1/kernel")!.data, kernel!.dataSync())
    const [, , mean] = model.layers[1]!.getWeights()
    assert.deepStrictEqual(warm.state.get("batch_normalization_BatchNormalization1/moving_mean")!.data, mean!.dataSync())
    tf.disposeVariables()
  }).pipe(provide)
)

it.effect("the model of the file itself, by Layers.fromJson", () =>
  Effect.gen(function* () {
    const root = yield* temporary
    const { loss } = yield* saved(`${root}/saved`)
    const from = `${root}/saved/model.json`
    const { json, weights } = yield* LayersModelFile.read(from)
    assert.closeTo((yield* started(`${root}/warm`, () => Layers.fromJson(json), { from })).loss, loss, 1e-6)
    // and without a run before: its weights are the first values
    const estimator = Estimator.make<Params>({ modelFn, params: { make: () => Layers.fromJson(json, { weights }) } })
    assert.closeTo((yield* Estimator.evaluate(estimator, { input: Stream.succeed(sample) })).loss, loss, 1e-6)
    // or the file takes the place of a checkpoint
    const bare = Estimator.make<Params>({ modelFn, params: { make: () => Layers.fromJson(json) } })
    assert.closeTo((yield* Estimator.evaluate(bare, { input: Stream.succeed(sample), checkpointPath: from })).loss, loss, 1e-6)
    tf.disposeVariables()
  }).pipe(provide)
)

it.effect("some of them, under other names", () =>
  Effect.gen(function* () {
    const root = yield* temporary
    const { model } = yield* saved(`${root}/saved`)
    const from = `${root}/saved/model.json`
    const other = () =>
      tfl.sequential({
        layers: [
          l.dense({ units: 3, inputShape: [2], name: "base", trainable: false }),
          l.batchNormalization({ name: "norm" }),
          l.dense({ units: 1, name: "head" })
        ]
      })
    const [base, norm] = model.layers.map((layer) => layer.weights[0]!.originalName.replace(/\/.*/, ""))
    const rename = (name: string) => name.replace("base", base!).replace("norm", norm!)
    const warm = yield* started(`${root}/run`, other, { from, variables: /^(?!head)/, rename })
    assert.deepStrictEqual(warm.state.get("base/kernel")!.data, model.layers[0]!.getWeights()[0]!.dataSync())
    assert.deepStrictEqual(warm.state.get("norm/moving_variance")!.data, model.layers[1]!.getWeights()[3]!.dataSync())
    tf.disposeVariables()
  }).pipe(provide)
)

it.effect("what does not fit, is not there or is broken is named", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const root = yield* temporary
    yield* saved(`${root}/saved`)
    const from = `${root}/saved/model.json`
    const wrong = (make: () => tfl.LayersModel, warmStart: WarmStart) => Effect.flip(started(`${root}/wrong`, make, warmStart))
    const shape = yield* wrong(() => mlp(4), { from })
    assert.deepInclude(shape, { _tag: "CheckpointError", reason: "TypeMismatch", file: from })
    assert.include(shape.message, `the model's variable "dense_Dense1/kernel"`)
    const missing = yield* wrong(() => tfl.sequential({ layers: [l.dense({ units: 1, inputShape: [2], name: "mine" })] }), { from })
    assert.deepInclude(missing, { _tag: "CheckpointError", reason: "MissingTensor", tensor: "mine/kernel" })
    const nowhere = yield* wrong(() => mlp(), { from: `${root}/gone/model.json` })
    assert.deepInclude(nowhere, { _tag: "CheckpointError", reason: "NotFound" })
    yield* fs.writeFile(`${root}/saved/group1-shard1.bin`, new Uint8Array(3))
    const cut = yield* wrong(() => mlp(), { from })
    assert.deepInclude(cut, { _tag: "CheckpointError", reason: "Truncated" })
    yield* fs.remove(`${root}/saved/group1-shard1.bin`)
    const gone = yield* wrong(() => mlp(), { from })
    assert.deepInclude(gone, { _tag: "CheckpointError", reason: "NotFound" })
    assert.include(gone.message, "group1-shard1.bin")
    tf.disposeVariables()
  }).pipe(provide)
)
