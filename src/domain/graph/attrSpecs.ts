/**
 * The attributes of every op, by name and kind, as a value: what the parser checks texts against.
 *
 * @since 0.1.0
 */
import { binaryOps, compareOps, logicalOps, type OpAttrs, type OpName, predicateOps, randomOps, reduceOps, unaryOps } from "./ops.ts"

/** A `mark` is `true` or left out. @category models @since 0.1.0 */
export type AttrKind = "mark" | "number" | "boolean" | "dtype" | "numbers" | "pairs" | "data"

/** Names and kinds of an op's attributes. @category models @since 0.1.0 */
export type AttrSpec<K extends OpName> = { readonly [A in keyof OpAttrs[K]]: AttrKind }

const none = {}
const each = <K extends string, R>(names: ReadonlyArray<K>, spec: R) =>
  Object.fromEntries(names.map((name) => [name, spec])) as { readonly [P in K]: R } // fromEntries forgets its keys
const conv = { strides: "numbers", padding: "pairs", dilations: "numbers", depthwise: "mark" } as const
const pool = { window: "numbers", strides: "numbers", padding: "pairs" } as const

/** @category tables @since 0.1.0 */
export const attrSpecs: { readonly [K in OpName]: AttrSpec<K> } = {
  ...each(unaryOps, none),
  ...each(binaryOps, none),
  ...each(compareOps, none),
  ...each(logicalOps, none),
  ...each(predicateOps, none),
  ...each(reduceOps, { axes: "numbers", keepDims: "boolean" } as const),
  ...each(randomOps, { shape: "numbers", draw: "number" } as const),
  Parameter: { index: "number", dtype: "dtype", shape: "numbers" },
  Constant: { shape: "numbers", data: "data" },
  Fill: { dtype: "dtype", shape: "numbers", value: "number" },
  Iota: { dtype: "dtype", shape: "numbers", axis: "number" },
  ReplicaId: none,
  Not: none,
  BitwiseAnd: none,
  Cast: { dtype: "dtype" },
  ReducePrecision: { exponentBits: "number", mantissaBits: "number" },
  Select: none,
  Reshape: { shape: "numbers" },
  Transpose: { perm: "numbers" },
  Broadcast: { shape: "numbers" },
  Concat: { axis: "number" },
  Slice: { begin: "numbers", size: "numbers", strides: "numbers" },
  Pad: { paddings: "pairs", value: "number" },
  Reverse: { axes: "numbers" },
  Gather: { axis: "number" },
  SegmentSum: { numSegments: "number" },
  OneHot: { depth: "number", onValue: "number", offValue: "number", dtype: "dtype" },
  ArgMax: { axis: "number" },
  ArgMin: { axis: "number" },
  TopKValues: { k: "number" },
  TopKIndices: { k: "number" },
  CumSum: { axis: "number", exclusive: "boolean", reverse: "boolean" },
  MatMul: { transposeA: "boolean", transposeB: "boolean", exact: "mark" },
  Softmax: none,
  LogSoftmax: none,
  Conv2D: conv,
  Conv2DBackpropInput: { ...conv, inputShape: "numbers" },
  Conv2DBackpropFilter: { ...conv, filterShape: "numbers" },
  MaxPool: pool,
  MaxPoolGrad: pool,
  AvgPool: pool,
  AvgPoolGrad: { ...pool, inputShape: "numbers" },
  Barrier: none,
  CrossReplicaSum: none
}

/** The attributes that only repeat the result's type: printed as the type and nowhere else. @category tables @since 0.1.0 */
export const impliedByType = (op: OpName): ReadonlyArray<"dtype" | "shape"> => {
  switch (op) {
    case "Parameter":
    case "Fill":
    case "Iota":
      return ["dtype", "shape"]
    case "Constant":
    case "Reshape":
    case "Broadcast":
    case "RandomUniform":
    case "RandomNormal":
    case "RandomTruncatedNormal":
      return ["shape"]
    case "Cast":
    case "OneHot":
      return ["dtype"]
    default:
      return []
  }
}

/** Every op, in the order of the tables. @category tables @since 0.1.0 */
export const opNames: ReadonlyArray<OpName> = Object.keys(attrSpecs) as Array<OpName> // the table has exactly these keys
