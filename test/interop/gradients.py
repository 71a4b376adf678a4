"""Writes test/layers/tracing/gradients/golden.json: functions with their inputs, outputs and gradients by PyTorch in float64.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install torch
    /tmp/venv/bin/python test/interop/gradients.py

`test/layers/tracing/gradients/peers.ts` has the function of each name. Gradients are those of `sum(outputs[k][i] * cos(0.7 i + k))`
with respect to the float inputs. Layouts are TensorFlow's (images NHWC, filters HWIO).
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(5)


def draw(*shape, low=-2.0, high=2.0):
    return torch.tensor(rng.uniform(low, high, size=shape).round(3))


def positive(*shape):
    return draw(*shape, low=0.4, high=2.0)


def distinct(*shape):
    """Far apart, so that no rounding changes which is the larger."""
    n = int(np.prod(shape))
    return torch.tensor(((rng.permutation(n) - n / 2 + 0.25) * 0.3).round(3).reshape(shape))


def ids(shape, *data):
    return torch.tensor(data).reshape(shape)


cases = {}


def numbers(x):
    return [float(f"{v:.7g}") for v in x.detach().double().ravel().tolist()]


def case(name, f, *inputs):
    xs = [x.clone().requires_grad_(True) if x.is_floating_point() else x for x in inputs]
    ys = f(*xs)
    ys = list(ys) if isinstance(ys, (list, tuple)) else [ys]
    loss = sum((y.reshape(-1) * torch.cos(0.7 * torch.arange(y.numel()) + k)).sum() for k, y in enumerate(ys))
    grads = torch.autograd.grad(loss, [x for x in xs if x.requires_grad])
    assert name not in cases, name
    cases[name] = {
        "inputs": [{"dtype": "float32" if x.is_floating_point() else "int32", "shape": list(x.shape), "data": numbers(x)} for x in xs],
        "outputs": [{"shape": list(y.shape), "data": numbers(y)} for y in ys],
        "gradients": [numbers(g) for g in grads],
    }


def slope(f, *xs):
    """The gradient of a sum of squares, itself differentiable."""
    return torch.autograd.grad((f(*xs) ** 2).sum(), xs, create_graph=True)


first = lambda x: x.movedim(-1, 1)
last = lambda x: x.movedim(1, -1)
filters = lambda f: f.permute(f.dim() - 1, f.dim() - 2, *range(f.dim() - 2))


def same(x, kernel, stride, dilation, value=0.0):
    """TensorFlow's padding: the odd element goes to the end."""
    pads = []
    for size, k, s, d in zip(x.shape[2:], kernel, stride, dilation):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
        pads = [total // 2, total - total // 2] + pads
    return F.pad(x, pads, value=value)


def conv(x, f, stride=1, pad="valid", dilation=1, groups=1, weight=None):
    n = x.dim() - 2
    stride, dilation = [s if isinstance(s, list) else [s] * n for s in (stride, dilation)]
    weight = filters(f) if weight is None else weight
    x = first(x)
    x = same(x, weight.shape[2:], stride, dilation) if pad == "same" else x
    return last([F.conv1d, F.conv2d, F.conv3d][n - 1](x, weight, stride=stride, dilation=dilation, groups=groups))


def depthwise(x, f, **more):
    h, w, channels, multiplier = f.shape
    return conv(x, f, groups=channels, weight=f.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, h, w), **more)


def transposed(x, f, stride, size):
    """Of padding "same": what "valid" gives beyond `size` is cut off at the end where the total is 1."""
    y = [F.conv_transpose2d, F.conv_transpose3d][x.dim() - 4](first(x), filters(f), stride=stride)
    return last(y[(...,) + tuple(slice(0, s) for s in size)])


def pool(kind, x, k, s, pad):
    n = x.dim() - 2
    x = first(x)
    if kind == "max":
        x = same(x, k, s, [1] * n, -1e30) if pad == "same" else x
        return last([F.max_pool2d, F.max_pool3d][n - 2](x, k, s))
    average = [F.avg_pool2d, F.avg_pool3d][n - 2]
    if pad == "valid":
        return last(average(x, k, s))
    ones = torch.ones_like(x)
    return last(average(same(x, k, s, [1] * n), k, s) / average(same(ones, k, s, [1] * n), k, s))


# products
case("matMul", torch.matmul, draw(3, 4), draw(4, 2))
case("matMul, both transposed, one batch repeated", lambda a, b: a.mT @ b.mT, draw(3, 4, 2), draw(1, 3, 4))
case("dot", torch.dot, draw(5), draw(5))
case("outerProduct", torch.outer, draw(3), draw(4))
case("einsum bij,bjk->bik", lambda a, b: torch.einsum("bij,bjk->bik", a, b), draw(2, 3, 2), draw(2, 2, 3))
case("einsum bthd,bshd->bhts", lambda a, b: torch.einsum("bthd,bshd->bhts", a, b), draw(1, 3, 2, 2), draw(1, 4, 2, 2))
case("einsum ij->j", lambda a: torch.einsum("ij->j", a), draw(3, 4))
case("attention", F.scaled_dot_product_attention, draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 4))

# convolutions
case("conv1d", lambda x, f: conv(x, f, stride=2), draw(1, 7, 2), draw(3, 2, 2))
case("conv2d, same", lambda x, f: conv(x, f, pad="same"), draw(1, 4, 5, 2), draw(3, 2, 2, 2))
case("conv2d, strides 2, same", lambda x, f: conv(x, f, stride=2, pad="same"), draw(1, 6, 5, 2), draw(3, 3, 2, 2))
case("conv2d, dilated", lambda x, f: conv(x, f, dilation=[2, 1]), draw(1, 6, 4, 2), draw(3, 2, 2, 2))
case("conv3d", lambda x, f: conv(x, f, stride=[1, 2, 1], pad="same"), draw(1, 3, 4, 3, 1), draw(2, 2, 2, 1, 2))
case("depthwiseConv2d", lambda x, f: depthwise(x, f, pad="same"), draw(1, 4, 4, 2), draw(3, 3, 2, 2))
case("depthwiseConv2d, strides 2", lambda x, f: depthwise(x, f, stride=2), draw(1, 5, 5, 2), draw(2, 3, 2, 1))
case("depthwiseConv2d, dilated", lambda x, f: depthwise(x, f, dilation=2), draw(1, 5, 5, 2), draw(2, 2, 2, 1))
case("separableConv2d", lambda x, d, p: conv(depthwise(x, d, pad="same"), p), draw(1, 4, 4, 2), draw(2, 2, 2, 2), draw(1, 1, 4, 3))
case("conv2dTranspose, valid", lambda x, f: transposed(x, f, 2, [7, 7]), draw(1, 3, 3, 2), draw(3, 3, 2, 2))
case("conv2dTranspose, same", lambda x, f: transposed(x, f, 2, [6, 6]), draw(1, 3, 3, 2), draw(3, 3, 1, 2))
case("conv3dTranspose", lambda x, f: transposed(x, f, 2, [4, 4, 4]), draw(1, 2, 2, 2, 2), draw(2, 2, 2, 1, 2))

# pooling
for pad in ["valid", "same"]:
    case(f"maxPool, {pad}", lambda x: pool("max", x, [2, 3], [2, 2], pad), distinct(1, 5, 5, 2))
    case(f"avgPool, {pad}", lambda x: pool("avg", x, [2, 3], [2, 1], pad), draw(1, 5, 4, 2))
case("maxPool3d", lambda x: pool("max", x, [2, 2, 2], [2, 1, 2], "same"), distinct(1, 3, 3, 4, 1))
case("avgPool3d", lambda x: pool("avg", x, [2, 2, 2], [1, 2, 1], "same"), draw(1, 3, 3, 3, 1))
case("localResponseNormalization", lambda x: last(F.local_response_norm(first(x), 5, alpha=2.5, beta=0.75, k=1.0)), draw(1, 2, 2, 6))
bilinear = lambda x, size, **more: last(F.interpolate(first(x), size=size, mode="bilinear", **more))
case("resizeBilinear, align corners", lambda x: bilinear(x, (5, 7), align_corners=True), draw(1, 3, 4, 1))
case("resizeBilinear, half-pixel centers", lambda x: bilinear(x, (6, 8), align_corners=False), draw(1, 3, 4, 1))
case("resizeNearestNeighbor", lambda x: last(F.interpolate(first(x), size=(6, 2), mode="nearest")), draw(1, 3, 4, 1))

# normalisation
case("batchNorm", lambda x, m, v, o, s: (x - m) / torch.sqrt(v + 1e-3) * s + o, draw(4, 3), draw(3), positive(3), draw(3), draw(3))
case("batch norm by the batch's own moments", lambda x, o, s: last(F.batch_norm(first(x), None, None, s, o, training=True, eps=1e-3)), draw(2, 2, 2, 3), draw(3), draw(3))
case("layer norm", lambda x, o, s: F.layer_norm(x, (4,), s, o, eps=1e-3), draw(3, 4), draw(4), draw(4))

# losses
case("softmax", lambda x: F.softmax(x, -1), draw(3, 4))
case("logSoftmax", lambda x: F.log_softmax(x, -1), draw(3, 4))
case("softmaxCrossEntropy", lambda x, y: F.cross_entropy(x, y), draw(4, 3), ids((4,), 2, 0, 1, 1))
case("sigmoidCrossEntropy", lambda x: F.binary_cross_entropy_with_logits(x, torch.tensor([[0.0, 1, 1], [1, 0, 1]])), draw(2, 3))
case("huberLoss", lambda a, b: F.huber_loss(a, b), draw(3, 3), draw(3, 3))
case("meanSquaredError", lambda a, b: F.mse_loss(a, b), draw(3, 3), draw(3, 3))


# recurrent cells
def lstm(kernel, bias, x, c, h):
    order = lambda a: torch.cat([a.chunk(4, -1)[i] for i in (0, 2, 1, 3)], -1)  # i, j, f, o there; i, f, g, o here
    k, b = order(kernel).mT, order(bias) + torch.cat([torch.zeros(2), torch.ones(2), torch.zeros(4)])
    h, c = torch.lstm_cell(x, (h, c), k[:, :3], k[:, 3:], b, torch.zeros(8))
    return c, h


def gru(x, h, w, u, b, r):
    return torch.gru_cell(x, h, w.mT, u.mT, b, r)


case("basicLSTMCell", lstm, draw(5, 8), draw(8), draw(3, 3), draw(3, 2), draw(3, 2))
case("GRU cell", gru, draw(3, 3), draw(3, 2), draw(3, 6), draw(2, 6), draw(6), draw(6))


# reading and writing by index
def put(x, i, u):
    return x.index_put((i[:, 0],), u)


case("gather on axis 1", lambda x, i: x[:, i], draw(2, 4, 2), ids((3,), 3, 0, 3))
case("gather of batches", lambda x, i: torch.stack([x[n, i[n]] for n in range(2)]), draw(2, 3, 2), ids((2, 2), 1, 0, 2, 2))
case("embedding", lambda t, i: F.embedding(i, t), draw(5, 3), ids((2, 3), 4, 0, 4, 1, 4, 2))
case("gatherND", lambda x, i: x[i[:, 0], i[:, 1]], draw(3, 2, 2), ids((4, 2), 0, 1, 2, 0, 0, 1, 1, 1))
case("scatterND", lambda u, i: torch.zeros(4, 2).index_add(0, i[:, 0], u), draw(5, 2), ids((5, 1), 1, 3, 1, 0, 3))
case("tensorScatterUpdate", put, draw(4, 2), ids((2, 1), 2, 0), draw(2, 2))
case("unsortedSegmentSum", lambda x, i: torch.zeros(3, 2).index_add(0, i, x), draw(4, 2), ids((4,), 0, 2, 0, 1))
case("topk values", lambda x: torch.topk(x, 2).values, distinct(3, 5))
case("where", lambda a, b: torch.where(a > 0.1, a * a, b), distinct(8), draw(8))

# scans, reductions, norms
case("cumsum", lambda x: torch.cumsum(x, 1), draw(3, 4))
case("cumsum, exclusive and back", lambda x: torch.cumsum(x.flip(0), 0).flip(0) - x, draw(4, 2))
case("cumprod", lambda x: torch.cumprod(x, 1), draw(3, 4))
case("cumprod through a zero", lambda x: torch.cumprod(x, -1), torch.tensor([[1.0, 0, 2, 3], [0, -1, 0, 2]]))
case("prod", lambda x: torch.prod(x, 1), draw(3, 4))
case("prod through a zero", lambda x: torch.prod(x, 1), torch.tensor([[1.0, 0, 2], [3, -1, 2]]))
case("sum and mean", lambda x: [x.sum(0), x.mean((0, 2))], draw(3, 2, 2))
case("max and min", lambda x: [x.amax(1), x.amin(0)], distinct(3, 4))
case("variance", lambda x: torch.var(x, 1, correction=0), draw(3, 4))
case("logSumExp", lambda x: torch.logsumexp(x, 1), draw(3, 4))
case("norms", lambda x: [torch.linalg.vector_norm(x, p, 1) for p in (1, 2, float("inf"))], distinct(3, 4))

# movement
case("pad", lambda x: F.pad(x, (0, 2, 1, 0), value=0.5), draw(2, 3))
case("mirrorPad, reflect", lambda x: F.pad(x[None], (2, 1, 1, 0), mode="reflect")[0], draw(2, 4))
case("slice", lambda x: x[1:3, :2], draw(4, 3))
case("stridedSlice", lambda x: x[0:4:2, 1:6:2], draw(4, 6))
case("concat and stack", lambda a, b: [torch.cat([a, b, a], 1), torch.stack([a, b], 1)], draw(2, 2), draw(2, 2))
case("split", lambda x: torch.split(x, [1, 2], 1), draw(2, 3))
case("transpose and reverse", lambda x: [x.permute(2, 0, 1), x.flip(1)], draw(2, 3, 2))
case("tile", lambda x: x.tile(2, 3), draw(3, 2))
case("bandPart", lambda x: torch.triu(torch.tril(x), -1), draw(4, 4))

# elementwise
case("clipByValue", lambda x: torch.clamp(x, -0.7, 1.2), distinct(9))
case("relu, relu6, leakyRelu", lambda x: [F.relu(x), F.relu6(x), F.leaky_relu(x, 0.2)], distinct(9))
case("elu, selu, softplus", lambda x: [F.elu(x), F.selu(x), F.softplus(x)], distinct(9))
case("prelu", lambda x, a: F.prelu(x, a), distinct(3, 4), positive(4))
case("sigmoid, tanh, swish, mish", lambda x: [torch.sigmoid(x), torch.tanh(x), F.silu(x), F.mish(x)], draw(9))
case("gelu", lambda x: [F.gelu(x), F.gelu(x, approximate="tanh")], draw(9))
case("exp, expm1, erf", lambda x: [torch.exp(x), torch.expm1(x), torch.erf(x)], draw(7))
case("log, log1p, sqrt, rsqrt, reciprocal", lambda x: [torch.log(x), torch.log1p(x), torch.sqrt(x), torch.rsqrt(x), 1 / x], positive(7))
case("sin, cos, tan, atan", lambda x: [torch.sin(x), torch.cos(x), torch.tan(x), torch.atan(x)], draw(7, low=-1.2, high=1.2))
case("asin, acos, atanh", lambda x: [torch.asin(x), torch.acos(x), torch.atanh(x)], draw(7, low=-0.8, high=0.8))
case("sinh, cosh, asinh", lambda x: [torch.sinh(x), torch.cosh(x), torch.asinh(x)], draw(7))
case("acosh", torch.acosh, draw(7, low=1.3, high=3.0))
case("add, sub, mul, div, a row against rows", lambda a, b: [a + b, a - b, a * b, a / b], draw(3, 4), positive(4))
case("pow, atan2", lambda a, b: [a**b, torch.atan2(a, b)], positive(2, 3), positive(3))
case("maximum, minimum, squaredDifference", lambda a, b: [torch.maximum(a, b), torch.minimum(a, b), (a - b) ** 2], distinct(2, 4), distinct(4) + 0.05)
case("rfft", lambda x: torch.fft.rfft(x).abs() ** 2, draw(2, 7))

# gradients of gradients
for name, f in {
    "exp": torch.exp,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "softmax": lambda x: F.softmax(x, -1),
    "logSoftmax": lambda x: F.log_softmax(x, -1),
    "cumprod": lambda x: torch.cumprod(x, -1),
}.items():
    case(f"second order: {name}", lambda x: slope(f, x), draw(2, 3, low=-1, high=1))
case("second order: matMul", lambda a, b: slope(torch.matmul, a, b), draw(2, 3), draw(3, 2))
case("second order: conv2d", lambda x, f: slope(lambda a, b: conv(a, b, pad="same"), x, f), draw(1, 3, 3, 1), draw(2, 2, 1, 2))
case("second order: conv2d, strides 2", lambda x, f: slope(lambda a, b: conv(a, b, stride=2), x, f), draw(1, 5, 5, 1), draw(2, 2, 1, 2))
case("second order: depthwiseConv2d", lambda x, f: slope(lambda a, b: depthwise(a, b, stride=2), x, f), draw(1, 5, 5, 2), draw(2, 2, 2, 1))
case("second order: layer norm", lambda x: slope(lambda a: F.layer_norm(a, (4,), eps=1e-3) + a, x), draw(2, 4))

here = os.path.dirname(os.path.abspath(__file__))
target = os.path.join(here, "../layers/tracing/gradients/golden.json")
with open(target, "w") as file:
    json.dump({"versions": {"torch": torch.__version__, "numpy": np.__version__}, "cases": cases}, file)
    file.write("\n")
print(f"{len(cases)} functions, {os.path.getsize(target)} bytes")
