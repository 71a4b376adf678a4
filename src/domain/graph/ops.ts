/**
 * The closed op set of the intermediate representation and each op's attributes.
 *
 * Level: TensorFlow.js kernels after normalisation. Axes are non-negative, shapes static, dtypes explicit; elementwise
 * operands have equal shapes (a `Broadcast` node says where one is repeated). Every node has exactly one result.
 *
 * @since 0.1.0
 */
import type { DType, Shape, TensorData } from "../Tensor.ts"

/** `[before, after]` for each spatial axis. */
export type Padding2d = readonly [readonly [number, number], readonly [number, number]]

/** Window of a convolution; images are NHWC, filters HWIO (as tfjs's). */
export interface ConvAttrs {
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
  readonly dilations: readonly [number, number]
  /** Each channel has filters of its own: `[h, w, n, m]` makes `n` channels `n * m`, those of one side by side. Else every channel is read. */
  readonly depthwise?: true
}

/** Window of a pooling; images are NHWC. */
export interface PoolAttrs {
  readonly window: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
}

export interface ReduceAttrs {
  /** Ascending, without repeats. */
  readonly axes: ReadonlyArray<number>
  readonly keepDims: boolean
}

export interface RandomAttrs {
  readonly shape: Shape
  /** Which draw of the step this is: two nodes with equal `draw` give equal bits. */
  readonly draw: number
  /** Whose bits; absent: those of the replica that runs the graph. Set where several replicas were merged into one graph. */
  readonly replica?: number
}

type None = { readonly [key: string]: never }

export const unaryOps = [
  "Neg",
  "Abs",
  "Sign",
  "Exp",
  "Expm1",
  "Log",
  "Log1p",
  "Sqrt",
  "Rsqrt",
  "Reciprocal",
  "Sin",
  "Cos",
  "Tan",
  "Asin",
  "Acos",
  "Atan",
  "Sinh",
  "Cosh",
  "Tanh",
  "Asinh",
  "Acosh",
  "Atanh",
  "Sigmoid",
  "Softplus",
  "Relu",
  "Erf",
  "Floor",
  "Ceil",
  "Round"
] as const
/** Arithmetic: equal dtypes and shapes in, the same out. */
export const binaryOps = ["Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Max", "Min", "Atan2"] as const
/** Equal dtypes and shapes in, bool out. */
export const compareOps = ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"] as const
export const logicalOps = ["And", "Or"] as const
/** float32 in, bool out. */
export const predicateOps = ["IsNan", "IsInf", "IsFinite"] as const
export const reduceOps = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceAny", "ReduceAll"] as const
export const randomOps = ["RandomUniform", "RandomNormal", "RandomTruncatedNormal"] as const

export type UnaryOp = (typeof unaryOps)[number]
export type BinaryOp = (typeof binaryOps)[number]
export type CompareOp = (typeof compareOps)[number]
export type LogicalOp = (typeof logicalOps)[number]
export type PredicateOp = (typeof predicateOps)[number]
export type ReduceOp = (typeof reduceOps)[number]
export type RandomOp = (typeof randomOps)[number]

/** Attributes of each op; inputs are listed in the comment as `(name: type, …)`. @category models @since 0.1.0 */
export interface OpAttrs
  extends
    Record<UnaryOp, None>,
    Record<BinaryOp, None>,
    Record<CompareOp, None>,
    Record<LogicalOp, None>,
    Record<PredicateOp, None>,
    Record<ReduceOp, ReduceAttrs>,
    Record<RandomOp, RandomAttrs> {
  /** `()` Argument of the graph; `index` into `Graph.parameters`. */
  readonly Parameter: { readonly index: number; readonly dtype: DType; readonly shape: Shape }
  /** `()` Literal data; one that holds a single value everywhere becomes `Fill` in the builder. */
  readonly Constant: { readonly shape: Shape; readonly data: TensorData }
  /** `()` The same value everywhere; bool as 0 or 1. */
  readonly Fill: { readonly dtype: DType; readonly shape: Shape; readonly value: number }
  /** `()` 0, 1, 2, … along `axis`, repeated along the others. */
  readonly Iota: { readonly dtype: DType; readonly shape: Shape; readonly axis: number }
  /** `()` int32 scalar: 0 … replicas-1. */
  readonly ReplicaId: None
  /** `(x: bool)` */
  readonly Not: None
  /** `(a: int32, b: int32)` of one shape: bit by bit, in two's complement. */
  readonly BitwiseAnd: None
  /** `(x)` float32 to int32 truncates; anything to bool is `!= 0` (NaN is true, as tfjs); bool to number is 0 or 1. */
  readonly Cast: { readonly dtype: DType }
  /**
   * `(x: float32)` -> float32: rounded to the nearest number (ties to even) of a format with so many exponent and mantissa bits,
   * infinite beyond its range (XLA's `reduce_precision`). bfloat16 is 8 and 7, float16 is 5 and 10.
   */
  readonly ReducePrecision: { readonly exponentBits: number; readonly mantissaBits: number }
  /** `(condition: bool, a, b)` all of one shape. */
  readonly Select: None
  readonly Reshape: { readonly shape: Shape }
  /** `out.shape[i] = x.shape[perm[i]]`. */
  readonly Transpose: { readonly perm: ReadonlyArray<number> }
  /** numpy's broadcast of `x` to `shape`: trailing axes align, extents of 1 and missing leading axes repeat. */
  readonly Broadcast: { readonly shape: Shape }
  readonly Concat: { readonly axis: number }
  /** Elements `begin + k * stride`, `k < size`, on each axis; strides are at least 1. */
  readonly Slice: {
    readonly begin: ReadonlyArray<number>
    readonly size: ReadonlyArray<number>
    readonly strides: ReadonlyArray<number>
  }
  readonly Pad: { readonly paddings: ReadonlyArray<readonly [number, number]>; readonly value: number }
  readonly Reverse: { readonly axes: ReadonlyArray<number> }
  /** `(x, indices: int32)` -> `x.shape[..axis] + indices.shape + x.shape[axis+1..]`; an index out of range is a host error, not clamped. */
  readonly Gather: { readonly axis: number }
  /** `(x: [n…, rest…], ids: int32 [n…])` -> `[numSegments, rest…]`: rows added up by id; negative ids are dropped. */
  readonly SegmentSum: { readonly numSegments: number }
  /** `(indices: int32)` -> `indices.shape + [depth]`. */
  readonly OneHot: { readonly depth: number; readonly onValue: number; readonly offValue: number; readonly dtype: DType }
  /** `(x)` -> int32 index of the first largest / smallest along `axis` (which is dropped). */
  readonly ArgMax: { readonly axis: number }
  readonly ArgMin: { readonly axis: number }
  /** `(x)` -> the k largest along the last axis, descending. NaN has no place in the order. */
  readonly TopKValues: { readonly k: number }
  /** `(x)` -> int32: where those of `TopKValues` are; of equal elements the first comes first. */
  readonly TopKIndices: { readonly k: number }
  readonly CumSum: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean }
  /**
   * `(a: [batch…, m, k], b: [batch…, k, n])` float32; batch extents equal or 1 (numpy's rule), ranks equal.
   * `exact` where the product is a means of another op (a Fourier transform, say): mixed precision leaves it as it is.
   */
  readonly MatMul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly exact?: true }
  /** Over the last axis. Composite: has a decomposition. */
  readonly Softmax: None
  /** Over the last axis. Composite: has a decomposition. */
  readonly LogSoftmax: None
  /** `(x: NHWC, filter: HWIO)` -> NHWC. */
  readonly Conv2D: ConvAttrs
  /** `(dy: NHWC, filter: HWIO)` -> gradient of the image, `inputShape`. */
  readonly Conv2DBackpropInput: ConvAttrs & { readonly inputShape: Shape }
  /** `(x: NHWC, dy: NHWC)` -> gradient of the filter, `filterShape`. */
  readonly Conv2DBackpropFilter: ConvAttrs & { readonly filterShape: Shape }
  readonly MaxPool: PoolAttrs
  /** `(dy, x, y)`: goes to the first largest element of each window. */
  readonly MaxPoolGrad: PoolAttrs
  /** Padding is not counted in the mean. */
  readonly AvgPool: PoolAttrs
  /** `(dy)` -> `inputShape`. */
  readonly AvgPoolGrad: PoolAttrs & { readonly inputShape: Shape }
  /**
   * `(x, after)` -> `x`, at the earliest when `after` is there. It differs from `x` to all rewrites, so what is computed from it
   * again stays computed again: how `checkpoint` keeps activations from living until the backward pass.
   */
  readonly Barrier: None
  /** `(x)` -> sum over all replicas, on each. */
  readonly CrossReplicaSum: None
}

export type OpName = keyof OpAttrs
export type Attrs<K extends OpName> = OpAttrs[K]
