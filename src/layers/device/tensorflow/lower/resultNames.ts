/**
 * Names of the results of TensorFlow's ops (`output_arg` of their `OpDef`), by which nodes of functions refer to them.
 *
 * @since 0.1.0
 */

/** Ops with one result, by its name; all others have one `output`. */
const byName: { readonly [name: string]: ReadonlyArray<string> } = {
  y: [
    ...["Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal"],
    ...["Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh"],
    ...["Sigmoid", "Erf", "Floor", "Ceil", "Round", "LogicalNot", "IsNan", "IsInf", "IsFinite", "Cast", "Transpose", "DeepCopy"]
  ],
  z: [
    ...["AddV2", "Sub", "Mul", "RealDiv", "TruncateDiv", "FloorDiv", "FloorMod", "Pow", "Maximum", "Minimum", "Atan2"],
    ...["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "LogicalAnd", "LogicalOr", "BitwiseAnd"]
  ],
  activations: ["Softplus", "Relu"],
  out: ["Cumsum"],
  product: ["MatMul"],
  softmax: ["Softmax"],
  logsoftmax: ["LogSoftmax"],
  resource: ["VarHandleOp"],
  value: ["ReadVariableOp"]
}

const names = new Map<string, ReadonlyArray<string>>([
  ["TopKV2", ["values", "indices"]],
  ...Object.entries(byName).flatMap(([name, ops]) => ops.map((op) => [op, [name]] as const))
])

const usual = ["output"]

/** In order; an op whose one output is a list has its name. @category rules @since 0.1.0 */
export const resultNames = (op: string): ReadonlyArray<string> => names.get(op) ?? usual
