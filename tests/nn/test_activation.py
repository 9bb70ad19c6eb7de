"""Activations give PyTorch's results, gradients and prints."""

import inspect

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal, same, twins

ACTIVATIONS = [
    ("ReLU", (), {}), ("ReLU6", (), {}), ("LeakyReLU", (), {}), ("LeakyReLU", (0.2,), {}),
    ("ELU", (), {}), ("ELU", (), {"alpha": 0.5}), ("CELU", (0.5,), {}), ("SELU", (), {}), ("GELU", (), {}),
    ("GELU", ("tanh",), {}), ("SiLU", (), {}), ("Mish", (), {}), ("Sigmoid", (), {}), ("LogSigmoid", (), {}), ("Tanh", (), {}),
    ("Softplus", (), {}), ("Softplus", (2.0, 1.0), {}), ("Softsign", (), {}), ("Hardtanh", (), {}),
    ("Hardtanh", (-0.5, 0.25), {}), ("Hardswish", (), {}), ("Softmax", (1,), {}),
    ("Softmin", (), {"dim": 0}), ("PReLU", (), {}), ("PReLU", (5, 0.1), {}), ("LogSoftmax", (-1,), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "keywords"), ACTIVATIONS)
def test_as_pytorch(name, arguments, keywords):
    check(name, arguments, keywords, 2 * normal(4, 5))


def test_hardsigmoid():
    own, theirs = twins("Hardsigmoid")
    x = gw.tensor([-4.0, -1.0, 2.0, 5.0], requires_grad=True)
    result = own(x)
    same(result, theirs(torch.tensor(x.tolist(), dtype=torch.double)))
    result.sum().backward()
    assert x.grad.tolist() == [0, 1 / 6, 1 / 6, 0]  # PyTorch's own gradient has 1/6 in float32 only
    assert repr(own) == repr(theirs)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in ACTIVATIONS} | {"Hardsigmoid"}))
def test_signatures_are_pytorchs(name):
    own, theirs = (inspect.signature(getattr(library.nn, name)) for library in (gw, torch))
    defaults = lambda signature: {p.name: p.default for p in signature.parameters.values()}  # noqa: E731
    deprecated = {"min_value", "max_value", "args", "kwargs"}
    assert defaults(own) == {key: value for key, value in defaults(theirs).items() if key not in deprecated}


def test_inplace_is_taken_and_leaves_the_input_alone():
    x = gw.tensor([-1.0, 2.0], requires_grad=True)
    layer = gw.nn.ReLU(inplace=True)
    layer(x).sum().backward()
    assert x.tolist() == [-1.0, 2.0]
    assert x.grad.tolist() == [0.0, 1.0]
    assert repr(layer) == repr(torch.nn.ReLU(inplace=True))


def test_settings_are_attributes_that_count():
    layer = gw.nn.LeakyReLU(0.1)
    layer.negative_slope = 0.5
    assert layer(gw.tensor([-1.0])).tolist() == [-0.5]


def test_a_wrong_setting_is_told_with_the_signature():
    with pytest.raises(
        TypeError, match=r"LeakyReLU\(negative_slope: 'float' = 0.01, inplace: 'bool' = False\): .*slope"
    ):
        gw.nn.LeakyReLU(slope=3)


def test_a_users_subclass_keeps_the_settings():
    class Steep(gw.nn.LeakyReLU):
        power: int = 2

        def __init__(self):
            super().__init__(0.5)

        def forward(self, x):
            return super().forward(x) ** self.power

    assert np.allclose(Steep()(gw.tensor([-1.0, 3.0])).numpy(), [0.25, 9.0])
    assert repr(Steep()) == "Steep(negative_slope=0.5)"
