"""Replays with other values, several updates in one walk, and rounding."""

import math

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.walk import WalkError


def test_a_replay_is_a_fresh_walk_of_the_same_code(house):
    replayed = house.replay(w1=0.7, x=-2.0)
    assert replayed.value("h") == 0
    assert replayed.gradient("w1") == 0
    assert house.value("h") == 1
    assert replayed.replay(w1=0.5, x=2.0).compare(house).same


def test_updates_follow_the_articles_numbers(house):
    trained = house.update(0.1, steps=20)
    losses = [float(node.value) for node in trained.outputs()]
    assert math.isclose(losses[1], 0.3528, rel_tol=1e-12)
    assert math.isclose(losses[5], 3.2599988694395265e-08, rel_tol=1e-12)
    assert math.isclose(trained.value("w1@6"), 1.106699432670961, rel_tol=1e-12)
    assert math.isclose(trained.value("w2@6"), 1.3553556232731454, rel_tol=1e-12)
    assert abs(float(trained.value("y_pred@20")) - 3) < 1e-12
    assert trained.turns == 21


def test_only_the_named_parameters_are_trained(house):
    trained = house.update(0.1, ["w2"], 3)
    assert trained.value("w1@3") == 0.5
    assert trained.value("w2@3") != 1.0


def test_replaying_a_walk_with_updates_trains_again(house):
    trained = house.update(0.1, steps=3)
    assert trained.replay(w1=0.6).compare(house.replay(w1=0.6).update(0.1, steps=3)).same
    assert trained.replay().compare(trained).same


def test_updates_are_gradient_descent_on_tensors(network):
    trained = network.update(0.01, steps=1)
    for name in ("W1", "b1", "W2"):
        assert np.array_equal(trained.value(f"{name}@1"), network.value(name) - 0.01 * network.gradient(name))
    assert trained.outputs()[1].value < trained.outputs()[0].value


def test_rounding_one_node_reproduces_the_articles_figure():
    x, y = gw.tensor(2.0), gw.tensor(1.0)
    w = gw.tensor(0.5, requires_grad=True)
    b = gw.tensor(0.1, requires_grad=True)
    z = w * x + b
    y_pred = gw.sigmoid(z)
    L = (y - y_pred) ** 2
    exact = gw.walk(L)
    assert math.isclose(exact.gradient("w"), -0.1871749357314132, rel_tol=1e-12)
    rounded = exact.round("y_pred", 2)
    assert rounded.value("y_pred") == 0.75
    assert math.isclose(rounded.gradient("w"), -0.1875, rel_tol=1e-15)
    assert exact.compare(rounded).differences[0].name == "y_pred"


def test_wrong_questions_are_answered_in_a_sentence(house, network):
    with pytest.raises(WalkError, match="computed"):
        house.replay(z1=2.0)
    with pytest.raises(WalkError, match="did you mean"):
        house.replay(w11=2.0)
    with pytest.raises(WalkError, match=r"shape \(3, 4\)"):
        network.replay(W1=[1.0, 2.0])
    with pytest.raises(WalkError, match="computed"):
        house.update(0.1, ["h"])
    with pytest.raises(WalkError, match="requires_grad"):
        house.update(0.1, ["x"])
    with pytest.raises(WalkError, match="finite rate"):
        house.update(math.nan)
