"""Writes test/layers/tracing/optimizers/golden.json: the same small problem trained by PyTorch and optax, 100 steps each.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install torch jax optax
    /tmp/venv/bin/python test/interop/optimizers.py
"""
import json
import os
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"
warnings.filterwarnings("ignore")
import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

STEPS = 100
rng = np.random.default_rng(7)


def draw(*shape):
    return rng.normal(size=shape).astype(np.float32).round(3)


# two batches of 8 rows, which take turns; loss = mean((tanh(x w + b) - y)^2)
x, y, w0, b0 = draw(16, 6), np.tanh(draw(16, 4)).round(3), (draw(6, 4) / 2).round(3), draw(4) / 4
part = lambda a, step: a[8 * (step % 2) : 8 * (step % 2) + 8]


def with_torch(make, schedule=None, shape=(6, 4), after=lambda parameters: None):
    """`schedule(step)` is the factor of the rate, `shape` that in which `w` is kept; `after` sees the parameters before and after each step."""
    w, b = (torch.nn.Parameter(torch.tensor(v)) for v in (w0.reshape(shape), b0))
    optimizer = make([w, b])
    after([w, b])
    scheduler = schedule and torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = ((torch.tanh(torch.tensor(part(x, step)) @ w.reshape(6, 4) + b) - torch.tensor(part(y, step))) ** 2).mean()
        loss.backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
        after([w, b])
        losses.append(loss.item())
    return result(losses, w.detach().numpy(), b.detach().numpy())


def with_optax(transform):
    params = {"w": jnp.asarray(w0), "b": jnp.asarray(b0)}
    state = transform.init(params)
    loss_of = lambda p, x, y: jnp.mean((jnp.tanh(jnp.dot(x, p["w"], precision="highest") + p["b"]) - y) ** 2)

    @jax.jit
    def update(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_of)(params, x, y)
        updates, state = transform.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    losses = []
    for step in range(STEPS):
        params, state, loss = update(params, state, part(x, step), part(y, step))
        losses.append(float(loss))
    return result(losses, np.asarray(params["w"]), np.asarray(params["b"]))


class TfjsAdadelta(torch.optim.Optimizer):
    """`adadelta_optimizer.ts` of tfjs-core 4.22: the gradient is divided by the average from before it was added."""

    def __init__(self, params, lr, rho, eps):
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            rho, eps = group["rho"], group["eps"]
            for p in group["params"]:
                zeros = (torch.zeros_like(p), torch.zeros_like(p))
                squares, changes = self.state[p].get("averages", zeros)
                change = (changes + eps).sqrt() / (squares + eps).sqrt() * p.grad
                self.state[p]["averages"] = (squares.lerp(p.grad**2, 1 - rho), changes.lerp(change**2, 1 - rho))
                p -= group["lr"] * change


def averaged(average):
    """Weights trained by Adam, and their averages: `average(weights)` is given those before the first step and after each."""
    trained = with_torch(lambda p: torch.optim.Adam(p, lr=0.02, eps=1e-8), after=lambda p: average([v.detach() for v in p]))
    return {**trained, "averages": dict(zip("wb", (flat(v) for v in average.values())))}


class ByTorch:
    """`AveragedModel`, which takes over the first weights as they are."""

    def __init__(self, decay):
        multi = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
        self.inner, self.multi = torch.nn.ParameterList([torch.zeros(6, 4), torch.zeros(4)]), multi
        self.model = torch.optim.swa_utils.AveragedModel(self.inner, multi_avg_fn=multi)

    def __call__(self, weights):
        with torch.no_grad():
            for p, w in zip(self.inner, weights):
                p.copy_(w)
        self.model.update_parameters(self.inner)

    def values(self):
        return [p.detach().numpy() for p in self.model.module]


class ByOptax:
    """`incremental_update`, with the decay `min(decay, (1 + n) / (10 + n))` of TensorFlow's `ExponentialMovingAverage`."""

    def __init__(self, decay):
        self.decay, self.n, self.average = decay, 0, None

    def __call__(self, weights):
        weights = [jnp.asarray(w.numpy().copy()) for w in weights]
        if self.average is None:
            self.average = weights
            return
        decay = min(self.decay, (1 + self.n) / (10 + self.n))
        self.average, self.n = optax.incremental_update(weights, self.average, 1 - decay), self.n + 1

    def values(self):
        return [np.asarray(a) for a in self.average]


def flat(a):
    return [float(f"{v:.8g}") for v in np.asarray(a, np.float64).ravel()]


def result(losses, w, b):
    return {"losses": flat(losses[9::10]), "w": flat(w), "b": flat(b)}


t = torch.optim
cosine = optax.join_schedules([optax.linear_schedule(0, 0.05, 10), optax.cosine_decay_schedule(0.05, 90, 0.1)], [10])
halving = lambda step: 0.5 ** (step // 20)
cases = {
    "AdamW": with_torch(lambda p: t.AdamW(p, lr=0.02, weight_decay=0.1)),
    "AdamW, masked": with_optax(optax.adamw(0.02, weight_decay=0.1, mask={"w": True, "b": False})),
    "AdamW, warm-up and cosine": with_optax(optax.adamw(cosine, weight_decay=0.1)),
    "LAMB": with_optax(optax.lamb(0.02, weight_decay=0.1)),
    "LAMB, norms of the matrix alone": with_optax(
        optax.chain(
            optax.scale_by_adam(eps=1e-6),
            optax.add_decayed_weights(0.1),
            optax.masked(optax.scale_by_trust_ratio(), {"w": True, "b": False}),
            optax.scale(-0.02),
        )
    ),
    "Lion": with_optax(optax.lion(0.002, b1=0.9, b2=0.99, weight_decay=0.1)),
    "Adafactor": with_optax(optax.adafactor(0.05, min_dim_size_to_factor=2)),
    "Adafactor, momentum, no clipping": with_optax(
        optax.adafactor(0.02, min_dim_size_to_factor=2, momentum=0.9, clipping_threshold=None, multiply_by_parameter_scale=False)
    ),
    "Adafactor, relative": with_torch(lambda p: t.Adafactor(p, lr=0.2, weight_decay=0.02, eps=(1e-15, 1e-3))),
    "Adafactor, three axes": with_torch(lambda p: t.Adafactor(p, lr=0.2, weight_decay=0.02, eps=(1e-15, 1e-3)), shape=(2, 3, 4)),
    "Adadelta": with_torch(lambda p: t.Adadelta(p, lr=1.0, rho=0.95, eps=1e-6)),
    "RMSProp": with_optax(optax.rmsprop(cosine, decay=0.9, eps=1e-4, momentum=0.5)),
    "RMSProp, centered": with_optax(optax.rmsprop(0.01, decay=0.9, eps=1e-3, centered=True)),
    "SGD": with_torch(lambda p: t.SGD(p, lr=0.1)),
    "SGD, Nesterov": with_torch(lambda p: t.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    "SGD, decay": with_optax(optax.chain(optax.trace(0.9), optax.add_decayed_weights(0.1), optax.scale(-0.05))),
    "SGD, decay of the matrix alone": with_optax(
        optax.chain(optax.trace(0.9), optax.add_decayed_weights(0.1, mask={"w": True, "b": False}), optax.scale(-0.05))
    ),
    "tfjs momentum": with_torch(lambda p: t.SGD(p, lr=0.05, momentum=0.9)),
    "tfjs momentum, Nesterov": with_torch(lambda p: t.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    "tfjs adadelta": with_torch(lambda p: TfjsAdadelta(p, lr=0.5, rho=0.95, eps=1e-4)),
    "tfjs adagrad": with_torch(lambda p: t.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=0)),
    "tfjs adam": with_torch(lambda p: t.Adam(p, lr=0.02, eps=1e-7)),
    "tfjs adamax": with_optax(optax.adamax(0.02, eps=1e-7)),
    "tfjs rmsprop": with_optax(optax.rmsprop(0.01, decay=0.9, eps=1e-4, momentum=0.5)),
    # tfjs takes epsilon off under the root
    "tfjs rmsprop, centered": with_optax(optax.rmsprop(0.002, decay=0.9, eps=-1e-8, centered=True, momentum=0.5)),
    "adam, halving": with_torch(lambda p: t.Adam(p, lr=0.05, eps=1e-7), halving),
    "rmsprop, halving": with_optax(
        optax.chain(optax.scale_by_rms(0.9, 1e-4), optax.trace(0.5), optax.scale_by_learning_rate(lambda s: 0.02 * 0.5 ** (s // 20)))
    ),
    "adam, clipped by global norm": with_optax(optax.chain(optax.clip_by_global_norm(0.1), optax.adam(0.02))),
    "sgd, clipped by value": with_optax(optax.chain(optax.clip(0.02), optax.sgd(0.5))),
    "adam, every 4": with_optax(optax.MultiSteps(optax.adam(0.05), 4)),
}


def torch_rates(make, rate, steps):
    optimizer = t.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return flat(rates)


L = t.lr_scheduler
over = lambda schedule: flat([schedule(s) for s in range(60)])
schedules = {
    "oneCycle": torch_rates(lambda o: L.OneCycleLR(o, max_lr=0.5, total_steps=60), 0.5, 60),
    "cosineRestarts": torch_rates(lambda o: L.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.05), 0.5, 60),
    "cosineRestarts, equal": torch_rates(lambda o: L.CosineAnnealingWarmRestarts(o, T_0=10), 0.5, 60),
    "cosineRestarts, lower, to a part": over(
        optax.join_schedules([optax.cosine_decay_schedule(0.5 * 0.5**i, 10 * 2**i, 0.1) for i in range(3)], [10, 30])
    ),
    "cosineRestarts, equal, lower, to a part": over(
        optax.join_schedules([optax.cosine_decay_schedule(0.5 * 0.5**i, 10, 0.1) for i in range(6)], [10, 20, 30, 40, 50])
    ),
    "cosine": over(optax.cosine_decay_schedule(0.5, 40, 0.1)),
    "polynomial": over(optax.polynomial_schedule(0.5, 0.1, 2, 40)),
    "exponential": over(optax.exponential_decay(0.5, 10, 0.7)),
    "exponential, staircase": over(optax.exponential_decay(0.5, 10, 0.7, staircase=True)),
    "warmup and cosine": over(optax.join_schedules([optax.linear_schedule(0, 0.5, 10), optax.cosine_decay_schedule(0.5, 40)], [10])),
}

averages = {"constant": averaged(ByTorch(0.9)), "ramped": averaged(ByOptax(0.9))}
versions = {"torch": torch.__version__, "optax": optax.__version__, "jax": jax.__version__, "numpy": np.__version__}
here = os.path.dirname(os.path.abspath(__file__))
target = os.path.join(here, "../layers/tracing/optimizers/golden.json")
problem = {"x": flat(x), "y": flat(y), "w": flat(w0), "b": flat(b0)}
with open(target, "w") as f:
    json.dump({"versions": versions, "problem": problem, "cases": cases, "averages": averages, "schedules": schedules}, f)
    f.write("\n")
for name, case in cases.items():
    print(f"{name}: {case['losses'][0]:.5f} .. {case['losses'][-1]:.5f}")
