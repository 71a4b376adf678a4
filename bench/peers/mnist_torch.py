"""The convolutional net in PyTorch, eager."""
import numpy as np
import torch
from torch import nn

import work_torch
from work import Work

work = Work("mnist")
torch.set_num_threads(work.threads)
w = work.weights
model = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(7 * 7 * 64, 10),
)
work_torch.conv(model[0], w["conv1"], w["bias1"])
work_torch.conv(model[3], w["conv2"], w["bias2"])
# flattened images are channels first here
work_torch.dense(model[7], np.ascontiguousarray(w["dense"].reshape(49, 64, 10).transpose(1, 0, 2)).reshape(-1, 10), w["bias3"])

if __name__ == "__main__":
    optimizer = torch.optim.Adam(model.parameters(), lr=work.sizes["learningRate"])
    work_torch.serve(work, model, optimizer, [work_torch.images(x) for x in work.x])
