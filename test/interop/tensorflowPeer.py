"""TensorFlow's side of the checkpoint tests: {"ours": model directory, "folder": where to write, "steps": n}.

Reads what is in `ours` as tf.train does, and writes into `folder`: `kinds` (every element type, strings, partitioned variables, TF 1 saver),
`objects` (tf.train.Checkpoint in several data files), `adam` and `keras` (trained, with slots), `xl` (the published Transformer-XL names).
"""
import json
import os
import sys

import numpy as np
import tensorflow as tf

given = json.loads(sys.argv[1])
folder, steps = given["folder"], given["steps"]
v1 = tf.compat.v1
rng = np.random.default_rng(3)


def plain(a):
    """As JSON has it: numbers that are not finite as texts, bytes as Latin-1."""
    a = np.asarray(a)
    if a.dtype.kind in "OS":
        return [x.decode("latin1") for x in a.ravel().tolist()]
    if a.dtype.kind == "c":
        return a.view(a.real.dtype).ravel().tolist()
    return [x if np.isfinite(x) else str(x) for x in a.astype(np.float64).ravel().tolist()]


def read(directory):
    latest = tf.train.latest_checkpoint(directory)
    reader = tf.train.load_checkpoint(directory)
    types = reader.get_variable_to_dtype_map()
    return {
        "latest": latest,
        "variables": {name: [types[name].name, shape, plain(reader.get_tensor(name))] for name, shape in tf.train.list_variables(directory)},
    }


def save_v1(name, values, partitions={}):
    """A TF 1 saver of these values; `partitions`: parts along each axis."""
    with tf.Graph().as_default():
        for key, value in values.items():
            if key in partitions:
                parts = lambda shape, dtype, n=partitions[key]: n
                v1.get_variable(key, value.shape, tf.as_dtype(value.dtype), v1.zeros_initializer(), partitioner=parts, use_resource=False)
            else:
                v1.get_variable(key, initializer=tf.constant(value), use_resource=False)
        saver = v1.train.Saver()
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            for key in partitions:
                for part in (v for v in v1.global_variables() if v.op.name.startswith(key + "/part")):
                    info = part._get_save_slice_info()
                    at = tuple(slice(o, o + n) for o, n in zip(info.var_offset, info.var_shape))
                    part.load(values[key][at], session)
            return saver.save(session, os.path.join(folder, name))


def kinds():
    numeric = ["float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "complex64"]
    values = {"kind/" + d: tf.cast(tf.constant([0, 1, 100]), d).numpy() for d in numeric}
    values["kind/bool"] = np.array([True, False])
    values["kind/half"] = np.array([0.1, -65504, 6e-8], np.float16)
    values["kind/brain"] = tf.cast(tf.constant([0.1, -3e38, 1e-40]), tf.bfloat16).numpy()
    values["kind/big"] = np.array([2**40], np.int64)
    values["kind/string"] = np.array([b"", b"ab\x00", "é".encode()], dtype=object)
    values["part/rows"] = rng.normal(size=(7, 3)).astype(np.float32)
    values["part/block"] = rng.normal(size=(5, 300, 2)).astype(np.float32)
    values["part/whole"] = np.arange(4, dtype=np.int32)
    path = save_v1("kinds", values, {"part/rows": [3, 1], "part/block": [1, 4, 1], "part/whole": [4]})
    return {"path": path, "variables": {k: [tf.as_dtype(v.dtype).name if v.dtype != object else "string", list(v.shape), plain(v)] for k, v in values.items()}}


def objects():
    values = {"a": rng.normal(size=(4, 5)).astype(np.float32), "b": np.arange(6, dtype=np.float32), "c": np.array([7], np.int64)}
    options = tf.train.CheckpointOptions(experimental_sharding_callback=tf.train.experimental.MaxShardSizePolicy(max_shard_size=24))
    path = tf.train.Checkpoint(text=tf.Variable(["x", "yz"]), **{k: tf.Variable(v) for k, v in values.items()}).save(os.path.join(folder, "objects"), options=options)
    return {"path": path, "files": len([f for f in os.listdir(folder) if f.startswith("objects") and ".data-" in f]), "variables": {k: plain(v) for k, v in values.items()}}


x = rng.normal(size=(16, 6)).astype(np.float32)
y = np.tanh(rng.normal(size=(16, 4))).astype(np.float32)
w0, b0, u0 = (rng.normal(size=s).astype(np.float32) / 2 for s in [(6, 8), (8,), (8, 4)])
loss_of = lambda w, b, u: tf.reduce_mean(tf.square(tf.matmul(tf.tanh(tf.matmul(x, w) + b), u) - y))


def adam():
    with tf.Graph().as_default():
        w, b, u = (v1.get_variable(n, initializer=tf.constant(v)) for n, v in [("w", w0), ("b", b0), ("u", u0)])
        loss = loss_of(w, b, u)
        train = v1.train.AdamOptimizer(0.02, epsilon=1e-7).minimize(loss, global_step=v1.train.get_or_create_global_step())
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            run = lambda n: [float(session.run([loss, train])[0]) for _ in range(n)]
            before = run(10)
            path = v1.train.Saver().save(session, os.path.join(folder, "adam"), global_step=10)
            return {"path": path, "before": before, "losses": run(steps)}


def keras():
    w, b, u = tf.Variable(w0), tf.Variable(b0), tf.Variable(u0)
    optimizer = tf.keras.optimizers.Adam(0.02)
    losses = []

    def run(n):
        for _ in range(n):
            with tf.GradientTape() as tape:
                loss = loss_of(w, b, u)
            optimizer.apply_gradients(zip(tape.gradient(loss, [w, b, u]), [w, b, u]))
            losses.append(float(loss))

    run(10)
    path = tf.train.Checkpoint(w=w, b=b, u=u, optimizer=optimizer).save(os.path.join(folder, "keras"))
    run(steps)
    return {"path": path, "losses": losses[10:], "names": [n for n, _ in tf.train.list_variables(path)]}


def xl():
    D, F, V, H, layers = 8, 12, 11, 2, 2
    shapes = {"adaptive_embed/lookup_table": [V, D], "adaptive_softmax/bias": [V], "r_w_bias": [H, D // H], "r_r_bias": [H, D // H]}
    for i in range(layers):
        shapes |= {f"layer_{i}/rel_attn/{k}/kernel": [D, n * D] for k, n in [("qkv", 3), ("r", 1), ("o", 1)]}
        shapes |= {f"layer_{i}/{part}/LayerNorm/{k}": [D] for part in ["rel_attn", "ff"] for k in ["gamma", "beta"]}
        shapes |= {f"layer_{i}/ff/layer_1/kernel": [D, F], f"layer_{i}/ff/layer_1/bias": [F], f"layer_{i}/ff/layer_2/kernel": [F, D], f"layer_{i}/ff/layer_2/bias": [D]}
    values = {"transformer/" + k: rng.normal(size=s).astype(np.float32) for k, s in shapes.items()}
    return {"path": save_v1("xl", values), "variables": {k: plain(v) for k, v in values.items()}}


print(json.dumps({
    "ours": read(given["ours"]), "kinds": kinds(), "objects": objects(), "adam": adam(), "keras": keras(), "xl": xl(),
    "data": {"x": plain(x), "y": plain(y)},
}))
