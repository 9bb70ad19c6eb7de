"""The exclusive or again, as a module with layers: every weight in the walk is called as in the module.

python examples/module_net.py
gradwalk walk examples/module_net.py --at 0                             # the first backward pass
gradwalk why examples/module_net.py 'net.hidden.weight[0,1]' --at 0     # why this gradient?
"""

import gradwalk as gw
from gradwalk import nn

gw.manual_seed(0)


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 4)
        self.answer = nn.Linear(4, 1)

    def forward(self, x):
        h = gw.tanh(self.hidden(x))
        return gw.sigmoid(self.answer(h))


net = TwoLayers()
criterion = nn.BCELoss()
X = gw.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = gw.tensor([[0.0], [1.0], [1.0], [0.0]])

for epoch in range(500):
    p = net(X)
    loss = criterion(p, y)
    net.zero_grad()
    loss.backward()
    if epoch % 100 == 0:
        print(f"epoch {epoch:3}: loss {loss.item():.4f}")
    with gw.no_grad():
        for weight in net.parameters():
            weight -= 2.0 * weight.grad

for inputs, answer in zip(X.tolist(), net(X).tolist(), strict=True):
    print(inputs, "→", round(answer[0]))
