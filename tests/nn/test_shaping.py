"""Layers that rearrange, and dropout."""

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Flatten", (), (2, 3, 4)),
        ("Flatten", (0, 1), (2, 3, 4)),
        ("Unflatten", (1, (2, 3)), (4, 6)),
        ("Unflatten", (-1, (2, -1)), (4, 6)),
        ("Unfold", (2,), (2, 3, 4, 5)),
        ("Unfold", ((2, 3), 1, 1, (2, 1)), (2, 3, 4, 5)),
        ("Fold", ((4, 5), 2), (2, 12, 12)),
        ("Identity", (), (2, 3)),
    ],
)
def test_as_pytorch(name, arguments, shape):
    check(name, arguments, {}, normal(*shape))


def test_dropout_drops_a_share_and_scales_up_the_rest():
    layer = gw.nn.Dropout(0.3)
    gw.manual_seed(5)
    x = gw.ones(20000, requires_grad=True)
    kept = layer(x)
    kept.sum().backward()
    values = kept.detach().numpy()
    assert set(np.unique(values)) == {0.0, 1 / (1 - 0.3)}
    assert abs(np.mean(values == 0) - 0.3) < 0.02
    assert np.array_equal(x.grad.numpy(), values)
    gw.manual_seed(5)
    assert np.array_equal(layer(x).detach().numpy(), values)


def test_dropout_changes_nothing_in_evaluation():
    x = gw.tensor(normal(3, 4), requires_grad=True)
    assert gw.equal(gw.nn.Dropout(0.9).eval()(x), x)
    assert gw.equal(gw.nn.Dropout(0.0)(x), x)
    assert not gw.nn.Dropout(1.0)(x).detach().numpy().any()


@pytest.mark.parametrize("p", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused_as_by_pytorch(p):
    for library in (gw, torch):
        with pytest.raises(ValueError, match="dropout probability has to be between 0 and 1, but got"):
            library.nn.Dropout(p)
    assert repr(gw.nn.Dropout(0.2, inplace=True)) == repr(torch.nn.Dropout(0.2, inplace=True))
