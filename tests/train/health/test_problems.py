"""Each problem really occurs, each of its remedies by itself really cures it, and the sentence names the culprit."""

from dataclasses import replace

import numpy as np
import pytest

from gradwalk.train.health import PROBLEMS, examine, treated
from gradwalk.train.health.flow import dominating
from gradwalk.train.health.problems import explained, findings

CURES = [(name, remedy) for name, problem in PROBLEMS.items() for remedy in problem.remedies]
SAID = {
    "vanishing": "the slope of the activations",
    "exploding": "the weights",
    "dead": "a factor of 0",
    "slow": "which is healthy. But an update changes no layer by more than",
}


@pytest.fixture(scope="module")
def examined():
    """Reports, each made once."""
    kept = {}

    def report(name, *remedies):
        if (name, remedies) not in kept:
            kept[name, remedies] = examine(treated(PROBLEMS[name].settings, remedies))
        return kept[name, remedies]

    return report


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_problem_occurs(examined, name):
    assert findings(examined(name))[0].name == name


@pytest.mark.parametrize(("name", "remedy"), CURES)
def test_each_remedy_cures_by_itself(examined, name, remedy):
    report = examined(name, remedy)
    assert findings(report) == []
    assert np.mean(report.course.losses[-20:]) < 0.75 * report.course.losses[0]


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_sentence_names_the_culprit(examined, name):
    assert SAID[name] in explained(examined(name))


def test_vanishing_in_numbers(examined):
    """Sigmoids multiply by a quarter at most; the first layer stays where it was, and with ReLU it moves."""
    before, after = examined("vanishing"), examined("vanishing", "relu")
    assert before.flow.layers[0].gradient < 1e-3 * before.flow.seed
    factor, mean = dominating(before.flow.layers[1:-1])
    assert factor == "slope"
    assert mean <= 0.25
    assert before.course.moved[0] < 1e-3
    assert after.course.moved[0] > 0.05


def test_exploding_in_numbers(examined):
    before, after = examined("exploding"), examined("exploding", "he")
    assert before.flow.layers[0].gradient > 100 * before.flow.seed
    assert dominating(before.flow.layers[1:-1])[0] == "weight"
    assert not np.isfinite(before.course.losses[-1])
    assert 0.1 < after.flow.layers[0].gradient / after.flow.seed < 10


def test_dead_in_numbers(examined):
    before, after = examined("dead"), examined("dead", "leaky_relu")
    assert max(layer.dead for layer in before.flow.layers) == 1
    assert before.course.moved[:3] == [0, 0, 0]
    assert max(layer.dead for layer in after.flow.layers) == 0
    assert min(after.course.moved) > 0.05


def test_slow_in_numbers(examined):
    before, higher = examined("slow"), examined("slow", "higher")
    assert 0.1 < before.flow.layers[0].gradient / before.flow.seed < 10
    assert max(before.course.updates) < 1e-3
    assert max(higher.course.updates) == pytest.approx(100 * max(before.course.updates), rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PROBLEMS)
def test_the_problem_isn_t_a_matter_of_luck(name, seed):
    assert name in [problem.name for problem in findings(examine(replace(PROBLEMS[name].settings, seed=seed)))]


def test_a_healthy_network_is_called_healthy(examined):
    assert "which is healthy" in explained(examined("dead", "he"))
