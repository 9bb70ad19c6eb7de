"""Histograms of results: beside PyTorch's, and beside counting by hand."""

import numpy as np
import pytest
import torch

from gradwalk.train import Settings, Training
from gradwalk.train.histograms import BINS, histogram

SETTINGS = Settings(data="moons", data_options={"count": 50}, hidden=(5, 3), batch_size=16, epochs=4)


@pytest.mark.parametrize(("activation", "function"), [("tanh", torch.tanh), ("sigmoid", torch.sigmoid)])
def test_counts_are_those_of_pytorch_on_the_same_batch(activation, function):
    training = Training(SETTINGS.changed(activation=activation))
    training.finish_batch()
    x = torch.tensor(training.data.train.inputs[training.batch_rows()])
    state = {name: torch.tensor(value) for name, value in training.weights().items()}
    *hidden, output = training.histograms()
    for found in hidden:
        x = x @ state[f"{found.layer}.linear.weight"].T + state[f"{found.layer}.linear.bias"]
        x = function(x)
        assert found.counts == torch.histc(x, BINS, found.low, found.high).tolist()
        assert sum(found.counts) == x.numel()
        assert found.units == x.shape[1]
    assert [found.layer for found in hidden] == ["hidden1", "hidden2"]
    assert (output.layer, output.units, sum(output.counts), output.ends) == ("output", 1, len(x), None)


def test_dead_and_stuck_units():
    rows = np.array([[0.0, 1.0, 0.2, -0.99], [0.0, 0.98, 0.99, 0.98]])
    found = histogram("hidden1", rows, "tanh")
    assert (found.units, found.dead, found.stuck, found.flat) == (4, 1, 2, 5 / 8)
    assert (found.low, found.high, found.ends) == (-1, 1, (-0.97, 0.97))
    plain = histogram("hidden1", np.maximum(rows, 0), "relu")
    assert (plain.dead, plain.stuck, plain.flat, plain.ends) == (1, None, None, None)
    assert (plain.low, plain.high) == (0, 1)


def test_a_unit_of_a_convolution_is_a_channel():
    pictures = np.zeros((3, 2, 4, 4))
    pictures[1, 1, 2, 3] = 5
    found = histogram("hidden1", pictures, "relu")
    assert (found.units, found.dead, found.high) == (2, 1, 5)
    assert (found.zeros, found.counts[-1], sum(found.counts)) == (95, 1, 1)


def test_results_beyond_the_range_of_the_activation_are_counted_too():
    found = histogram("hidden1", np.array([[1.9, -0.5]]), "tanh")  # as dropout and residual connections make them
    assert (found.low, found.high, sum(found.counts)) == (-1, 1.9, 2)


def test_where_all_units_are_dead_there_still_is_a_range():
    found = histogram("hidden1", np.zeros((4, 3)), "relu")
    assert (found.dead, found.low, found.high, found.zeros, sum(found.counts)) == (3, 0, 1, 12, 0)
