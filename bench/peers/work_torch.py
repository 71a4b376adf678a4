"""What the PyTorch peers of the workloads share: weights in PyTorch's layouts, and the training step, eager."""
import torch
import torch.nn.functional as F

import common


def dense(module, matrix, bias=None):
    """`matrix` is [in, out], PyTorch's is [out, in]."""
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(matrix).t())
        if bias is not None:
            module.bias.copy_(torch.from_numpy(bias))


def conv(module, filter, bias=None):
    """`filter` is [height, width, in, out], PyTorch's is [out, in, height, width]."""
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(filter).permute(3, 2, 0, 1))
        if bias is not None:
            module.bias.copy_(torch.from_numpy(bias))


def images(batch):
    """[N, H, W, C] to [N, C, H, W]."""
    return torch.from_numpy(batch).permute(0, 3, 1, 2).contiguous()


def serve(work, model, optimizer, inputs, clip=None):
    targets = [torch.from_numpy(y).long() for y in work.y]
    model.train()

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        at = i % len(inputs)
        logits = model(inputs[at])
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets[at].reshape(-1))
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        return loss.item()

    common.serve("torch", step)
