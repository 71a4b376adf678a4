/**
 * Reference meaning of the elementwise ops. Computed in float64 and rounded once, by storing into the result's array;
 * int32 results wrap. Ops that cost less than a call have a loop of their own: they are most of a model's nodes.
 *
 * @since 0.1.0
 */
import type { TensorData } from "../../Tensor.ts"
import type { BinaryOp, CompareOp, LogicalOp, PredicateOp, UnaryOp } from "../ops.ts"

type Unary = (x: TensorData, out: TensorData) => void
type Binary = (a: TensorData, b: TensorData, out: TensorData) => void

const map =
  (f: (x: number) => number): Unary =>
  (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i]!)
  }

const map2 =
  (f: (a: number, b: number) => number): Binary =>
  (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b[i]!)
  }

/**
 * Error function to float64's precision where float32 can tell: the series `2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1)/(2n+1)!!`
 * (Abramowitz and Stegun 7.1.6), whose terms are all of one sign; from 4 on it is 1 to within 1.6e-8.
 */
export const erf = (x: number): number => {
  if (x >= 4 || x <= -4) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 80 && Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return 1.1283791670955126 * Math.exp(-x * x) * sum
}

/** Half to even, as IEEE 754's default and TensorFlow. */
const roundHalfEven = (x: number): number => {
  const base = Math.floor(x)
  const rest = x - base
  return rest < 0.5 ? base : rest > 0.5 ? base + 1 : base % 2 === 0 ? base : base + 1
}

/** -log(float32's epsilon) - 2: beyond it `log(1 + e^x)` is `x`, or `e^x`, to within float32 (tfjs's rule). */
const softplusLimit = -Math.log(1.1920928955078125e-7) - 2

/** @category tables @since 0.1.0 */
export const unaryLoops: { readonly [K in UnaryOp]: Unary } = {
  Neg: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = -x[i]!
  },
  Abs: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!)
  },
  /** NaN gives 0, as tfjs. */
  Sign: map((x) => (x < 0 ? -1 : x > 0 ? 1 : 0)),
  Exp: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]!)
  },
  Expm1: map(Math.expm1),
  Log: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]!)
  },
  Log1p: map(Math.log1p),
  Sqrt: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!)
  },
  Rsqrt: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i]!)
  },
  Reciprocal: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 1 / x[i]!
  },
  Sin: map(Math.sin),
  Cos: map(Math.cos),
  Tan: map(Math.tan),
  Asin: map(Math.asin),
  Acos: map(Math.acos),
  Atan: map(Math.atan),
  Sinh: map(Math.sinh),
  Cosh: map(Math.cosh),
  Tanh: map(Math.tanh),
  Asinh: map(Math.asinh),
  Acosh: map(Math.acosh),
  Atanh: map(Math.atanh),
  Sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  Softplus: map((x) => (x < -softplusLimit ? Math.exp(x) : x > softplusLimit ? x : Math.log(1 + Math.exp(x)))),
  Relu: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(0, x[i]!)
  },
  Erf: map(erf),
  Floor: map(Math.floor),
  Ceil: map(Math.ceil),
  Round: map(roundHalfEven)
}

/** The remainder has the divisor's sign (tfjs's formula). */
const floorMod = (a: number, b: number): number => {
  const rest = a % b
  return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? rest : (rest + b) % b
}

/** Integer division by zero gives 0 throughout: what an `Int32Array` stores for NaN and infinity. @category tables @since 0.1.0 */
export const binaryLoops: { readonly [K in BinaryOp]: Binary } = {
  Add: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! + b[i]!
  },
  Sub: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! - b[i]!
  },
  Mul: (a, b, out) => {
    if (out instanceof Int32Array) {
      for (let i = 0; i < out.length; i++) out[i] = Math.imul(a[i]!, b[i]!)
    } else {
      for (let i = 0; i < out.length; i++) out[i] = a[i]! * b[i]!
    }
  },
  /** Integers truncate towards zero. */
  Div: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! / b[i]!
  },
  FloorDiv: map2((a, b) => Math.floor(a / b)),
  Mod: map2(floorMod),
  Pow: map2(Math.pow),
  /** A NaN operand gives NaN. */
  Max: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i]!, b[i]!)
  },
  /** A NaN operand gives NaN. */
  Min: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i]!, b[i]!)
  },
  Atan2: map2(Math.atan2)
}

/** @category tables @since 0.1.0 */
export const compareLoops: { readonly [K in CompareOp | LogicalOp]: Binary } = {
  Equal: map2((a, b) => (a === b ? 1 : 0)),
  NotEqual: map2((a, b) => (a !== b ? 1 : 0)),
  Less: map2((a, b) => (a < b ? 1 : 0)),
  LessEqual: map2((a, b) => (a <= b ? 1 : 0)),
  Greater: (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! > b[i]! ? 1 : 0
  },
  GreaterEqual: map2((a, b) => (a >= b ? 1 : 0)),
  And: map2((a, b) => a & b),
  Or: map2((a, b) => a | b)
}

/** @category tables @since 0.1.0 */
export const predicateLoops: { readonly [K in PredicateOp]: Unary } = {
  IsNan: map((x) => (Number.isNaN(x) ? 1 : 0)),
  IsInf: map((x) => (x === Infinity || x === -Infinity ? 1 : 0)),
  IsFinite: map((x) => (Number.isFinite(x) ? 1 : 0))
}

/** @category rules @since 0.1.0 */
export const select = (condition: TensorData, a: TensorData, b: TensorData, out: TensorData): void => {
  for (let i = 0; i < out.length; i++) out[i] = condition[i] !== 0 ? a[i]! : b[i]!
}

/** Truncation to int32 wraps, and NaN gives 0, as tfjs; NaN to bool is true. @category rules @since 0.1.0 */
export const cast = (x: TensorData, out: TensorData): void => {
  if (out instanceof Uint8Array) for (let i = 0; i < out.length; i++) out[i] = x[i] !== 0 ? 1 : 0
  else out.set(x)
}
