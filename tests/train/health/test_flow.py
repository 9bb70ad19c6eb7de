"""Per layer: the gradient's length and the factors that make it, against PyTorch with the same weights."""

import math

import numpy as np
import pytest

from gradwalk.train.health import HealthSettings
from gradwalk.train.health.flow import FACTORS, dominating, flow
from gradwalk.train.health.network import DeepNetwork, batch
from tests.train.health.reference import Reference

NETWORKS = {
    "sigmoid": HealthSettings(depth=6),
    "relu": HealthSettings(depth=5, activation="relu", init="kaiming_normal"),
    "leaky": HealthSettings(depth=4, activation="leaky_relu", init="default"),
    "residual": HealthSettings(depth=5, activation="tanh", residual=True),
    "normalised": HealthSettings(depth=5, activation="relu", normalization="layer"),
    "both": HealthSettings(depth=4, activation="elu", residual=True, normalization="layer", width=9, batch_size=17),
    "large": HealthSettings(depth=6, activation="identity", init="normal", init_scale=2.0),
    "one layer": HealthSettings(depth=1, activation="gelu", width=3, batch_size=1),
}


@pytest.fixture(params=NETWORKS)
def settings(request):
    return NETWORKS[request.param]


@pytest.fixture
def pair(settings):
    """Our flow, and PyTorch's network after its backward pass."""
    network = DeepNetwork(settings)
    reference = Reference(network)
    reference.loss_value = reference.loss(*batch(settings))
    return flow(network, *batch(settings)), reference


def norm(tensor):
    return tensor.norm().item()


def test_lengths_are_pytorchs(pair):
    ours, theirs = pair
    assert ours.loss == pytest.approx(theirs.loss_value, rel=1e-12)
    assert ours.seed == pytest.approx(norm(theirs.stations[-1][-1].grad), rel=1e-11)
    for layer, station, linear in zip(ours.layers, theirs.stations, theirs.linears, strict=True):
        assert layer.gradient == pytest.approx(norm(station[-1].grad), rel=1e-11)
        assert layer.weight_gradient == pytest.approx(norm(linear.weight.grad), rel=1e-11)


def test_factors_are_the_ratios_that_pytorch_gives(pair):
    ours, theirs = pair
    for layer, (x, sums, normalized, output), linear in zip(ours.layers, theirs.stations, theirs.linears, strict=True):
        through = sums.grad @ linear.weight.detach()
        assert layer.slope == pytest.approx(norm(normalized.grad) / norm(output.grad), rel=1e-11)
        assert layer.normalization == pytest.approx(norm(sums.grad) / norm(normalized.grad), rel=1e-11)
        assert layer.weight == pytest.approx(norm(through) / norm(sums.grad), rel=1e-11)
        assert layer.around == pytest.approx(norm(x.grad) / norm(through), rel=1e-11)


def test_factors_multiply_to_the_attenuation_and_attenuations_to_the_product(pair):
    layers = pair[0].layers
    for number, layer in enumerate(layers):
        factors = [getattr(layer, name) for name in FACTORS]
        assert math.prod(factors) == pytest.approx(layer.attenuation, rel=1e-12)
        assert math.prod(one.attenuation for one in layers[number:]) == pytest.approx(layer.product, rel=1e-12)


def test_without_a_remedy_its_factor_is_one():
    settings = NETWORKS["sigmoid"]
    for layer in flow(DeepNetwork(settings), *batch(settings)).layers:
        assert layer.normalization == 1
        assert layer.around == pytest.approx(1, rel=1e-12)


def test_slopes_stay_below_what_each_activation_allows():
    for activation, most in {"sigmoid": 0.25, "tanh": 1, "relu": 1, "leaky_relu": 1}.items():
        settings = HealthSettings(depth=5, activation=activation)
        layers = flow(DeepNetwork(settings), *batch(settings)).layers
        assert all(0 < layer.slope <= most for layer in layers[:-1])
        assert layers[-1].slope == 1


def test_dead_units_are_those_that_no_example_reaches():
    settings = HealthSettings(depth=3, activation="relu", init="kaiming_normal", bias=-0.5)
    network = DeepNetwork(settings)
    found = flow(network, *batch(settings)).layers
    x = batch(settings)[0].value
    for layer, linear in zip(found, network.linears[:-1], strict=False):
        x = np.maximum(x @ linear.weight.value.T + linear.bias.value, 0)
        assert layer.dead == np.mean((x == 0).all(axis=0))
        assert layer.saturated == pytest.approx(np.mean(x == 0))
    assert found[0].dead < 1


def test_a_dead_layer_lets_nothing_through_and_says_so():
    settings = HealthSettings(depth=3, activation="relu", bias=-10.0)
    layers = flow(DeepNetwork(settings), *batch(settings)).layers
    assert [layer.product for layer in layers] == [0, 0, 0, layers[-1].product]
    assert layers[2].slope == 0
    assert math.isnan(layers[0].slope)
    assert dominating(layers[:-1]) == ("slope", 0)


@pytest.mark.parametrize(("name", "factor"), [("sigmoid", "slope"), ("large", "weight"), ("relu", "slope")])
def test_the_dominating_factor(name, factor):
    settings = NETWORKS[name]
    layers = flow(DeepNetwork(settings), *batch(settings)).layers
    found, mean = dominating(layers)
    assert found == factor
    assert mean == pytest.approx(np.prod([getattr(layer, factor) for layer in layers]) ** (1 / len(layers)))
