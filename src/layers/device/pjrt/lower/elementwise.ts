/**
 * Lowering of elementwise ops. Where StableHLO means something else than the reference (integer division, signs of NaN, numbers
 * that do not fit), the op is composed. A NaN operand of `maximum` and `minimum` is to give NaN; XLA on CPUs does so only with the
 * flag `xla_cpu_enable_fast_min_max` off.
 *
 * @since 0.1.0
 */
import type { Node, NodeOf } from "../../../../domain/graph/Graph.ts"
import type { Emitter, Value } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

const unary = (op: string) => (e: Emitter, _: Node, x: ReadonlyArray<Value>) => e.unary(op, x[0]!)
const chlo = (op: string) => (e: Emitter, _: Node, x: ReadonlyArray<Value>) => e.chlo(op, x[0]!)
const binary = (op: string) => (e: Emitter, _: Node, x: ReadonlyArray<Value>) => e.binary(op, x[0]!, x[1]!)
const compare = (direction: string) => (e: Emitter, _: Node, x: ReadonlyArray<Value>) => e.compare(direction, x[0]!, x[1]!)

/** That of NaN and of negative zero is 0. */
const sign = (e: Emitter, _: Node, [x]: ReadonlyArray<Value>) => {
  const zero = e.like(x!, 0)
  return e.select(e.compare("GT", x!, zero), e.like(x!, 1), e.select(e.compare("LT", x!, zero), e.like(x!, -1), zero))
}

/** Lets NaN through. */
const relu = (e: Emitter, _: Node, [x]: ReadonlyArray<Value>) => {
  const zero = e.like(x!, 0)
  return e.select(e.compare("LE", x!, zero), zero, x!)
}

/** -log(float32's epsilon) - 2, from where on `log(1 + e^x)` is `x`. */
const softplusLimit = -Math.log(1.1920928955078125e-7) - 2

const softplus = (e: Emitter, _: Node, [x]: ReadonlyArray<Value>) =>
  e.select(e.compare("GT", x!, e.like(x!, softplusLimit)), x!, e.unary("log_plus_one", e.unary("exponential", x!)))

/** 0 where the divisor is. */
const unlessZero = (e: Emitter, divisor: Value, quotient: Value) => {
  const zero = e.like(divisor, 0)
  return e.select(e.compare("EQ", divisor, zero), zero, quotient)
}

const div = (e: Emitter, _: Node, x: ReadonlyArray<Value>) => {
  const quotient = e.binary("divide", x[0]!, x[1]!)
  return quotient.type === "int32" ? unlessZero(e, x[1]!, quotient) : quotient
}

const isNegative = (e: Emitter, x: Value) => e.compare("LT", x, e.like(x, 0))

const floorDiv = (e: Emitter, _: Node, x: ReadonlyArray<Value>) => {
  const [a, b] = [x[0]!, x[1]!]
  const quotient = e.binary("divide", a, b)
  if (a.type !== "int32") return e.unary("floor", quotient)
  const rest = e.binary("remainder", a, b)
  const isBelow = e.binary("and", e.compare("NE", rest, e.like(rest, 0)), e.compare("NE", isNegative(e, rest), isNegative(e, b)))
  return unlessZero(e, b, e.select(isBelow, e.by("subtract", quotient, 1), quotient))
}

/**
 * The remainder has the divisor's sign: where the signs of `a` and `b` differ, one `b` more. That sum is not reduced again, for
 * rounding may make it `b`; where `b` is infinite there is none.
 */
const mod = (e: Emitter, _: Node, x: ReadonlyArray<Value>) => {
  const [a, b] = [x[0]!, x[1]!]
  const rest = e.binary("remainder", a, b)
  const zero = e.like(a, 0)
  const both = (direction: string) => e.binary("and", e.compare(direction, a, zero), e.compare(direction, b, zero))
  const isSame = e.binary("or", both("LT"), both("GE"))
  const other = e.select(e.compare("EQ", rest, zero), rest, e.binary("add", rest, b))
  if (a.type === "int32") return unlessZero(e, b, e.select(isSame, rest, other))
  return e.select(isSame, rest, e.select(e.compare("EQ", e.unary("abs", b), e.like(b, Infinity)), e.like(b, NaN), other))
}

/** By squaring, modulo 2^32: XLA's own looks at the lowest six bits of an exponent only. */
const positivePower = (e: Emitter, base: Value, exponent: Value): Value => {
  const zero = e.like(base, 0)
  let [power, square] = [e.like(base, 1), base]
  for (let bit = 0; bit < 31; bit++) {
    const isSet = e.compare("NE", e.binary("and", exponent, e.like(base, 2 ** bit)), zero)
    power = e.select(isSet, e.binary("multiply", power, square), power)
    square = e.binary("multiply", square, square)
  }
  return power
}

/** Of integers with a negative exponent only powers of 1 and -1 are not 0. */
const intPow = (e: Emitter, base: Value, exponent: Value) => {
  const [zero, one] = [e.like(base, 0), e.like(base, 1)]
  const isInverse = e.compare("LT", exponent, zero)
  const isOdd = e.compare("EQ", e.binary("and", exponent, one), one)
  const unit = e.select(e.compare("EQ", base, one), one, zero)
  const inverse = e.select(e.compare("EQ", base, e.like(base, -1)), e.select(isOdd, e.like(base, -1), one), unit)
  return e.select(isInverse, inverse, positivePower(e, base, exponent))
}

/** 1 and -1 to a power that is not finite are NaN, as in JavaScript. */
const pow = (e: Emitter, _: Node, x: ReadonlyArray<Value>) => {
  const [a, b] = [x[0]!, x[1]!]
  if (a.type === "int32") return intPow(e, a, b)
  const isUnit = e.compare("EQ", e.unary("abs", a), e.like(a, 1))
  return e.select(e.binary("and", isUnit, e.unary("not", isFinite(e, b))), e.like(a, NaN), e.binary("power", a, b))
}

const isFinite = (e: Emitter, x: Value) => e.compare("LT", e.unary("abs", x), e.like(x, Infinity))

const twoTo32 = 4294967296

/** Truncated; beyond int32 it wraps, and what is not finite gives 0. All of it is exact in float32. */
const toInt32 = (e: Emitter, x: Value): Value => {
  const isIn = e.compare("LT", e.unary("abs", x), e.like(x, twoTo32 / 2))
  // beyond 2^31 a float32 is whole, and so is what is left of it below 2^32
  const turns = e.unary("floor", e.by("multiply", x, 1 / twoTo32))
  const rest = e.binary("subtract", x, e.by("multiply", turns, twoTo32))
  const zero = e.like(x, 0)
  const wrapped = e.bitcast(e.convert(e.select(isFinite(e, x), e.select(isIn, zero, rest), zero), "uint32"), "int32")
  return e.select(isIn, e.convert(e.select(isIn, x, zero), "int32"), wrapped)
}

const cast = (e: Emitter, node: NodeOf<"Cast">, [x]: ReadonlyArray<Value>) => {
  const to = node.attrs.dtype
  if (x!.type === to) return x!
  if (to === "bool") return e.compare("NE", x!, e.like(x!, 0))
  return x!.type === "float32" ? toInt32(e, x!) : e.convert(x!, to)
}

/** XLA makes 0 of numbers between 0 and the format's smallest normal one; they are whole multiples of its smallest step. */
const reducePrecision = (e: Emitter, node: NodeOf<"ReducePrecision">, [x]: ReadonlyArray<Value>): Value => {
  const { exponentBits, mantissaBits } = node.attrs
  const reduced = e.emit(`stablehlo.reduce_precision ${x!.name}, format = e${exponentBits}m${mantissaBits} : ${typeOfFloat(x!)}`, x!.type, x!.shape)
  if (exponentBits === 8) return mantissaBits <= 7 ? { ...reduced, isBfloat16: true } : reduced
  const least = 2 ** (2 - 2 ** (exponentBits - 1))
  const step = least / 2 ** mantissaBits
  const small = e.by("multiply", e.unary("round_nearest_even", e.by("multiply", x!, 1 / step)), step)
  return e.select(e.compare("LT", e.unary("abs", x!), e.like(x!, least)), small, reduced)
}

const typeOfFloat = (x: Value) => `tensor<${x.shape.map((d) => `${d}x`).join("")}f32>`

const unaryRules = {
  Neg: unary("negate"),
  Abs: unary("abs"),
  Sign: sign,
  Exp: unary("exponential"),
  Expm1: unary("exponential_minus_one"),
  Log: unary("log"),
  Log1p: unary("log_plus_one"),
  Sqrt: unary("sqrt"),
  Rsqrt: unary("rsqrt"),
  Reciprocal: (e, _, [x]) => e.binary("divide", e.like(x!, 1), x!),
  Sin: unary("sine"),
  Cos: unary("cosine"),
  Tan: (e, _, [x]) => e.binary("divide", e.unary("sine", x!), e.unary("cosine", x!)),
  Asin: chlo("asin"),
  Acos: chlo("acos"),
  // of (x, 1) XLA's compiler for CPUs makes vectors that are wrong
  Atan: (e, _, [x]) => e.binary("atan2", e.binary("add", x!, x!), e.like(x!, 2)),
  Sinh: chlo("sinh"),
  Cosh: chlo("cosh"),
  Tanh: unary("tanh"),
  Asinh: chlo("asinh"),
  Acosh: chlo("acosh"),
  Atanh: chlo("atanh"),
  Sigmoid: unary("logistic"),
  Softplus: softplus,
  Relu: relu,
  Erf: chlo("erf"),
  Floor: unary("floor"),
  Ceil: unary("ceil"),
  Round: unary("round_nearest_even")
} satisfies Rules

/** @category rules @since 0.1.0 */
export const elementwiseRules = {
  ...unaryRules,
  Add: binary("add"),
  Sub: binary("subtract"),
  Mul: binary("multiply"),
  Div: div,
  FloorDiv: floorDiv,
  Mod: mod,
  Pow: pow,
  Max: binary("maximum"),
  Min: binary("minimum"),
  // the constant 1 as the second operand would be as wrong as in Atan: kept out of the compiler's sight
  Atan2: (e, _, [y, x]) => e.binary("atan2", ...e.barrier([y!, x!])),
  Equal: compare("EQ"),
  NotEqual: compare("NE"),
  Less: compare("LT"),
  LessEqual: compare("LE"),
  Greater: compare("GT"),
  GreaterEqual: compare("GE"),
  And: binary("and"),
  Or: binary("or"),
  Not: unary("not"),
  BitwiseAnd: binary("and"),
  IsNan: (e, _, [x]) => e.isNan(x!),
  IsInf: (e, _, [x]) => e.compare("EQ", e.unary("abs", x!), e.like(x!, Infinity)),
  IsFinite: (e, _, [x]) => isFinite(e, x!),
  Cast: cast,
  ReducePrecision: reducePrecision,
  Select: (e, _, x) => e.select(x[0]!, x[1]!, x[2]!)
} satisfies Rules
