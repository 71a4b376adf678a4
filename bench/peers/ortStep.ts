/**
 * The Transformer-XL training step as an ONNX graph written by hand, backward pass included: what somebody who wants
 * onnxruntime's speed and has no framework would write. State goes in as `name` and comes out as `name.out`.
 *
 * Letters: B batch, T target, M memory, K = M + T keys, D model width, N heads, E head width, F inner width, V vocabulary,
 * R = B * T rows. What it does for speed: two-dimensional Gemm with its transposes, bias and residual inside; heads first,
 * so that the scores by distance are one [N, B * T, E] batch; a zero row among the distances, so that the product makes the
 * padded column of the relative shift; layer normalisation's own mean and 1/deviation kept for the backward pass; softmax
 * backward by row sums of (gradient * output); no gradient into the memory; clip and Adam's scalars folded into one factor.
 *
 * @since 0.1.0
 */
import * as OnnxWriter from "./OnnxWriter.ts"
import type { Attributes, Value } from "./OnnxWriter.ts"
import { causalMask, positions, type Sizes, weightShapes } from "./Workload.ts"

/** @category models @since 0.1.0 */
export interface OrtStep {
  readonly bytes: Uint8Array
  readonly nodes: number
  /** Float32 inputs that have a successor `name.out`: weights `p.*`, moments `m.*` and `v.*`, `t`, memories `mem*`. */
  readonly state: ReadonlyMap<string, ReadonlyArray<number>>
}

/** Shorthand over the writer: one method for each kind of node that the step needs. */
const shorthand = (w: OnnxWriter.OnnxWriter) => ({
  w,
  number: (value: number) => w.floats([value], []),
  add: (a: Value, b: Value, name?: string) => w.op("Add", [a, b], {}, name),
  sub: (a: Value, b: Value, name?: string) => w.op("Sub", [a, b], {}, name),
  mul: (a: Value, b: Value, name?: string) => w.op("Mul", [a, b], {}, name),
  div: (a: Value, b: Value) => w.op("Div", [a, b]),
  reshape: (x: Value, ...shape: ReadonlyArray<number>) => w.op("Reshape", [x, w.integers(...shape)]),
  transpose: (x: Value, ...perm: ReadonlyArray<number>) => w.op("Transpose", [x], { perm }),
  slice: (x: Value, from: number, to: number, axis: number) => w.op("Slice", [x, w.integers(from), w.integers(to), w.integers(axis)]),
  pad: (x: Value, ...pads: ReadonlyArray<number>) => w.op("Pad", [x, w.integers(...pads)]),
  sum: (x: Value, axes: ReadonlyArray<number>, keepdims = 0) => w.op("ReduceSum", [x, w.integers(...axes)], { keepdims }),
  rowMean: (x: Value) => w.op("ReduceMean", [x, w.integers(-1)], { keepdims: 1 }),
  /** `a b + c` of matrices. */
  gemm: (a: Value, b: Value, attributes: Attributes = {}, c?: Value) => w.op("Gemm", c === undefined ? [a, b] : [a, b, c], attributes),
  /** Batched product with a factor. */
  product: (a: Value, b: Value, factor: number, attributes: Attributes = {}) =>
    w.op("FusedMatMul", [a, b], { ...attributes, alpha: { float: factor } })
})

type Shorthand = ReturnType<typeof shorthand>

/** What the whole step shares. */
interface Step extends Shorthand {
  readonly s: Sizes
  readonly B: number
  readonly T: number
  readonly M: number
  readonly K: number
  readonly D: number
  readonly N: number
  readonly E: number
  readonly R: number
  readonly scale: number
  readonly table: Value
  readonly mask: Value
  readonly ones: Value
  readonly zeros: Value
  /** Gradients by weight name, as they come. */
  readonly gradients: Map<string, Value>
}

/** What layer normalisation leaves for its backward pass. */
interface Normalised {
  readonly unit: Value
  readonly inverse: Value
}

/** What a layer's forward pass leaves for its backward pass. */
interface Kept {
  readonly context: Value
  readonly key: Value
  readonly value: Value
  readonly contentQuery: Value
  readonly distanceQuery: Value
  readonly distance: Value
  readonly weights: Value
  readonly mixed: Value
  readonly mixedRows: Value
  readonly middle: Value
  readonly inner: Value
  readonly first: Normalised
  readonly second: Normalised
}

const normalise = (g: Step, x: Value, name: string): { readonly y: Value; readonly kept: Normalised } => {
  const [unit, mean, inverse] = [g.w.fresh(), g.w.fresh(), g.w.fresh()]
  const attributes = { axis: -1, epsilon: { float: g.s.layerNormEpsilon } }
  g.w.node("LayerNormalization", [x, g.ones, g.zeros], [unit, mean, inverse], attributes)
  return { y: g.add(g.mul(unit, `p.${name}_g`), `p.${name}_b`), kept: { unit, inverse } }
}

const normaliseBackward = (g: Step, dy: Value, { unit, inverse }: Normalised, name: string): Value => {
  g.gradients.set(`${name}_g`, g.sum(g.mul(dy, unit), [0]))
  g.gradients.set(`${name}_b`, g.sum(dy, [0]))
  const d = g.mul(dy, `p.${name}_g`)
  const centred = g.sub(d, g.rowMean(d))
  return g.mul(inverse, g.sub(centred, g.mul(unit, g.rowMean(g.mul(d, unit)))))
}

/** Attention probabilities and the operands they came from. `hidden` is [R, D]; the new memory goes to `mem<layer>.out`. */
const attend = (g: Step, layer: number, hidden: Value) => {
  const { B, D, E, K, M, N, R, T } = g
  const all = g.w.op("Concat", [`mem${layer}`, g.reshape(hidden, B, T, D)], { axis: 1 })
  g.w.op("Slice", [all, g.w.integers(K - M), g.w.integers(K), g.w.integers(1)], {}, `mem${layer}.out`)
  const context = g.reshape(all, B * K, D)
  const joint = g.transpose(g.reshape(g.gemm(context, `p.l${layer}.qkv`), B, K, 3, N, E), 2, 3, 0, 1, 4)
  const parts = [g.w.fresh(), g.w.fresh(), g.w.fresh()] as const
  g.w.node("Split", [joint], parts, { axis: 0, num_outputs: 3 })
  const query = g.slice(g.reshape(parts[0], N, B, K, E), M, K, 2)
  const key = g.reshape(parts[1], N, B, K, E)
  const value = g.reshape(parts[2], N, B, K, E)
  const contentQuery = g.add(query, g.reshape("p.rw_b", N, 1, 1, E))
  const distanceQuery = g.reshape(g.add(query, g.reshape("p.rr_b", N, 1, 1, E)), N, R, E)
  const distances = g.transpose(g.reshape(g.gemm(g.table, `p.l${layer}.r`), K, N, E), 1, 0, 2)
  const distance = g.pad(distances, 0, 1, 0, 0, 0, 0)
  const byContent = g.product(contentQuery, key, g.scale, { transB: 1 })
  const byDistance = g.product(distanceQuery, distance, g.scale, { transB: 1 })
  const shifted = g.reshape(g.slice(g.reshape(byDistance, N, B, K + 1, T), 1, K + 1, 2), N, B, T, K)
  const weights = g.w.op("Softmax", [g.add(g.add(byContent, shifted), g.mask)], { axis: -1 })
  const mixed = g.w.op("MatMul", [weights, value])
  const mixedRows = g.reshape(g.transpose(mixed, 1, 2, 0, 3), R, N * E)
  return { context, key, value, contentQuery, distanceQuery, distance, weights, mixed, mixedRows }
}

const layerForward = (g: Step, layer: number, hidden: Value): { readonly hidden: Value; readonly kept: Kept } => {
  const p = `p.l${layer}.`
  const attention = attend(g, layer, hidden)
  const first = normalise(g, g.gemm(attention.mixedRows, `${p}o`, {}, hidden), `l${layer}.ln1`)
  const inner = g.w.op("Relu", [g.gemm(first.y, `${p}ff1_w`, {}, `${p}ff1_b`)])
  const second = normalise(g, g.add(g.gemm(inner, `${p}ff2_w`, {}, `${p}ff2_b`), first.y), `l${layer}.ln2`)
  return { hidden: second.y, kept: { ...attention, middle: first.y, inner, first: first.kept, second: second.kept } }
}

/** From the gradient of the mixed values [R, N * E] to those of the queries, keys and values, joined as the forward product gave them: [B, K, 3 N E]. */
const attendBackward = (
  g: Step,
  layer: number,
  kept: Kept,
  dMixedRows: Value,
  dBiases: { readonly rw: Array<Value>; readonly rr: Array<Value> }
): Value => {
  const { B, E, K, M, N, R, T, scale } = g
  const dMixed = g.transpose(g.reshape(dMixedRows, B, T, N, E), 2, 0, 1, 3)
  const dValue = g.product(kept.weights, dMixed, 1, { transA: 1 })
  const rowSums = g.sum(g.mul(dMixed, kept.mixed), [-1], 1)
  const dScores = g.mul(kept.weights, g.sub(g.product(dMixed, kept.value, 1, { transB: 1 }), rowSums))
  const dContentQuery = g.product(dScores, kept.key, scale)
  const dKey = g.product(dScores, kept.contentQuery, scale, { transA: 1 })
  const unshifted = g.reshape(g.pad(g.reshape(dScores, N, B, K, T), 0, 0, 1, 0, 0, 0, 0, 0), N, R, K + 1)
  const dDistanceQuery = g.reshape(g.product(unshifted, kept.distance, scale), N, B, T, E)
  const dDistance = g.slice(g.product(unshifted, kept.distanceQuery, scale, { transA: 1 }), 1, K + 1, 1)
  const dDistanceRows = g.reshape(g.transpose(dDistance, 1, 0, 2), K, N * E)
  g.gradients.set(`l${layer}.r`, g.gemm(g.table, dDistanceRows, { transA: 1 }))
  dBiases.rw.push(g.sum(dContentQuery, [1, 2]))
  dBiases.rr.push(g.sum(dDistanceQuery, [1, 2]))
  const dQuery = g.pad(g.add(dContentQuery, dDistanceQuery), 0, 0, M, 0, 0, 0, 0, 0)
  const stack = [dQuery, dKey, dValue].map((d) => g.reshape(d, 1, N, B, K, E))
  return g.reshape(g.transpose(g.w.op("Concat", stack, { axis: 0 }), 2, 3, 0, 1, 4), B, K, 3 * N * E)
}

const layerBackward = (
  g: Step,
  layer: number,
  kept: Kept,
  dHidden: Value,
  dBiases: { readonly rw: Array<Value>; readonly rr: Array<Value> }
): Value => {
  const name = `l${layer}.`
  const p = `p.${name}`
  const width = 3 * g.N * g.E
  const d2 = normaliseBackward(g, dHidden, kept.second, `${name}ln2`)
  g.gradients.set(`${name}ff2_b`, g.sum(d2, [0]))
  g.gradients.set(`${name}ff2_w`, g.gemm(kept.inner, d2, { transA: 1 }))
  const positive = g.w.op("Cast", [g.w.op("Greater", [kept.inner, g.number(0)])], { to: OnnxWriter.elementType.float32 })
  const dInner = g.mul(g.gemm(d2, `${p}ff2_w`, { transB: 1 }), positive)
  g.gradients.set(`${name}ff1_b`, g.sum(dInner, [0]))
  g.gradients.set(`${name}ff1_w`, g.gemm(kept.middle, dInner, { transA: 1 }))
  const d1 = normaliseBackward(g, g.gemm(dInner, `${p}ff1_w`, { transB: 1 }, d2), kept.first, `${name}ln1`)
  g.gradients.set(`${name}o`, g.gemm(kept.mixedRows, d1, { transA: 1 }))
  const dJoint = attendBackward(g, layer, kept, g.gemm(d1, `${p}o`, { transB: 1 }), dBiases)
  g.gradients.set(`${name}qkv`, g.gemm(kept.context, g.reshape(dJoint, g.B * g.K, width), { transA: 1 }))
  const dJointOfInput = g.reshape(g.slice(dJoint, g.M, g.K, 1), g.R, width)
  return g.gemm(dJointOfInput, `${p}qkv`, { transB: 1 }, d1)
}

/** Forward and backward passes: the output `loss` and all gradients. */
const differentiate = (g: Step): void => {
  const { D, R, s, w } = g
  const onOff = w.floats([0, 1], [2])
  // onnxruntime's OneHot takes int64 indices only
  const [x, y] = ["x", "y"].map((ids) => w.op("Cast", [g.reshape(ids, R)], { to: OnnxWriter.elementType.int64 })) as [Value, Value]
  let hidden = g.mul(w.op("Gather", ["p.emb", x]), g.number(Math.sqrt(D)))
  const layers: Array<Kept> = []
  for (let layer = 0; layer < s.layers; layer++) {
    const result = layerForward(g, layer, hidden)
    hidden = result.hidden
    layers.push(result.kept)
  }
  const logProbabilities = w.op("LogSoftmax", [g.gemm(hidden, "p.emb", { transB: 1 }, "p.out_b")], { axis: -1 })
  const right = w.op("OneHot", [y, w.integers(s.vocabulary), onOff], { axis: -1 })
  w.op("ReduceSum", [g.mul(logProbabilities, g.mul(right, g.number(-1 / R)))], { keepdims: 0 }, "loss")
  const dLogits = g.mul(g.sub(w.op("Exp", [logProbabilities]), right), g.number(1 / R))
  g.gradients.set("out_b", g.sum(dLogits, [0]))
  const dTied = g.gemm(dLogits, hidden, { transA: 1 })
  const dBiases = { rw: new Array<Value>(), rr: new Array<Value>() }
  let d = g.gemm(dLogits, "p.emb")
  for (let layer = s.layers - 1; layer >= 0; layer--) d = layerBackward(g, layer, layers[layer]!, d, dBiases)
  const rowsUsed = w.op("OneHot", [x, w.integers(s.vocabulary), onOff], { axis: -1 })
  // as a product: ScatterND with reduction=add loses updates on repeated indices with two threads
  g.gradients.set("emb", g.gemm(rowsUsed, d, { transA: 1, alpha: { float: Math.sqrt(D) } }, dTied))
  g.gradients.set("rw_b", w.op("Sum", dBiases.rw))
  g.gradients.set("rr_b", w.op("Sum", dBiases.rr))
}

/** Clip by global norm and Adam (epsilon on the bias-corrected second moment, as PyTorch's): the outputs `p.*.out`, `m.*.out`, `v.*.out`, `t.out`. */
const update = (g: Step, names: ReadonlyArray<string>): void => {
  const { s, w } = g
  const squares = names.map((name) => w.op("ReduceSumSquare", [g.gradients.get(name)!], { keepdims: 0 }))
  const norm = w.op("Sqrt", [w.op("Sum", squares)])
  const clip = g.div(g.number(s.clip), w.op("Max", [norm, g.number(s.clip)]))
  const t = g.add("t", g.number(1), "t.out")
  const correction = w.op("Sqrt", [g.sub(g.number(1), w.op("Pow", [g.number(s.beta2), t]))])
  const rate = g.div(g.mul(g.number(s.learningRate), correction), g.sub(g.number(1), w.op("Pow", [g.number(s.beta1), t])))
  const epsilon = g.mul(g.number(s.epsilon), correction)
  const first = g.mul(clip, g.number(1 - s.beta1))
  const second = g.mul(g.mul(clip, clip), g.number(1 - s.beta2))
  for (const name of names) {
    const d = g.gradients.get(name)!
    const m = g.add(g.mul(`m.${name}`, g.number(s.beta1)), g.mul(d, first), `m.${name}.out`)
    const v = g.add(g.mul(`v.${name}`, g.number(s.beta2)), g.mul(g.mul(d, d), second), `v.${name}.out`)
    const direction = g.div(m, g.add(w.op("Sqrt", [v]), epsilon))
    g.sub(`p.${name}`, g.mul(direction, rate), `p.${name}.out`)
  }
}

/** @category constructors @since 0.1.0 */
export const ortStep = (s: Sizes): OrtStep => {
  const w = OnnxWriter.make()
  const shapes = weightShapes(s)
  const state = new Map<string, ReadonlyArray<number>>()
  for (const kind of ["p", "m", "v"]) for (const [name, shape] of shapes) state.set(`${kind}.${name}`, shape)
  state.set("t", [])
  for (let i = 0; i < s.layers; i++) state.set(`mem${i}`, [s.batch, s.memory, s.modelWidth])
  for (const [name, shape] of state) w.input(name, "float32", shape)
  for (const name of ["x", "y"]) w.input(name, "int32", [s.batch, s.target])
  const [B, T, M, D] = [s.batch, s.target, s.memory, s.modelWidth]
  const K = M + T
  const g: Step = {
    ...shorthand(w),
    ...{ s, B, T, M, K, D, N: s.heads, E: s.headWidth, R: B * T, scale: s.headWidth ** -0.5 },
    table: w.floats(positions(s), [K, D]),
    mask: w.floats(causalMask(s), [T, K]),
    ones: w.floats(new Float32Array(D).fill(1), [D]),
    zeros: w.floats(new Float32Array(D), [D]),
    gradients: new Map()
  }
  differentiate(g)
  update(g, [...shapes.keys()])
  for (const [name, shape] of state) w.output(`${name}.out`, "float32", shape)
  w.output("loss", "float32", [])
  return { bytes: w.bytes(), nodes: w.nodeCount(), state }
}
