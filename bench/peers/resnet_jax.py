"""ResNet-18 for 32x32 images in JAX, jitted; moving statistics are kept as PyTorch's layers do."""
import jax
import jax.numpy as jnp

import work_jax
from work import Work

work = Work("resnet")
EPSILON, AVERAGING = work.sizes["epsilon"], work.sizes["averaging"]
MOVING = [name for name in work.weights if name.endswith((".mean", ".variance"))]


def loss_of(w, kept, x, y):
    kept = dict(kept)

    def conv(x, name, stride):
        h = work_jax.conv(x, w[f"{name}.filter"], stride)
        mean = jnp.mean(h, (0, 1, 2))
        variance = jnp.mean(jnp.square(h - mean), (0, 1, 2))
        rows = h.size // h.shape[-1]
        for key, now in (("mean", mean), ("variance", variance * rows / (rows - 1))):
            kept[f"{name}.{key}"] = (1 - AVERAGING) * kept[f"{name}.{key}"] + AVERAGING * jax.lax.stop_gradient(now)
        return (h - mean) * (jax.lax.rsqrt(variance + EPSILON) * w[f"{name}.scale"]) + w[f"{name}.offset"]

    hidden = jax.nn.relu(conv(x, "stem", 1))
    for stage in range(4):
        for block in range(2):
            name, stride = f"s{stage}b{block}", 2 if stage > 0 and block == 0 else 1
            inner = conv(jax.nn.relu(conv(hidden, f"{name}.a", stride)), f"{name}.b", 1)
            hidden = jax.nn.relu(inner + (conv(hidden, f"{name}.skip", stride) if f"{name}.skip.filter" in w else hidden))
    logits = jnp.mean(hidden, (1, 2)) @ w["dense"] + w["bias"]
    return work_jax.cross_entropy(logits, y), kept


if __name__ == "__main__":
    work_jax.serve(work, loss_of, work_jax.momentum(work.sizes["learningRate"], work.sizes["momentum"]), fixed=MOVING)
