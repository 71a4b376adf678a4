"""The LSTM language model in JAX, jitted: the inputs' products of all steps at once, the steps by lax.scan."""
import jax
import jax.numpy as jnp

import work_jax
from work import Work

work = Work("lstm")
WIDTH, LAYERS = work.sizes["width"], work.sizes["layers"]


def layer(x, recurrent):
    """`x` [length, batch, 4 width] is what each step gets from below; gives the hidden values [length, batch, width]."""

    def step(carried, from_below):
        hidden, cell = carried
        i, f, g, o = jnp.split(from_below + hidden @ recurrent, 4, 1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden

    zeros = jnp.zeros((x.shape[1], WIDTH))
    return jax.lax.scan(step, (zeros, zeros), x)[1]


def loss_of(w, kept, x, y):
    hidden = w["embedding"][x].transpose(1, 0, 2)
    for i in range(LAYERS):
        hidden = layer(hidden @ w[f"l{i}.input"] + w[f"l{i}.bias"], w[f"l{i}.recurrent"])
    return work_jax.cross_entropy(hidden.transpose(1, 0, 2) @ w["out"] + w["out_b"], y), kept


if __name__ == "__main__":
    work_jax.serve(work, loss_of, work_jax.adam(work.sizes["learningRate"]), clip=work.sizes["clip"])
