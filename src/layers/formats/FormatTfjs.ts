/**
 * A graph model of TensorFlow.js, for `tf.loadGraphModel` in browsers and elsewhere: `model.json` with the graph, and the weights in
 * files of 4 MiB. It has the default signature.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { ExportError } from "../../domain/Errors.ts"
import type { ServingModel, ServingPort } from "../../domain/export/ServingModel.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import type { ModelFormat } from "../../services/ModelFormat.ts"
import type { Literal, NodeDef } from "../device/tensorflow/GraphDef.ts"
import { graphNode, placeholder } from "../device/tensorflow/graphNodes.ts"
import { writeSynced } from "../storage/files.ts"
import { type Json, nodeJson, shapeJson, typeName } from "./tensorflow/graphJson.ts"
import * as Names from "./names.ts"
import * as ServingNodes from "./tensorflow/servingNodes.ts"
import { writeAssets, writeFailure } from "./writing.ts"

const format = "tfjs"

/** @category models @since 0.1.0 */
export interface Options {
  /** Bytes of a file of weights, at most. Default 4 MiB, which browsers keep (tensorflowjs_converter's `weight_shard_size_bytes`). */
  readonly fileBytes?: number
}

/** Ops of the lowering that tfjs-converter 4.22 does not run (its `operations/op_list`). @category tables @since 0.1.0 */
export const unknownOps: ReadonlySet<string> = new Set([
  "AvgPoolGrad",
  "Conv2DBackpropFilter",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "MaxPoolGrad",
  "TruncateDiv",
  "UnsortedSegmentSum"
])

interface Weight {
  readonly name: string
  readonly literal: Literal
}

const weightOf = (name: string, { data, dtype, shape }: Tensor): Weight => ({
  name,
  literal: { type: dtype, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
})

const literalOf = ({ attributes, name }: NodeDef): ReadonlyArray<Weight> => {
  const value = attributes["value"]
  return value !== undefined && "literal" in value ? [{ name, literal: value.literal }] : []
}

const infoJson = (node: string, { dtype, shape }: ServingPort): Json => ({
  name: `${node}:0`,
  dtype: typeName(dtype),
  tensorShape: shapeJson(shape)
})

interface GraphModel {
  readonly nodes: ReadonlyArray<NodeDef>
  readonly weights: ReadonlyArray<Weight>
  readonly signature: Json
}

/** @category conversions @since 0.1.0 */
export const graphModel = (model: ServingModel): Result.Result<GraphModel, ExportError> => {
  const { inputs, outputs, signatures, variables } = model
  const table = Names.tensorflow([ServingNodes.ownPrefix])
  const named = <A>(all: Iterable<A>, nameOf: (one: A) => string) => new Map(Array.from(all, (one) => [one, table.take(nameOf(one))] as const))
  const inputNames = named(inputs, ({ name }) => `inputs/${name}`)
  const outputNames = named(outputs, ({ name }) => `outputs/${name}`)
  const variableNames = named(variables.keys(), (name) => `variables/${name}`)
  const inputName = (port: ServingPort) => inputNames.get(port)!
  const outputName = (port: ServingPort) => outputNames.get(port)!
  const variableName = (name: string) => variableNames.get(name)!
  const names: ServingNodes.Names = { variable: variableName, input: (index) => inputName(inputs[index]!) }
  return Result.flatMap(ServingNodes.make(model, format, names), (serving) => {
    const unknown = serving.nodes.find(({ op }) => unknownOps.has(op))
    if (unknown !== undefined) {
      const detail = "tfjs-converter does not run this op of TensorFlow. Predict without it, or export as saved-model or onnx"
      return Result.fail(new ExportError({ reason: "Op", format, op: unknown.op, detail }))
    }
    const nodes = [
      ...inputs.map((port) => placeholder(inputName(port), port.dtype, port.shape)),
      ...[...variables].map(([name, { dtype }]) => graphNode(variableName(name), "Const", [], { dtype: { type: dtype } })),
      ...serving.nodes,
      ...outputs.map((port, i) => graphNode(outputName(port), "Identity", [serving.outputs[i]!], { T: { type: port.dtype } }))
    ]
    const output = (name: string) => outputs.find((port) => port.name === name)!
    return Result.succeed({
      nodes,
      weights: [...[...variables].map(([name, tensor]) => weightOf(variableName(name), tensor)), ...serving.nodes.flatMap(literalOf)],
      signature: {
        inputs: Object.fromEntries(inputs.map((port) => [port.name, infoJson(inputName(port), port)])),
        outputs: Object.fromEntries(signatures[0]!.outputs.map(({ key, port }) => [key, infoJson(outputName(output(port)), output(port))]))
      }
    })
  })
}

/** The graph version of TensorFlow 2.9, as in `GraphDef`. */
const producer = 1087

const modelJson = ({ nodes, signature, weights }: GraphModel, files: ReadonlyArray<string>): string =>
  JSON.stringify({
    format: "graph-model",
    generatedBy: "effect-estimator",
    convertedBy: null,
    signature,
    modelTopology: { node: nodes.map(nodeJson), library: {}, versions: { producer } },
    weightsManifest: [
      {
        paths: files,
        weights: weights.map(({ literal: { shape, type }, name }) => ({ name, shape, dtype: type === "float32" || type === "int32" ? type : "bool" }))
      }
    ]
  })

/** All weights one after another, in pieces of `fileBytes`. */
const pieces = (weights: ReadonlyArray<Weight>, fileBytes: number): ReadonlyArray<Uint8Array> => {
  const total = weights.reduce((sum, { literal }) => sum + literal.data.length, 0)
  const files = Array.from({ length: Math.ceil(total / fileBytes) }, (_, i) => new Uint8Array(Math.min(fileBytes, total - i * fileBytes)))
  let at = 0
  for (const { literal } of weights) {
    for (let done = 0; done < literal.data.length;) {
      const into = files[Math.floor(at / fileBytes)]!
      const part = literal.data.subarray(done, done + Math.min(literal.data.length - done, into.length - (at % fileBytes)))
      into.set(part, at % fileBytes)
      done += part.length
      at += part.length
    }
  }
  return files
}

const write = Effect.fnUntraced(function* (
  fileBytes: number,
  model: ServingModel,
  directory: string
): Effect.fn.Return<void, ExportError | PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const graph = yield* Effect.fromResult(graphModel(model))
  const files = pieces(graph.weights, fileBytes)
  const names = files.map((_, i) => `group1-shard${i + 1}of${files.length}.bin`)
  for (const [i, bytes] of files.entries()) yield* writeSynced(fs, path.join(directory, names[i]!), (output) => output.write(bytes))
  const json = new TextEncoder().encode(modelJson(graph, names))
  yield* writeSynced(fs, path.join(directory, "model.json"), (output) => output.write(json))
  yield* writeAssets(model, directory)
})

/** @category constructors @since 0.1.0 */
export const make = ({ fileBytes = 4 << 20 }: Options = {}): ModelFormat => ({
  name: format,
  write: (model, directory) => Effect.mapError(write(fileBytes, model, directory), writeFailure(format))
})
