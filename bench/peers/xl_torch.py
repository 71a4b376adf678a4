"""The Transformer-XL training step in PyTorch, eager (or with the argument `compile`, through torch.compile).

Post-norm, tied embedding, attention biases shared by the layers, queries, keys and values from one product over
[memory; input]. Batch-major: hidden [B, T, D], scores [B, N, T, K] with K = memory + T.
"""
import sys

import torch
import torch.nn.functional as F

import common
from common import SIZES

LAYERS, D, N, DH = SIZES["layers"], SIZES["modelWidth"], SIZES["heads"], SIZES["headWidth"]
T, MEM, B, V = SIZES["target"], SIZES["memory"], SIZES["batch"], SIZES["vocabulary"]
K = MEM + T
EPS = SIZES["layerNormEpsilon"]

torch.set_num_threads(SIZES["threads"])
params = {name: torch.nn.Parameter(torch.from_numpy(value)) for name, value in common.weights().items()}
inputs, targets = (torch.from_numpy(a) for a in common.tokens())
table = torch.from_numpy(common.positions())
future = torch.triu(torch.ones(T, K, dtype=torch.bool), diagonal=MEM + 1)


def relative_shift(scores):
    """[..., T, K] indexed by distance becomes indexed by key: pad a column, read the same memory as K + 1 rows."""
    padded = F.pad(scores, (1, 0))
    return padded.view(B, N, K + 1, T)[:, :, 1:].reshape(B, N, T, K)


def attention(p, layer, hidden, memory):
    w = lambda name: p[f"l{layer}.{name}"]
    context = torch.cat([memory, hidden], dim=1)
    query, key, value = (context @ w("qkv")).chunk(3, dim=-1)
    query = query[:, MEM:].reshape(B, T, N, DH)
    key = key.reshape(B, K, N, DH).permute(0, 2, 3, 1)
    value = value.reshape(B, K, N, DH).permute(0, 2, 1, 3)
    distance = (table @ w("r")).view(K, N, DH).permute(1, 2, 0)
    content = (query + p["rw_b"]).transpose(1, 2) @ key
    position = relative_shift((query + p["rr_b"]).transpose(1, 2) @ distance)
    scores = ((content + position) * DH**-0.5).masked_fill(future, -1e30)
    mixed = torch.softmax(scores, dim=-1) @ value
    return mixed.transpose(1, 2).reshape(B, T, N * DH) @ w("o"), context[:, -MEM:].detach()


def forward(p, memories, x, y):
    hidden = p["emb"][x] * D**0.5
    carried = []
    for layer in range(LAYERS):
        w = lambda name: p[f"l{layer}.{name}"]
        attended, memory = attention(p, layer, hidden, memories[layer])
        carried.append(memory)
        hidden = F.layer_norm(hidden + attended, (D,), w("ln1_g"), w("ln1_b"), EPS)
        inner = torch.relu(hidden @ w("ff1_w") + w("ff1_b"))
        hidden = F.layer_norm(hidden + (inner @ w("ff2_w") + w("ff2_b")), (D,), w("ln2_g"), w("ln2_b"), EPS)
    logits = hidden @ p["emb"].t() + p["out_b"]
    return F.cross_entropy(logits.view(-1, V), y.reshape(-1)), carried


compiled = "compile" in sys.argv[1:]
optimizer = torch.optim.Adam(
    params.values(), lr=SIZES["learningRate"], betas=(SIZES["beta1"], SIZES["beta2"]), eps=SIZES["epsilon"],
    fused=True if compiled else None,
)
run = torch.compile(forward) if compiled else forward
memories = [torch.zeros(B, MEM, D) for _ in range(LAYERS)]


def step(i):
    global memories
    optimizer.zero_grad(set_to_none=True)
    at = i % SIZES["distinctBatches"]
    loss, memories = run(params, memories, inputs[at], targets[at])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(params.values(), SIZES["clip"])
    optimizer.step()
    return loss.item()


if __name__ == "__main__":
    common.serve("torch-compile" if compiled else "torch", step)
