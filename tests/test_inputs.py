"""What a node read, whichever number of inputs its op has: told as a tuple, until a backward pass frees it."""

import pytest

import gradwalk as gw

MADE = {
    "one": lambda a, b: (a.exp(), (a,)),
    "two": lambda a, b: (a * b, (a, b)),
    "the same twice": lambda a, b: (a * a, (a, a)),
    "a number": lambda a, b: (2.0 - a, (2.0, a)),
    "one, with parameters": lambda a, b: (a.sum(dim=0), (a,)),
    "three": lambda a, b: (gw.where(c := a > b, a, b), (c, a, b)),
    "any number": lambda a, b: (gw.stack([a, b]), (a, b)),
    "any number, of which there is one": lambda a, b: (gw.stack([a]), (a,)),
    "a matrix product": lambda a, b: (a @ b, (a, b)),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_inputs_are_told_in_order(made):
    a, b = (gw.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    node, inputs = made(a, b)
    assert len(node.inputs) == len(inputs)
    assert all(x is wanted for x, wanted in zip(node.inputs, inputs, strict=True))
    assert all(x is wanted for x, wanted in zip(node.again().inputs, inputs, strict=True))


@pytest.mark.parametrize("made", [lambda a, b: a.exp(), lambda a, b: a * b, lambda a, b: gw.stack([a.exp(), b])[0]])
def test_they_are_gone_once_they_are_freed(made):
    a, b = (gw.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    node = made(a, b)
    before = node.inputs
    node.sum().backward(retain_graph=True)
    assert all(x is kept for x, kept in zip(node.inputs, before, strict=True))
    node.sum().backward()
    assert node.inputs is None or not node.op.keeps()


def test_what_has_no_tape_read_nothing():
    a = gw.tensor([1.0, 2.0], requires_grad=True)
    assert a.inputs == ()
    assert a.detach().exp().inputs == ()
    with gw.no_grad():
        assert (a * a).inputs == ()
