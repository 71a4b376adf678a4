"""What TensorFlow makes of StableHLO in an exported SavedModel: {"calls": [{"path", "signature", "inputs": [{name: {dtype, shape, data}}, …], "cache": [names]}]}.

Runs the portable artifact of the signature as `XlaCallModule`, with the variables of the SavedModel, with each of the inputs in turn (a cache
result `next_x` of one call is the input `x` of the next), and gives all results. Also: the signatures of the SavedModel itself, and the
artifact's version as TensorFlow's copy of StableHLO writes it again.
"""
import json
import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow.compiler.mlir.stablehlo import stablehlo
from tensorflow.compiler.tf2xla.ops.gen_xla_ops import xla_call_module

with open(json.loads(sys.argv[1])["file"]) as file:
    given = json.load(file)


def plain(a):
    return {"dtype": a.dtype.name, "shape": list(a.shape), "data": a.astype(np.float64).ravel().tolist()}


def answer(call):
    folder = os.path.join(call["path"], "assets.extra", "stablehlo")
    with open(os.path.join(folder, "manifest.json")) as file:
        manifest = json.load(file)
    entry = next(s for s in manifest["signatures"] if s["name"] == call["signature"])
    with open(os.path.join(folder, entry["file"]), "rb") as file:
        module = file.read()
    variables = tf.train.load_checkpoint(os.path.join(call["path"], "variables", "variables"))

    def run(fed):
        args = [
            tf.constant(variables.get_tensor(a["name"]) if a["kind"] == "variable" else fed[a["name"]], dtype=a["dtype"])
            for a in entry["arguments"]
        ]
        out = xla_call_module(
            args=args,
            version=9,
            module=module,
            Sout=[r["shape"] for r in entry["results"]],
            Tout=[tf.dtypes.as_dtype(r["dtype"]) for r in entry["results"]],
            platforms=["CPU"],
        )
        return {r["name"]: o.numpy() for r, o in zip(entry["results"], out, strict=True)}

    cache, results = {}, []
    for inputs in call["inputs"]:
        fed = {name: np.array(x["data"], dtype=x["dtype"]).reshape(x["shape"]) for name, x in inputs.items()}
        out = run({**fed, **cache})
        cache = {name: out["next_" + name] for name in call["cache"]}
        results.append({name: plain(x) for name, x in out.items()})
    again = stablehlo.serialize_portable_artifact_str(stablehlo.deserialize_portable_artifact_str(module), manifest["stablehlo"])
    return {
        "results": results,
        "signatures": sorted(tf.saved_model.load(call["path"]).signatures),
        "producers": [bytes(b)[5:].split(b"\0")[0].decode() for b in (module, again)],
    }


print(json.dumps([answer(call) for call in given["calls"]]))
