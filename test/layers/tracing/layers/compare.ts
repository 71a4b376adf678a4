/** One model made of layers, run eagerly on tfjs's CPU backend and as a compiled step, from the same values. */
import { assert } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import { type Mode, outfeedLeaves, type Program, stateLeaves } from "../../../../src/domain/Program.ts"
import type { Tensor, TensorData } from "../../../../src/domain/Tensor.ts"
import { CrossReplicaOptimizer } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as LayerLog from "../../../../src/layers/tracing/layers/LayerLog.ts"
import { runEagerly } from "../../../../src/layers/tracing/runEagerly.ts"
import { f32, i32 } from "../harness.ts"
import { initialState, type StateOf, step } from "../programs.ts"
import { close, programOf } from "../requests.ts"

/** A layer or a model, as far as it is used here; layers that take several inputs get a list. */
export interface Applied {
  readonly apply: (inputs: never, kwargs?: never) => unknown
}

/** An input without its batch axis; `ids` gives whole numbers below it. */
export interface Leaf {
  readonly shape: ReadonlyArray<number>
  readonly ids?: number
}

export interface LayerCase {
  readonly name: string
  readonly inputs: ReadonlyArray<Leaf>
  readonly make: () => Applied
  /** Keyword arguments besides `training`. */
  readonly kwargs?: (rows: number) => { readonly [name: string]: unknown }
  /** What is done with it in place of `apply`. */
  readonly forward?: (layer: Applied, inputs: ReadonlyArray<tf.Tensor>, training: boolean) => tf.Tensor | ReadonlyArray<tf.Tensor>
  /** Added to the loss. */
  readonly penalty?: () => tf.Scalar
  /** The input is not trained through: the layer has no gradient. */
  readonly flat?: boolean
  /** tfjs's own gradient is wrong here: the recorded one is compared with finite differences of tfjs's forward pass. */
  readonly numeric?: boolean
}

export const of = (name: string, shape: ReadonlyArray<number>, make: () => Applied, more: Partial<LayerCase> = {}): LayerCase => ({
  name,
  inputs: [{ shape }],
  make,
  ...more
})

export const rows = 3
const seed = 11

const listOf = (x: unknown): ReadonlyArray<tf.Tensor> => (Array.isArray(x) ? x : [x]) as ReadonlyArray<tf.Tensor> // what layers give

const dataOf = (leaf: Leaf): Tensor => {
  const shape = [rows, ...leaf.shape]
  return leaf.ids === undefined ? { ...f32(shape), dtype: "float32" } : { ...i32(shape, 0, leaf.ids), dtype: "int32" }
}

/** The model function of a case; `given` are values for the layers' weights, in the order in which they are made. */
const modelOf =
  ({ make, kwargs, forward, penalty, flat = false, inputs }: LayerCase, given?: ReadonlyArray<TensorData>, before = 1): ModelFn =>
  ({ features, mode, variables }) => {
    const xs = inputs.map((_, i) => features[i]!)
    const layer = make()
    const run = (training: boolean): ReadonlyArray<tf.Tensor> => {
      // a factor before the layer shows the gradient of its input
      const factor = () => variables.get("factor", [], { initializer: () => tf.scalar(before) })
      const scaled = xs.map((x) => (flat || x.dtype !== "float32" ? x : tf.mul(x, factor())))
      if (forward !== undefined) return listOf(forward(layer, scaled, training))
      const one = scaled.length === 1 ? scaled[0] : scaled
      return listOf(layer.apply(one as never, { ...kwargs?.(rows), training } as never))
    }
    if (given !== undefined) {
      run(false) // makes the weights
      const weights = [...(LayerLog.current()?.weights.keys() ?? [])]
      assert.strictEqual(weights.length, given.length, "weights of the eager run")
      weights.forEach((w, i) => w.assign(tf.tensor(given[i]!, w.shape, w.dtype)))
    }
    if (mode === "predict") return { predictions: named(run(false)) }
    const lossOf = () => {
      const ys = run(mode === "train")
      const terms = ys.map((y) => tf.mean(tf.mul(tf.square(tf.add(y, 0.3)), tf.reshape(tf.cos(tf.range(0, y.size)), y.shape))))
      const loss = tf.addN([...terms, ...(penalty === undefined ? [] : [penalty()])])
      return { loss, ys }
    }
    // something to train where the layer has nothing
    const trained = () => {
      const { loss, ys } = lossOf()
      return { loss: tf.add(loss, tf.square(variables.get("other", [], { initializer: () => tf.scalar(2) }))), ys }
    }
    if (mode === "evaluate") return { loss: lossOf().loss }
    const { loss, ys } = new CrossReplicaOptimizer(tf.train.sgd(0.1)).minimize(trained)
    return { loss, hostCall: { tensors: named(ys), call: () => undefined } }
  }

const named = (ys: ReadonlyArray<tf.Tensor>) => Object.fromEntries(ys.map((y, i) => [`y${i}`, tf.cast(y, "float32")]))

const own = new Set(["factor", "other", "global_step", "random_key"])

/** Leaves of the layers' weights, in order. */
const weightsOf = (program: Program) => stateLeaves(program.step).filter(({ kind, name }) => kind === "variable" && !own.has(name))

export interface Compiled {
  readonly program: Program
  readonly state: StateOf
  readonly data: ReadonlyArray<Tensor>
}

export const compile = (layerCase: LayerCase, mode: Mode): Compiled => {
  const data = layerCase.inputs.map(dataOf)
  const features = data.map(({ dtype, shape }) => ({ dtype, shape }))
  const program = programOf(modelOf(layerCase), { mode, features, labels: undefined, perReplicaBatchSize: rows })
  return { program, state: initialState(program, seed), data }
}

export interface Outcome {
  readonly ys: ReadonlyArray<ArrayLike<number>>
  readonly loss: number
  /** Values of the layers' weights after the step, then those of `factor`, where it is there. */
  readonly weights: ReadonlyArray<ArrayLike<number>>
}

const valid = new Float32Array(rows).fill(1)

export const onReference = ({ program, state, data }: Compiled): Outcome => {
  const { states, loss, outfeed } = step(program, [state], [[...data.map((x) => x.data), valid]])
  return {
    ys: outfeedLeaves(program.step).map(({ name }) => outfeed(name)),
    loss,
    weights: weightValues(program, states[0]!)
  }
}

export const weightValues = (program: Program, state: StateOf) => [
  ...weightsOf(program).map(({ name }) => state.get(name)!),
  ...(state.has("factor") ? [state.get("factor")!] : [])
]

const withoutVariables = <A>(f: () => A): A => {
  tf.disposeVariables()
  try {
    return f()
  } finally {
    tf.disposeVariables()
  }
}

/** The same with tfjs's own eager execution; draws are those of the run's seed at step 0. */
export const eagerly = (layerCase: LayerCase, mode: Mode, { program, state, data }: Compiled): Outcome =>
  withoutVariables(() => {
    const given = weightsOf(program).map(({ name }) => state.get(name)!)
    const spec = runEagerly({ modelFn: modelOf(layerCase, given), mode, params: undefined, features: data, seed })
    const ys = Object.values(spec.predictions ?? spec.hostCall?.tensors ?? {}).map((y) => y.dataSync())
    const made = Object.values(tf.engine().state.registeredVariables)
    const values = (keep: (v: tf.Variable) => boolean) => made.filter(keep).map((v) => v.dataSync())
    return {
      ys,
      loss: spec.loss === undefined ? Number.NaN : spec.loss.dataSync()[0]!,
      weights: [...values((v) => !own.has(v.name)), ...values((v) => v.name === "factor")]
    }
  })

/** An eager run whose outcome is an exception. */
export const attempt = (layerCase: LayerCase, mode: Mode) =>
  withoutVariables(() => runEagerly({ modelFn: modelOf(layerCase), mode, params: undefined, features: layerCase.inputs.map(dataOf) }))

export const same = (name: string, got: Outcome, wanted: Outcome, tolerance = 2e-5) => {
  assert.strictEqual(got.ys.length, wanted.ys.length, `${name}: results`)
  got.ys.forEach((y, i) => close(y, wanted.ys[i]!, `${name}: result ${i}`, tolerance))
  if (!Number.isNaN(wanted.loss)) close([got.loss], [wanted.loss], `${name}: loss`, tolerance)
  assert.strictEqual(got.weights.length, wanted.weights.length, `${name}: weights`)
  got.weights.forEach((w, i) => close(w, wanted.weights[i]!, `${name}: weight ${i} after the step`, tolerance))
}

/** What one step of the optimizer makes of `factor`, by central differences of the loss. */
const steppedFactor = (layerCase: LayerCase, { data }: Compiled): number => {
  const h = 1e-2
  const lossAt = (factor: number) =>
    withoutVariables(
      () => runEagerly({ modelFn: modelOf(layerCase, undefined, factor), mode: "evaluate", params: undefined, features: data }).loss!.dataSync()[0]!
    )
  return 1 - (0.1 * (lossAt(1 + h) - lossAt(1 - h))) / (2 * h)
}

export const checkCase = (layerCase: LayerCase): void => {
  for (const mode of ["predict", "train"] as const) {
    const compiled = compile(layerCase, mode)
    const got = onReference(compiled)
    const wanted = eagerly(layerCase, mode, compiled)
    if (mode === "predict" || layerCase.numeric !== true) {
      same(`${layerCase.name}, ${mode}`, got, wanted)
      continue
    }
    same(`${layerCase.name}, ${mode}`, { ...got, weights: [] }, { ...wanted, weights: [] })
    close(got.weights[0]!, [steppedFactor(layerCase, compiled)], `${layerCase.name}: the gradient, by differences`, 1e-4)
  }
}

/** `tf.layers` types its wrappers for its own declarations of layers. */
export const inner = (layer: tfl.layers.Layer): never => layer as never
