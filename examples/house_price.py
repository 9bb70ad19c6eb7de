"""A house price from its size: a network of two weights learns in 20 steps of plain gradient descent.

python examples/house_price.py
gradwalk walk examples/house_price.py --at 0      # the first backward pass, step by step
gradwalk why examples/house_price.py w1 --at 0    # why ∂L/∂w1 is −4
"""

import gradwalk as gw

x = gw.tensor(2.0)  # the size
y = gw.tensor(3.0)  # the price it was sold for
w1 = gw.tensor(0.5, requires_grad=True)
w2 = gw.tensor(1.0, requires_grad=True)
rate = 0.1

for step in range(20):
    z1 = w1 * x
    h = gw.relu(z1)
    y_pred = w2 * h
    L = 0.5 * (y - y_pred) ** 2
    L.backward()
    print(f"step {step:2}: predicts {y_pred.item():.6f}, loss {L.item():.3g}")
    with gw.no_grad():
        for w in (w1, w2):
            w -= rate * w.grad
            w.zero_grad()

print(f"learned: w1 = {w1.item():.6f}, w2 = {w2.item():.6f}")
