"""The LSTM language model in PyTorch, eager, by nn.LSTM (which has two biases for each layer; the second is kept at zero)."""
import torch
from torch import nn

import work_torch
from work import Work

work = Work("lstm")
torch.set_num_threads(work.threads)
WIDTH, LAYERS, VOCABULARY = work.sizes["width"], work.sizes["layers"], work.sizes["vocabulary"]
w = work.weights


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.lstm = nn.LSTM(WIDTH, WIDTH, LAYERS, batch_first=True)
        self.out = nn.Linear(WIDTH, VOCABULARY)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.from_numpy(w["embedding"]))
            for i in range(LAYERS):
                getattr(self.lstm, f"weight_ih_l{i}").copy_(torch.from_numpy(w[f"l{i}.input"]).t())
                getattr(self.lstm, f"weight_hh_l{i}").copy_(torch.from_numpy(w[f"l{i}.recurrent"]).t())
                getattr(self.lstm, f"bias_ih_l{i}").copy_(torch.from_numpy(w[f"l{i}.bias"]))
                second = getattr(self.lstm, f"bias_hh_l{i}")
                second.zero_()
                second.requires_grad_(False)
        work_torch.dense(self.out, w["out"], w["out_b"])

    def forward(self, tokens):
        return self.out(self.lstm(self.embedding(tokens))[0])


if __name__ == "__main__":
    model = Net()
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=work.sizes["learningRate"])
    work_torch.serve(work, model, optimizer, [torch.from_numpy(x).long() for x in work.x], work.sizes["clip"])
