"""The convolutional net in JAX, jitted."""
import jax
import jax.numpy as jnp

import work_jax
from work import Work

work = Work("mnist")


def block(x, filter, bias):
    y = jax.nn.relu(work_jax.conv(x, filter) + bias)
    return jax.lax.reduce_window(y, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def loss_of(w, kept, x, y):
    hidden = block(block(x, w["conv1"], w["bias1"]), w["conv2"], w["bias2"])
    return work_jax.cross_entropy(hidden.reshape(hidden.shape[0], -1) @ w["dense"] + w["bias3"], y), kept


if __name__ == "__main__":
    work_jax.serve(work, loss_of, work_jax.adam(work.sizes["learningRate"]))
