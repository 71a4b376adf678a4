"""The perceptron in JAX, jitted."""
import jax

import work_jax
from work import Work

work = Work("mlp")


def loss_of(w, kept, x, y):
    hidden = jax.nn.relu(x @ w["w1"] + w["b1"])
    hidden = jax.nn.relu(hidden @ w["w2"] + w["b2"])
    return work_jax.cross_entropy(hidden @ w["w3"] + w["b3"], y), kept


if __name__ == "__main__":
    work_jax.serve(work, loss_of, work_jax.adam(work.sizes["learningRate"]))
