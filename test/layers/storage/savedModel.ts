/** Saves a model of tf.layers in files, as `model.save("file://…")` of tfjs-node does. */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import { Effect, FileSystem } from "effect"

const bytesOf = (data: tf.io.WeightData): Uint8Array =>
  Array.isArray(data) ? Uint8Array.from(data.flatMap((part) => [...new Uint8Array(part)])) : new Uint8Array(data)

/** Weights cut into files of at most `shard` bytes, wherever that falls. */
export const saveModel = (model: tfl.LayersModel, directory: string, { shard = 64, topology = true } = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const artifacts = yield* Effect.promise(
      () =>
        new Promise<tf.io.ModelArtifacts>((resolve, reject) => {
          const handler = tf.io.withSaveHandler(async (given) => {
            resolve(given)
            return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given) }
          })
          model.save(handler).catch(reject)
        })
    )
    const bytes = bytesOf(artifacts.weightData ?? new ArrayBuffer(0))
    const paths: Array<string> = []
    yield* fs.makeDirectory(directory, { recursive: true })
    for (let at = 0; at < bytes.length; at += shard) {
      paths.push(`group1-shard${paths.length + 1}.bin`)
      yield* fs.writeFile(`${directory}/${paths.at(-1)!}`, bytes.slice(at, at + shard))
    }
    const json = {
      format: artifacts.format,
      ...(topology ? { modelTopology: artifacts.modelTopology } : {}),
      weightsManifest: [{ paths, weights: artifacts.weightSpecs }]
    }
    yield* fs.writeFileString(`${directory}/model.json`, JSON.stringify(json))
    return json
  })
