"""Pooling layers against PyTorch's."""

import inspect

import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal, same

POOLS = [
    ("MaxPool1d", (2,), {}, (2, 3, 7)),
    ("MaxPool1d", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}, (3, 8)),
    ("MaxPool2d", (2,), {}, (2, 3, 6, 6)),
    ("MaxPool2d", ((2, 3),), {"stride": (1, 2), "padding": (1, 1), "dilation": 2}, (2, 3, 8, 9)),
    ("MaxPool3d", (2,), {}, (1, 2, 4, 4, 4)),
    ("AvgPool1d", (3,), {"stride": 2, "padding": 1, "count_include_pad": False}, (2, 3, 8)),
    ("AvgPool2d", (2,), {}, (2, 3, 6, 6)),
    ("AvgPool2d", ((2, 3), 2, 1), {"ceil_mode": True, "divisor_override": 5}, (2, 3, 7, 8)),
    ("AvgPool3d", (2,), {"stride": 1}, (1, 2, 3, 4, 3)),
    ("AdaptiveAvgPool1d", (3,), {}, (2, 3, 7)),
    ("AdaptiveAvgPool2d", ((2, None),), {}, (2, 3, 7, 5)),
    ("AdaptiveAvgPool2d", (1,), {}, (3, 5, 5)),
    ("AdaptiveMaxPool1d", (3,), {}, (2, 3, 7)),
    ("AdaptiveMaxPool2d", ((2, None),), {}, (2, 3, 7, 5)),
    ("AdaptiveMaxPool2d", (3,), {}, (3, 5, 8)),
]


@pytest.mark.parametrize(("name", "arguments", "keywords", "shape"), POOLS)
def test_as_pytorch(name, arguments, keywords, shape):
    check(name, arguments, keywords, normal(*shape))


@pytest.mark.parametrize("name", sorted({name for name, *_ in POOLS}))
def test_signatures_are_pytorchs(name):
    own, theirs = (inspect.signature(getattr(library.nn, name)).parameters for library in (gw, torch))
    assert {key: p.default for key, p in own.items()} == {key: p.default for key, p in theirs.items()}


def test_places_of_the_largest():
    x = normal(2, 3, 6, 6)
    values, places = gw.nn.MaxPool2d(2, return_indices=True)(gw.tensor(x))
    expected, expected_places = torch.nn.MaxPool2d(2, return_indices=True)(torch.tensor(x))
    same(values, expected)
    same(places, expected_places)
