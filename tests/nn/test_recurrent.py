"""Recurrent layers and cells against PyTorch's: prints, states, results, and gradients through time."""

import math

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal, same, same_state, twins

LAYERS = ["RNN", "LSTM", "GRU"]
SETTINGS = {
    "one layer": {},
    "without bias": {"bias": False},
    "batch first": {"batch_first": True},
    "both ways": {"bidirectional": True},
    "three layers both ways": {"num_layers": 3, "bidirectional": True, "batch_first": True},
}


def same_through_time(own, theirs, inputs, states=None):
    """Equal outputs, last states and gradients, for the inputs, the first states and the weights."""
    results = []
    for library, layer in ((gw, own), (torch, theirs)):
        given = [library.tensor(x, requires_grad=True) for x in (inputs, *(states or ()))]
        hx = None if states is None else given[1] if len(given) == 2 else tuple(given[1:])
        found = flat(layer(given[0], hx))
        loss = sum((part * library.tensor(normal(*part.shape))).sum() for part in found)
        loss.backward()
        results.append([*found, *(x.grad for x in given), *(parameter.grad for parameter in layer.parameters())])
    for mine, yours in zip(*results, strict=True):
        same(mine, yours)


def flat(found):
    """The tensors in nested tuples."""
    return [part for item in found for part in flat(item)] if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_pytorchs(name, settings):
    own, theirs = twins(name, 3, 4, **settings)
    assert repr(own) == repr(theirs)
    same_state(own, theirs)
    same_through_time(own, theirs, normal(5, 2, 3))


@pytest.mark.parametrize("settings", [SETTINGS["one layer"], SETTINGS["three layers both ways"]])
@pytest.mark.parametrize("name", LAYERS)
def test_first_states_take_part(name, settings):
    own, theirs = twins(name, 3, 4, **settings)
    rows = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    count = 2 if name == "LSTM" else 1
    batch = 5 if settings.get("batch_first") else 2
    same_through_time(own, theirs, normal(5, 2, 3), [normal(rows, batch, 4) + i for i in range(count)])


@pytest.mark.parametrize("name", LAYERS)
def test_a_single_sequence_needs_no_batch(name):
    own, theirs = twins(name, 3, 4, batch_first=True, num_layers=2)
    same_through_time(own, theirs, normal(6, 3))


def test_relu_may_take_the_place_of_tanh():
    own, theirs = twins("RNN", 3, 4, nonlinearity="relu")
    same_through_time(own, theirs, normal(5, 2, 3))
    check("RNNCell", (3, 4), {"nonlinearity": "relu"}, normal(2, 3))


@pytest.mark.parametrize("shape", [(2, 3), (3,)])
@pytest.mark.parametrize("keywords", [{}, {"bias": False}])
@pytest.mark.parametrize("name", ["RNNCell", "GRUCell"])
def test_cells_are_pytorchs(name, keywords, shape):
    check(name, (3, 4), keywords, normal(*shape))
    check(name, (3, 4), keywords, normal(*shape), normal(*shape[:-1], 4))


def test_a_cell_with_two_states_is_pytorchs():
    own, theirs = twins("LSTMCell", 3, 4)
    assert repr(own) == repr(theirs)
    same_through_time(own, theirs, normal(2, 3))
    same_through_time(own, theirs, normal(2, 3), [normal(2, 4), normal(2, 4) + 1])


def test_dropout_acts_between_layers_while_training():
    layer = gw.nn.GRU(3, 4, num_layers=2, dropout=0.5)
    x = gw.tensor(normal(5, 2, 3))
    layer.eval()
    same(layer(x)[0], layer(x)[0])
    layer.train()
    assert not gw.equal(layer(x)[0], layer(x)[0])
    with pytest.warns(UserWarning, match="num_layers=2 or more"):
        gw.nn.GRU(3, 4, dropout=0.5)


@pytest.mark.parametrize("layer", [gw.nn.LSTM(5, 64), gw.nn.GRUCell(5, 64)])
def test_weights_start_evenly_spread_over_one_by_the_root_of_the_hidden_size(layer):
    for parameter in layer.parameters():
        largest = np.abs(parameter.detach().numpy()).max()
        assert 0.9 / math.sqrt(64) < largest <= 1 / math.sqrt(64)


def test_a_compiled_step_through_time_is_the_eager_one():
    layer, x = gw.nn.LSTM(3, 4), gw.tensor(normal(5, 2, 3))

    def step():
        layer.zero_grad()
        loss = (layer(x)[0] ** 2).sum()
        loss.backward()
        return loss

    expected = step().item(), layer.weight_hh_l0.grad.numpy().copy()
    compiled = gw.compile(step, tier="numpy")
    for _ in range(4):
        found = compiled()
    assert not compiled.reason
    np.testing.assert_allclose(found.item(), expected[0], rtol=1e-12)
    np.testing.assert_allclose(layer.weight_hh_l0.grad.numpy(), expected[1], rtol=1e-12)


MISTAKES = {
    "of 2 or 3 dimensions, the last of size 3": lambda nn: nn.RNN(3, 4)(gw.zeros(5, 2, 7)),
    "of 1 or 2 dimensions, the last of size 3": lambda nn: nn.RNNCell(3, 4)(gw.zeros(5, 2, 3)),
    "shape \\(1, 2, 4\\) for this input, and the one given has \\(1, 3, 4\\)": lambda nn: nn.GRU(3, 4)(
        gw.zeros(5, 2, 3), gw.zeros(1, 3, 4)
    ),
    "two states, \\(hidden, cell\\)": lambda nn: nn.LSTM(3, 4)(gw.zeros(5, 2, 3), gw.zeros(1, 2, 4)),
    "at least one moment": lambda nn: nn.RNN(3, 4)(gw.zeros(0, 2, 3)),
    "nonlinearity must be one of tanh, relu": lambda nn: nn.RNN(3, 4, nonlinearity="sigmoid"),
    "hidden_size=0": lambda nn: nn.LSTM(3, 0),
    "num_layers=0": lambda nn: nn.LSTM(3, 4, num_layers=0),
}


@pytest.mark.parametrize("told", MISTAKES)
def test_mistakes_are_told(told):
    with pytest.raises(ValueError, match=told):
        MISTAKES[told](gw.nn)
