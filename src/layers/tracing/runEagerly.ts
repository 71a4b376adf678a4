/**
 * Runs a model function on an ordinary TensorFlow.js backend, for debugging: values can be printed and stepped through.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { EstimatorSpec, FeatureNest, ModelFn, Nest, SummaryRecorder, VariableScope } from "../../domain/Model.ts"
import * as nest from "../../domain/nest.ts"
import type { Mode } from "../../domain/Program.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { registerGradients } from "./gradients.ts"
import * as LayerLog from "./layers/LayerLog.ts"
import { layerPatches } from "./layers/patches.ts"
import { withPatches } from "./patch.ts"
import { makeEagerRandom } from "./random.ts"
import { makeEagerVariables } from "./variables.ts"

/** @category eager @since 0.1.0 */
export interface EagerRun<P, E = never, R = never> {
  readonly modelFn: ModelFn<P, E, R>
  readonly mode: Mode
  readonly params: P
  /** One batch, rows on axis 0, in the structure that the input gives. */
  readonly features: Nest<Tensor>
  readonly labels?: Nest<Tensor>
  readonly cache?: ReadonlyArray<tf.Tensor>
  /** Default 0. Gives the draws that a device gives for this seed and step on replica 0. */
  readonly seed?: number
  /** Default 0. */
  readonly step?: number
  /** Keep one scope of `makeEagerVariables` for several calls: the variables live in it. Default: a new one. */
  readonly variables?: VariableScope
}

/** Values are at hand here: print them. */
const noSummary: SummaryRecorder = { scalar: () => undefined, histogram: () => undefined, image: () => undefined }

/**
 * Calls the model function once, as one replica with the whole batch, on the current backend. Its tensors are the
 * caller's to dispose of. An optimizer made inside the model function starts anew in each call: hand one in through
 * `params` to keep its slots. Exceptions of the model function come through as they are.
 *
 * @category eager
 * @since 0.1.0
 */
export const runEagerly = <P, E = never, R = never>({
  modelFn,
  mode,
  params,
  features,
  labels,
  cache = [],
  seed = 0,
  step = 0,
  variables = makeEagerVariables(seed)
}: EagerRun<P, E, R>): EstimatorSpec<E, R> => {
  registerGradients()
  const leaves = (data: Nest<Tensor>) => nest.map(data, "", (x) => tf.tensor(x.data, [...x.shape], x.dtype)) as FeatureNest // see its docstring
  const first = nest.flatten(features, "features")[0]
  const batchSize = first?.value.shape[0] ?? 0
  const random = makeEagerRandom(seed, { step })
  const log = LayerLog.make()
  const call = () =>
    modelFn({
      features: leaves(features),
      labels: leaves(labels ?? {}),
      mode,
      params,
      cache,
      random,
      variables,
      summary: noSummary,
      valid: tf.ones([batchSize]),
      globalStep: tf.scalar(step, "int32"),
      replicas: 1,
      batchSize
    })
  const before = LayerLog.activate(log)
  try {
    return withPatches(layerPatches(log, random), call)
  } finally {
    LayerLog.activate(before)
  }
}
