"""Linear and bilinear layers against PyTorch's."""

import math

import numpy as np
import pytest

import gradwalk as gw
from tests.nn.twins import check, normal


@pytest.mark.parametrize(
    ("arguments", "keywords", "shape"),
    [((3, 2), {}, (5, 3)), ((3, 2), {"bias": False}, (5, 3)), ((3, 2), {}, (3,)), ((3, 4, True), {}, (2, 5, 3))],
)
def test_linear(arguments, keywords, shape):
    check("Linear", arguments, keywords, normal(*shape))


@pytest.mark.parametrize("keywords", [{}, {"bias": False}])
def test_bilinear(keywords):
    check("Bilinear", (3, 2, 4), keywords, normal(5, 3), normal(5, 2))


@pytest.mark.parametrize("layer", [gw.nn.Linear(64, 400), gw.nn.Bilinear(64, 3, 400)])
def test_weights_start_evenly_spread_over_one_by_the_root_of_the_inputs(layer):
    for parameter in (layer.weight, layer.bias):
        largest = np.abs(parameter.detach().numpy()).max()
        assert 0.9 / math.sqrt(64) < largest <= 1 / math.sqrt(64)


def test_the_seed_and_the_default_type_decide_on_the_weights():
    gw.manual_seed(3)
    first = gw.nn.Linear(2, 2)
    gw.manual_seed(3)
    again = gw.nn.Linear(2, 2)
    assert gw.equal(first.weight, again.weight)
    assert gw.equal(first.bias, again.bias)
    assert first.weight.dtype == gw.float64
    gw.set_default_dtype(gw.float32)
    try:
        assert gw.nn.Linear(2, 2).weight.dtype == gw.float32
    finally:
        gw.set_default_dtype(gw.float64)
    assert gw.nn.Linear(2, 2, dtype=gw.float16).bias.dtype == gw.float16


def test_wrong_sizes_are_told():
    with pytest.raises(RuntimeError, match="has 3 features"):
        gw.nn.Linear(2, 4)(gw.zeros(5, 3))
    with pytest.raises(RuntimeError, match="CPU"):
        gw.nn.Linear(2, 4, device="cuda")
