"""The short way into the trie: it tells apart what is different, and whatever it doesn't know goes the general way."""

import copy
import dataclasses
import gc
import pickle

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import nn
from gradwalk.ops import COMPOSITES

X = gw.tensor([[1.5, -2.0], [0.5, 4.0]])

CALLS = {
    "operators": lambda x: (x + 1, 1 - x, x * x, 2.0 / x, -x, abs(x), x @ x, x > 0, x > 3, x == x, x // 2, 7 % x),
    "signed zeros": lambda x: (1 / (x * 0.0), 1 / (x * -0.0), 1 / (x * 0), 1 / (0.0 * x), 1 / (-0.0 * x)),
    "kinds of numbers": lambda x: (x.int() * 2, x.int() * 2.0, x.int() * True, x.int() ** 2, x.int() ** 2.0),
    "plain arguments": lambda x: (x.sum(), x.sum(0), x.sum(dim=1), x.sum(1, keepdim=True), x.mean(0), x**2, x.pow(3)),
    "no short arguments": lambda x: (x.sum((0, 1)), x[0], x[:, 1], x.reshape(4), x.reshape((4, 1)), x.T, x.flatten()),
    "arrays and lists": lambda x: (x + np.ones((2, 2)), [[1.0, 2.0], [3.0, 4.0]] * x, x * np.float64(2)),
    "functions": lambda x: (
        gw.tanh(x),
        gw.exp(x).sigmoid(),
        nn.functional.relu(x),
        x.relu(),
        nn.functional.linear(x, x),
    ),
    "functions made of ops": lambda x: (
        nn.functional.mse_loss(x, x * 2),
        nn.functional.mse_loss(x, x * 2, reduction="sum"),
        nn.functional.mse_loss(x * 2, x, reduction="sum"),
        nn.functional.mse_loss(x * 2, x, reduction="none"),
        nn.functional.linear(x, x, x[0]),
        nn.functional.linear(x, x, None),
        gw.flatten(x * 2, 0),
        gw.flatten(x[0] * 2, 0) * 3,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_give_what_they_give_eagerly(name):
    compiled = gw.compile(gw.no_grad()(CALLS[name]))
    for _ in range(4):
        for mine, theirs in zip(compiled(X), CALLS[name](X), strict=True):
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine.value, theirs.value)
            np.testing.assert_array_equal(np.signbit(mine.value), np.signbit(theirs.value))
    assert not compiled.reason


def test_comparing_with_none_is_as_it_always_is():
    seen = gw.compile(gw.no_grad()(lambda x: ((x * 2) == None, (x * 2) != None)))  # noqa: E711
    assert [seen(X) for _ in range(4)] == [(False, True)] * 4


def test_an_option_that_is_refused_is_refused_in_every_call():
    refused = gw.compile(gw.no_grad()(lambda x, inplace: (x * 1).relu(inplace=inplace) if inplace else (x * 1).relu()))
    for _ in range(4):
        refused(X, False)
    with pytest.raises((ValueError, TypeError), match="inplace"):
        refused(X, True)


def test_what_a_function_draws_is_drawn_anew_in_every_call():
    ones = gw.ones(100)
    drop = gw.compile(gw.no_grad()(lambda: nn.functional.dropout(ones * 1, 0.5, training=True)))
    assert len({tuple(drop().tolist()) for _ in range(6)}) == 6


def test_what_a_function_changes_is_changed_in_every_call():
    layers = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    compiled = gw.compile(gw.no_grad()(lambda: layers[0](X * 2)))
    for _ in range(6):
        compiled()
        layers[1](X * 2)
        np.testing.assert_allclose(layers[0].running_mean.value, layers[1].running_mean.value, rtol=1e-12)


def test_a_function_that_looks_at_numbers_looks_in_every_call():
    def by_sign(x):
        return x * 2 if x.sum().item() > 0 else -x

    looking = dataclasses.replace(COMPOSITES["mse_loss"], function=by_sign, own=True)
    compiled = gw.compile(gw.no_grad()(lambda x: looking(x + 1)))
    for sign in (1, 1, 1, -1, 1, -1):
        x = gw.tensor([5.0, 6.0]) * sign
        np.testing.assert_array_equal(compiled(x).value, by_sign(x + 1).value)


def test_a_call_leaves_nothing_to_be_collected():
    w = gw.tensor([1.0, 2.0], requires_grad=True)
    optimizer = gw.optim.SGD([w], lr=0.1)

    @gw.compile
    def step(x):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(gw.tanh(w * x), x)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(5):
        step(X)
    gc.collect()
    gc.disable()
    try:
        step(X)
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_compiled_model_is_copied_like_the_model(copied):
    compiled = gw.compile(nn.Linear(2, 1))
    with gw.no_grad():
        before = [compiled(X).tolist() for _ in range(4)]
        twin = copied(compiled)
        compiled.weight.add_(1.0)
        assert [twin(X).tolist() for _ in range(4)] == before
        assert compiled(X).tolist() != before[0]
    assert not twin.reason


def test_a_compiled_model_is_used_like_the_model():
    gw.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1))
    compiled = gw.compile(net)
    assert list(compiled.parameters()) == list(net.parameters())
    compiled.eval()
    assert not net.training
    with gw.no_grad():
        for _ in range(4):
            np.testing.assert_array_equal(compiled(X).value, net(X).value)
    assert not compiled.reason
