"""The safetensors package's side: {"ours": path, "theirs": path}. Reads ours, writes theirs."""
import json
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

given = json.loads(sys.argv[1])
with safe_open(given["ours"], framework="np") as file:
    read = {name: [str(file.get_tensor(name).dtype), list(file.get_tensor(name).shape), file.get_tensor(name).ravel().tolist()] for name in file.keys()}
    metadata = file.metadata()
save_file(
    {"layer.w": np.arange(6, dtype=np.float32).reshape(2, 3), "half": np.array([0.5, -2], np.float16), "n": np.array([3], np.int64), "wide": np.array([1e-300, 0.1]), "none": np.zeros((0, 2), np.float32)},
    given["theirs"],
    metadata={"by": "numpy"},
)
print(json.dumps({"read": read, "metadata": metadata}))
