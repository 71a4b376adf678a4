"""Reads a workload that `Work.ts` wrote: sizes, first weights and batches (from BENCH_DATA), and trains a PyTorch module."""
import json
import os

import numpy as np

DATA = os.environ["BENCH_DATA"]


class Work:
    """sizes by name; weights by name, float32, in tfjs's layouts; x and y: lists of batches."""

    def __init__(self, name):
        folder = os.path.join(DATA, name)
        with open(os.path.join(folder, "work.json")) as file:
            description = json.load(file)
        self.name = name
        self.sizes = description["sizes"]
        self.threads = description["threads"]
        flat = np.fromfile(os.path.join(folder, "weights.bin"), "<f4")
        self.weights, start = {}, 0
        for key, shape in description["weights"].items():
            count = int(np.prod(shape))
            self.weights[key] = flat[start : start + count].reshape(shape).copy()
            start += count
        assert start == flat.size

        def leaf(key):
            described = description[key]
            dtype = "<i4" if "below" in described else "<f4"
            shape = (description["distinctBatches"], *described["shape"])
            return list(np.fromfile(os.path.join(folder, f"{key}.bin"), dtype).reshape(shape))

        self.x, self.y = leaf("x"), leaf("y")
