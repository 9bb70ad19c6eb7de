"""Making walks: from an output, from a function; what they leave alone, and what they decline."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.errors import BackwardError, InPlaceError
from gradwalk.walk import WalkError


def model():
    w = gw.tensor([1.0, -2.0], requires_grad=True)
    loss = (w * w).sum()
    return w, loss


def test_a_walk_leaves_gradients_hooks_and_the_tape_alone():
    w, loss = model()
    called = []
    w.register_hook(called.append)
    walk = gw.walk(loss)
    assert w.grad is None
    assert not called
    loss.backward()
    assert np.array_equal(w.grad.value, walk.gradient("w"))


def test_a_freed_tape_is_told_with_the_cure():
    _, loss = model()
    loss.backward()
    with pytest.raises(BackwardError, match=r"freed by .*backward.*retain_graph=True"):
        gw.walk(loss)


def test_a_walk_after_an_update_is_told():
    w, loss = model()
    with gw.no_grad():
        w -= 0.1
    with pytest.raises(InPlaceError, match="changed in place"):
        gw.walk(loss)


def test_a_function_is_walked_on_fresh_leaves_named_as_its_arguments():
    def f(x, y):
        product = x * y
        return product + y

    walk = gw.walk(f, 3.0, 4)
    assert walk.title == "f"
    assert walk.gradient("x") == 4
    assert walk.gradient("y") == 4
    assert walk.node("product").value == 12


def test_walks_of_arrays():
    walk = gw.walk(lambda x: (x @ x.T).sum(), np.ones((2, 3)))
    assert walk.gradient("x").tolist() == [[4.0] * 3] * 2


@pytest.mark.parametrize(
    ("start", "error", "says"),
    [
        (lambda: gw.walk(gw.tensor(1.0, requires_grad=True)), WalkError, "nothing to walk"),
        (lambda: gw.walk(gw.tensor([1.0, 2.0], requires_grad=True) * 2), BackwardError, r"single number.*sum"),
        (lambda: gw.walk(3), WalkError, "takes a Tensor, or a function"),
        (lambda: gw.walk(lambda x: 3.0, 1.0), WalkError, "must return a Tensor"),
        (lambda: gw.walk(lambda x: x * 2, [1.0, 2.0]), BackwardError, "single number"),
        (lambda: gw.walk(gw.tensor(1.0) * 2), WalkError, "no input requires grad"),
    ],
)
def test_what_can_not_be_walked_is_told(start, error, says):
    with pytest.raises(error, match=says):
        start()


def test_a_walk_owns_its_values():
    w = gw.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    walk = gw.walk(loss)
    with gw.no_grad():
        w += 100
    assert walk.value("w").tolist() == [1.0, 2.0]


def test_composites_are_groups_and_point_at_the_users_line():
    logits = gw.tensor([[1.0, 2.0]], requires_grad=True)
    loss = gw.nn.functional.cross_entropy(logits, gw.tensor([1]))
    walk = gw.walk(loss)
    inside = [node for node in walk.nodes if node.scope == ("cross_entropy",)]
    assert {node.op for node in inside} >= {"log_softmax"}
    assert all(node.span.file.endswith("test_record.py") for node in inside)
    assert len({node.calls for node in inside}) == 1
