/** Elementwise kernels. */
import * as tf from "@tensorflow/tfjs-core"
import { bool, type F, f32, i32, values } from "./harness.ts"
import { type Case } from "./kernelCase.ts"

const special = values("float32", [8], NaN, Infinity, -Infinity, 0, -0, 1.5, -2.5, 3e38)

const smooth = [
  "exp",
  "expm1",
  "sin",
  "cos",
  "tan",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "atan",
  "sigmoid",
  "softplus",
  "erf",
  "square",
  "neg",
  "elu",
  "selu"
] as const
const positive = ["log", "sqrt", "rsqrt", "reciprocal", "log1p"] as const
const withinOne = ["asin", "acos", "atanh"] as const
const kinked = ["abs", "relu", "relu6", "sign", "floor", "ceil", "round"] as const
const arithmetic = ["add", "sub", "mul", "div", "maximum", "minimum", "squaredDifference"] as const
/** tfjs's own gradients of these do not sum over repeated axes. */
const reduced: ReadonlySet<string> = new Set(["maximum", "minimum", "squaredDifference"])
const comparing = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"] as const
const unary = (name: keyof typeof tf) => tf[name] as (x: tf.Tensor) => tf.Tensor // the names above are of such functions
const binary = (name: keyof typeof tf) => tf[name] as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

export const elementwise: ReadonlyArray<Case> = [
  ...smooth.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 4])], "grad"]),
  ...positive.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 4], 0.2, 3)], "grad"]),
  ...withinOne.map((name): Case => [name, (x) => unary(name)(x!), [f32([5], -0.9, 0.9)], "grad"]),
  ["acosh", (x) => tf.acosh(x!), [f32([5], 1.1, 4)], "grad"],
  ...kinked.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 5], -8, 8)], "grad"]),
  ...(["exp", "neg", "abs", "relu", "relu6", "sigmoid", "tanh", "floor", "isNaN", "isInf", "isFinite", "square"] as const).map((name): Case => [
    `${name} of special values`,
    (x) => unary(name)(x!),
    [special]
  ]),
  ...(["neg", "abs", "sign", "square", "relu"] as const).map((name): Case => [`${name} of int32`, (x) => unary(name)(x!), [i32([4, 2])]]),
  ["round half to even", (x) => tf.round(x!), [values("float32", [6], 0.5, 1.5, 2.5, -0.5, -1.5, 2.4999)]],
  ["leakyRelu", (x) => tf.leakyRelu(x!, 0.3), [f32([7])], "grad"],
  ["prelu", (x, a) => tf.prelu(x!, a!), [f32([3, 4]), f32([4], 0.1, 0.9)], "grad"],
  ["clipByValue", (x) => tf.clipByValue(x!, -0.5, 1), [f32([9])], "grad"],
  ["step", (x) => tf.step(x!, 0.25), [f32([6])]],
  ["chained operations", (x) => (x as unknown as { readonly mul: F }).mul(tf.scalar(2)), [f32([3])], "grad"],
  ["logicalNot", (x) => tf.logicalNot(x!), [bool([6])]],
  ...arithmetic.map((name): Case => [name, (a, b) => binary(name)(a!, b!), [f32([3, 4]), f32([3, 4], 0.5, 2)], "grad"]),
  ...arithmetic.map((name): Case => [
    `${name} with broadcasting`,
    (a, b) => binary(name)(a!, b!),
    [f32([2, 1, 3]), f32([4, 1], 0.5, 2)],
    reduced.has(name) ? undefined : "grad"
  ]),
  ...(["add", "sub", "mul", "maximum", "minimum", "floorDiv", "mod"] as const).map((name): Case => [
    `${name} of int32`,
    (a, b) => binary(name)(a!, b!),
    [i32([5]), i32([5], 1, 4)]
  ]),
  ["mixed dtypes", (a, b) => tf.add(tf.mul(a!, b!), 0.5), [f32([2, 3]), i32([3])]],
  ["bool times float", (a, b) => tf.mul(a!, b!), [bool([4]), f32([4])]],
  ["mod", (a, b) => tf.mod(a!, b!), [f32([6], -7, 7), f32([6], 1, 3)]],
  ["div of int32", (a, b) => tf.div(a!, b!), [i32([6]), values("int32", [6], 2, -2, 3, 4, -3, 1)]],
  ["pow", (a, b) => tf.pow(a!, b!), [f32([2, 3], 0.2, 2), f32([3])], "grad"],
  ["pow of a scalar exponent", (a) => tf.pow(a!, 3), [f32([4])], "grad"],
  ["atan2", (a, b) => tf.atan2(a!, b!), [f32([5]), f32([5])], "grad"],
  ["divNoNan", (a, b) => tf.divNoNan(a!, b!), [f32([4]), values("float32", [4], 0, 1, 2, 0)]],
  ...comparing.map((name): Case => [name, (a, b) => binary(name)(a!, b!), [i32([3, 4], 0, 3), i32([4], 0, 3)]]),
  ["less of floats", (a, b) => tf.less(a!, b!), [special, f32([8])]],
  ...(["logicalAnd", "logicalOr", "logicalXor"] as const).map((name): Case => [name, (a, b) => binary(name)(a!, b!), [bool([2, 3]), bool([3])]]),
  ["where", (c, a, b) => tf.where(c!, a!, b!), [bool([3, 4]), f32([3, 4]), f32([3, 4])]],
  ["where with broadcasting", (c, a, b) => tf.where(c!, a!, b!), [bool([3, 1]), f32([3, 4]), f32([])]],
  ["gradient of where", (a, b) => tf.where(tf.greater(a!, 0), a!, b!), [f32([3, 4]), f32([3, 4])], "grad"],
  ["addN", (a, b, c) => tf.addN([a!, b!, c!]), [f32([3]), f32([3]), f32([3])], "grad"],
  ["cast to int32", (x) => tf.cast(x!, "int32"), [f32([7], -9, 9)]],
  ["cast to bool", (x) => tf.cast(x!, "bool"), [values("float32", [4], 0, 0.2, -3, NaN)]],
  ["cast of bool", (x) => [tf.cast(x!, "float32"), tf.cast(x!, "int32")], [bool([5])]]
]
