"""TensorFlow's side of the export tests: {"calls": [{"path", "signature", "inputs": [{name: {dtype, shape, data}}, …], "cache": [names]}]}.

Loads each SavedModel with tf.saved_model.load, calls the signature with each of the inputs in turn (cache outputs of one call are the inputs of
the next under the same name), and gives all outputs back. Also variables and signatures of each, and what is in assets.extra.
"""
import json
import os
import sys

import numpy as np
import tensorflow as tf

given = json.loads(sys.argv[1])


def tensor(x):
    return tf.constant(np.array(x["data"], dtype=x["dtype"]).reshape(x["shape"]))


def plain(x):
    a = x.numpy()
    return {"dtype": a.dtype.name, "shape": list(a.shape), "data": a.astype(np.float64).ravel().tolist()}


def answer(call):
    loaded = tf.saved_model.load(call["path"])
    f = loaded.signatures[call["signature"]]
    cache = {}
    results = []
    for inputs in call["inputs"]:
        fed = {name: tensor(x) for name, x in inputs.items()}
        fed.update({name: cache[name] for name in call["cache"] if name in cache})
        out = f(**fed)
        cache = {name: out[name] for name in call["cache"]}
        results.append({name: plain(x) for name, x in out.items()})
    extra = os.path.join(call["path"], "assets.extra")
    return {
        "results": results,
        "signatures": sorted(loaded.signatures),
        "variables": {v.name: v.shape.as_list() for v in loaded.variables},
        "bundle": dict(tf.train.list_variables(os.path.join(call["path"], "variables", "variables"))),
        "assets": sorted(os.listdir(extra)) if os.path.isdir(extra) else [],
    }


print(json.dumps([answer(call) for call in given["calls"]]))
