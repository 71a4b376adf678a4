"""Runs an ONNX model with onnxruntime's own Python package: {"model": path, "inputs": [[dtype, shape, numbers], ...]} in the model's order."""
import json
import sys

import numpy as np
import onnxruntime as ort

given = json.loads(sys.argv[1])
session = ort.InferenceSession(given["model"], providers=["CPUExecutionProvider"])
names = [i.name for i in session.get_inputs()]
inputs = {n: np.array(x, dtype=dtype).reshape(shape) for n, (dtype, shape, x) in zip(names, given["inputs"], strict=True)}
results = session.run(None, inputs)
print(json.dumps([[str(r.dtype), list(r.shape), r.ravel().tolist()] for r in results]))
