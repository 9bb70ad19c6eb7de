"""Backward passes inside compiled functions, whatever the leaves have when they are handed their gradients."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.tensor import Tensor


def nothing(a, b):
    pass


def one_has_a_gradient(a, b):
    a.grad = gw.tensor([10.0, 20.0])


def all_have_gradients(a, b):
    a.grad, b.grad = gw.tensor([10.0, 20.0]), gw.tensor([30.0, 40.0])


def one_is_frozen(a, b):
    a.requires_grad = False


def another_every_time(a, b):
    a.grad = None if a.grad is not None else gw.tensor([1.0, 1.0])


@pytest.mark.parametrize(
    "prepare", [nothing, one_has_a_gradient, all_have_gradients, one_is_frozen, another_every_time]
)
@pytest.mark.parametrize("times", [1, 2])
def test_leaves_that_have_a_gradient_or_want_none(prepare, times):
    gradients = []
    for wrap in (gw.compile, lambda function: function):
        a, b = gw.tensor([1.0, 2.0], requires_grad=True), gw.tensor([3.0, 4.0], requires_grad=True)

        @wrap
        def step(a=a, b=b):
            for _ in range(times):
                (a * b + b.sin()).sum().backward()
            return None if a.grad is None else a.grad

        found = []
        for _ in range(6):
            a.grad = b.grad = None
            a.requires_grad = True
            prepare(a, b)
            given = step()
            assert given is a.grad
            found += [None if x.grad is None else np.array(x.grad.value) for x in (a, b)]
            assert all(type(x.grad) in (Tensor, type(None)) for x in (a, b))
        gradients.append(found)
        assert not getattr(step, "reason", "")
    for mine, theirs in zip(*gradients, strict=True):
        assert (mine is None) == (theirs is None)
        if mine is not None:
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_hook_on_one_of_several_leaves_is_called():
    a, b = gw.tensor(2.0, requires_grad=True), gw.tensor(3.0, requires_grad=True)
    seen = []

    @gw.compile
    def step():
        a.grad = b.grad = None
        (a * b).backward()

    for _ in range(4):
        step()
    handle = b.register_hook(lambda gradient: seen.append(gradient.item()) or gradient * 10)
    with pytest.warns(UserWarning, match="a leaf has a hook"):
        step()
    assert (a.grad.item(), b.grad.item(), seen) == (3.0, 20.0, [2.0])
    handle.remove()
    step()
    assert b.grad.item() == 2.0


def test_a_leaf_computed_outside_sends_its_gradient_on():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        (x * x + w).sum().backward()

    for _ in range(5):
        w.grad = None
        step(w * 3)
        assert w.grad.tolist() == [19.0, 37.0]  # of Σ (3w)² + w: 18w + 1


def test_a_second_pass_over_one_tape_is_refused():
    a = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(again):
        a.grad = None
        loss = (a * a).sum()
        loss.backward()
        if again:
            loss.backward()

    for again in (False, False, False, True, False, True):
        if again:
            with pytest.raises(RuntimeError, match="freed"):
                step(again)
        else:
            step(again)
            assert a.grad.tolist() == [2.0, 4.0]
