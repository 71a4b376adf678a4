/**
 * The classes of TensorFlow.js Layers, which the package registers but does not export.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"

export type Inputs = tf.Tensor | Array<tf.Tensor>
export type Kwargs = { readonly [name: string]: unknown }

interface LayerClass {
  readonly prototype: { readonly call: (inputs: Inputs, kwargs: Kwargs) => Inputs }
}

/** By the name that a model's JSON has. The cast: TensorFlow.js keeps layers, initializers and the rest in one map. */
export const classOf = (className: string): LayerClass => {
  // the mention of `tfl` keeps the import, whose effect fills the map
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className]
  if (entry === undefined) throw new Error(`TensorFlow.js Layers ${tfl.version_layers} has no class ${className}`)
  return entry[0] as unknown as LayerClass
}

/** Layers get a list from models and a tensor from `apply`. */
export const exactlyOne = (inputs: Inputs): tf.Tensor => {
  if (!Array.isArray(inputs)) return inputs
  if (inputs.length === 1) return inputs[0]!
  throw new Error(`expected one input tensor, got ${inputs.length}`)
}
