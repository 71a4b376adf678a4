"""What other runtimes make of exported models: {"calls": [{"path", "signature", "inputs": [{name: {dtype, shape, data}}, …], "cache": [names]}]}.

`path` is a folder with one of each format. Calls the SavedModel's signature by tf.saved_model.load, and the ONNX file by onnxruntime, with each of the
inputs in turn (a cache output `next_x` of one call is the input `x` of the next), and gives all outputs back. Also names, shapes, files. {"training": {"path", "batches"}}: what a signature `train` does with batches in turn.
"""
import json
import os
import sys

import numpy as np
import onnxruntime as ort
import tensorflow as tf
from safetensors.numpy import load_file

# too long for an argument: {"file": path}
with open(json.loads(sys.argv[1])["file"]) as file:
    given = json.load(file)


def plain(a):
    return {"dtype": a.dtype.name, "shape": list(a.shape), "data": a.astype(np.float64).ravel().tolist()}


def in_turn(call, run):
    """Gives what `run` makes of each of the inputs, with the cache of the call before."""
    cache, results = {}, []
    for inputs in call["inputs"]:
        fed = {name: np.array(x["data"], dtype=x["dtype"]).reshape(x["shape"]) for name, x in inputs.items()}
        out = run({**fed, **cache})
        cache = {name: out["next_" + name] for name in call["cache"]}
        results.append({name: plain(x) for name, x in out.items()})
    return results


def saved_model(call):
    path = os.path.join(call["path"], "saved-model")
    loaded = tf.saved_model.load(path)
    f = loaded.signatures[call["signature"]]
    extra = os.path.join(path, "assets.extra")
    return {
        "results": in_turn(call, lambda fed: {k: v.numpy() for k, v in f(**{k: tf.constant(v) for k, v in fed.items()}).items()}),
        "signatures": sorted(loaded.signatures),
        "variables": {v.name: v.shape.as_list() for v in loaded.variables},
        "bundle": dict(tf.train.list_variables(os.path.join(path, "variables", "variables"))),
        "assets": sorted(os.listdir(extra)) if os.path.isdir(extra) else [],
    }


def onnx(call):
    session = ort.InferenceSession(os.path.join(call["path"], "onnx", "model.onnx"), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    meta = session.get_modelmeta().custom_metadata_map
    return {
        "results": in_turn(call, lambda fed: dict(zip(names, session.run(names, fed), strict=True))),
        "inputs": {i.name: list(i.shape) for i in session.get_inputs()},
        "step": meta["global_step"],
    }


def safetensors(call):
    tensors = load_file(os.path.join(call["path"], "safetensors", "model.safetensors"))
    return {"tensors": {name: [a.dtype.name, list(a.shape)] for name, a in tensors.items()}}


def trained(path, batches):
    """Losses of the signature `train` for these batches in turn; the weights of `trunk/kernel` and the step afterwards."""
    loaded = tf.saved_model.load(path)
    f = loaded.signatures["train"]
    losses = [float(f(**{k: tf.constant(np.array(x["data"], dtype=x["dtype"]).reshape(x["shape"])) for k, x in batch.items()})["loss"]) for batch in batches]
    values = {v.name: v.numpy() for v in loaded.variables}
    return {"losses": losses, "kernel": values["trunk/kernel:0"].ravel().tolist(), "step": int(values["global_step:0"]), "variables": sorted(values)}


training = trained(**given["training"])
print(json.dumps({"training": training, "calls": [{"savedModel": saved_model(call), "onnx": onnx(call), "safetensors": safetensors(call)} for call in given["calls"]]}))
