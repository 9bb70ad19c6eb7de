"""Convolutions against PyTorch's: with every setting, forward, backward, printed and saved."""

import pytest

import gradwalk as gw
from tests.nn.twins import check, normal, same, twins

CONVOLUTIONS = [
    ("Conv1d", (3, 4, 3), {}, (2, 3, 7)),
    ("Conv1d", (3, 4, 2, 2), {"padding": 1, "bias": False}, (2, 3, 7)),
    ("Conv1d", (3, 4, 3), {"padding": "same", "padding_mode": "circular", "dilation": 2}, (3, 9)),
    ("Conv2d", (1, 4, 3), {"padding": 1}, (2, 1, 8, 8)),
    ("Conv2d", (2, 4, (3, 2)), {"stride": (2, 1), "dilation": (1, 2), "groups": 2}, (2, 2, 7, 7)),
    ("Conv2d", (2, 4, 3), {"padding": "same"}, (2, 5, 6)),
    ("Conv2d", (2, 4, 3), {"padding": "valid", "padding_mode": "reflect"}, (2, 2, 5, 6)),
    ("Conv2d", (2, 4, 3), {"padding": (1, 2), "padding_mode": "reflect"}, (2, 2, 5, 6)),
    ("Conv2d", (2, 4, 4), {"padding": "same", "padding_mode": "replicate"}, (2, 2, 5, 6)),
    ("Conv3d", (1, 2, 2), {"stride": 2, "padding": (1, 0, 1)}, (1, 1, 3, 4, 3)),
    ("ConvTranspose1d", (3, 4, 3), {"stride": 2, "output_padding": 1}, (2, 3, 5)),
    ("ConvTranspose2d", (4, 6, (3, 2), 2, 1), {"groups": 2, "bias": False}, (2, 4, 4, 3)),
    ("ConvTranspose2d", (2, 3, 3), {"dilation": 2, "padding": 1}, (2, 4, 4)),
    ("ConvTranspose3d", (1, 2, 2), {}, (1, 1, 2, 3, 2)),
]


@pytest.mark.parametrize(("name", "arguments", "keywords", "shape"), CONVOLUTIONS)
def test_as_pytorch(name, arguments, keywords, shape):
    check(name, arguments, keywords, normal(*shape))


@pytest.mark.parametrize("size", [[7], [8], [2, 4, 8]])
def test_an_output_size_can_be_chosen(size):
    import torch

    own, theirs = twins("ConvTranspose1d", 3, 4, 3, stride=2, padding=1)
    x = normal(2, 3, 4)
    same(own(gw.tensor(x), output_size=size), theirs(torch.tensor(x), output_size=size))


def test_what_cannot_be_is_told():
    with pytest.raises(ValueError, match="3 channels in and 4 out don't divide into 2 groups"):
        gw.nn.Conv2d(3, 4, 3, groups=2)
    with pytest.raises(ValueError, match="padding_mode must be one of"):
        gw.nn.Conv2d(2, 4, 3, padding_mode="mirror")
    with pytest.raises(ValueError, match='Only "zeros"'):
        gw.nn.ConvTranspose2d(2, 4, 3, padding_mode="reflect")
    with pytest.raises(RuntimeError, match=r"can't be reached: sizes go from \(7,\) to \(8,\)"):
        gw.nn.ConvTranspose1d(3, 4, 3, stride=2, padding=1)(gw.zeros(2, 3, 4), output_size=[9])
    with pytest.raises(RuntimeError, match="channels"):
        gw.nn.Conv2d(2, 4, 3)(gw.zeros(1, 3, 8, 8))
    with pytest.raises(RuntimeError, match="kernel_size has 3 numbers"):
        gw.nn.Conv2d(2, 4, (3, 3, 3))
