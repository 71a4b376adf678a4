/**
 * What a model function does with TensorFlow.js Layers, noted while it runs: the layers that it used, their weights and
 * their regularisation losses. tf.layers keeps none of this in one place outside `fit`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"

export type Layer = tfl.layers.Layer

export interface LayerLog {
  readonly layers: Set<Layer>
  readonly weights: Map<tf.Variable, tfl.LayerVariable>
  readonly losses: Array<() => tf.Scalar>
}

export const make = (): LayerLog => ({ layers: new Set(), weights: new Map(), losses: [] })

let active: LayerLog | undefined

/** The log of the model function that runs now, if one does. */
export const current = (): LayerLog | undefined => active

/** Makes `log` (or none) the one that is kept and gives the one before. */
export const activate = (log: LayerLog | undefined): LayerLog | undefined => {
  const before = active
  active = log
  return before
}

/** What a layer variable stands for. The cast of `read`'s type is checked: it is declared as a plain tensor. */
export const variableOf = (weight: tfl.LayerVariable): tf.Variable | undefined => {
  const value: unknown = weight.read()
  return value instanceof tf.Variable ? value : undefined
}

/**
 * Weights that some layer or model counts as not trainable: `trainable: false` of a layer, of what contains it, or of
 * the weight itself. TensorFlow.js looks at this in `fit` only; its optimizers ask each variable.
 */
export const frozen = (log: LayerLog | undefined): ReadonlySet<tf.Variable> => {
  const found = new Set<tf.Variable>()
  for (const layer of log?.layers ?? []) {
    for (const weight of layer.nonTrainableWeights) {
      const variable = variableOf(weight)
      if (variable !== undefined) found.add(variable)
    }
  }
  return found
}

/** Trainable variables, those left out that a layer has frozen. */
export const trainable = (): ReadonlyArray<tf.Variable> => {
  const fixed = frozen(active)
  return Object.values(tf.engine().state.registeredVariables).filter((v) => v.trainable && !fixed.has(v))
}

/**
 * Projects the weights that have a constraint, as Keras does after each update. (TensorFlow.js 4.22 itself never does
 * so in `fit`: there a constraint is applied only to values that are written by `setWeights`.) `updated`: the names of
 * the variables that were given a new value; default all.
 */
export const applyConstraints = (updated?: ReadonlySet<string>): void => {
  if (active === undefined) return
  const fixed = frozen(active)
  for (const [variable, { constraint }] of active.weights) {
    if (constraint === null || constraint === undefined || fixed.has(variable)) continue
    if (updated === undefined || updated.has(variable.name)) variable.assign(constraint.apply(variable))
  }
}
