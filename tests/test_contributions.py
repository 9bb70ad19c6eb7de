"""What one node hands to its inputs: the quick ways hand over just what the general one does."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.contributions import hand_of, in_general

PROGRAMS = {
    "one input": lambda a, b: a.tanh(),
    "two inputs": lambda a, b: a * b,
    "the same twice": lambda a, b: a / a,
    "a number on the right": lambda a, b: a - 2.0,
    "a number on the left": lambda a, b: 2.0 / a,
    "broadcast": lambda a, b: a - b[0],
    "two types": lambda a, b: a * b.float(),
    "no gradient for one": lambda a, b: a @ b.detach(),
    "three inputs": lambda a, b: gw.where(a > b, a, b),
    "parameters": lambda a, b: a.sum(dim=0),
}


def handed(way, node, upstream):
    """What goes over each edge: the ids of its ends, the slot, and the contribution."""
    edges = []
    way(node, upstream, lambda node, slot, x, _, contribution: edges.append((id(node), slot, id(x), contribution)))
    return edges


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_quick_way_hands_over_what_the_general_way_does(program):
    random = np.random.default_rng(0)
    node = program(*(gw.tensor(random.standard_normal((3, 3)), requires_grad=True) for _ in range(2)))
    upstream = random.standard_normal(node.shape)
    quick, general = handed(hand_of(node.op), node, upstream), handed(in_general, node, upstream)
    assert [edge[:3] for edge in quick] == [edge[:3] for edge in general]
    assert quick
    for (*_, ours), (*_, theirs) in zip(quick, general, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("program", [lambda x: x.exp(), lambda x: x * x, lambda x: 3 - x])
def test_a_leaf_that_no_longer_wants_a_gradient_is_handed_none(program):
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    node = program(x)
    x.requires_grad_(False)
    assert handed(hand_of(node.op), node, np.ones(2)) == handed(in_general, node, np.ones(2)) == []
