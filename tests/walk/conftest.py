"""Walks that several tests ask about."""

import numpy as np
import pytest

import gradwalk as gw


@pytest.fixture
def house():
    x = gw.tensor(2.0)
    y = gw.tensor(3.0)
    w1 = gw.tensor(0.5, requires_grad=True)
    w2 = gw.tensor(1.0, requires_grad=True)
    z1 = w1 * x
    h = gw.relu(z1)
    y_pred = w2 * h
    L = 0.5 * (y - y_pred) ** 2
    return gw.walk(L)


@pytest.fixture
def network():
    """A batch of 5 through 3 → 4 → 2, with one unit dead for all examples."""
    random = np.random.default_rng(0)
    X = gw.tensor(random.standard_normal((5, 3)))
    W1 = gw.tensor(random.standard_normal((3, 4)), requires_grad=True)
    b1 = gw.tensor([0.1, -100.0, 0.2, 0.0], requires_grad=True)
    W2 = gw.tensor(random.standard_normal((4, 2)), requires_grad=True)
    hidden = gw.relu(X @ W1 + b1)
    loss = ((hidden @ W2) ** 2).mean()
    return gw.walk(loss)
