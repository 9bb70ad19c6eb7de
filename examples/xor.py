"""Exclusive or: two inputs, four hidden units, one answer. Without the hidden layer no line could do it.

python examples/xor.py
gradwalk walk examples/xor.py --at 0      # the first backward pass
gradwalk check examples/xor.py            # are its gradients right?
"""

import numpy as np

import gradwalk as gw

random = np.random.default_rng(1)
X = gw.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = gw.tensor([[0.0], [1.0], [1.0], [0.0]])
W1 = gw.tensor(random.standard_normal((2, 4)), requires_grad=True)
b1 = gw.tensor(np.zeros(4), requires_grad=True)
W2 = gw.tensor(random.standard_normal((4, 1)), requires_grad=True)
b2 = gw.tensor(np.zeros(1), requires_grad=True)

for epoch in range(500):
    h = gw.tanh(X @ W1 + b1)
    p = gw.sigmoid(h @ W2 + b2)
    loss = -gw.mean(y * gw.log(p) + (1 - y) * gw.log(1 - p))
    loss.backward()
    if epoch % 100 == 0:
        print(f"epoch {epoch:3}: loss {loss.item():.4f}")
    with gw.no_grad():
        for weight in (W1, b1, W2, b2):
            weight -= 0.5 * weight.grad
            weight.zero_grad()

for inputs, answer in zip(X.tolist(), p.tolist(), strict=True):
    print(inputs, "→", round(answer[0]))
