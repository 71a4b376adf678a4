/**
 * What another program calls a variable, by rules: for a warm start from its checkpoints.
 *
 * @since 0.1.0
 */
import { allocate, sizeOf, type Tensor, type TensorType } from "./Tensor.ts"

/** @category models @since 0.1.0 */
export interface NameRule {
  /** Of the model's name; the rule that fits first counts. */
  readonly model: RegExp
  /** The name in the checkpoint, with `$1` and so on for the pattern's groups. */
  readonly saved: string
  /** Makes the variable's value of what is stored: a part of it, say. Default: as it is. `wanted` is the type in the model. */
  readonly take?: (stored: Tensor, wanted: TensorType) => Tensor
}

/** The rule for a name of the model, and the name that it gives; the same name where none fits. @category rules @since 0.1.0 */
export const applyRules = (rules: ReadonlyArray<NameRule>, name: string): { readonly saved: string; readonly take: NameRule["take"] } => {
  const rule = rules.find(({ model }) => name.search(model) >= 0)
  return rule === undefined ? { saved: name, take: undefined } : { saved: name.replace(rule.model, rule.saved), take: rule.take }
}

/** The same elements in the model's shape, where there are as many. @category takes @since 0.1.0 */
export const reshaped: NonNullable<NameRule["take"]> = (stored, wanted) =>
  sizeOf(stored.shape) === sizeOf(wanted.shape) ? { ...stored, shape: wanted.shape } : stored

/** Parts `begin` up to `end` of `of` equal parts of the last axis: `columns(0, 1, 3)` is the first third. @category takes @since 0.1.0 */
export const columns =
  (begin: number, end: number, of: number): NonNullable<NameRule["take"]> =>
  (stored) => {
    const width = stored.shape.at(-1) ?? 0
    if (width % of !== 0) return stored
    const [from, to] = [(width / of) * begin, (width / of) * end]
    const rows = stored.data.length / (width || 1)
    const data = allocate(stored.dtype, rows * (to - from))
    for (let row = 0; row < rows; row++) data.set(stored.data.subarray(row * width + from, row * width + to), row * (to - from))
    return { dtype: stored.dtype, shape: [...stored.shape.slice(0, -1), to - from], data }
  }

/** `base ^ (n + 1)` of a stored count of steps: what an optimizer here keeps where Keras keeps the count. @category takes @since 0.1.0 */
export const powerAfter =
  (base: number): NonNullable<NameRule["take"]> =>
  ({ data }) => ({ dtype: "float32", shape: [], data: Float32Array.of(base ** (data[0]! + 1)) })

/**
 * Slots of Adam as `tf.compat.v1.train.AdamOptimizer` names them: with `slots: true` a run goes on where TensorFlow's was.
 *
 * @category rules
 * @since 0.1.0
 */
export const tensorflowAdam: ReadonlyArray<NameRule> = [
  { model: /^(.*)\/Adam\/m$/, saved: "$1/Adam" },
  { model: /^(.*)\/Adam\/v$/, saved: "$1/Adam_1" },
  { model: /^Adam\/accBeta1$/, saved: "beta1_power" },
  { model: /^Adam\/accBeta2$/, saved: "beta2_power" }
]

/** Variables that `tf.train.Checkpoint(name=variable)` wrote. Names of nested objects have slashes there, too. @category rules @since 0.1.0 */
export const tensorflowObjects: ReadonlyArray<NameRule> = [{ model: /^(.*)$/, saved: "$1/.ATTRIBUTES/VARIABLE_VALUE" }]

/**
 * The published Transformer-XL checkpoints (kimiyoung/transformer-xl, tf/model.py; those with one vocabulary table: `div_val` 1,
 * biases tied over the layers) for the names of `examples/transformer-xl`. There query, key and value are one product.
 *
 * @category rules
 * @since 0.1.0
 */
export const transformerXl: ReadonlyArray<NameRule> = [
  { model: /^embedding$/, saved: "transformer/adaptive_embed/lookup_table" },
  { model: /^output_bias$/, saved: "transformer/adaptive_softmax/bias" },
  { model: /^content_bias$/, saved: "transformer/r_w_bias", take: reshaped },
  { model: /^position_bias$/, saved: "transformer/r_r_bias", take: reshaped },
  { model: /^layer_(\d+)\/attention\/query$/, saved: "transformer/layer_$1/rel_attn/qkv/kernel", take: columns(0, 1, 3) },
  { model: /^layer_(\d+)\/attention\/key_value$/, saved: "transformer/layer_$1/rel_attn/qkv/kernel", take: columns(1, 3, 3) },
  { model: /^layer_(\d+)\/attention\/relative$/, saved: "transformer/layer_$1/rel_attn/r/kernel" },
  { model: /^layer_(\d+)\/attention\/output$/, saved: "transformer/layer_$1/rel_attn/o/kernel" },
  { model: /^layer_(\d+)\/norm_1\/gain$/, saved: "transformer/layer_$1/rel_attn/LayerNorm/gamma" },
  { model: /^layer_(\d+)\/norm_1\/bias$/, saved: "transformer/layer_$1/rel_attn/LayerNorm/beta" },
  { model: /^layer_(\d+)\/inner$/, saved: "transformer/layer_$1/ff/layer_1/kernel" },
  { model: /^layer_(\d+)\/inner\/bias$/, saved: "transformer/layer_$1/ff/layer_1/bias" },
  { model: /^layer_(\d+)\/outer$/, saved: "transformer/layer_$1/ff/layer_2/kernel" },
  { model: /^layer_(\d+)\/outer\/bias$/, saved: "transformer/layer_$1/ff/layer_2/bias" },
  { model: /^layer_(\d+)\/norm_2\/gain$/, saved: "transformer/layer_$1/ff/LayerNorm/gamma" },
  { model: /^layer_(\d+)\/norm_2\/bias$/, saved: "transformer/layer_$1/ff/LayerNorm/beta" }
]
