/**
 * What TensorFlow.js Layers do otherwise while a model function runs.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import type { RandomSource } from "../../../domain/Model.ts"
import type { Patch } from "../patch.ts"
import { encodingPatches } from "./encoding.ts"
import { type Layer, type LayerLog, variableOf } from "./LayerLog.ts"
import { classOf } from "./layerClasses.ts"
import { noisePatches } from "./noise.ts"
import { normalizationPatches } from "./normalization.ts"

/** What a recording adds to an eager run. */
export interface Host {
  /** Makes the value the variable's first one, where it can be one, and says whether it did. */
  readonly initialise: (variable: tf.Variable, value: tf.Tensor) => boolean
  /** A leaf of the recurrent cache that begins with `zero`, for state `index` of a stateful layer. */
  readonly carry: (layer: tfl.RNN, index: number, zero: tf.Tensor) => tf.Tensor
}

const layerPrototype = tfl.layers.Layer.prototype
/** `ConvRNN2D`, which resets its states in its own way and is not registered. */
const convolutional = Object.getPrototypeOf(classOf("ConvLSTM2D").prototype) as tfl.RNN // see above

const originals = {
  apply: layerPrototype.apply,
  addWeight: Reflect.get(layerPrototype, "addWeight") as (...args: ReadonlyArray<unknown>) => tfl.LayerVariable, // protected
  addLoss: layerPrototype.addLoss,
  write: tfl.LayerVariable.prototype.write,
  resetStates: tfl.RNN.prototype.resetStates,
  resetConvolutional: convolutional.resetStates
}

const logPatches = ({ layers, weights, losses }: LayerLog): ReadonlyArray<Patch> => [
  {
    target: layerPrototype,
    key: "apply",
    value: function (this: Layer, ...args: ReadonlyArray<unknown>) {
      layers.add(this)
      return Reflect.apply(originals.apply, this, args)
    }
  },
  {
    target: layerPrototype,
    key: "addWeight",
    value: function (this: Layer, ...args: ReadonlyArray<unknown>) {
      layers.add(this)
      const weight: tfl.LayerVariable = Reflect.apply(originals.addWeight, this, args)
      const variable = variableOf(weight)
      if (variable !== undefined) weights.set(variable, weight)
      return weight
    }
  },
  {
    target: layerPrototype,
    key: "addLoss",
    value: function (this: Layer, added: (() => tf.Scalar) | ReadonlyArray<() => tf.Scalar>) {
      losses.push(...(typeof added === "function" ? [added] : added))
      return Reflect.apply(originals.addLoss, this, [added])
    }
  }
]

/** The first states are those that the step before left; what the layer holds after the step is carried on. */
const carrying = (original: tfl.RNN["resetStates"], carry: Host["carry"]) =>
  function (this: tfl.RNN, ...args: ReadonlyArray<unknown>) {
    const first = this.states.every((state: tf.Tensor | null) => state === null)
    Reflect.apply(original, this, args)
    if (first) this.states = this.states.map((zero, i) => carry(this, i, zero))
  }

const hostPatches = ({ carry, initialise }: Host): ReadonlyArray<Patch> => [
  {
    target: tfl.LayerVariable.prototype,
    key: "write",
    value: function (this: tfl.LayerVariable, value: tf.Tensor) {
      const variable = variableOf(this)
      if (variable !== undefined && initialise(variable, this.constraint ? this.constraint.apply(value) : value)) return this
      return Reflect.apply(originals.write, this, [value])
    }
  },
  { target: tfl.RNN.prototype, key: "resetStates", value: carrying(originals.resetStates, carry) },
  { target: convolutional, key: "resetStates", value: carrying(originals.resetConvolutional, carry) },
  ...encodingPatches
]

/** `host` for recordings only: an eager run has its own values and states. */
export const layerPatches = (log: LayerLog, random: RandomSource, host?: Host): ReadonlyArray<Patch> => [
  ...logPatches(log),
  ...noisePatches(random),
  ...normalizationPatches,
  ...(host === undefined ? [] : hostPatches(host))
]
