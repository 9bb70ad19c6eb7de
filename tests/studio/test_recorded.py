import math
from dataclasses import replace

import pytest

import gradwalk as gw
from gradwalk import expression
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.recorded import ENTRIES, explained, heading, replies

BATCH = next(example for example in EXAMPLES if example.name == "batch")


@pytest.fixture
def walk():
    return expression.walk(BATCH.formula, BATCH.values)


class Clock:
    """An hour passes at one look."""

    def __init__(self, patience=math.inf):
        self.looks, self.patience = 0, patience

    def __call__(self):
        self.looks += 1
        return 3600.0 if self.looks > self.patience else 0.0


def asked(walk, clock):
    return [reply["request"]["kind"] for reply in replies(walk, clock)]


def test_every_gradient_has_one_reason_before_any_has_a_second(walk):
    found = list(explained(walk))
    first = found[: len(walk.gradients)]
    assert {node for node, _ in first} == set(walk.gradients)
    assert all(not any(entry) for _, entry in first)
    leaves = [walk.nodes[node].is_leaf for node, _ in first]
    assert leaves == sorted(leaves, reverse=True)
    assert len(found) == len({(node, *entry) for node, entry in found})
    assert len(found) == sum(min(walk.nodes[node].size, ENTRIES) for node in walk.gradients)


@pytest.mark.parametrize(
    ("formula", "title", "said"),
    [
        ("u = 2*x + 1\nL = u**2", "", "u = 2*x + 1; L = u**2"),
        ("a = " + " + ".join(["x"] * 60) + "\nL = a**2", "", "L of formula"),
        ("L = x**2", "parabola", "parabola"),
    ],
)
def test_a_page_is_called_by_more_than_its_results_name(formula, title, said):
    found = expression.walk(formula, {"x": 1})
    assert heading(replace(found, title=title or found.title)) == said


def test_a_script_s_page_names_the_file():
    x = gw.tensor(1.0, requires_grad=True)
    loss = x**2
    assert heading(gw.walk(loss)) == "loss of test_recorded.py"


def test_reasons_that_take_too_long_are_left_out_and_the_rest_is_there(walk):
    unhurried = Clock()
    everything = asked(walk, unhurried)
    hurried = asked(walk, Clock(unhurried.looks // 3))
    assert 0 < hurried.count("why") < everything.count("why")
    assert [kind for kind in hurried if kind != "why"] == [kind for kind in everything if kind != "why"]
