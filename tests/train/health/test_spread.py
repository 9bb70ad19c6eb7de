"""The spread over batch sizes, against gradients by PyTorch and statistics by hand."""

import numpy as np
import pytest
import torch

from gradwalk.train.health import HealthSettings, HealthSettingsError, spread
from gradwalk.train.health.network import DeepNetwork, points
from gradwalk.train.health.spread import example_gradients
from tests.train.health.reference import Reference

SETTINGS = HealthSettings(depth=2, width=5, activation="tanh", seed=4)


@pytest.fixture(scope="module")
def each():
    """PyTorch's gradient for each point: (points, parameters)."""
    network, data = Reference(DeepNetwork(SETTINGS)), points(SETTINGS.data, SETTINGS.seed)
    found = []
    for x, y in zip(torch.tensor(data.inputs), torch.tensor(data.targets), strict=True):
        network.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(network(x[None]), y[None]).backward()
        found.append(np.concatenate([p.grad.numpy().ravel() for p in network.parameters()]))
    return np.array(found)


def test_the_gradients_of_single_examples(each):
    np.testing.assert_allclose(example_gradients(SETTINGS), each, rtol=1e-10, atol=1e-14)


def test_a_batchs_gradient_is_the_mean_of_its_examples(each):
    network, data = Reference(DeepNetwork(SETTINGS)), points(SETTINGS.data, SETTINGS.seed)
    rows = [3, 3, 50, 120, 7]
    score = network(torch.tensor(data.inputs[rows]))
    torch.nn.functional.binary_cross_entropy_with_logits(score, torch.tensor(data.targets[rows])).backward()
    whole = np.concatenate([p.grad.numpy().ravel() for p in network.parameters()])
    np.testing.assert_allclose(example_gradients(SETTINGS)[rows].mean(axis=0), whole, rtol=1e-10, atol=1e-14)


def test_it_falls_as_one_over_the_root_of_the_size(each):
    found = spread(SETTINGS, sizes=[1, 4, 16, 64], draws=2000)
    whole = each.mean(axis=0)
    single = (each @ whole / (whole @ whole)).std()
    noise = np.sqrt(((each - whole) ** 2).sum(axis=1).mean() / (whole @ whole))
    root = np.sqrt([1, 4, 16, 64])
    np.testing.assert_allclose(found.expected, single / root, rtol=1e-10)
    np.testing.assert_allclose(found.deviation, single / root, rtol=0.05)  # 2,000 draws: within about 2 %
    np.testing.assert_allclose(found.noise, noise / root, rtol=0.05)


def test_deviations_are_those_of_the_batches_shown():
    found = spread(SETTINGS, sizes=[2, 8], draws=50)
    assert [len(along) for along in found.along] == [50, 50]
    for along, deviation in zip(found.along, found.deviation, strict=True):
        assert deviation == pytest.approx(np.sqrt(np.mean((np.array(along) - 1) ** 2)), rel=1e-12)
    assert spread(SETTINGS, sizes=[2, 8], draws=50) == found


def test_without_any_gradient_there_is_no_spread():
    found = spread(HealthSettings(depth=2, width=2, activation="relu", bias=-10.0, init_scale=0.0), sizes=[2])
    assert len(found.along[0]) == 200


@pytest.mark.parametrize("sizes", [[], [0], [201], [4, -1]])
def test_sizes_that_can_t_be(sizes):
    with pytest.raises(HealthSettingsError, match="from 1 to 200"):
        spread(SETTINGS, sizes=sizes)


def test_a_network_too_large_for_it():
    with pytest.raises(HealthSettingsError, match="take fewer layers"):
        spread(HealthSettings(depth=40, width=64))
