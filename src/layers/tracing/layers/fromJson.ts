/**
 * A model of TensorFlow.js Layers from its JSON, at once: `tf.loadLayersModel` and `tf.models.modelFromJSON` give
 * promises, and a model function cannot wait for one.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { matcher } from "../../../domain/layerWeights.ts"
import { printType, sameShape, type Tensor } from "../../../domain/Tensor.ts"
import { failure } from "../failures.ts"
import { current } from "../Recording.ts"
import { callerSource } from "../source.ts"

type Json = { readonly [key: string]: unknown }

const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

const refuse = (detail: string, cause?: unknown) => failure("InvalidSpec", detail, { op: "Layers.fromJson", source: callerSource(), cause })

const parsed = (json: unknown): unknown => {
  if (typeof json !== "string") return json
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw refuse("expected the text of a model.json, got one that is no JSON", cause)
  }
}

interface Topology {
  readonly className: string
  readonly config: unknown
}

/** The `class_name` and `config` of a model, wherever the file has them: on top, under `modelTopology`, under `model_config`. */
const topologyOf = (json: unknown): Topology => {
  const file = parsed(json)
  if (!isRecord(file)) throw refuse("expected a model.json: an object with modelTopology")
  const outer = file["modelTopology"] ?? file
  if (file["format"] === "graph-model" || (isRecord(outer) && Array.isArray(outer["node"]))) {
    throw refuse("this is a graph model (tf.loadGraphModel), whose layers are gone; convert the Keras model with --output_format tfjs_layers_model")
  }
  const given = isRecord(outer) ? (outer["model_config"] ?? outer["modelConfig"] ?? outer) : outer
  const topology = parsed(given)
  const className = isRecord(topology) ? (topology["class_name"] ?? topology["className"]) : undefined
  if (!isRecord(topology) || typeof className !== "string" || topology["config"] === undefined) {
    throw refuse("expected a model's class_name and config, as model.toJSON() and model.json have them")
  }
  return { className, config: topology["config"] }
}

/** Names of layers, at whatever depth; models hold few, so a stack will do. */
const layerNamesIn = (config: unknown): ReadonlyArray<string> => {
  const names: Array<string> = []
  const pending: Array<unknown> = [config]
  while (pending.length > 0) {
    const at = pending.pop()
    if (Array.isArray(at)) pending.push(...at)
    else if (isRecord(at)) {
      if (typeof at["name"] === "string") names.push(at["name"])
      pending.push(...Object.values(at))
    }
  }
  return names
}

type FromConfig = (cls: unknown, config: unknown) => unknown

/** Hands the config, converted to the names that TensorFlow.js has for things, to the function given. */
class Receiver {
  static readonly className = "EffectEstimatorReceiver"
}

/**
 * `modelFromJSON` does all its work before it would wait for weights, of which there are none here: a class of our own,
 * that it makes, gets the converted config.
 */
const build = ({ className, config }: Topology): tfl.LayersModel => {
  let model: unknown
  let thrown: unknown
  const receive: FromConfig = (_, converted) => {
    try {
      const inner = (converted as { readonly model: { readonly className: string; readonly config: unknown } }).model // made below
      const entry = tf.serialization.SerializationMap.getMap().classNameMap[inner.className]
      if (entry === undefined) throw new Error(`there is no class ${inner.className}; register it with tf.serialization.registerClass`)
      model = (entry[1] as unknown as FromConfig)(entry[0], inner.config) // the map's declaration has no model in it
    } catch (error) {
      thrown = error
    }
    return new Receiver()
  }
  const topology = { class_name: Receiver.className, config: { model: { class_name: className, config } } }
  const custom = { [Receiver.className]: [Receiver, receive] }
  tfl.models.modelFromJSON({ modelTopology: topology } as never, custom as never).catch((error: unknown) => error) // told below
  if (model instanceof tfl.LayersModel) return model
  if (thrown instanceof Error && thrown.name === "TraceError") throw thrown
  const why = thrown instanceof Error ? thrown.message : `${className} is not a model: expected Sequential, Functional or Model`
  throw refuse(`the model cannot be made: ${why}`, thrown)
}

/** Values by the names that the file has; read by `LayersModelFile.read`, for one. @category models @since 0.1.0 */
export interface FromJsonOptions {
  /** First values of the weights, all of them; default: what the layers' initializers draw. */
  readonly weights?: ReadonlyMap<string, Tensor>
}

const setWeights = (model: tfl.LayersModel, weights: ReadonlyMap<string, Tensor>) => {
  const find = matcher(weights.keys())
  for (const weight of model.weights) {
    const name = find(weight.originalName)
    const value = name === undefined ? undefined : weights.get(name)
    if (value === undefined) {
      throw refuse(`the weights have no "${weight.originalName}"; they have ${[...weights.keys()].slice(0, 8).join(", ")}`)
    }
    const type = { dtype: "float32", shape: weight.shape.map(Number) } as const
    if (!sameShape(value.shape, type.shape)) {
      throw refuse(`the weight "${weight.originalName}" is ${printType(type)} in the model, and ${printType(value)} in the weights`)
    }
    weight.write(tf.tensor(value.data, [...value.shape], value.dtype))
  }
}

/**
 * Makes the model that `json` describes: a `model.json` of TensorFlow.js Layers (text or object; as `model.save` and
 * `tensorflowjs_converter` write it), or `model.toJSON()`. Layers keep the names that it gives them, so that a warm start
 * from the same file finds their weights. To be called within a model function. Throws `TraceError` `InvalidSpec`, which
 * says what was expected and what came.
 *
 * @category models
 * @since 0.1.0
 */
export const fromJson = (json: unknown, { weights }: FromJsonOptions = {}): tfl.LayersModel => {
  const topology = topologyOf(json)
  current()?.layerNames.keep(layerNamesIn(topology.config))
  const model = build(topology)
  if (weights !== undefined) setWeights(model, weights)
  return model
}
