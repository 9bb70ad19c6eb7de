"""Steps of an optimizer that are recognised when they come again, and those that only look like it."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import optim
from gradwalk.program import same_step, updating
from gradwalk.tensor import Tensor


@pytest.fixture
def sources(monkeypatch):
    """The straight functions that are made for steps."""
    found, straight = [], same_step.straight

    def noting(name, source, places):
        found.append(source)
        return straight(name, source, places)

    monkeypatch.setattr(same_step, "straight", noting)
    return found


def pair():
    """Two parameters."""
    return [gw.tensor([0.5, -0.5], requires_grad=True), gw.tensor([2.0, 1.0], requires_grad=True)]


def check(optimizer_of, between, calls=9):
    """Training with something done between the calls: compiled and eagerly it ends in the same parameters."""
    ended = []
    for wrap in (gw.compile, lambda function: function):
        params = pair()
        optimizer = optimizer_of(params)

        @wrap
        def step(params=params, optimizer=optimizer):
            optimizer.zero_grad()
            loss = ((params[0] * params[1]) ** 2).sum() + (params[0] ** 2).sum()
            loss.backward()
            optimizer.step()
            return loss

        for i in range(calls):
            between(i, optimizer, params)
            step()
        assert not getattr(step, "reason", "")
        ended.append([np.array(p.value) for p in params])
    np.testing.assert_allclose(*ended, rtol=1e-12)


def in_groups(params):
    return optim.SGD([{"params": [params[0]]}, {"params": [params[1]], "lr": 0.02}], lr=0.1)


def move_to_the_other_group(i, optimizer, params):
    """Both parameters in the first group, in every third call."""
    first, second = optimizer.param_groups
    first["params"], second["params"] = (params[:], []) if i % 3 == 2 else (params[:1], params[1:])


def swap(i, optimizer, params):
    optimizer.param_groups[0]["params"] = params[:: -1 if i % 4 > 1 else 1]


def leave_out(i, optimizer, params):
    optimizer.param_groups[0]["params"] = params[: 1 + (i % 3 > 0)]


def change_the_rate(i, optimizer, params):
    optimizer.param_groups[0]["lr"] = 0.1 / (i + 1)


def give_other_memory(i, optimizer, params):
    params[0].data = params[0].data * 0.9


def freeze(i, optimizer, params):
    params[1].requires_grad = i % 3 < 2


def forget_all(i, optimizer, params):
    """Start anew in the sixth call, with another rate."""
    if i == 5:
        optimizer.state.clear()
        optimizer.param_groups[0]["lr"] = 0.05


BETWEEN = [move_to_the_other_group, swap, leave_out, change_the_rate, give_other_memory, freeze, forget_all]
OPTIMIZERS = {
    "sgd": lambda params: optim.SGD(params, lr=0.1),
    "momentum": lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
    "adam": lambda params: optim.Adam(params, lr=0.1),
}


@pytest.mark.parametrize("between", BETWEEN[1:])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_with_something_changed_between_them(name, between):
    check(OPTIMIZERS[name], between)


@pytest.mark.parametrize("between", [move_to_the_other_group, change_the_rate, give_other_memory, freeze])
def test_steps_with_several_groups(between):
    check(in_groups, between)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_that_changes_in_every_step_is_no_other_step(name, sources, monkeypatch):
    found, find = [], updating.find
    monkeypatch.setattr(updating, "find", lambda trace, optimizer: (found.append(optimizer), find(trace, optimizer)))
    check(OPTIMIZERS[name], change_the_rate, calls=8)
    looked_up, made = len(found), len(sources)
    assert made
    found.clear()
    check(OPTIMIZERS[name], change_the_rate, calls=24)
    assert (len(found), len(sources)) == (looked_up, 2 * made)


def stop(i, optimizer, params):
    """No rate at all now and then, and no momentum either."""
    group = optimizer.param_groups[0]
    group["lr"] = 0.0 if i % 4 == 3 else 0.1
    if "momentum" in group:
        group["momentum"] = 0.0 if i % 5 == 4 else 0.9


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_of_zero_may_be_another_step(name):
    check(OPTIMIZERS[name], stop, calls=14)


def test_counts_that_are_no_longer_equal():
    def restart(i, optimizer, params):
        if i == 6:
            optimizer.state[params[0]]["step"] = 1

    check(OPTIMIZERS["adam"], restart)


def test_two_optimizers_that_take_turns():
    params = pair()
    slow, fast = optim.SGD(params, lr=0.01), optim.SGD(params, lr=0.1)

    @gw.compile
    def step(optimizer):
        optimizer.zero_grad()
        (params[0] ** 2).sum().backward()
        optimizer.step()

    expected = np.array(params[0].value)
    for i in range(9):
        step((slow, fast)[i % 2])
        expected = expected - (0.01, 0.1)[i % 2] * 2 * expected
    np.testing.assert_allclose(params[0].value, expected, rtol=1e-12)


def test_an_optimizer_with_other_settings_for_the_same_rule():
    class Own(optim.Optimizer):
        rule = staticmethod(lambda param, grad, state, group: (param - group["lr"] * grad, {}))

    class Louder(Own):
        def __init__(self, params):
            super().__init__(params, {"lr": 0.1, "volume": 11})

    params = pair()
    plain, loud = Own(params, {"lr": 0.1}), Louder(params)

    @gw.compile
    def step(optimizer):
        optimizer.zero_grad()
        (params[0] ** 2).sum().backward()
        optimizer.step()

    for i in range(9):
        step((plain, loud)[i % 2])
    np.testing.assert_allclose(params[0].value, np.array([0.5, -0.5]) * 0.8**9, rtol=1e-12)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_tape_from_before_refuses_memory_that_was_written_into(replaced):
    params = pair()
    optimizer = optim.SGD(params, lr=0.1)

    @gw.compile
    def step():
        optimizer.zero_grad()
        (params[0] ** 2).sum().backward()
        optimizer.step()

    for _ in range(6):
        if replaced:
            params[0].data = params[0].data * 1.0
        loss = (params[0] ** 2).sum()
        step()
        with pytest.raises(RuntimeError, match="in place"):
            loss.backward()
    assert type(params[0]) is Tensor
