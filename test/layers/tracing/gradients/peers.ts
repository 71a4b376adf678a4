/** The functions of `golden.json` (written by `test/interop/gradients.py`), by name. */
import * as tf from "@tensorflow/tfjs-core"
import type { F } from "../harness.ts"
import { x1, x2, x3, x4, x5 } from "../kernelCase.ts"

/** A function of as many tensors as the case has inputs. */
type Peer = (...xs: ReadonlyArray<tf.Tensor>) => tf.Tensor | Array<tf.Tensor>
type Peers = { readonly [name: string]: Peer }

const products: Peers = {
  matMul: (a, b) => tf.matMul(a!, b!),
  "matMul, both transposed, one batch repeated": (a, b) => tf.matMul(a!, b!, true, true),
  dot: (a, b) => tf.dot(a!, b!),
  outerProduct: (a, b) => tf.outerProduct(x1(a), x1(b)),
  "einsum bij,bjk->bik": (a, b) => tf.einsum("bij,bjk->bik", a!, b!),
  "einsum bthd,bshd->bhts": (a, b) => tf.einsum("bthd,bshd->bhts", a!, b!),
  "einsum ij->j": (a) => tf.einsum("ij->j", a!),
  attention: (q, k, v) => tf.matMul(tf.softmax(tf.div(tf.matMul(q!, k!, false, true), 2)), v!)
}

const windows: Peers = {
  conv1d: (x, f) => tf.conv1d(x3(x), x3(f), 2, "valid"),
  "conv2d, same": (x, f) => tf.conv2d(x4(x), x4(f), 1, "same"),
  "conv2d, strides 2, same": (x, f) => tf.conv2d(x4(x), x4(f), 2, "same"),
  "conv2d, dilated": (x, f) => tf.conv2d(x4(x), x4(f), 1, "valid", "NHWC", [2, 1]),
  conv3d: (x, f) => tf.conv3d(x5(x), x5(f), [1, 2, 1], "same"),
  depthwiseConv2d: (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, "same"),
  "depthwiseConv2d, strides 2": (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 2, "valid"),
  "depthwiseConv2d, dilated": (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, "valid", "NHWC", 2),
  separableConv2d: (x, d, p) => tf.separableConv2d(x4(x), x4(d), x4(p) as tf.Tensor4D, 1, "same"),
  "conv2dTranspose, valid": (x, f) => tf.conv2dTranspose(x4(x), x4(f), [1, 7, 7, 2], 2, "valid"),
  "conv2dTranspose, same": (x, f) => tf.conv2dTranspose(x4(x), x4(f), [1, 6, 6, 1], 2, "same"),
  conv3dTranspose: (x, f) => tf.conv3dTranspose(x5(x), x5(f), [1, 4, 4, 4, 1], 2, "same"),
  "maxPool, valid": (x) => tf.maxPool(x4(x), [2, 3], 2, "valid"),
  "maxPool, same": (x) => tf.maxPool(x4(x), [2, 3], 2, "same"),
  "avgPool, valid": (x) => tf.avgPool(x4(x), [2, 3], [2, 1], "valid"),
  "avgPool, same": (x) => tf.avgPool(x4(x), [2, 3], [2, 1], "same"),
  maxPool3d: (x) => tf.maxPool3d(x5(x), 2, [2, 1, 2], "same"),
  avgPool3d: (x) => tf.avgPool3d(x5(x), 2, [1, 2, 1], "same"),
  localResponseNormalization: (x) => tf.localResponseNormalization(x4(x), 2, 1, 0.5, 0.75),
  "resizeBilinear, align corners": (x) => tf.image.resizeBilinear(x4(x), [5, 7], true),
  "resizeBilinear, half-pixel centers": (x) => tf.image.resizeBilinear(x4(x), [6, 8], false, true),
  resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(x4(x), [6, 2])
}

const normalised = (x: tf.Tensor, axes: number | Array<number>) => {
  const { mean, variance } = tf.moments(x, axes, true)
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)))
}

const layers: Peers = {
  batchNorm: (x, m, v, o, s) => tf.batchNorm(x!, x1(m), x1(v), x1(o), x1(s)),
  "batch norm by the batch's own moments": (x, o, s) => {
    const { mean, variance } = tf.moments(x!, [0, 1, 2])
    return tf.batchNorm(x!, x1(mean), x1(variance), x1(o), x1(s))
  },
  "layer norm": (x, o, s) => tf.add(tf.mul(normalised(x!, -1), s!), o!),
  softmax: (x) => tf.softmax(x!),
  logSoftmax: (x) => tf.logSoftmax(x!),
  softmaxCrossEntropy: (x, y) => tf.losses.softmaxCrossEntropy(tf.oneHot(x1(y), 3), x!),
  sigmoidCrossEntropy: (x) =>
    tf.losses.sigmoidCrossEntropy(
      tf.tensor([
        [0, 1, 1],
        [1, 0, 1]
      ]),
      x!
    ),
  huberLoss: (a, b) => tf.losses.huberLoss(b!, a!),
  meanSquaredError: (a, b) => tf.losses.meanSquaredError(b!, a!),
  basicLSTMCell: (kernel, bias, x, c, h) => tf.basicLSTMCell(tf.scalar(1), x2(kernel), x1(bias), x2(x), x2(c), x2(h)),
  "GRU cell": (x, h, w, u, b, r) => {
    const gates = tf.split(tf.add(tf.matMul(x!, w!), b!), 3, 1)
    const inner = tf.split(tf.add(tf.matMul(h!, u!), r!), 3, 1)
    const [reset, update] = [0, 1].map((i) => tf.sigmoid(tf.add(gates[i]!, inner[i]!))) as [tf.Tensor, tf.Tensor]
    const candidate = tf.tanh(tf.add(gates[2]!, tf.mul(reset, inner[2]!)))
    return tf.add(candidate, tf.mul(update, tf.sub(h!, candidate)))
  }
}

const indexed: Peers = {
  "gather on axis 1": (x, i) => tf.gather(x!, x1(i), 1),
  "gather of batches": (x, i) => tf.gather(x!, x2(i), 1, 1),
  embedding: (t, i) => tf.gather(t!, x2(i)),
  gatherND: (x, i) => tf.gatherND(x!, i!),
  scatterND: (u, i) => tf.scatterND(i!, u!, [4, 2]),
  tensorScatterUpdate: (x, i, u) => tf.tensorScatterUpdate(x!, i!, u!),
  unsortedSegmentSum: (x, i) => tf.unsortedSegmentSum(x!, x1(i), 3),
  "topk values": (x) => tf.topk(x!, 2).values,
  where: (a, b) => tf.where(tf.greater(a!, 0.1), tf.square(a!), b!)
}

const reduced: Peers = {
  cumsum: (x) => tf.cumsum(x!, 1),
  "cumsum, exclusive and back": (x) => tf.cumsum(x!, 0, true, true),
  cumprod: (x) => tf.cumprod(x!, 1),
  "cumprod through a zero": (x) => tf.cumprod(x!, -1),
  prod: (x) => tf.prod(x!, 1),
  "prod through a zero": (x) => tf.prod(x!, 1),
  "sum and mean": (x) => [tf.sum(x!, 0), tf.mean(x!, [0, 2])],
  "max and min": (x) => [tf.max(x!, 1), tf.min(x!, 0)],
  variance: (x) => tf.moments(x!, 1).variance,
  logSumExp: (x) => tf.logSumExp(x!, 1),
  norms: (x) => [tf.norm(x!, 1, 1), tf.norm(x!, 2, 1), tf.norm(x!, Infinity, 1)]
}

const rows = (...pairs: ReadonlyArray<[number, number]>) => [...pairs]

const moved: Peers = {
  pad: (x) => tf.pad(x!, rows([1, 0], [0, 2]), 0.5),
  "mirrorPad, reflect": (x) => tf.mirrorPad(x!, rows([1, 0], [2, 1]), "reflect"),
  slice: (x) => tf.slice(x!, [1, 0], [2, 2]),
  stridedSlice: (x) => tf.stridedSlice(x!, [0, 1], [4, 6], [2, 2]),
  "concat and stack": (a, b) => [tf.concat([a!, b!, a!], 1), tf.stack([a!, b!], 1)],
  split: (x) => tf.split(x!, [1, 2], 1),
  "transpose and reverse": (x) => [tf.transpose(x!, [2, 0, 1]), tf.reverse(x!, 1)],
  tile: (x) => tf.tile(x!, [2, 3]),
  bandPart: (x) => tf.linalg.bandPart(x!, 1, 0)
}

const gelu = (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))
const geluByTanh = (x: tf.Tensor) =>
  tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(tf.square(x), x)))))))

const elementwise: Peers = {
  clipByValue: (x) => tf.clipByValue(x!, -0.7, 1.2),
  "relu, relu6, leakyRelu": (x) => [tf.relu(x!), tf.relu6(x!), tf.leakyRelu(x!, 0.2)],
  "elu, selu, softplus": (x) => [tf.elu(x!), tf.selu(x!), tf.softplus(x!)],
  prelu: (x, a) => tf.prelu(x!, a!),
  "sigmoid, tanh, swish, mish": (x) => [tf.sigmoid(x!), tf.tanh(x!), tf.mul(x!, tf.sigmoid(x!)), tf.mul(x!, tf.tanh(tf.softplus(x!)))],
  gelu: (x) => [gelu(x!), geluByTanh(x!)],
  "exp, expm1, erf": (x) => [tf.exp(x!), tf.expm1(x!), tf.erf(x!)],
  "log, log1p, sqrt, rsqrt, reciprocal": (x) => [tf.log(x!), tf.log1p(x!), tf.sqrt(x!), tf.rsqrt(x!), tf.reciprocal(x!)],
  "sin, cos, tan, atan": (x) => [tf.sin(x!), tf.cos(x!), tf.tan(x!), tf.atan(x!)],
  "asin, acos, atanh": (x) => [tf.asin(x!), tf.acos(x!), tf.atanh(x!)],
  "sinh, cosh, asinh": (x) => [tf.sinh(x!), tf.cosh(x!), tf.asinh(x!)],
  acosh: (x) => tf.acosh(x!),
  "add, sub, mul, div, a row against rows": (a, b) => [tf.add(a!, b!), tf.sub(a!, b!), tf.mul(a!, b!), tf.div(a!, b!)],
  "pow, atan2": (a, b) => [tf.pow(a!, b!), tf.atan2(a!, b!)],
  "maximum, minimum, squaredDifference": (a, b) => [tf.maximum(a!, b!), tf.minimum(a!, b!), tf.squaredDifference(a!, b!)],
  rfft: (x) => {
    const z = tf.spectral.rfft(x!)
    return tf.add(tf.square(tf.real(z)), tf.square(tf.imag(z)))
  }
}

/** The gradient of the sum of squares. */
const slope =
  (f: F): Peer =>
  (...xs) =>
    tf.grads((...ys) => tf.sum(tf.square(f(...ys) as tf.Tensor)))([...xs])

const second: Peers = Object.fromEntries(
  Object.entries({
    exp: (x) => tf.exp(x!),
    tanh: (x) => tf.tanh(x!),
    sigmoid: (x) => tf.sigmoid(x!),
    softplus: (x) => tf.softplus(x!),
    softmax: (x) => tf.softmax(x!),
    logSoftmax: (x) => tf.logSoftmax(x!),
    cumprod: (x) => tf.cumprod(x!, -1),
    matMul: (a, b) => tf.matMul(a!, b!),
    conv2d: (x, f) => tf.conv2d(x4(x), x4(f), 1, "same"),
    "conv2d, strides 2": (x, f) => tf.conv2d(x4(x), x4(f), 2, "valid"),
    depthwiseConv2d: (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 2, "valid"),
    "layer norm": (x) => tf.add(normalised(x!, -1), x!)
  } satisfies { readonly [name: string]: F }).map(([name, f]) => [`second order: ${name}`, slope(f)])
)

export const peers: Peers = { ...products, ...windows, ...layers, ...indexed, ...reduced, ...moved, ...elementwise, ...second }
