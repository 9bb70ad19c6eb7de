"""The spread over batch sizes, against gradients by PyTorch and statistics by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gradwalk.train.health import HealthSettings, HealthSettingsError, spread
from gradwalk.train.health.network import DeepNetwork, points
from gradwalk.train.health.spread import inner_products
from tests.train.health.reference import Reference

SETTINGS = HealthSettings(depth=2, width=5, activation="tanh", seed=4)
NETWORKS = {
    "plain": SETTINGS,
    "residual": replace(SETTINGS, depth=4, residual=True, activation="relu", init="kaiming_normal"),
    "normalised": replace(SETTINGS, depth=3, normalization="layer", residual=True),
}


def gradients(settings):
    """PyTorch's gradient for each point alone: (points, parameters)."""
    network, data = Reference(DeepNetwork(settings)), points(settings.data, settings.seed)
    found = []
    for x, y in zip(torch.tensor(data.inputs), torch.tensor(data.targets), strict=True):
        network.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(network(x[None]), y[None]).backward()
        found.append(np.concatenate([p.grad.numpy().ravel() for p in network.parameters()]))
    return np.array(found)


@pytest.fixture(scope="module")
def each():
    return gradients(SETTINGS)


@pytest.mark.parametrize("name", NETWORKS)
def test_inner_products_are_those_of_single_examples(name):
    found = gradients(NETWORKS[name])
    np.testing.assert_allclose(inner_products(NETWORKS[name]), found @ found.T, rtol=1e-9, atol=1e-12)


def test_it_falls_as_one_over_the_root_of_the_size(each):
    found = spread(SETTINGS, sizes=[1, 4, 16, 64], draws=2000)
    whole = each.mean(axis=0)
    single = (each @ whole / (whole @ whole)).std()
    noise = np.sqrt(((each - whole) ** 2).sum(axis=1).mean() / (whole @ whole))
    root = np.sqrt([1, 4, 16, 64])
    np.testing.assert_allclose(found.expected, single / root, rtol=1e-10)
    np.testing.assert_allclose(found.deviation, single / root, rtol=0.05)  # 2,000 draws: within about 2 %
    np.testing.assert_allclose(found.noise, noise / root, rtol=0.05)


def test_every_batch_against_pytorchs_gradients(each):
    """The same batches drawn again by hand, and their gradients averaged."""
    found = spread(SETTINGS, sizes=[8], draws=20)
    whole = each.mean(axis=0)
    rows = np.random.default_rng(SETTINGS.seed).multinomial(8, np.full(200, 1 / 200), 20)
    batches = np.array([np.repeat(each, times, axis=0).mean(axis=0) for times in rows])
    np.testing.assert_allclose(found.along[0], batches @ whole / (whole @ whole), rtol=1e-9)
    distances = np.linalg.norm(batches - whole, axis=1) / np.linalg.norm(whole)
    assert found.noise[0] == pytest.approx(np.sqrt(np.mean(distances**2)), rel=1e-9)


def test_the_same_settings_give_the_same_batches():
    assert spread(SETTINGS, sizes=[2, 8], draws=50) == spread(SETTINGS, sizes=[2, 8], draws=50)


def test_without_any_gradient_there_is_no_spread():
    """All weights 0, as many points of one class as of the other: the gradients of single points cancel exactly."""
    found = spread(HealthSettings(depth=2, width=2, activation="identity", init_scale=0.0), sizes=[2])
    assert np.isnan([found.expected[0], found.deviation[0], found.noise[0], *found.along[0]]).all()


@pytest.mark.parametrize("sizes", [[], [0], [201], [4, -1]])
def test_sizes_that_can_t_be(sizes):
    with pytest.raises(HealthSettingsError, match="from 1 to 200"):
        spread(SETTINGS, sizes=sizes)
