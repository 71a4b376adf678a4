/**
 * Lowering of elementwise ops: TensorFlow's own where there is one, compositions where its kernel means something else.
 *
 * Operands are taken unexpanded, so the result may be smaller than the node's type too.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { DType } from "../../../../domain/Tensor.ts"
import * as Elementwise from "../../hosted/lower/elementwise.ts"
import type { Value } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

type Compose = Elementwise.Compose<Emitter>

const elementwise = Elementwise.ruleOf<Emitter>

const named = (op: string) => elementwise((e, x, dtype) => e.of(op, dtype, ...x))

/** Of bools, or of floats without a type attribute. */
const untyped = (op: string) => elementwise((e, x) => e.emit(op, x, {}))

/** Integers are whole already. */
const rounding = (op: string) => elementwise((e, x, dtype) => (dtype === "int32" ? x[0]! : e.of(op, dtype, ...x)))

export const select = (e: Emitter, dtype: DType, c: string, a: string, b: string): string => e.of("SelectV2", dtype, c, a, b)

const f32 = (e: Emitter, value: number) => e.scalar("float32", value)
const i32 = (e: Emitter, value: number) => e.scalar("int32", value)

export const isNan = (e: Emitter, x: string): string => e.of("IsNan", "float32", x)

/** Of float32; that of NaN is 0. */
const sign: Compose = (e, [x], dtype) =>
  dtype === "float32" ? select(e, dtype, isNan(e, x!), f32(e, 0), e.of("Sign", dtype, x!)) : e.of("Sign", dtype, x!)

/** TensorFlow's kernel and XLA's may make 0 of a NaN. */
const relu: Compose = (e, [x], dtype) => {
  const positive = e.of("Relu", dtype, x!)
  return dtype === "float32" ? select(e, dtype, isNan(e, x!), x!, positive) : positive
}

/** Where an operand is NaN, TensorFlow's kernel and XLA's give one of the two, and which depends on their order. */
const extremum =
  (op: "Maximum" | "Minimum"): Compose =>
  (e, [a, b], dtype) => {
    const result = e.of(op, dtype, a!, b!)
    if (dtype !== "float32") return result
    const either = e.emit("LogicalOr", [isNan(e, a!), isNan(e, b!)], {})
    return select(e, dtype, either, f32(e, NaN), result)
  }

/** Ordering of bools goes through int32, for which TensorFlow has it. */
const ordering = (op: string) =>
  elementwise((e, x, dtype) => (dtype === "bool" ? e.of(op, "int32", ...x.map((name) => e.cast(name, "bool", "int32"))) : e.of(op, dtype, ...x)))

/**
 * An integer division that cannot end the process: neither by a zero divisor, for which the result is 0, nor as the
 * quotient of the least integer and -1, for which `negated` stands.
 */
const intDivision =
  (op: string, byMinusOne: (e: Emitter, x: string) => string): Compose =>
  (e, [x, y]) => {
    const isZero = e.of("Equal", "int32", y!, i32(e, 0))
    const isMinusOne = e.of("Equal", "int32", y!, i32(e, -1))
    const divisor = select(e, "int32", e.emit("LogicalOr", [isZero, isMinusOne], {}), i32(e, 1), y!)
    const result = select(e, "int32", isMinusOne, byMinusOne(e, x!), e.of(op, "int32", x!, divisor))
    return select(e, "int32", isZero, i32(e, 0), result)
  }

const negated = (e: Emitter, x: string) => e.of("Neg", "int32", x)
const intDiv = intDivision("TruncateDiv", negated)
const intFloorDiv = intDivision("FloorDiv", negated)
const intMod = intDivision("FloorMod", (e, x) => e.of("Sub", "int32", x, x))

const div: Compose = (e, x, dtype) => (dtype === "int32" ? intDiv(e, x, dtype) : e.of("RealDiv", dtype, ...x))

const floorDiv: Compose = (e, x, dtype) => (dtype === "int32" ? intFloorDiv(e, x, dtype) : e.of("Floor", dtype, e.of("RealDiv", dtype, ...x)))

const mod: Compose = (e, x, dtype) => (dtype === "int32" ? intMod(e, x, dtype) : e.of("FloorMod", dtype, ...x))

/** A number to int32 by way of int64, whose low word is what JavaScript makes of it: beyond int32 it wraps. */
const toInt32 = (e: Emitter, x: string, from: "float32" | "float64"): string => e.cast(e.cast(x, from, "int64"), "int64", "int32")

/** Of integers in float64, for TensorFlow refuses negative exponents. */
const pow: Compose = (e, x, dtype) => {
  if (dtype === "float32") return e.of("Pow", dtype, ...x)
  return toInt32(e, e.of("Pow", "float64", ...x.map((name) => e.cast(name, dtype, "float64"))), "float64")
}

/** There and back through a type with so many bits, rounding to nearest even; XLA would cancel the two casts. */
const reducePrecision = (e: Emitter, node: NodeOf<"ReducePrecision">): Value => {
  const { exponentBits, mantissaBits } = node.attrs
  const { name, shape } = e.value(node.inputs[0]!)
  const bits = { exponent_bits: { int: exponentBits }, mantissa_bits: { int: mantissaBits } }
  if (e.xla) return { name: e.emit("XlaReducePrecision", [name], { T: { type: "float32" }, ...bits }), shape }
  const type = exponentBits === 8 && mantissaBits === 7 ? "bfloat16" : exponentBits === 5 && mantissaBits === 10 ? "float16" : undefined
  if (type === undefined) throw new Error(`TensorFlow has no type of ${exponentBits} exponent and ${mantissaBits} mantissa bits`)
  return { name: e.cast(e.cast(name, "float32", type), type, "float32"), shape }
}

const cast = (e: Emitter, node: NodeOf<"Cast">): Value => {
  const { name, shape } = e.value(node.inputs[0]!)
  const from = e.at(node.inputs[0]!).type.dtype
  const to = node.attrs.dtype
  if (from === to) return { name, shape }
  if (to === "bool") return { name: e.of("NotEqual", from, name, e.scalar(from, 0)), shape }
  return { name: from === "float32" ? toInt32(e, name, from) : e.cast(name, from, to), shape }
}

const selectRule = (e: Emitter, node: NodeOf<"Select">): Value => {
  const stepped = Elementwise.steppedOperand(e, node.inputs)
  if (stepped !== undefined) {
    const { name, shape } = e.value(stepped)
    const step = e.cast(e.of("Greater", "float32", name, f32(e, 0)), "bool", "float32")
    return { name: select(e, "float32", isNan(e, name), name, step), shape }
  }
  const values = node.inputs.map((x) => e.value(x))
  const [c, a, b] = values.map((v) => v.name)
  return { name: select(e, node.type.dtype, c!, a!, b!), shape: Elementwise.shapeOf(values) }
}

/** @category rules @since 0.1.0 */
export const elementwiseRules = {
  Neg: named("Neg"),
  Abs: named("Abs"),
  Sign: elementwise(sign),
  Exp: named("Exp"),
  Expm1: named("Expm1"),
  Log: named("Log"),
  Log1p: named("Log1p"),
  Sqrt: named("Sqrt"),
  Rsqrt: named("Rsqrt"),
  Reciprocal: named("Reciprocal"),
  Sin: named("Sin"),
  Cos: named("Cos"),
  Tan: named("Tan"),
  Asin: named("Asin"),
  Acos: named("Acos"),
  Atan: named("Atan"),
  Sinh: named("Sinh"),
  Cosh: named("Cosh"),
  Tanh: named("Tanh"),
  Asinh: named("Asinh"),
  Acosh: named("Acosh"),
  Atanh: named("Atanh"),
  Sigmoid: named("Sigmoid"),
  Softplus: named("Softplus"),
  Relu: elementwise(relu),
  Erf: named("Erf"),
  Floor: rounding("Floor"),
  Ceil: rounding("Ceil"),
  Round: rounding("Round"),
  Add: named("AddV2"),
  Sub: named("Sub"),
  Mul: named("Mul"),
  Div: elementwise(div),
  FloorDiv: elementwise(floorDiv),
  Mod: elementwise(mod),
  Pow: elementwise(pow),
  Max: elementwise(extremum("Maximum")),
  Min: elementwise(extremum("Minimum")),
  Atan2: named("Atan2"),
  Equal: named("Equal"),
  NotEqual: named("NotEqual"),
  Less: ordering("Less"),
  LessEqual: ordering("LessEqual"),
  Greater: ordering("Greater"),
  GreaterEqual: ordering("GreaterEqual"),
  And: untyped("LogicalAnd"),
  Or: untyped("LogicalOr"),
  Not: untyped("LogicalNot"),
  BitwiseAnd: named("BitwiseAnd"),
  IsNan: named("IsNan"),
  IsInf: named("IsInf"),
  IsFinite: named("IsFinite"),
  Cast: cast,
  ReducePrecision: reducePrecision,
  Select: selectRule
} satisfies Rules
