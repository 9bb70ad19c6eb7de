"""Clipping and vectors of parameters against PyTorch's."""

import math

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import normal, same


def parameters(library, factor=1.0, *shapes):
    """Parameters with gradients, one without."""
    made = [library.tensor(normal(*shape), requires_grad=True) for shape in shapes or [(2, 3), (3,), (1, 2, 2)]]
    for parameter in made:
        parameter.grad = library.tensor(factor * normal(5, *parameter.shape)[0])
    return [*made, library.tensor([1.0], requires_grad=True)]


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.1, 1e6])
def test_clipping_the_norm(norm_type, max_norm):
    own, theirs = parameters(gw), parameters(torch)
    same(
        gw.nn.utils.clip_grad_norm_(iter(own), max_norm, norm_type),
        torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type),
    )
    for a, b in zip(own, theirs, strict=True):
        same(a.grad, b.grad)


def test_clipping_the_values():
    own, theirs = parameters(gw), parameters(torch)
    gw.nn.utils.clip_grad_value_(own, 0.3)
    torch.nn.utils.clip_grad_value_(theirs, 0.3)
    for a, b in zip(own, theirs, strict=True):
        same(a.grad, b.grad)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_norm_that_is_no_number(value):
    own, theirs = parameters(gw), parameters(torch)
    own[1].grad[0], theirs[1].grad[0] = value, value
    with pytest.raises(RuntimeError, match="is non-finite"):
        gw.nn.utils.clip_grad_norm_(own, 1.0, error_if_nonfinite=True)
    same(own[0].grad, theirs[0].grad)
    same(gw.nn.utils.clip_grad_norm_(own, 1.0), torch.nn.utils.clip_grad_norm_(theirs, 1.0))
    for a, b in zip(own, theirs, strict=True):
        same(a.grad, b.grad)


def test_nothing_to_clip():
    assert gw.nn.utils.clip_grad_norm_([], 1.0).item() == 0
    w = gw.tensor([3.0], requires_grad=True)
    w.grad = gw.tensor([2.0])
    assert gw.nn.utils.clip_grad_norm_(w, 1.0).item() == 2
    assert w.grad.item() == pytest.approx(1.0, abs=1e-6)


def test_parameters_as_a_vector_and_back():
    own, theirs = parameters(gw), parameters(torch)
    vector, expected = gw.nn.utils.parameters_to_vector(own), torch.nn.utils.parameters_to_vector(theirs)
    same(vector, expected)
    vector.sum().backward()
    assert own[-1].grad.tolist() == [1.0]
    new = np.arange(vector.shape[0]) / 7
    gw.nn.utils.vector_to_parameters(gw.tensor(new), own)
    torch.nn.utils.vector_to_parameters(torch.tensor(new), theirs)
    for a, b in zip(own, theirs, strict=True):
        same(a, b)
        assert a.requires_grad


def test_a_vector_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"hold 14 numbers, and the vector has shape \(13,\)"):
        gw.nn.utils.vector_to_parameters(gw.zeros(13), parameters(gw))
