"""`gradwalk.autograd` beside `torch.autograd`: the same calls, the same numbers, errors in the same places."""

import numpy as np
import pytest
import torch

import gradwalk as gw

BOTH = [torch, gw]


def leaves(library):
    return [
        library.tensor([0.5, -1.0], dtype=library.float64, requires_grad=True),
        library.tensor([[2.0, 0.25], [-0.75, 1.5]], dtype=library.float64, requires_grad=True),
    ]


def outputs(x, w):
    """Two outputs that share part of their tape."""
    h = (w @ x).tanh()
    return h.sum() * x[0], h * h


CALLS = {
    "one of each": lambda lib, x, w, a, b: lib.autograd.grad(a, x),
    "two inputs": lambda lib, x, w, a, b: lib.autograd.grad(a, [w, x]),
    "upstream": lambda lib, x, w, a, b: lib.autograd.grad(b, (x, w), lib.tensor([1.0, -2.0], dtype=lib.float64)),
    "upstream in a list": lambda lib, x, w, a, b: lib.autograd.grad(b, x, [lib.tensor([3.0, 1.0], dtype=lib.float64)]),
    "two outputs": lambda lib, x, w, a, b: lib.autograd.grad(
        (a, b), (x, w), (None, lib.tensor([1.0, 0.5], dtype=lib.float64))
    ),
    "an inner node": lambda lib, x, w, a, b: lib.autograd.grad((b * b).sum(), b),
    "unused": lambda lib, x, w, a, b: lib.autograd.grad((x * x).sum(), (x, w), allow_unused=True),
    "unused as zeros": lambda lib, x, w, a, b: lib.autograd.grad((x * x).sum(), (x, w), materialize_grads=True),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_gradients_are_pytorchs(call):
    theirs, ours = ([None if g is None else g.detach().numpy() for g in asked(call, library)] for library in BOTH)
    assert len(ours) == len(theirs)
    for mine, wanted in zip(ours, theirs, strict=True):
        assert (mine is None) == (wanted is None)
        if wanted is not None:
            np.testing.assert_allclose(mine, wanted, rtol=1e-12)


def asked(call, library):
    x, w = leaves(library)
    found = call(library, x, w, *outputs(x, w))
    assert isinstance(found, tuple)
    assert x.grad is None and w.grad is None
    return found


def test_second_derivatives_are_pytorchs():
    found = []
    for library in BOTH:
        x, w = leaves(library)
        slopes = library.autograd.grad(outputs(x, w)[0], (x, w), create_graph=True)
        penalty = sum((slope * slope).sum() for slope in slopes)
        found.append([g.detach().numpy() for g in library.autograd.grad(penalty, (x, w))])
    for ours, theirs in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_backward_from_several_outputs_is_pytorchs():
    found = []
    for library in BOTH:
        x, w = leaves(library)
        a, b = outputs(x, w)
        library.autograd.backward([a, b], [None, library.tensor([2.0, -1.0], dtype=library.float64)])
        found.append([x.grad.numpy(), w.grad.numpy()])
        with pytest.raises(RuntimeError):
            a.backward()
    for ours, theirs in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_backward_into_named_inputs_only():
    x, w = leaves(gw)
    gw.autograd.backward(outputs(x, w)[0], inputs=w)
    assert x.grad is None and w.grad is not None


@pytest.mark.parametrize("library", BOTH, ids=["torch", "gradwalk"])
def test_the_tape_is_freed_unless_it_is_retained(library):
    x, w = leaves(library)
    a, _ = outputs(x, w)
    library.autograd.grad(a, x, retain_graph=True)
    library.autograd.grad(a, x)
    with pytest.raises(RuntimeError):
        library.autograd.grad(a, x)


MISTAKES = {
    "unused": lambda lib, x, w: lib.autograd.grad((x * x).sum(), w),
    "a constant": lambda lib, x, w: lib.autograd.grad((x * x).sum(), lib.tensor(1.0)),
    "no single number": lambda lib, x, w: lib.autograd.grad(x * x, x),
    "upstream gradients too few": lambda lib, x, w: lib.autograd.grad([x.sum(), w.sum()], x, [lib.tensor(1.0)]),
}
CURES = {
    "unused": "allow_unused=True",
    "a constant": "requires_grad=True",
    "no single number": "sum",
    "upstream gradients too few": "2 outputs need as many upstream gradients, and 1 were given",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told_with_their_cure(mistake):
    with pytest.raises(RuntimeError):
        MISTAKES[mistake](torch, *leaves(torch))
    with pytest.raises(RuntimeError, match=CURES[mistake]):
        MISTAKES[mistake](gw, *leaves(gw))
