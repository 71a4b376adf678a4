/**
 * The type rule of every op: from operand types and attributes to the result's type, or a refusal.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type DType, dtypeOfData, printType, type Shape, sizeOf, type TensorType } from "../Tensor.ts"
import {
  binaryOps,
  compareOps,
  logicalOps,
  type OpAttrs,
  type OpName,
  predicateOps,
  type RandomAttrs,
  randomOps,
  type ReduceAttrs,
  reduceOps,
  unaryOps
} from "./ops.ts"
import {
  arity,
  atLeast,
  axesOf,
  axisOf,
  dtypeIn,
  equalDTypes,
  equalShapes,
  isShape,
  onePerAxis,
  printTypes,
  refuse,
  typeIs,
  TypeRefusal
} from "./typeChecks.ts"
import { indexTypeRules } from "./indexTypeRules.ts"
import { windowTypeRules } from "./windowTypeRules.ts"

/** @category models @since 0.1.0 */
export type TypeRule<K extends OpName> = (inputs: ReadonlyArray<TensorType>, attrs: OpAttrs[K]) => TensorType

/** @category models @since 0.1.0 */
export type TypeRules = { readonly [K in OpName]: TypeRule<K> }

type Inputs = ReadonlyArray<TensorType>

const numeric: ReadonlyArray<DType> = ["float32", "int32"]
const float: ReadonlyArray<DType> = ["float32"]
/** Unary ops with an integer meaning; all others are float32 only. */
const integerUnary: ReadonlySet<string> = new Set(["Neg", "Abs", "Sign", "Relu"])

/** One rule under each of the names. The cast: `Object.fromEntries` forgets which keys it was given. */
const each = <K extends string, R>(names: ReadonlyArray<K>, rule: (name: K) => R) =>
  Object.fromEntries(names.map((name) => [name, rule(name)])) as { readonly [P in K]: R }

const unary =
  (dtypes: ReadonlyArray<DType>) =>
  (inputs: Inputs): TensorType => {
    arity(inputs, 1)
    dtypeIn(inputs[0]!, dtypes)
    return inputs[0]!
  }

const elementwise = (inputs: Inputs, n: number, dtypes: ReadonlyArray<DType>): TensorType => {
  arity(inputs, n)
  equalDTypes(inputs)
  dtypeIn(inputs[0]!, dtypes, "the operands")
  equalShapes(inputs)
  return inputs[0]!
}

const asBool = (type: TensorType): TensorType => ({ dtype: "bool", shape: type.shape })

const reduce =
  (dtypes: ReadonlyArray<DType>) =>
  (inputs: Inputs, { axes, keepDims }: ReduceAttrs): TensorType => {
    arity(inputs, 1)
    const x = inputs[0]!
    dtypeIn(x, dtypes)
    axesOf(x, axes)
    return { dtype: x.dtype, shape: keepDims ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : x.shape.filter((_, i) => !axes.includes(i)) }
  }

const reduceDTypes = (name: string): ReadonlyArray<DType> =>
  name === "ReduceAny" || name === "ReduceAll" ? ["bool"] : name === "ReduceMean" ? float : numeric

const random = (inputs: Inputs, attrs: RandomAttrs): TensorType => {
  arity(inputs, 1)
  typeIs(inputs[0]!, { dtype: "int32", shape: [3] }, "the random key")
  isShape(attrs.shape)
  atLeast(attrs.draw, 0, "draw")
  return { dtype: "float32", shape: attrs.shape }
}

const lastAxis = (inputs: Inputs): TensorType => {
  const x = unary(float)(inputs)
  if (x.shape.length === 0) refuse("a rank of at least 1", printType(x))
  return x
}

const literal = (dtype: DType, shape: Shape): TensorType => {
  isShape(shape)
  return { dtype, shape }
}

/** numpy's rule for one operand: trailing axes align, extents of 1 and missing leading axes repeat. @category rules @since 0.1.0 */
export const broadcastsTo = (from: Shape, to: Shape): boolean => {
  const lead = to.length - from.length
  return lead >= 0 && from.every((d, i) => d === 1 || d === to[lead + i])
}

const matMul: TypeRule<"MatMul"> = (inputs, { transposeA, transposeB }) => {
  arity(inputs, 2)
  const [a, b] = [inputs[0]!, inputs[1]!]
  for (const t of inputs) dtypeIn(t, float, "the operands")
  const rank = a.shape.length
  if (rank < 2 || b.shape.length !== rank) refuse("two operands of one rank of at least 2", printTypes(inputs))
  const [m, k] = transposeA ? [a.shape[rank - 1]!, a.shape[rank - 2]!] : [a.shape[rank - 2]!, a.shape[rank - 1]!]
  const [k2, n] = transposeB ? [b.shape[rank - 1]!, b.shape[rank - 2]!] : [b.shape[rank - 2]!, b.shape[rank - 1]!]
  const flags = `${printTypes(inputs)} with transposeA=${transposeA}, transposeB=${transposeB}`
  if (k !== k2) refuse("equal inner extents", `${k} and ${k2} in ${flags}`)
  const batch = a.shape.slice(0, -2).map((d, i) => {
    const e = b.shape[i]!
    return d === e || e === 1 ? d : d === 1 ? e : refuse("batch extents that are equal or 1", flags)
  })
  return { dtype: "float32", shape: [...batch, m, n] }
}

const concat: TypeRule<"Concat"> = (inputs, { axis }) => {
  if (inputs.length === 0) refuse("at least 1 operand", "no operands")
  const first = inputs[0]!
  equalDTypes(inputs)
  axisOf(first, axis)
  for (const t of inputs) {
    if (t.shape.length !== first.shape.length || t.shape.some((d, i) => i !== axis && d !== first.shape[i])) {
      refuse(`operands that differ on axis ${axis} only`, printTypes(inputs))
    }
  }
  return { dtype: first.dtype, shape: first.shape.map((d, i) => (i === axis ? inputs.reduce((n, t) => n + t.shape[axis]!, 0) : d)) }
}

const slice: TypeRule<"Slice"> = (inputs, { begin, size, strides }) => {
  arity(inputs, 1)
  const x = inputs[0]!
  onePerAxis(x, begin, "a begin")
  onePerAxis(x, size, "a size")
  onePerAxis(x, strides, "a stride")
  isShape(size)
  x.shape.forEach((extent, i) => {
    atLeast(begin[i]!, 0, "begin")
    atLeast(strides[i]!, 1, "stride")
    const last = begin[i]! + (size[i]! - 1) * strides[i]!
    if (size[i]! > 0 && last >= extent) refuse(`elements within 0 … ${extent - 1} on axis ${i} of ${printType(x)}`, `element ${last}`)
  })
  return { dtype: x.dtype, shape: size }
}

const structural = {
  Parameter: (inputs: Inputs, { dtype, shape }: OpAttrs["Parameter"]) => (arity(inputs, 0), literal(dtype, shape)),
  Constant: (inputs: Inputs, { shape, data }: OpAttrs["Constant"]): TensorType => {
    arity(inputs, 0)
    const dtype = dtypeOfData(data) ?? refuse("a Float32Array, an Int32Array or a Uint8Array", typeof data)
    if (sizeOf(shape) !== data.length) refuse(`${sizeOf(shape)} elements for shape [${shape}]`, `${data.length}`)
    return literal(dtype, shape)
  },
  Fill: (inputs: Inputs, { dtype, shape }: OpAttrs["Fill"]) => (arity(inputs, 0), literal(dtype, shape)),
  Iota: (inputs: Inputs, { dtype, shape, axis }: OpAttrs["Iota"]): TensorType => {
    arity(inputs, 0)
    const type = literal(dtype, shape)
    dtypeIn(type, numeric, "the result")
    axisOf(type, axis)
    return type
  },
  ReplicaId: (inputs: Inputs): TensorType => (arity(inputs, 0), { dtype: "int32", shape: [] }),
  Not: unary(["bool"]),
  BitwiseAnd: (inputs: Inputs): TensorType => elementwise(inputs, 2, ["int32"]),
  Barrier: (inputs: Inputs): TensorType => (arity(inputs, 2), inputs[0]!),
  Cast: (inputs: Inputs, { dtype }: OpAttrs["Cast"]): TensorType => (arity(inputs, 1), { dtype, shape: inputs[0]!.shape }),
  ReducePrecision: (inputs: Inputs, { exponentBits, mantissaBits }: OpAttrs["ReducePrecision"]): TensorType => {
    arity(inputs, 1)
    dtypeIn(inputs[0]!, ["float32"], "the operand")
    const whole = (n: number, from: number, to: number) => Number.isInteger(n) && n >= from && n <= to
    if (!whole(exponentBits, 2, 8) || !whole(mantissaBits, 1, 23)) {
      refuse("2 to 8 exponent bits and 1 to 23 mantissa bits", `${exponentBits} and ${mantissaBits}`)
    }
    return inputs[0]!
  },
  Select: (inputs: Inputs): TensorType => {
    arity(inputs, 3)
    dtypeIn(inputs[0]!, ["bool"], "the condition")
    equalDTypes(inputs.slice(1))
    equalShapes(inputs)
    return inputs[1]!
  },
  Reshape: (inputs: Inputs, { shape }: OpAttrs["Reshape"]): TensorType => {
    arity(inputs, 1)
    const x = inputs[0]!
    isShape(shape)
    if (sizeOf(shape) !== sizeOf(x.shape)) refuse(`a shape of ${sizeOf(x.shape)} elements, as ${printType(x)}`, `[${shape}]`)
    return { dtype: x.dtype, shape }
  },
  Transpose: (inputs: Inputs, { perm }: OpAttrs["Transpose"]): TensorType => {
    arity(inputs, 1)
    const x = inputs[0]!
    onePerAxis(x, perm, "an axis")
    if (!x.shape.every((_, i) => perm.includes(i))) refuse(`each axis of ${printType(x)} once`, `[${perm}]`)
    return { dtype: x.dtype, shape: perm.map((p) => x.shape[p]!) }
  },
  Broadcast: (inputs: Inputs, { shape }: OpAttrs["Broadcast"]): TensorType => {
    arity(inputs, 1)
    const x = inputs[0]!
    isShape(shape)
    if (!broadcastsTo(x.shape, shape)) refuse(`a shape that ${printType(x)} broadcasts to`, `[${shape}]`)
    return { dtype: x.dtype, shape }
  },
  Concat: concat,
  Slice: slice,
  Pad: (inputs: Inputs, { paddings }: OpAttrs["Pad"]): TensorType => {
    arity(inputs, 1)
    const x = inputs[0]!
    onePerAxis(x, paddings, "a pair of paddings")
    for (const [before, after] of paddings) {
      atLeast(before, 0, "padding")
      atLeast(after, 0, "padding")
    }
    return { dtype: x.dtype, shape: x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]) }
  },
  Reverse: (inputs: Inputs, { axes }: OpAttrs["Reverse"]): TensorType => {
    arity(inputs, 1)
    axesOf(inputs[0]!, axes)
    return inputs[0]!
  },
  CumSum: (inputs: Inputs, { axis }: OpAttrs["CumSum"]): TensorType => {
    const x = unary(numeric)(inputs)
    axisOf(x, axis)
    return x
  },
  MatMul: matMul,
  Softmax: lastAxis,
  LogSoftmax: lastAxis,
  CrossReplicaSum: unary(numeric)
} as const

/** @category rules @since 0.1.0 */
export const typeRules: TypeRules = {
  ...each(unaryOps, (name) => unary(integerUnary.has(name) ? numeric : float)),
  ...each(binaryOps, (name) => (inputs: Inputs) => elementwise(inputs, 2, name === "Atan2" ? float : numeric)),
  ...each(compareOps, () => (inputs: Inputs) => asBool(elementwise(inputs, 2, ["float32", "int32", "bool"]))),
  ...each(logicalOps, () => (inputs: Inputs) => elementwise(inputs, 2, ["bool"])),
  ...each(predicateOps, () => (inputs: Inputs) => asBool(unary(float)(inputs))),
  ...each(reduceOps, (name) => reduce(reduceDTypes(name))),
  ...each(randomOps, () => random),
  ...structural,
  ...indexTypeRules,
  ...windowTypeRules
}

/** The type of a node of this op, or why there can be none. @category rules @since 0.1.0 */
export const inferType = <K extends OpName>(op: K, inputs: Inputs, attrs: OpAttrs[K]): Result.Result<TensorType, string> => {
  try {
    return Result.succeed((typeRules[op] as TypeRule<K>)(inputs, attrs))
  } catch (error) {
    if (error instanceof TypeRefusal) return Result.fail(error.message)
    throw error
  }
}
