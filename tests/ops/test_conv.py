"""Windows: what they refuse, what a walk of a convolution shows, and what is kept as it is."""

import numpy as np
import pytest
import torch

import gradwalk as gw
import gradwalk.nn.functional as F
from gradwalk.errors import ShapeError


def chain(output):
    """The ops from an output back along its first inputs."""
    while output.op is not None:
        yield output.op.name
        output = output.inputs[0]


def test_a_convolution_is_a_margin_a_window_and_a_product():
    x = gw.randn(1, 1, 3, 3, requires_grad=True)
    out = F.conv2d(x, gw.randn(1, 1, 2, 2), gw.randn(1), padding=1)
    assert list(chain(out)) == ["add", "einsum", "windows", "surround"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_same_keeps_the_size_with_even_windows_too(size):
    x, weight = (
        np.random.default_rng(0).standard_normal((1, 2, 6)),
        np.random.default_rng(1).standard_normal((3, 2, size)),
    )
    ours = F.conv1d(gw.tensor(x), gw.tensor(weight), padding="same")
    np.testing.assert_allclose(
        ours.value, torch.nn.functional.conv1d(torch.tensor(x), torch.tensor(weight), padding="same")
    )


def test_of_several_largest_the_first_gets_the_gradient():
    x = gw.tensor([[1.0, 1.0, 0.0, 2.0]], requires_grad=True)
    F.max_pool1d(x, 2).sum().backward()
    assert x.grad.tolist() == [[1.0, 0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: F.conv2d(gw.ones(1, 3, 5, 5), gw.ones(2, 4, 3, 3)), "3 channels"),
        (lambda: F.conv2d(gw.ones(5, 5), gw.ones(2, 4, 3, 3)), "dimensions"),
        (lambda: F.conv1d(gw.ones(1, 1, 2), gw.ones(1, 1, 3)), "doesn't fit"),
        (lambda: F.conv1d(gw.ones(1, 1, 5), gw.ones(1, 1, 3), padding="same", stride=2), "same"),
        (lambda: F.conv1d(gw.ones(1, 1, 5), gw.ones(1, 1, 3), padding="full"), "full"),
        (lambda: F.conv2d(gw.ones(1, 1, 5, 5), gw.ones(1, 1, 3, 3), stride=(1, 1, 1)), "stride"),
        (lambda: F.max_pool2d(gw.ones(1, 1, 5, 5), 2, padding=2), "half"),
        (lambda: F.avg_pool2d(gw.ones(1, 1, 5, 5), 2, divisor_override=0), "divisor"),
        (lambda: F.fold(gw.ones(1, 12, 5), (3, 4), 2), "columns"),
    ],
)
def test_what_does_not_fit_is_explained(call, says):
    with pytest.raises(ShapeError, match=says):
        call()


def test_of_equal_numbers_in_an_adaptive_window_the_first_is_chosen_as_in_pytorch():
    x = np.random.default_rng(0).integers(0, 3, (2, 5, 7)).astype(float)
    own = gw.nn.functional.adaptive_max_pool2d(gw.tensor(x), (3, 4), return_indices=True)
    theirs = torch.nn.functional.adaptive_max_pool2d(torch.tensor(x), (3, 4), return_indices=True)
    for one, other in zip(own, theirs, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
