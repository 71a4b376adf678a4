"""What a Python contender needs: sizes, first weights, batches (read from BENCH_DATA) and the worker protocol.

A contender prints one JSON object a line: {"ready": name} after its first step, {"losses": [...]} after the third, and
for each number n that it reads, after n more steps, {"seconds": [...], "losses": [...], "rssMb": peak}. "quit" ends it.
"""
import json
import os
import resource
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ["BENCH_DATA"]

with open(os.path.join(HERE, "sizes.json")) as file:
    SIZES = json.load(file)
SIZES["batch"] = int(os.environ.get("BENCH_BATCH", SIZES["batch"]))


def weights():
    """First weights by name, float32."""
    with open(os.path.join(DATA, "shapes.json")) as file:
        shapes = json.load(file)
    flat = np.fromfile(os.path.join(DATA, "init.bin"), "<f4")
    result, start = {}, 0
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        result[name] = flat[start : start + count].reshape(shape).copy()
        start += count
    assert start == flat.size
    return result


def tokens():
    """x and y: int64 [batches, batch, target]."""
    with open(os.path.join(DATA, f"batches_{SIZES['batch']}.json")) as file:
        data = json.load(file)
    shape = (-1, SIZES["batch"], SIZES["target"])
    return tuple(np.array(data[k], np.int64).reshape(shape) for k in "xy")


def positions():
    """Sinusoids of the relative distances, farthest first: float32 [memory + target, model width]."""
    length, width = SIZES["memory"] + SIZES["target"], SIZES["modelWidth"]
    rates = 10000.0 ** (-np.arange(0, width, 2) / width)
    angles = np.arange(length - 1, -1, -1)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def peak_rss_mb():
    """Largest resident size so far, MiB (Linux counts it in KiB, macOS in bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def say(message):
    print(json.dumps(message), flush=True)


def serve(name, step):
    """step(i) does training step i (from 0) and returns its loss as a float."""
    losses = [step(0)]
    say({"ready": name})
    losses += [step(1), step(2)]
    say({"losses": losses})
    done = 3
    for line in sys.stdin:
        if line.strip() == "quit":
            return
        seconds, losses = [], []
        for _ in range(int(line)):
            start = time.perf_counter()
            losses.append(step(done))
            seconds.append(time.perf_counter() - start)
            done += 1
        say({"seconds": seconds, "losses": losses, "rssMb": peak_rss_mb()})
