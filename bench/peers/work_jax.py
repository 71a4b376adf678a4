"""What the JAX peers of the workloads share: one jitted training step, with the parameters' and the optimizer's memory donated."""
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax
import jax.numpy as jnp

import common


def cross_entropy(logits, targets):
    """Mean over rows, nats."""
    rows = jax.nn.log_softmax(logits.reshape(-1, logits.shape[-1]))
    return -jnp.mean(jnp.take_along_axis(rows, targets.reshape(-1, 1), 1))


def conv(x, filter, stride=1, padding=None):
    """NHWC images, HWIO filters; by default padded by half the filter, as PyTorch's layers are here."""
    half = filter.shape[0] // 2 if padding is None else padding
    return jax.lax.conv_general_dilated(x, filter, (stride, stride), [(half, half)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def clipped(gradients, limit):
    """By global norm, as torch.nn.utils.clip_grad_norm_ does."""
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradients.values()))
    scale = jnp.minimum(1.0, limit / (norm + 1e-6))
    return {name: g * scale for name, g in gradients.items()}


def adam(rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Epsilon on the bias-corrected second moment, as PyTorch's."""

    def start(weights):
        zeros = {name: jnp.zeros_like(w) for name, w in weights.items()}
        return jnp.zeros((), jnp.float32), zeros, {name: jnp.zeros_like(w) for name, w in weights.items()}

    def update(weights, gradients, state):
        step, first, second = state
        step = step + 1
        first = {k: beta1 * first[k] + (1 - beta1) * g for k, g in gradients.items()}
        second = {k: beta2 * second[k] + (1 - beta2) * g * g for k, g in gradients.items()}
        change = lambda k: first[k] / (1 - beta1**step) / (jnp.sqrt(second[k] / (1 - beta2**step)) + epsilon)
        return {k: w - rate * change(k) for k, w in weights.items()}, (step, first, second)

    return start, update


def momentum(rate, decay):
    def start(weights):
        return {name: jnp.zeros_like(w) for name, w in weights.items()}

    def update(weights, gradients, state):
        state = {k: decay * state[k] + g for k, g in gradients.items()}
        return {k: w - rate * state[k] for k, w in weights.items()}, state

    return start, update


def serve(work, loss_of, optimizer, clip=None, fixed=()):
    """loss_of(weights, kept, x, y) gives the loss and what `kept` (the weights named in `fixed`, which no gradient changes) becomes."""
    start, update = optimizer
    weights = {k: jnp.asarray(v) for k, v in work.weights.items() if k not in fixed}
    kept = {k: jnp.asarray(work.weights[k]) for k in fixed}
    state = start(weights)
    batches = [(jnp.asarray(x), jnp.asarray(y)) for x, y in zip(work.x, work.y)]

    def train(weights, kept, state, x, y):
        (loss, kept), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights, kept, x, y)
        weights, state = update(weights, gradients if clip is None else clipped(gradients, clip), state)
        return weights, kept, state, loss

    compiled = jax.jit(train, donate_argnums=(0, 1, 2))

    def step(i):
        nonlocal weights, kept, state
        weights, kept, state, loss = compiled(weights, kept, state, *batches[i % len(batches)])
        return float(loss)

    common.serve("jax", step)
