"""A hundred steps of a small network on mini-batches: losses and weights as PyTorch's, for every optimizer."""

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.data import Batches, moons

KINDS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
    ("Adam", {"lr": 0.01}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.5}),
    ("Adagrad", {"lr": 0.1}),
]


def course(library, kind, settings, batches):
    """The loss of each step, and the weights at the end."""
    random = np.random.default_rng(0)
    shapes = [(2, 8), (8,), (8, 1), (1,)]
    params = [library.tensor(random.standard_normal(shape), requires_grad=True) for shape in shapes]
    optimizer = getattr(library.optim, kind)(params, **settings)
    scheduler = library.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
    losses = []
    for inputs, targets in batches:
        x, y = library.tensor(inputs), library.tensor(targets)
        hidden = library.tanh(x @ params[0] + params[1])
        loss = library.nn.functional.binary_cross_entropy_with_logits(hidden @ params[2] + params[3], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses, [p.detach().numpy() for p in params]


@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_losses_and_weights_are_pytorchs(kind, settings):
    dealt = Batches(moons(100), 20, seed=1)
    batches = [(x.numpy(), y.numpy()) for _ in range(20) for x, y in dealt]
    losses, weights = course(gw, kind, settings, batches)
    their_losses, their_weights = course(torch, kind, settings, batches)
    np.testing.assert_allclose(losses, their_losses, rtol=1e-9)
    assert len(losses) == 100
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    for ours, theirs in zip(weights, their_weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
