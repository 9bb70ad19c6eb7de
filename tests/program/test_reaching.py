"""Tensors that no argument brings along are found, however a function reaches them."""

import pytest

import gradwalk as gw
from gradwalk import nn
from gradwalk.program.reaching import MOST, reached_from
from tests.program.test_compiled import steps_of

X = gw.tensor([[1.0, 2.0], [3.0, 4.0]])
UNUSED = [gw.ones(3) for _ in range(4)]


class Judge:
    def __init__(self, net):
        self.net = net

    def loss(self):
        return self.net(X).sum()


def ways(net, offset):
    def helped():
        return net(X).sum()

    return {
        "closure": lambda: (net(X) * (1.0 if UNUSED else 0.0)).sum(),
        "helper": lambda: helped() + offset[0] - offset[0],
        "method": Judge(net).loss,
    }


@pytest.mark.parametrize("name", ["closure", "helper", "method"])
def test_a_function_without_arguments_is_traced_from_its_first_call(name):
    gw.manual_seed(0)
    net, offset = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.BatchNorm1d(3), nn.Linear(3, 1)), [gw.tensor(1.0)]
    net.eval()
    function = gw.no_grad()(ways(net, offset)[name])
    compiled = gw.compile(function)
    compiled()
    assert steps_of(compiled) > 5
    for _ in range(4):
        with gw.no_grad():
            next(net.parameters()).add_(0.1)
        assert compiled().item() == pytest.approx(function().item(), rel=1e-12)
    assert compiled.courses == 2  # with all that was found, and with what was used of it
    assert not any(reference() is x for reference in compiled.calls.leaves for x in UNUSED)


def test_what_is_found_is_bounded_and_never_in_the_way():
    rows = [gw.ones(1) for _ in range(MOST + 1)]

    def recursive(n):
        return rows[n] if n else recursive(n - 1)

    def early():
        return later

    assert reached_from(recursive) == []
    assert reached_from(early) == []
    assert reached_from(len) == []
    nameless = lambda: X  # noqa: E731
    nameless.__module__ = None
    assert reached_from(nameless) == [X]
    later = X
    assert reached_from(early) == [X]
