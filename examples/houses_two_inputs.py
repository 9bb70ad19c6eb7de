"""An exercise: the house price again, now from its size and its bedrooms, each with a weight of its own.

Work the three slopes out by hand first: ∂L/∂w_size, ∂L/∂w_bedrooms and ∂L/∂w_out. Then let the walk reveal them:

    gradwalk walk examples/houses_two_inputs.py
    gradwalk why examples/houses_two_inputs.py w_bedrooms

What changes if the house has no bedroom at all (bedrooms = 0)? And if z is negative?
"""

import gradwalk as gw

size = gw.tensor(2.0)
bedrooms = gw.tensor(3.0)
y = gw.tensor(3.0)
w_size = gw.tensor(0.5, requires_grad=True)
w_bedrooms = gw.tensor(0.2, requires_grad=True)
w_out = gw.tensor(1.0, requires_grad=True)

z = w_size * size + w_bedrooms * bedrooms
h = gw.relu(z)
y_pred = w_out * h
L = 0.5 * (y - y_pred) ** 2
