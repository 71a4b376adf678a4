"""The perceptron in PyTorch, eager."""
import torch
from torch import nn

import work_torch
from work import Work

work = Work("mlp")
torch.set_num_threads(work.threads)
w = work.weights
model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
for i in (1, 2, 3):
    work_torch.dense(model[2 * (i - 1)], w[f"w{i}"], w[f"b{i}"])

if __name__ == "__main__":
    optimizer = torch.optim.Adam(model.parameters(), lr=work.sizes["learningRate"])
    work_torch.serve(work, model, optimizer, [torch.from_numpy(x) for x in work.x])
