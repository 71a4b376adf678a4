/**
 * A trained model as it is given away: the graph of its predictions at one or several batch sizes, its variables, and the
 * names by which others call it. What a `ModelFormat` writes.
 *
 * @since 0.1.0
 */
import type { Graph } from "../graph/Graph.ts"
import type { DType, Shape, Tensor } from "../Tensor.ts"

/** An input or output of the model. @category models @since 0.1.0 */
export interface ServingPort {
  /** What users call it: `tokens`, `cache_0`, `logits`. */
  readonly name: string
  /** Name of the graph's parameter or output. */
  readonly leaf: string
  readonly kind: "feature" | "cache" | "prediction"
  readonly dtype: DType
  /** An extent that is the batch's number of rows is -1; where the model is exported for one batch size none is. */
  readonly shape: Shape
}

/**
 * Outputs that are asked for together, under TensorFlow's names for the kind: `classes` and `scores` of a classification,
 * `outputs` of a regression, names of the model's own in a prediction. Every signature takes all inputs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Signature {
  readonly name: string
  readonly kind: "classification" | "regression" | "predict"
  /** What it is called, and the `name` of the output port. Cache outputs are among them. */
  readonly outputs: ReadonlyArray<{ readonly key: string; readonly port: string }>
}

/** The model for a batch of so many rows. @category models @since 0.1.0 */
export interface SizedGraph {
  readonly batchSize: number
  /**
   * Parameters: the variables that predictions need (role `State`), then the inputs (role `Batch`) in the order of `inputs`.
   * Outputs: in the order of `outputs`. Passes have been run.
   */
  readonly graph: Graph
}

/** One step of training, for a batch of one size. @category models @since 0.1.0 */
export interface TrainingStep extends SizedGraph {
  /** Features, labels and cache. The graph's other parameters are variables, slots and the global step. */
  readonly inputs: ReadonlyArray<ServingPort>
  /** The loss, then the next cache. The graph's further outputs, of the role `State`, are the new values of variables. */
  readonly outputs: ReadonlyArray<ServingPort>
}

/** The predictions for batches of one size, with inputs and outputs of that size: for devices whose shapes are static. @category models @since 0.1.0 */
export interface DeviceGraph extends SizedGraph {
  readonly inputs: ReadonlyArray<ServingPort>
  readonly outputs: ReadonlyArray<ServingPort>
}

/** @category models @since 0.1.0 */
export interface ServingModel {
  /** Global step of the checkpoint. */
  readonly step: number
  readonly inputs: ReadonlyArray<ServingPort>
  readonly outputs: ReadonlyArray<ServingPort>
  /** The first is the default. */
  readonly signatures: ReadonlyArray<Signature>
  /** One, of an export for one batch size; else three, from which a format finds out how its file depends on the size (`export/affine`). */
  readonly graphs: readonly [SizedGraph] | readonly [SizedGraph, SizedGraph, SizedGraph]
  /** Where it was asked for, and only for formats that can have it. */
  readonly training?: TrainingStep
  /** Where it was asked for, and only for formats that can have it (`export_to_tpu`). */
  readonly tpu?: DeviceGraph
  /** Those that are parameters of the graphs, by name. */
  readonly variables: ReadonlyMap<string, Tensor>
  /** Files to be given along, by relative path. */
  readonly assets: ReadonlyMap<string, Uint8Array>
}

/** Name of the signature that is called when none is named. @category constants @since 0.1.0 */
export const defaultSignature = "serving_default"

/** Input and axis from which the number of rows can be told when the model is called; `undefined` where it is fixed. @category rules @since 0.1.0 */
export const rowsFrom = (inputs: ReadonlyArray<ServingPort>): { readonly input: number; readonly axis: number } | undefined => {
  const input = inputs.findIndex(({ shape }) => shape.includes(-1))
  return input < 0 ? undefined : { input, axis: inputs[input]!.shape.indexOf(-1) }
}

/**
 * The signatures of a model: those it offers, each with the cache behind its own outputs, the default first. One that offers none has
 * all outputs in the default signature; of several of which none is the default, that is added with the outputs of all.
 *
 * @category rules
 * @since 0.1.0
 */
export const signaturesOf = (offered: ReadonlyArray<Signature>, outputs: ReadonlyArray<ServingPort>): ReadonlyArray<Signature> => {
  const cache = outputs.flatMap(({ kind, name }) => (kind === "cache" ? [{ key: name, port: name }] : []))
  const whole = offered.map((signature) => ({ ...signature, outputs: [...signature.outputs, ...cache] }))
  const isDefault = ({ name }: Signature) => name === defaultSignature
  if (whole.some(isDefault)) return [...whole.filter(isDefault), ...whole.filter((signature) => !isDefault(signature))]
  if (whole.length === 1) return [{ ...whole[0]!, name: defaultSignature }, ...whole]
  return [{ name: defaultSignature, kind: "predict", outputs: outputs.map(({ name }) => ({ key: name, port: name })) }, ...whole]
}
