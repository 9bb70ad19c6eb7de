"""Second derivatives inside compiled functions: they run eagerly, which is said once, and are PyTorch's."""

import warnings

import numpy as np
import pytest
import torch

import gradwalk as gw

FUNCTIONS = {
    "exp": lambda library, x: library.exp(x * 0.5),
    "tanh": lambda library, x: library.tanh(x) * x,
    "product": lambda library, x: x @ x.T,
    "softmax": lambda library, x: library.softmax(x, -1) ** 2,
    "quotient": lambda library, x: x / (1 + x * x),
    "layer norm": lambda library, x: library.nn.functional.layer_norm(x, (3,)) ** 3,
}


def penalty(library, name, x, gradient):
    """The squared norm of a function's gradient: its own gradient asks for second derivatives."""
    x.grad = None
    found = gradient((FUNCTIONS[name](library, x) ** 2).sum(), x)
    loss = (found * found).sum()
    loss.backward()
    return loss


def ours(y, x):
    return gw.transforms.gradients(y, [x], create_graph=True)[0]


def by_backward(y, x):
    y.backward(create_graph=True)
    found, x.grad = x.grad, None
    return found


def theirs(y, x):
    return torch.autograd.grad(y, x, create_graph=True)[0]


@pytest.mark.parametrize("gradient", [ours, by_backward])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_derivatives_are_pytorchs_in_every_call(name, gradient):
    random = np.random.default_rng(0)
    x = gw.tensor(random.standard_normal((3, 3)), requires_grad=True)
    compiled = gw.compile(lambda: penalty(gw, name, x, gradient))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(4):
            x.value[...] = random.standard_normal((3, 3))
            other = torch.tensor(x.value.copy(), requires_grad=True)
            loss, expected = compiled(), penalty(torch, name, other, theirs)
            np.testing.assert_allclose(loss.item(), expected.item(), rtol=1e-10)
            np.testing.assert_allclose(x.grad.value, other.grad.numpy(), rtol=1e-9, atol=1e-10)
    assert ["runs without being compiled" in str(warning.message) for warning in said] == [True]
