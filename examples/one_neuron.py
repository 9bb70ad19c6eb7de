"""One neuron, one example: the smallest model that has a chain rule worth following.

python examples/one_neuron.py
gradwalk walk examples/one_neuron.py
gradwalk why examples/one_neuron.py w
"""

import gradwalk as gw

x = gw.tensor(2.0)  # the input
y = gw.tensor(1.0)  # what it should answer
w = gw.tensor(0.5, requires_grad=True)
b = gw.tensor(0.1, requires_grad=True)

z = w * x + b
y_pred = gw.sigmoid(z)
L = (y - y_pred) ** 2
L.backward()

print(f"loss {L.item():.6f}, slope for w {w.grad.item():.6f}, slope for b {b.grad.item():.6f}")
print(f"w after one step of .1: {w.item() - 0.1 * w.grad.item():.6f}")
