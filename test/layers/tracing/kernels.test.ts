import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { backendName } from "../../../src/layers/tracing/RecordingBackend.ts"
import { recorded as recordedKernels } from "../../../src/layers/tracing/register.ts"
import { registerGradients } from "../../../src/layers/tracing/gradients.ts"
import { bool, type F, f32, gradientsOf, i32, type Input, onCpu, recorded, type Value, values } from "./harness.ts"

/** Name, function, inputs; "grad" adds the gradients with respect to all inputs. */
type Case = readonly [name: string, f: F, inputs: ReadonlyArray<Input>, grad?: "grad" | undefined]

const close = (name: string, got: ReadonlyArray<Value>, wanted: ReadonlyArray<Value>) => {
  assert.strictEqual(got.length, wanted.length, `${name}: number of results`)
  got.forEach((g, i) => {
    const w = wanted[i]!
    assert.deepStrictEqual([g.dtype, ...g.shape], [w.dtype, ...w.shape], `${name}: type of result ${i}`)
    w.data.forEach((x, j) => {
      const y = g.data[j]!
      const same = Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= 1e-5 * Math.max(1, Math.abs(x))
      assert.isTrue(same, `${name}: result ${i}, element ${j}: recorded ${y}, tfjs ${x}`)
    })
  })
}

registerGradients()

const special = values("float32", [8], NaN, Infinity, -Infinity, 0, -0, 1.5, -2.5, 3e38)

const smooth = ["exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atan", "sigmoid", "softplus", "erf", "square", "neg", "elu", "selu"] as const
const positive = ["log", "sqrt", "rsqrt", "reciprocal", "log1p"] as const
const withinOne = ["asin", "acos", "atanh"] as const
const kinked = ["abs", "relu", "relu6", "sign", "floor", "ceil", "round"] as const
const arithmetic = ["add", "sub", "mul", "div", "maximum", "minimum", "squaredDifference"] as const
/** tfjs's own gradients of these do not sum over repeated axes. */
const reduced: ReadonlySet<string> = new Set(["maximum", "minimum", "squaredDifference"])
const comparing = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"] as const
const reducing = ["sum", "mean", "max", "min"] as const

const unary = (name: keyof typeof tf) => tf[name] as (x: tf.Tensor) => tf.Tensor // the names above are of such functions
const binary = (name: keyof typeof tf) => tf[name] as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
const reduce = (name: keyof typeof tf) => tf[name] as (x: tf.Tensor, axis?: number | Array<number>, keepDims?: boolean) => tf.Tensor
/** tfjs types its functions by rank; the tensors here have the rank that each case says. */
const x4 = (x: tf.Tensor | undefined) => x as tf.Tensor4D
const x3 = (x: tf.Tensor | undefined) => x as tf.Tensor3D
const x2 = (x: tf.Tensor | undefined) => x as tf.Tensor2D
const x1 = (x: tf.Tensor | undefined) => x as tf.Tensor1D

const elementwise: ReadonlyArray<Case> = [
  ...smooth.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 4])], "grad"]),
  ...positive.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 4], 0.2, 3)], "grad"]),
  ...withinOne.map((name): Case => [name, (x) => unary(name)(x!), [f32([5], -0.9, 0.9)], "grad"]),
  ["acosh", (x) => tf.acosh(x!), [f32([5], 1.1, 4)], "grad"],
  ...kinked.map((name): Case => [name, (x) => unary(name)(x!), [f32([3, 5], -8, 8)], "grad"]),
  ...(["exp", "neg", "abs", "relu", "relu6", "sigmoid", "tanh", "floor", "isNaN", "isInf", "isFinite", "square"] as const).map((name): Case => [`${name} of special values`, (x) => unary(name)(x!), [special]]),
  ...(["neg", "abs", "sign", "square", "relu"] as const).map((name): Case => [`${name} of int32`, (x) => unary(name)(x!), [i32([4, 2])]]),
  ["round half to even", (x) => tf.round(x!), [values("float32", [6], 0.5, 1.5, 2.5, -0.5, -1.5, 2.4999)]],
  ["leakyRelu", (x) => tf.leakyRelu(x!, 0.3), [f32([7])], "grad"],
  ["prelu", (x, a) => tf.prelu(x!, a!), [f32([3, 4]), f32([4], 0.1, 0.9)], "grad"],
  ["clipByValue", (x) => tf.clipByValue(x!, -0.5, 1), [f32([9])], "grad"],
  ["step", (x) => tf.step(x!, 0.25), [f32([6])]],
  ["logicalNot", (x) => tf.logicalNot(x!), [bool([6])]],
  ...arithmetic.map((name): Case => [name, (a, b) => binary(name)(a!, b!), [f32([3, 4]), f32([3, 4], 0.5, 2)], "grad"]),
  ...arithmetic.map((name): Case => [`${name} with broadcasting`, (a, b) => binary(name)(a!, b!), [f32([2, 1, 3]), f32([4, 1], 0.5, 2)], reduced.has(name) ? undefined : "grad"]),
  ...(["add", "sub", "mul", "maximum", "minimum", "floorDiv", "mod"] as const).map((name): Case => [`${name} of int32`, (a, b) => binary(name)(a!, b!), [i32([5]), i32([5], 1, 4)]]),
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

const reductions: ReadonlyArray<Case> = [
  ...reducing.flatMap((name): ReadonlyArray<Case> => [
    [name, (x) => reduce(name)(x!), [f32([3, 4])], "grad"],
    [`${name} over axis 0`, (x) => reduce(name)(x!, 0), [f32([3, 4])], "grad"],
    [`${name} over axes, kept`, (x) => reduce(name)(x!, [-1, 0], true), [f32([2, 3, 4])], "grad"],
    [`${name} of int32`, (x) => reduce(name)(x!, 1), [i32([3, 4])]]
  ]),
  ["prod", (x) => tf.prod(x!, 1), [f32([3, 4])]],
  ["prod of int32", (x) => tf.prod(x!), [i32([4], 1, 4)]],
  ["sum of bool", (x) => tf.sum(x!), [bool([9])]],
  ["any", (x) => tf.any(x!, 0), [bool([3, 4])]],
  ["all", (x) => tf.all(x!, [1], true), [bool([3, 2])]],
  ["argMax", (x) => [tf.argMax(x!, 0), tf.argMax(x!, -1)], [f32([3, 4])]],
  ["argMin of ties", (x) => tf.argMin(x!, 1), [i32([4, 5], 0, 2)]],
  ["cumsum", (x) => [tf.cumsum(x!, 0), tf.cumsum(x!, 1, true), tf.cumsum(x!, 1, false, true)], [f32([3, 4])]],
  ["gradient of cumsum", (x) => tf.cumsum(x!, 1, true, true), [f32([3, 4])], "grad"],
  ["softmax", (x) => tf.softmax(x!), [f32([2, 3, 5])], "grad"],
  ["logSoftmax", (x) => tf.logSoftmax(x!), [f32([4, 5], -30, 30)], "grad"],
  ["logSoftmax of far rows", (x) => tf.logSoftmax(x!), [values("float32", [2, 2], -500, -501, 0, 1)]],
  ["logSumExp", (x) => tf.logSumExp(x!, 1), [f32([3, 4])], "grad"],
  ["moments", (x) => Object.values(tf.moments(x!, [0, 1])), [f32([3, 4, 2])], "grad"],
  ["norm", (x) => tf.norm(x!, 2, 1), [f32([3, 4])], "grad"],
  ["topk", (x) => Object.values(tf.topk(x!, 3)), [f32([4, 6])]],
  ["topk of int32 with ties", (x) => Object.values(tf.topk(x!, 2)), [i32([3, 5], 0, 3)]]
]

const shapes: ReadonlyArray<Case> = [
  ["reshape", (x) => tf.reshape(x!, [-1, 2]), [f32([3, 4])], "grad"],
  ["expandDims and squeeze", (x) => [tf.expandDims(x!, -1), tf.squeeze(tf.expandDims(x!, 0))], [f32([2, 3])], "grad"],
  ["transpose", (x) => tf.transpose(x!, [2, 0, 1]), [f32([2, 3, 4])], "grad"],
  ["transpose of default order", (x) => tf.transpose(x!), [i32([2, 3])]],
  ["concat", (a, b) => tf.concat([a!, b!], 1), [f32([2, 3]), f32([2, 2])], "grad"],
  ["concat, axis -1", (a, b) => tf.concat([a!, b!], -1), [f32([2, 1, 3]), f32([2, 1, 2])]],
  ["stack", (a, b) => tf.stack([a!, b!], -1), [f32([2, 3]), f32([2, 3])], "grad"],
  ["unstack", (x) => tf.unstack(x!, 1), [f32([2, 3, 2])], "grad"],
  ["slice", (x) => tf.slice(x!, [1, 0], [2, -1]), [f32([4, 3])], "grad"],
  ["stridedSlice", (x) => tf.stridedSlice(x!, [0, 1], [4, 5], [2, 3]), [f32([4, 6])]],
  ["stridedSlice backwards", (x) => tf.stridedSlice(x!, [3, 4], [0, 1], [-1, -2]), [f32([4, 6])]],
  ["stridedSlice with masks", (x) => tf.stridedSlice(x!, [0, 1, 0], [0, 3, 1], [1, 1, 1], 1, 1, 0, 0, 4), [f32([3, 4, 2])]],
  ["split into equal parts", (x) => tf.split(x!, 3, 1), [f32([2, 6])], "grad"],
  ["split by sizes", (x) => tf.split(x!, [1, -1, 2], 0), [f32([7, 2])]],
  ["pad", (x) => tf.pad(x!, [[1, 0], [0, 2]], 0.5), [f32([2, 3])], "grad"],
  ["mirrorPad reflect", (x) => tf.mirrorPad(x!, [[1, 1], [0, 2]], "reflect"), [f32([3, 4])]],
  ["mirrorPad symmetric", (x) => tf.mirrorPad(x!, [[2, 1], [0, 3]], "symmetric"), [f32([3, 4])]],
  ["tile", (x) => tf.tile(x!, [2, 1, 3]), [f32([2, 3, 1])], "grad"],
  ["broadcastTo", (x) => tf.broadcastTo(x!, [2, 3, 4]), [f32([3, 1])], "grad"],
  ["reverse", (x) => [tf.reverse(x!, 0), tf.reverse(x!, [-1]), tf.reverse(x!)], [f32([2, 3])], "grad"],
  ["fill, zeros, ones, likes", (x) => [tf.fill([2], 3, "int32"), tf.zeros([2, 2]), tf.ones([3], "bool"), tf.zerosLike(x!), tf.onesLike(x!)], [i32([2])]],
  ["range", () => [tf.range(0, 5), tf.range(1, 2, 0.3), tf.range(5, 0, -2, "int32"), tf.range(0, 4, 1, "int32")], []],
  ["linspace", () => tf.linspace(-1, 2, 7), []],
  ["constants of each dtype", () => [tf.tensor([1.5, 2]), tf.tensor([1, 2], [2], "int32"), tf.tensor([1, 0], [2], "bool"), tf.scalar(3)], []],
  ["spaceToBatchND", (x) => tf.spaceToBatchND(x4(x), [2, 2], [[0, 0], [2, 0]]), [f32([1, 2, 4, 3])]],
  ["batchToSpaceND", (x) => tf.batchToSpaceND(x4(x), [2, 2], [[0, 0], [1, 0]]), [f32([4, 2, 2, 1])], "grad"],
  ["depthToSpace", (x) => tf.depthToSpace(x4(x), 2), [f32([1, 2, 3, 8])]],
  ["diag", (x) => tf.diag(x!), [f32([4])]],
  ["eye", () => tf.eye(3, 4), []],
  ["bandPart of ones", (x) => tf.linalg.bandPart(x!, 1, 0), [f32([4, 4])]],
  ["einsum as product", (a, b) => tf.einsum("bij,bjk->bik", a!, b!), [f32([2, 3, 4]), f32([2, 4, 5])], "grad"],
  ["einsum of attention", (a, b) => tf.einsum("bihd,bjhd->bhij", a!, b!), [f32([2, 3, 2, 4]), f32([2, 5, 2, 4])]],
  ["einsum with a sum of one operand", (a, b) => tf.einsum("ijk,jl->il", a!, b!), [f32([2, 3, 4]), f32([3, 5])], "grad"],
  ["einsum transposing", (a) => tf.einsum("ijk->kij", a!), [f32([2, 3, 4])]]
]

const indexing: ReadonlyArray<Case> = [
  ["gather", (x) => tf.gather(x!, tf.tensor([2, 0, 2], [3], "int32")), [f32([3, 4])], "grad"],
  ["gather on axis 1 by a matrix", (x) => tf.gather(x!, tf.tensor([[1, 0], [3, 3]], [2, 2], "int32"), 1), [f32([2, 4, 3])], "grad"],
  ["gather, negative axis", (x) => tf.gather(x!, tf.tensor([1, 2], [2], "int32"), -1), [f32([2, 3])]],
  ["gather of batches", (x) => tf.gather(x!, tf.tensor([[1, 0], [2, 2]], [2, 2], "int32"), 1, 1), [f32([2, 3, 4])]],
  ["gather of batches on a later axis", (x) => tf.gather(x!, tf.tensor([[1, 0, 1], [2, 2, 0]], [2, 3], "int32"), 2, 1), [f32([2, 4, 3, 5])]],
  ["gatherND", (x) => tf.gatherND(x!, tf.tensor([[0, 1], [2, 0]], [2, 2], "int32")), [f32([3, 2, 4])], "grad"],
  ["gatherND, all axes", (x) => tf.gatherND(x!, tf.tensor([[0, 1], [2, 0], [1, 1]], [3, 2], "int32")), [i32([3, 2])]],
  ["scatterND", (x) => tf.scatterND(tf.tensor([[1], [3], [1]], [3, 1], "int32"), x!, [5, 2]), [f32([3, 2])], "grad"],
  ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x!, tf.tensor([0, 2, 0, 1], [4], "int32"), 3), [f32([4, 2])], "grad"],
  ["oneHot", (x) => [tf.oneHot(x!, 4), tf.oneHot(x!, 4, 2, -1, "float32")], [i32([2, 3], -1, 5)]],
  ["bincount", (x) => tf.bincount(x1(x), tf.tensor([]), 4), [i32([9], 0, 4)]],
  ["denseBincount", (x) => [tf.denseBincount(x2(x), tf.tensor([]), 5), tf.denseBincount(x2(x), tf.tensor([]), 5, true)], [i32([2, 6], 0, 5)]]
]

const products: ReadonlyArray<Case> = [
  ["matMul", (a, b) => tf.matMul(a!, b!), [f32([3, 4]), f32([4, 2])], "grad"],
  ["matMul, a transposed", (a, b) => tf.matMul(a!, b!, true), [f32([4, 3]), f32([4, 2])], "grad"],
  ["matMul, b transposed", (a, b) => tf.matMul(a!, b!, false, true), [f32([3, 4]), f32([2, 4])], "grad"],
  ["matMul, both transposed", (a, b) => tf.matMul(a!, b!, true, true), [f32([4, 3]), f32([2, 4])], "grad"],
  ["matMul of batches", (a, b) => tf.matMul(a!, b!), [f32([2, 3, 3, 4]), f32([2, 3, 4, 2])], "grad"],
  ["matMul, one batch for all", (a, b) => tf.matMul(a!, b!), [f32([3, 2, 4]), f32([1, 4, 3])]],
  ["dot and outerProduct", (a, b) => [tf.dot(a!, b!), tf.outerProduct(x1(a), x1(b))], [f32([4]), f32([4])], "grad"],
  ["matMul of int32", (a, b) => tf.matMul(a!, b!), [i32([2, 3]), i32([3, 2])]],
  ["fused matMul with bias", (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: "relu" }), [f32([3, 4]), f32([4, 2]), f32([2])], "grad"],
  ["fused matMul, leakyrelu", (a, b) => tf.fused.matMul({ a: a!, b: b!, activation: "leakyrelu", leakyreluAlpha: 0.1 }), [f32([3, 4]), f32([4, 2])]],
  ...(["valid", "same"] as const).flatMap((pad): ReadonlyArray<Case> => [
    [`conv2d, ${pad}`, (x, f) => tf.conv2d(x4(x), x4(f), [2, 1], pad), [f32([2, 5, 6, 3]), f32([3, 2, 3, 4])], "grad"],
    [`depthwiseConv2d, ${pad}`, (x, f) => tf.depthwiseConv2d(x4(x), x4(f), 1, pad), [f32([2, 5, 4, 3]), f32([3, 2, 3, 2])], "grad"],
    [`maxPool, ${pad}`, (x) => tf.maxPool(x4(x), [2, 3], [2, 1], pad), [f32([2, 5, 6, 2])], "grad"],
    [`avgPool, ${pad}`, (x) => tf.avgPool(x4(x), [2, 3], 2, pad), [f32([2, 5, 6, 2])]]
  ]),
  ["gradient of avgPool, valid", (x) => tf.avgPool(x4(x), 2, 1, "valid"), [f32([1, 4, 5, 2])], "grad"],
  ["conv2d, dilated", (x, f) => tf.conv2d(x4(x), x4(f), 1, "same", "NHWC", 2), [f32([1, 6, 6, 2]), f32([3, 3, 2, 3])]],
  ["conv2d, explicit padding", (x, f) => tf.conv2d(x4(x), x4(f), 1, [[0, 0], [1, 2], [0, 1], [0, 0]]), [f32([1, 4, 4, 2]), f32([2, 2, 2, 3])]],
  ["conv2d, NCHW", (x, f) => tf.conv2d(x4(x), x4(f), 1, "same", "NCHW"), [f32([1, 2, 4, 5]), f32([3, 3, 2, 3])]],
  ["conv1d", (x, f) => tf.conv1d(x3(x), x3(f), 1, "same"), [f32([2, 6, 3]), f32([3, 3, 2])], "grad"],
  ["conv2dTranspose", (x, f) => tf.conv2dTranspose(x4(x), x4(f), [1, 7, 7, 2], 2, "valid"), [f32([1, 3, 3, 4]), f32([3, 3, 2, 4])], "grad"],
  ["separableConv2d", (x, d, p) => tf.separableConv2d(x4(x), x4(d), x4(p), 1, "same"), [f32([1, 4, 4, 2]), f32([3, 3, 2, 2]), f32([1, 1, 4, 3])], "grad"],
  ["fused conv2d", (x, f, bias) => tf.fused.conv2d({ x: x4(x), filter: x4(f), strides: 1, pad: "same", bias: bias!, activation: "relu6" }), [f32([1, 4, 4, 2]), f32([3, 3, 2, 3]), f32([3])]],
  ["fused depthwiseConv2d", (x, f, bias) => tf.fused.depthwiseConv2d({ x: x4(x), filter: x4(f), strides: 1, pad: "valid", bias: bias!, activation: "elu" }), [f32([1, 4, 4, 2]), f32([3, 3, 2, 1]), f32([2])]],
  ["dilated pool", (x) => tf.pool(x4(x), 2, "max", "valid", 2, 1), [f32([1, 6, 6, 1])]],
  ["batchNorm", (x, m, v, o, s) => tf.batchNorm(x!, x1(m), x1(v), x1(o), x1(s), 1e-3), [f32([3, 2, 4]), f32([4]), f32([4], 0.2, 2), f32([4]), f32([4])]],
  ["gradient of batchNorm", (x, m, v, o, s) => tf.batchNorm4d(x4(x), x1(m), x1(v), x1(o), x1(s), 1e-3), [f32([2, 2, 3, 4]), f32([4]), f32([4], 0.2, 2), f32([4]), f32([4])], "grad"],
  ["localResponseNormalization", (x) => tf.localResponseNormalization(x4(x), 2, 1, 0.5, 0.75), [f32([1, 2, 2, 7])], "grad"],
  ["resizeBilinear", (x) => [tf.image.resizeBilinear(x4(x), [5, 7]), tf.image.resizeBilinear(x4(x), [2, 2], true), tf.image.resizeBilinear(x4(x), [6, 3], false, true)], [f32([2, 3, 4, 2])]],
  ["gradient of resizeBilinear", (x) => tf.image.resizeBilinear(x4(x), [5, 7]), [f32([1, 3, 3, 2])], "grad"],
  ["resizeNearestNeighbor", (x) => [tf.image.resizeNearestNeighbor(x4(x), [6, 8]), tf.image.resizeNearestNeighbor(x4(x), [2, 3], true), tf.image.resizeNearestNeighbor(x4(x), [5, 5], false, true)], [f32([1, 3, 4, 2])]],
  ["gradient of resizeNearestNeighbor", (x) => tf.image.resizeNearestNeighbor(x4(x), [6, 8]), [f32([1, 3, 4, 2])], "grad"],
  ["flipLeftRight", (x) => tf.image.flipLeftRight(x4(x)), [f32([1, 2, 3, 2])]],
  ["softmaxCrossEntropy", (logits) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor([1, 0, 2], [3], "int32"), 4), logits!), [f32([3, 4])], "grad"],
  ["sigmoidCrossEntropy", (logits) => tf.losses.sigmoidCrossEntropy(tf.tensor([1, 0, 1, 0], [2, 2]), logits!), [f32([2, 2])], "grad"],
  ["huber, log and hinge loss", (p) => [tf.losses.huberLoss(tf.tensor([1, 0, 1]), p!), tf.losses.logLoss(tf.tensor([1, 0, 1]), p!), tf.losses.hingeLoss(tf.tensor([1, 0, 1]), p!)], [f32([3], 0.1, 0.9)], "grad"]
]

const table: Readonly<Record<string, ReadonlyArray<Case>>> = { elementwise, reductions, shapes, indexing, products }

describe("recorded kernels mean what tfjs's CPU backend computes", () => {
  for (const [group, cases] of Object.entries(table)) {
    describe(group, () => {
      for (const [name, f, inputs, grad] of cases) {
        it(name, async () => {
          await tf.setBackend("cpu")
          close(name, recorded(f, inputs), onCpu(f, inputs))
          if (grad === "grad") close(`gradient of ${name}`, recorded(gradientsOf(f), inputs), onCpu(gradientsOf(f), inputs))
        })
      }
    })
  }

  it("covers each kernel of tfjs's CPU backend with a rule or a refusal", async () => {
    await tf.setBackend("cpu")
    recorded((x) => tf.neg(x!), [f32([1])])
    const missing = tf.getKernelsForBackend("cpu").filter(({ kernelName }) => tf.getKernel(kernelName, backendName) === undefined)
    assert.deepStrictEqual(missing.map((k) => k.kernelName), [])
    assert.isAtLeast(recordedKernels.length, 120)
  })
})
