/**
 * Lowering of elementwise ops: ONNX's own where there is one, compositions where there is none.
 *
 * Operands are taken unexpanded, so the result may be smaller than the node's type too.
 *
 * @since 0.1.0
 */
import type { Node, NodeOf } from "../../../../domain/graph/Graph.ts"
import * as Elementwise from "../../hosted/lower/elementwise.ts"
import { elementTypes } from "../OnnxModel.ts"
import type { Value } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"
import type { Rules } from "./rule.ts"

type Compose = Elementwise.Compose<Emitter>

const elementwise = Elementwise.ruleOf<Emitter>

const named = (op: string) => elementwise((e, x) => e.emit(op, x))

const f32 = (e: Emitter, value: number) => e.scalar("float32", value)

export const castTo = (e: Emitter, x: string, type: keyof typeof elementTypes): string => e.emit("Cast", [x], { to: elementTypes[type] })

const finiteOr0 = (e: Emitter, x: string): string => e.emit("Where", [e.emit("Less", [e.emit("Abs", [x]), f32(e, Infinity)]), x, f32(e, 0)])

/** There and back through a type with so many bits: ONNX Runtime rounds to nearest even, as IEEE 754 has it. */
const reducePrecision = (e: Emitter, node: NodeOf<"ReducePrecision">): Value => {
  const { exponentBits, mantissaBits } = node.attrs
  const type = exponentBits === 8 && mantissaBits === 7 ? "bfloat16" : exponentBits === 5 && mantissaBits === 10 ? "float16" : undefined
  if (type === undefined) throw new Error(`ONNX has no type of ${exponentBits} exponent and ${mantissaBits} mantissa bits`)
  const x = e.value(node.inputs[0]!)
  return { name: castTo(e, castTo(e, x.name, type), "float32"), shape: x.shape }
}

/** Ordering of bools goes through int32, for which ONNX has it. */
const ordering = (op: string) => elementwise((e, x, dtype) => e.emit(op, dtype === "bool" ? x.map((name) => castTo(e, name, "int32")) : x))

/** W. Kahan's log1p: exact where `1 + x` rounds to 1, and at the ends. */
const log1p: Compose = (e, [x]) => {
  const u = e.emit("Add", [x!, f32(e, 1)])
  const d = e.emit("Sub", [u, f32(e, 1)])
  const ratio = e.emit("Where", [e.emit("Equal", [d, x!]), f32(e, 1), e.emit("Div", [x!, d])])
  return e.emit("Where", [e.emit("Equal", [u, f32(e, 1)]), x!, e.emit("Mul", [e.emit("Log", [u]), ratio])])
}

/** `tanh(x / 2) * (e^x + 1)`: no cancellation near 0, -1 and infinity at the ends. */
const expm1: Compose = (e, [x]) =>
  e.emit("Mul", [e.emit("Tanh", [e.emit("Mul", [x!, f32(e, 0.5)])]), e.emit("Add", [e.emit("Exp", [x!]), f32(e, 1)])])

/** A divisor without zeros: an integer division by zero would end the process. */
const safeDivisor = (e: Emitter, y: string) => {
  const isZero = e.emit("Equal", [y, e.scalar("int32", 0)])
  return { isZero, divisor: e.emit("Where", [isZero, e.scalar("int32", 1), y]) }
}

const zeroWhere = (e: Emitter, isZero: string, x: string) => e.emit("Where", [isZero, e.scalar("int32", 0), x])

/** Truncates; 0 for a zero divisor. */
const intDiv: Compose = (e, [x, y]) => {
  const { isZero, divisor } = safeDivisor(e, y!)
  return zeroWhere(e, isZero, e.emit("Div", [x!, divisor]))
}

const div: Compose = (e, x, dtype) => (dtype === "int32" ? intDiv(e, x, dtype) : e.emit("Div", x))

/** In float64, where every int32 quotient is told apart from its neighbours. */
const intFloorDiv: Compose = (e, [x, y]) => {
  const { isZero, divisor } = safeDivisor(e, y!)
  const quotient = e.emit("Floor", [e.emit("Div", [castTo(e, x!, "float64"), castTo(e, divisor, "float64")])])
  return zeroWhere(e, isZero, castTo(e, quotient, "int32"))
}

const floorDiv: Compose = (e, x, dtype) => (dtype === "int32" ? intFloorDiv(e, x, dtype) : e.emit("Floor", [e.emit("Div", x)]))

/** The remainder with the divisor's sign. */
const mod: Compose = (e, x, dtype) => {
  if (dtype === "int32") {
    const { isZero, divisor } = safeDivisor(e, x[1]!)
    return zeroWhere(e, isZero, e.emit("Mod", [x[0]!, divisor]))
  }
  const remainder = e.emit("Mod", x, { fmod: 1 })
  const zero = f32(e, 0)
  const otherSign = e.emit("Xor", [e.emit("Less", [remainder, zero]), e.emit("Less", [x[1]!, zero])])
  const adjust = e.emit("And", [otherSign, e.emit("Not", [e.emit("Equal", [remainder, zero])])])
  return e.emit("Where", [adjust, e.emit("Add", [remainder, x[1]!]), remainder])
}

/** The angle of `(x, y)`; the branch for negative `x` asks for the sign of `1 / y`, which tells -0 from 0. */
const atan2: Compose = (e, [y, x]) => {
  const zero = f32(e, 0)
  const base = e.emit("Atan", [e.emit("Div", [y!, x!])])
  const below = e.emit("Or", [
    e.emit("Less", [y!, zero]),
    e.emit("And", [e.emit("Equal", [y!, zero]), e.emit("Less", [e.emit("Reciprocal", [y!]), zero])])
  ])
  const turn = e.emit("Where", [below, f32(e, -Math.PI), f32(e, Math.PI)])
  const left = e.emit("Where", [e.emit("Equal", [y!, zero]), turn, e.emit("Add", [base, turn])])
  const negative = e.emit("Or", [
    e.emit("Less", [x!, zero]),
    e.emit("And", [e.emit("Equal", [x!, zero]), e.emit("Less", [e.emit("Reciprocal", [x!]), zero])])
  ])
  const yZero = e.emit("Equal", [y!, zero])
  const xZero = e.emit("Equal", [x!, zero])
  // on the y axis the quotient is infinite with the sign of both zeros; the angle has the sign of y alone
  const onAxis = e.emit("Mul", [e.emit("Sign", [y!]), f32(e, Math.PI / 2)])
  const right = e.emit("Where", [yZero, y!, base])
  return e.emit("Where", [e.emit("And", [xZero, e.emit("Not", [yZero])]), onAxis, e.emit("Where", [negative, left, right])])
}

/** Steep enough to be 1 for every positive normal number. */
const steepest = 3.4e38

/** Of what is not negative, as in the gradient of Relu, by HardSigmoid, `min(1, max(0, steepest x))`: it is vectorised, Sign is not. */
const sign = (e: Emitter, node: Node): Value => {
  const x = e.value(node.inputs[0]!)
  const { op, type } = e.at(node.inputs[0]!)
  if (type.dtype !== "float32") return { name: e.emit("Sign", [x.name]), shape: x.shape }
  // that of NaN is 0
  if (op !== "Relu") return { name: e.emit("Where", [e.emit("IsNaN", [x.name]), f32(e, 0), e.emit("Sign", [x.name])]), shape: x.shape }
  return step(e, x)
}

/** What is negative gives 0 here too, and NaN itself. */
const step = (e: Emitter, x: Value): Value => ({
  name: e.emit("HardSigmoid", [x.name], { alpha: { float: steepest }, beta: { float: 0 } }),
  shape: x.shape
})

const select = (e: Emitter, node: Node): Value => {
  const stepped = Elementwise.steppedOperand(e, node.inputs)
  if (stepped !== undefined) return step(e, e.value(stepped))
  const values = node.inputs.map((x) => e.value(x))
  const [c, a, b] = values.map((v) => v.name)
  const shape = Elementwise.shapeOf(values)
  if (node.type.dtype !== "bool") return { name: e.emit("Where", [c!, a!, b!]), shape }
  return { name: e.emit("Or", [e.emit("And", [c!, a!]), e.emit("And", [e.emit("Not", [c!]), b!])]), shape }
}

/** @category rules @since 0.1.0 */
export const elementwiseRules = {
  Neg: named("Neg"),
  Abs: named("Abs"),
  Sign: sign,
  Exp: named("Exp"),
  Expm1: elementwise(expm1),
  Log: named("Log"),
  Log1p: elementwise(log1p),
  Sqrt: named("Sqrt"),
  Rsqrt: elementwise((e, x) => e.emit("Reciprocal", [e.emit("Sqrt", x)])),
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
  Relu: named("Relu"),
  Erf: named("Erf"),
  Floor: named("Floor"),
  Ceil: named("Ceil"),
  Round: named("Round"),
  Add: named("Add"),
  Sub: named("Sub"),
  Mul: named("Mul"),
  Div: elementwise(div),
  FloorDiv: elementwise(floorDiv),
  Mod: elementwise(mod),
  Pow: named("Pow"),
  Max: named("Max"),
  Min: named("Min"),
  Atan2: elementwise(atan2),
  Equal: named("Equal"),
  NotEqual: elementwise((e, x) => e.emit("Not", [e.emit("Equal", x)])),
  Less: ordering("Less"),
  LessEqual: ordering("LessOrEqual"),
  Greater: ordering("Greater"),
  GreaterEqual: ordering("GreaterOrEqual"),
  And: named("And"),
  Or: named("Or"),
  Not: named("Not"),
  BitwiseAnd: named("BitwiseAnd"),
  IsNan: named("IsNaN"),
  IsInf: named("IsInf"),
  IsFinite: elementwise((e, x) => e.emit("Less", [e.emit("Abs", x), f32(e, Infinity)])),
  Cast: (e, node) => {
    const x = e.value(node.inputs[0]!)
    const [from, to] = [e.at(node.inputs[0]!).type.dtype, node.attrs.dtype]
    if (from === to) return x
    // ONNX Runtime makes the least int32 of what is not a number
    const whole = from === "float32" && to === "int32" ? finiteOr0(e, x.name) : x.name
    return { name: castTo(e, whole, to), shape: x.shape }
  },
  ReducePrecision: reducePrecision,
  Select: select
} satisfies Rules
