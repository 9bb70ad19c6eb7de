"""The check agrees with what is right, and finds what is wrong."""

from dataclasses import replace

import numpy as np

import gradwalk as gw
from gradwalk.ops import OPS
from gradwalk.walk import check


def test_right_walks_pass(house, network):
    for walk in (house, network):
        found = walk.check()
        assert found.ok
        assert found.references == ("differences", "PyTorch")
        assert all(line.differences["PyTorch"] < 1e-12 for line in found.lines)
    assert found.to_dict()["ok"] is True


def test_every_turn_of_a_training_is_checked(house):
    walk = house.update(0.1, steps=2)
    for turn in range(3):
        found = walk.check(turn=turn)
        assert found.ok and found.references == ("differences", "PyTorch")
        assert [line.node for line in found.lines] == [
            node.id for node in walk.leaves(turn) if node.id in walk.gradients
        ]


def test_a_wrong_gradient_is_found_in_the_turn_that_it_is_in(house):
    walk = house.update(0.1, steps=1)
    wrong = walk.node("w1@1").id
    steps = tuple(replace(step, total=step.total + 1) if step.input == wrong else step for step in walk.steps)
    assert not replace(walk, steps=steps).check(turn=1).ok
    assert replace(walk, steps=steps).check(turn=0).ok


def test_a_wrong_rule_is_found(house, monkeypatch):
    monkeypatch.setitem(OPS["relu"].rules, "x", lambda g, out, x: 2 * g)
    monkeypatch.setattr(OPS["relu"], "hand", None)  # made of the right rule, if it is there
    found = house.replay().check()
    assert not found.ok
    assert "NOT every gradient agrees" in str(found)
    assert [line.name for line in found.lines if not line.ok] == ["w1"]


def test_a_tampered_value_is_found(house):
    nodes = tuple(replace(node, value=np.array(5.0)) if node.name == "h" else node for node in house.nodes)
    found = replace(house, nodes=nodes).check()
    assert not found.replayed
    assert any("h" in note for note in found.notes)


def test_without_pytorch_it_says_so(house, monkeypatch):
    monkeypatch.setitem(check.__globals__["REFERENCES"], "PyTorch", lambda: None)
    found = house.check()
    assert found.ok
    assert "pip install 'gradwalk[torch]'" in str(found)


def test_single_precision_is_judged_as_such():
    w = gw.tensor(np.array([0.1, 0.7], np.float32), requires_grad=True)
    L = gw.tanh(w * 3.0).sum()
    assert gw.walk(L).check().ok


def test_large_leaves_are_sampled():
    w = gw.tensor(np.linspace(-1, 1, 2000), requires_grad=True)
    found = gw.walk((w * w).sum()).check()
    assert found.ok
    assert "400 of its 2,000 entries" in str(found)
