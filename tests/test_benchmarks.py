"""The benchmarks: that all implementations of a workload compute the same. Nothing is timed here."""

import doctest

import numpy as np
import pytest
from benchmarks import chart, report
from benchmarks.goals import Goal
from benchmarks.peers import by_hand, with_torch
from benchmarks.peers.contest import Contestant, check
from benchmarks.peers.field import field
from benchmarks.peers.workloads import SMALL
from benchmarks.timing import measured


@pytest.mark.parametrize("key", SMALL)
def test_all_implementations_find_the_gradients_written_by_hand(key):
    names = ", ".join(contestant.name for contestant in field(SMALL[key]))
    for ours in ("gradwalk eager", "gradwalk compiled (NumPy)", "gradwalk program (NumPy)"):
        assert ours in names


@pytest.mark.parametrize("key", [key for key in SMALL if type(SMALL[key]) in with_torch.WAYS])
def test_the_gradients_written_by_hand_are_pytorchs(key):
    (theirs,) = with_torch.WAYS[type(SMALL[key])](SMALL[key])
    for ours, gradient in zip(by_hand.gradients(SMALL[key]), theirs.gradients(), strict=True):
        np.testing.assert_allclose(gradient, ours, rtol=1e-3, atol=1e-5)


def test_a_wrong_gradient_is_found():
    wrong = Contestant("wrong", lambda: None, lambda: [np.array([1.0, 2.1])])
    with pytest.raises(AssertionError, match="wrong: gradient 0"):
        check([wrong], [np.array([1.0, 2.0])])


def test_a_missing_gradient_is_found():
    lacking = Contestant("lacking", lambda: None, lambda: [np.array(1.0)])
    with pytest.raises(ValueError, match="longer"):
        check([lacking], [np.array(1.0), np.array(2.0)])


def test_a_figure_tells_its_spread():
    calm, restless = measured([9.0, 10.0, 10.0, 11.0]), measured([5.0, 10.0, 10.0, 20.0])
    assert calm.median == restless.median == 10
    assert not calm.restless
    assert restless.restless
    assert report.cell(calm) == "10 s"
    assert report.cell(restless) == "10 s (± 19%)"


FOUND = {
    "b": {"machine": "a machine", "figures": {"gradwalk program (NumPy)": [2e-6, 0.01], "JAX jit": [10e-6, 0.3]}},
    "growth": {"machine": "a machine", "figures": {"gradwalk eager, 100 nodes": [2e-6, 0.01]}},
    "walks": {"machine": "a machine", "rows": [["a walk", "3 ms", "", ""]], "note": "A note."},
}


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal("b", "gradwalk program", "JAX jit", 8, 10, reason="so it is"), 5.0, "**short**: so it is"),
        (Goal("b", "gradwalk program", "JAX jit", 4, 10), 5.0, "floor"),
        (Goal("b", "gradwalk program", "JAX jit", 4, 5), 5.0, "goal"),
        (Goal("b", "gradwalk program", "JAX jit", 0.3, 0.2, share=True), 0.2, "goal"),
        (Goal("b", "gradwalk program", "", 1, amount="ms"), 0.002, "goal"),
        (Goal("b", "gradwalk program", "PyTorch", 4, 5), None, ""),
    ],
)
def test_a_goal_compares_figures(goal, value, verdict):
    found = goal.found(report.results.figures(FOUND, "b"))
    assert found == (None if value is None else pytest.approx(value))
    assert report.verdict(goal, found) == verdict


def test_the_report_has_every_group_and_every_goal():
    text = "\n".join(report.sections(FOUND))
    assert "| (b) | 2-4-1, batch 4 | 2 µs | 10 µs (± 15%) |" in text
    assert text.count("not measured") == len(report.GOALS) - 1
    assert "| a walk | 3 ms |  |  |" in text
    assert "A note." in text


def test_the_charts_draw_what_was_measured():
    assert chart.steps(FOUND).count('<path class="point') == len(chart.SERIES) + 2
    assert "gradwalk eager" in chart.growth(FOUND)


@pytest.mark.parametrize("module", [report])
def test_examples_in_docstrings(module):
    assert doctest.testmod(module) == (0, 2)
