"""Networks: built as the settings say, started from the seed, and the function that PyTorch's layers compute."""

import numpy as np
import pytest
import torch

from gradwalk.data import digits, make
from gradwalk.train import Settings
from gradwalk.train.looking import results
from gradwalk.train.measuring import outputs
from gradwalk.train.network import network

MOONS, DIGITS = make("moons"), digits()


def shapes(settings, data=MOONS):
    return {name: tensor.shape for name, tensor in network(settings, data).named_parameters()}


def test_hidden_layers_have_their_widths():
    assert shapes(Settings(hidden=(5, 3))) == {
        "hidden1.linear.weight": (5, 2), "hidden1.linear.bias": (5,), "hidden2.linear.weight": (3, 5),
        "hidden2.linear.bias": (3,), "output.linear.weight": (1, 3), "output.linear.bias": (1,),
    }  # fmt: skip
    assert shapes(Settings(hidden=())) == {"output.linear.weight": (1, 2), "output.linear.bias": (1,)}


@pytest.mark.parametrize("normalization", ["batch", "layer"])
def test_normalization_has_a_scale_and_a_shift_for_each_unit(normalization):
    found = shapes(Settings(hidden=(5,), normalization=normalization))
    assert found["hidden1.norm.weight"] == found["hidden1.norm.bias"] == (5,)


def test_the_same_seed_is_the_same_network():
    def first(seed):
        return network(Settings(seed=seed), MOONS)[0].linear.weight.value

    np.testing.assert_array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))


def test_a_residual_layer_adds_its_input():
    net = network(Settings(hidden=(4, 4), residual=True), MOONS)
    found = results(net, MOONS.inputs[:7])
    plain = np.tanh(found["hidden1"] @ net[1].linear.weight.value.T + net[1].linear.bias.value)
    np.testing.assert_allclose(found["hidden2"], found["hidden1"] + plain, rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "spread"),
    [
        ({}, np.sqrt(2 / (64 + 400))),
        ({"activation": "relu"}, np.sqrt(2 / 64)),
        ({"init": "xavier_normal", "init_scale": 3.0}, 3 * np.sqrt(2 / (64 + 400))),
        ({"init": "kaiming_normal"}, np.sqrt(1 / 64)),
        ({"init": "normal"}, 1.0),
        ({"init": "zeros"}, 0.0),
        ({"init": "default"}, np.sqrt(1 / 3 / 64)),
    ],
)
def test_weights_start_with_their_spread(settings, spread):
    weight = network(Settings(data="digits", hidden=(400,), **settings), DIGITS)[0].linear.weight
    assert weight.value.std() == pytest.approx(spread, rel=0.03)


def test_a_convolutional_network_computes_what_pytorchs_does():
    net = network(Settings(data="digits", network="conv", hidden=(3, 5), activation="relu"), DIGITS)
    state = {name: torch.tensor(tensor.value) for name, tensor in net.state_dict().items()}
    x = torch.tensor(DIGITS.inputs[:6]).reshape(6, 1, 8, 8)
    for place in (1, 2):
        layer = f"hidden{place}.block.linear"
        x = torch.nn.functional.conv2d(x, state[f"{layer}.weight"], state[f"{layer}.bias"], padding=1)
        x = torch.nn.functional.max_pool2d(torch.relu(x), 2)
    expected = torch.nn.functional.linear(x.flatten(1), state["output.linear.weight"], state["output.linear.bias"])
    np.testing.assert_allclose(outputs(net, DIGITS.inputs[:6]), expected, rtol=1e-12, atol=1e-12)


def test_squared_error_on_two_classes_ends_in_a_sigmoid():
    net = network(Settings(loss="squared_error"), MOONS)
    given = outputs(net, MOONS.inputs)
    assert ((given > 0) & (given < 1)).all()


def test_float32_all_through():
    net = network(Settings(dtype="float32", normalization="batch"), MOONS)
    assert {str(tensor.dtype) for tensor in [*net.parameters(), *net.buffers()]} <= {"float32", "int64"}
