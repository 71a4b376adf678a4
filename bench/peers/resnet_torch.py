"""ResNet-18 for 32x32 images in PyTorch, eager: 3x3 stem without pooling, four stages of two basic blocks."""
import torch
from torch import nn

import work_torch
from work import Work

work = Work("resnet")
torch.set_num_threads(work.threads)
EPSILON, AVERAGING = work.sizes["epsilon"], work.sizes["averaging"]


def convolution(name, inputs, outputs, size, stride):
    layer = nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False)
    work_torch.conv(layer, work.weights[f"{name}.filter"])
    return nn.Sequential(layer, nn.BatchNorm2d(outputs, eps=EPSILON, momentum=AVERAGING))


class Block(nn.Module):
    def __init__(self, name, inputs, outputs, stride):
        super().__init__()
        self.a = convolution(f"{name}.a", inputs, outputs, 3, stride)
        self.b = convolution(f"{name}.b", outputs, outputs, 3, 1)
        self.skip = convolution(f"{name}.skip", inputs, outputs, 1, stride) if inputs != outputs else nn.Identity()

    def forward(self, x):
        return torch.relu(self.b(torch.relu(self.a(x))) + self.skip(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution("stem", 3, 64, 3, 1)
        blocks, inputs = [], 64
        for stage, outputs in enumerate((64, 128, 256, 512)):
            for block in (0, 1):
                blocks.append(Block(f"s{stage}b{block}", inputs, outputs, 2 if stage > 0 and block == 0 else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.dense = nn.Linear(512, 10)
        work_torch.dense(self.dense, work.weights["dense"], work.weights["bias"])

    def forward(self, x):
        return self.dense(self.blocks(torch.relu(self.stem(x))).mean(dim=(2, 3)))


if __name__ == "__main__":
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=work.sizes["learningRate"], momentum=work.sizes["momentum"])
    work_torch.serve(work, model, optimizer, [work_torch.images(x) for x in work.x])
