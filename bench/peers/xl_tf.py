"""The Transformer-XL training step as a tf.function (or with the argument `xla`, compiled by XLA): forward and backward pass
by TensorFlow's own gradients, Adam and clipping written out.

Post-norm, tied embedding, attention biases shared by the layers, queries, keys and values from one product over
[memory; input]. Batch-major: hidden [B, T, D], scores [B, N, T, K] with K = memory + T.
"""
import sys

import numpy as np
import tensorflow as tf

import common
from common import SIZES

LAYERS, D, N, DH = SIZES["layers"], SIZES["modelWidth"], SIZES["heads"], SIZES["headWidth"]
T, MEM, B, V = SIZES["target"], SIZES["memory"], SIZES["batch"], SIZES["vocabulary"]
K = MEM + T
EPS = SIZES["layerNormEpsilon"]

tf.config.threading.set_intra_op_parallelism_threads(SIZES["threads"])
xla = "xla" in sys.argv[1:]
inputs, targets = (a.astype(np.int32) for a in common.tokens())
table = tf.constant(common.positions())
future = tf.constant(np.triu(np.full((T, K), -1e30, np.float32), MEM + 1))
params = {name: tf.Variable(value) for name, value in common.weights().items()}
first, second = ({name: tf.Variable(tf.zeros_like(value)) for name, value in params.items()} for _ in range(2))
count = tf.Variable(0.0)
memories = [tf.Variable(tf.zeros([B, MEM, D])) for _ in range(LAYERS)]


def dense(x, w):
    return tf.reshape(tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), w), [*x.shape[:-1], w.shape[1]])


def normalise(x, gain, bias):
    centred = x - tf.reduce_mean(x, -1, keepdims=True)
    return centred * tf.math.rsqrt(tf.reduce_mean(tf.square(centred), -1, keepdims=True) + EPS) * gain + bias


def relative_shift(scores):
    """[..., T, K] indexed by distance becomes indexed by key: pad a column, read the same memory as K + 1 rows."""
    padded = tf.reshape(tf.pad(scores, [[0, 0], [0, 0], [0, 0], [1, 0]]), [B, N, K + 1, T])
    return tf.reshape(padded[:, :, 1:], [B, N, T, K])


def heads(x):
    return tf.transpose(tf.reshape(x, [B, -1, N, DH]), [0, 2, 1, 3])


def attention(p, layer, hidden, memory):
    w = lambda name: p[f"l{layer}.{name}"]
    context = tf.concat([memory, hidden], 1)
    query, key, value = tf.split(dense(context, w("qkv")), 3, -1)
    query = tf.reshape(query[:, MEM:], [B, T, N, DH])
    distance = tf.transpose(tf.reshape(tf.matmul(table, w("r")), [K, N, DH]), [1, 0, 2])
    content = tf.matmul(tf.transpose(query + p["rw_b"], [0, 2, 1, 3]), heads(key), transpose_b=True)
    position = relative_shift(tf.matmul(tf.transpose(query + p["rr_b"], [0, 2, 1, 3]), distance[None], transpose_b=True))
    mixed = tf.matmul(tf.nn.softmax((content + position) * DH**-0.5 + future), heads(value))
    rows = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [B, T, N * DH])
    return dense(rows, w("o")), tf.stop_gradient(context[:, -MEM:])


def forward(p, old, x, y):
    hidden = tf.gather(p["emb"], x) * D**0.5
    carried = []
    for layer in range(LAYERS):
        w = lambda name: p[f"l{layer}.{name}"]
        attended, memory = attention(p, layer, hidden, old[layer])
        carried.append(memory)
        hidden = normalise(hidden + attended, w("ln1_g"), w("ln1_b"))
        inner = tf.nn.relu(dense(hidden, w("ff1_w")) + w("ff1_b"))
        hidden = normalise(hidden + (dense(inner, w("ff2_w")) + w("ff2_b")), w("ln2_g"), w("ln2_b"))
    logits = tf.matmul(tf.reshape(hidden, [-1, D]), p["emb"], transpose_b=True) + p["out_b"]
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.reshape(y, [-1]), logits)), carried


@tf.function(jit_compile=xla)
def train(x, y):
    values = {name: tf.convert_to_tensor(value) for name, value in params.items()}
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss, carried = forward(values, [tf.convert_to_tensor(memory) for memory in memories], x, y)
    # the embedding's is a sum of a dense one and of rows
    gradients = {name: tf.convert_to_tensor(g) for name, g in tape.gradient(loss, values).items()}
    norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients.values()]))
    scale = SIZES["clip"] / tf.maximum(norm, SIZES["clip"])
    step = count.assign_add(1.0)
    b1, b2 = SIZES["beta1"], SIZES["beta2"]
    for name, g in gradients.items():
        m = first[name].assign(b1 * first[name] + (1 - b1) * g * scale)
        v = second[name].assign(b2 * second[name] + (1 - b2) * tf.square(g * scale))
        root = tf.sqrt(v / (1 - tf.pow(b2, step))) + SIZES["epsilon"]
        params[name].assign_sub(SIZES["learningRate"] * (m / (1 - tf.pow(b1, step))) / root)
    for memory, new in zip(memories, carried):
        memory.assign(new)
    return loss


def step(i):
    at = i % SIZES["distinctBatches"]
    return float(train(tf.constant(inputs[at]), tf.constant(targets[at])))


if __name__ == "__main__":
    common.serve("tf-function-xla" if xla else "tf-function", step)
