/**
 * Elementwise kernels: unary, binary, comparisons, activations.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { BinaryOp, CompareOp, UnaryOp } from "../../../domain/graph/ops.ts"
import type { Emit } from "../Emit.ts"
import { dtypeOf } from "../Recording.ts"
import { type AB, kernel, type Kernel, type Many, type X } from "./kernel.ts"

const floatUnary: ReadonlyArray<UnaryOp> = [
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
  "Erf"
]
/** Integers are their own floor. */
const rounding: ReadonlyArray<UnaryOp> = ["Floor", "Ceil", "Round"]
const numericUnary: ReadonlyArray<UnaryOp> = ["Neg", "Abs", "Sign", "Relu"]

const binary: ReadonlyArray<readonly [string, BinaryOp]> = [
  ["Add", "Add"],
  ["Sub", "Sub"],
  ["Multiply", "Mul"],
  ["Mod", "Mod"],
  ["Pow", "Pow"],
  ["Maximum", "Max"],
  ["Minimum", "Min"]
]
const comparisons: ReadonlyArray<CompareOp> = ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"]

/** `max(0, min(6, x))` and its like: NaN stays NaN. */
const clip = (c: Emit, x: NodeId, low: number, high: number): NodeId => c.arithmetic("Min", c.arithmetic("Max", x, c.like(x, low)), c.like(x, high))

const atLeast0 = (c: Emit, x: NodeId) => c.compare("GreaterEqual", x, c.like(x, 0))

const elu = (c: Emit, x: NodeId, scaleAlpha = 1, scale = 1): NodeId => {
  const times = (node: NodeId, factor: number) => (factor === 1 ? node : c.mul(node, c.scalar("float32", factor)))
  return c.select(atLeast0(c, x), times(x, scale), times(c.unary("Expm1", x), scaleAlpha))
}

const leaky = (c: Emit, x: NodeId, alpha: NodeId): NodeId => c.select(c.compare("Less", x, c.like(x, 0)), c.mul(x, alpha), x)

/** The activations that fused kernels may end with. */
export const activate = (c: Emit, x: NodeId, name: string | undefined, alpha: tf.TensorInfo | undefined, leakyAlpha: number | undefined): NodeId => {
  switch (name) {
    case undefined:
    case "linear":
      return x
    case "relu":
      return c.unary("Relu", x)
    case "relu6":
      return clip(c, x, 0, 6)
    case "elu":
      return elu(c, x)
    case "sigmoid":
      return c.unary("Sigmoid", x)
    case "leakyrelu":
      return leaky(c, x, c.scalar("float32", leakyAlpha ?? 0.2))
    case "prelu":
      return leaky(c, x, c.of(alpha!)) // tfjs has checked that it is there
    default:
      throw new Error(`fused activation ${name} is not known`)
  }
}

const predicate = (name: "IsNan" | "IsInf" | "IsFinite"): Kernel =>
  kernel<X>(name, (c, { x }) => {
    const node = c.of(x)
    return c.dtype(node) === "float32" ? c.add(name, [node], {}) : c.fill({ dtype: "bool", shape: c.shape(node) }, name === "IsFinite" ? 1 : 0)
  })

export const elementwise: ReadonlyArray<Kernel> = [
  ...floatUnary.map((name) => kernel<X>(name, (c, { x }) => c.unary(name, c.float(c.of(x))))),
  ...rounding.map((name) => kernel<X>(name, (c, { x }) => (x.dtype === "float32" ? c.unary(name, c.of(x)) : c.of(x)))),
  ...numericUnary.map((name) => kernel<X>(name, (c, { x }) => c.unary(name, c.numeric(c.of(x))))),
  ...binary.map(([name, op]) => kernel<AB>(name, (c, { a, b }) => c.arithmetic(op, c.of(a), c.of(b)))),
  kernel<AB>("RealDiv", (c, { a, b }) => c.div(c.float(c.of(a)), c.float(c.of(b)))),
  // integers, as tfjs's CPU backend has it
  kernel<AB>("FloorDiv", (c, { a, b }) => c.cast(c.arithmetic("FloorDiv", c.of(a), c.of(b)), "int32")),
  kernel<AB>("Atan2", (c, { a, b }) => c.arithmetic("Atan2", c.float(c.of(a)), c.float(c.of(b)))),
  kernel<AB>("SquaredDifference", (c, { a, b }) => {
    const difference = c.sub(c.of(a), c.of(b))
    return c.mul(difference, difference)
  }),
  ...comparisons.map((name) => kernel<AB>(name, (c, { a, b }) => c.compare(name, c.of(a), c.of(b)))),
  kernel<AB>("LogicalAnd", (c, { a, b }) => c.logical("And", c.of(a), c.of(b))),
  kernel<AB>("LogicalOr", (c, { a, b }) => c.logical("Or", c.of(a), c.of(b))),
  kernel<AB>("LogicalXor", (c, { a, b }) => c.compare("NotEqual", c.cast(c.of(a), "bool"), c.cast(c.of(b), "bool"))),
  kernel<X>("LogicalNot", (c, { x }) => c.add("Not", [c.cast(c.of(x), "bool")], {})),
  kernel<AB>("BitwiseAnd", (c, { a, b }) => c.add("BitwiseAnd", [c.of(a), c.of(b)], {})),
  predicate("IsNan"),
  predicate("IsInf"),
  predicate("IsFinite"),
  kernel<X>("Square", (c, { x }) => c.mul(c.of(x), c.of(x))),
  kernel<Many>("AddN", (c, inputs) =>
    Object.values(inputs)
      .map((x) => c.of(x))
      .reduce((sum, x) => c.add2(sum, x))
  ),
  kernel<X>("Relu6", (c, { x }) => clip(c, c.of(x), 0, 6)),
  kernel<X, { readonly clipValueMin: number; readonly clipValueMax: number }>("ClipByValue", (c, { x }, { clipValueMin, clipValueMax }) =>
    clip(c, c.of(x), clipValueMin, clipValueMax)
  ),
  kernel<X, { readonly alpha: number }>("LeakyRelu", (c, { x }, { alpha }) => leaky(c, c.float(c.of(x)), c.scalar("float32", alpha))),
  kernel<{ readonly x: tf.TensorInfo; readonly alpha: tf.TensorInfo }>("Prelu", (c, { x, alpha }) => leaky(c, c.float(c.of(x)), c.of(alpha))),
  kernel<X>("Elu", (c, { x }) => elu(c, c.float(c.of(x)))),
  kernel<{ readonly dy: tf.TensorInfo; readonly y: tf.TensorInfo }>("EluGrad", (c, { dy, y }) => {
    const [d, v] = [c.of(dy), c.of(y)]
    return c.select(atLeast0(c, v), d, c.mul(d, c.add2(v, c.like(v, 1))))
  }),
  kernel<X>("Selu", (c, { x }) => elu(c, c.float(c.of(x)), tf.backend_util.SELU_SCALEALPHA, tf.backend_util.SELU_SCALE)),
  kernel<X, { readonly alpha: number }>("Step", (c, { x }, { alpha }) => {
    const node = c.numeric(c.of(x))
    const flat = c.broadcast(c.like(node, alpha), c.shape(node))
    const step = c.select(c.compare("Greater", node, c.like(node, 0)), c.like(node, 1), flat)
    return c.dtype(node) === "float32" ? c.select(c.add("IsNan", [node], {}), node, step) : step
  }),
  kernel<{ readonly condition: tf.TensorInfo; readonly t: tf.TensorInfo; readonly e: tf.TensorInfo }>("Select", (c, { condition, t, e }) => {
    const [node, shape] = [c.of(condition), c.shape(c.of(t))]
    // a vector condition chooses whole rows
    const rows = c.shape(node).length === 1 && shape.length > 1 ? c.reshape(node, [...c.shape(node), ...shape.slice(1).map(() => 1)]) : node
    return c.select(c.broadcast(rows, shape), c.of(t), c.of(e))
  }),
  kernel<X, { readonly dtype: string }>("Cast", (c, { x }, { dtype }) => c.cast(c.of(x), dtypeOf(dtype, "Cast", c.source)))
]
