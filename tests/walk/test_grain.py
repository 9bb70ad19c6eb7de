"""Steps read by edge, node, line and layer."""

import pytest

import gradwalk as gw
from gradwalk.walk import WalkError


def test_every_grain_covers_every_step_once_and_in_order(house):
    for grain in ("edge", "node", "line", "layer"):
        covered = [position for stretch in house.stretches(grain) for position in stretch.steps]
        assert covered == list(range(len(house.steps)))


def test_coarser_grains_have_fewer_stretches(house):
    counts = {grain: len(list(house.stretches(grain))) for grain in ("edge", "node", "line")}
    assert counts["edge"] > counts["node"] > counts["line"]
    lines = [stretch.label for stretch in house.stretches("line") if stretch.phase == "forward"]
    assert len(lines) == 4  # z1, h, y_pred, and three results on the line of L


def test_a_layer_is_one_stretch_forward_and_one_back():
    w = gw.tensor([[1.0, 2.0, 0.5]], requires_grad=True)
    loss = gw.nn.functional.cross_entropy(w * 2, gw.tensor([1]))
    layers = [(s.phase, s.label) for s in gw.walk(loss).stretches("layer")]
    assert layers.count(("forward", "cross_entropy")) == 1
    assert layers.count(("backward", "cross_entropy")) == 1


def test_the_layers_of_a_network_are_stretches():
    net = gw.nn.Sequential(gw.nn.Linear(3, 4), gw.nn.Tanh(), gw.nn.Sequential(gw.nn.Linear(4, 2), gw.nn.Tanh()))
    loss = gw.nn.CrossEntropyLoss()(net(gw.ones(1, 3)), gw.tensor([1]))
    forward = [s.label for s in gw.walk(loss).stretches("layer") if s.phase == "forward"]
    assert forward == ["net.0", "net.1", "net.2", "CrossEntropyLoss"]


def test_an_unknown_grain_is_told(house):
    with pytest.raises(WalkError, match="edge, node, line, layer"):
        list(house.stretches("atom"))
