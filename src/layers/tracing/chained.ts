/**
 * Gives tensors the chained form of operations (`x.add(y)`), where it is missing: TensorFlow.js's own layers and
 * gradients use it, yet tfjs-core's bundle for Node does not define it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/** Those whose first argument is the tensor, and whose others follow as they are. */
const plain = [
  "abs",
  "acos",
  "acosh",
  "add",
  "all",
  "any",
  "argMax",
  "argMin",
  "asin",
  "asinh",
  "atan",
  "atan2",
  "atanh",
  "avgPool",
  "batchToSpaceND",
  "batchNorm",
  "broadcastTo",
  "ceil",
  "clipByValue",
  "conv1d",
  "conv2d",
  "conv2dTranspose",
  "cos",
  "cosh",
  "cumprod",
  "cumsum",
  "depthToSpace",
  "depthwiseConv2d",
  "dilation2d",
  "div",
  "divNoNan",
  "dot",
  "elu",
  "equal",
  "erf",
  "euclideanNorm",
  "exp",
  "expandDims",
  "expm1",
  "floor",
  "floorDiv",
  "gather",
  "greater",
  "greaterEqual",
  "isFinite",
  "isInf",
  "isNaN",
  "leakyRelu",
  "less",
  "lessEqual",
  "localResponseNormalization",
  "log",
  "log1p",
  "logSigmoid",
  "logSoftmax",
  "logSumExp",
  "logicalAnd",
  "logicalNot",
  "logicalOr",
  "logicalXor",
  "matMul",
  "max",
  "maxPool",
  "maximum",
  "mean",
  "min",
  "minimum",
  "mirrorPad",
  "mod",
  "mul",
  "neg",
  "norm",
  "notEqual",
  "oneHot",
  "onesLike",
  "pad",
  "pool",
  "pow",
  "prelu",
  "prod",
  "reciprocal",
  "relu",
  "relu6",
  "reshape",
  "reverse",
  "round",
  "rsqrt",
  "selu",
  "separableConv2d",
  "sigmoid",
  "sign",
  "sin",
  "sinh",
  "slice",
  "softmax",
  "softplus",
  "spaceToBatchND",
  "split",
  "sqrt",
  "square",
  "squaredDifference",
  "squeeze",
  "step",
  "stridedSlice",
  "sub",
  "sum",
  "tan",
  "tanh",
  "tile",
  "topk",
  "transpose",
  "unique",
  "unsortedSegmentSum",
  "unstack",
  "zerosLike"
] as const

type Method = (this: tf.Tensor, ...args: ReadonlyArray<unknown>) => unknown

const listOf = (x: tf.Tensor | ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => (x instanceof tf.Tensor ? [x] : x)

const asShape: Method = function (...extents) {
  return tf.reshape(this, extents as Array<number>) // as1D (none) to as5D
}

/** The casts: arguments have the types of tfjs's declarations, which cannot be named by the names of methods. */
const special: Readonly<Record<string, Method>> = {
  flatten() {
    return tf.reshape(this, [this.size])
  },
  as1D() {
    return tf.reshape(this, [this.size])
  },
  asScalar() {
    return tf.reshape(this, [])
  },
  as2D: asShape,
  as3D: asShape,
  as4D: asShape,
  as5D: asShape,
  asType(dtype) {
    return tf.cast(this, dtype as tf.DataType)
  },
  toBool() {
    return tf.cast(this, "bool")
  },
  toFloat() {
    return tf.cast(this, "float32")
  },
  toInt() {
    return tf.cast(this, "int32")
  },
  reshapeAs(x) {
    return tf.reshape(this, (x as tf.Tensor).shape)
  },
  concat(x, axis) {
    return tf.concat([this, ...listOf(x as tf.Tensor | ReadonlyArray<tf.Tensor>)], axis as number | undefined)
  },
  stack(x, axis) {
    return tf.stack([this, ...listOf(x as tf.Tensor | ReadonlyArray<tf.Tensor>)], axis as number | undefined)
  },
  where(condition, x) {
    return tf.where(condition as tf.Tensor, this, x as tf.Tensor)
  },
  resizeBilinear(...args) {
    return Reflect.apply(tf.image.resizeBilinear, undefined, [this, ...args])
  },
  resizeNearestNeighbor(...args) {
    return Reflect.apply(tf.image.resizeNearestNeighbor, undefined, [this, ...args])
  }
}

/** Adds what is not there yet; the same as importing TensorFlow.js's `register_all_chained_ops`, which Node cannot load. */
export const registerChained = (): void => {
  const prototype: object = tf.Tensor.prototype
  const define = (name: string, value: Method) => {
    if (!(name in prototype)) Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
  }
  for (const name of plain) {
    const operation: unknown = tf[name]
    define(name, function (...args) {
      return Reflect.apply(operation as (...args: ReadonlyArray<unknown>) => unknown, undefined, [this, ...args])
    })
  }
  for (const [name, method] of Object.entries(special)) define(name, method)
}
