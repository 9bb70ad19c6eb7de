"""The page of gradient health: what the kernel says is what the library says."""

import numpy as np
import pytest

from gradwalk.train.health import PROBLEMS, REMEDIES, HealthSettings, examine, network_walk, spread, treated

SETTINGS = HealthSettings(depth=3, width=4, activation="tanh", batch_size=16, steps=5)
GIVEN = SETTINGS.to_json()


def examined(ask, settings, remedies):
    """The reply to the last of the requests that it takes until training is done."""
    while not (head := ask("health", settings=settings, remedies=remedies)[0])["done"]:
        pass
    return head


def test_the_problems_and_what_a_network_can_be_made_of(ask):
    head, _ = ask("problems")
    assert [one["name"] for one in head["problems"]] == list(PROBLEMS)
    assert [one["name"] for one in head["remedies"]] == list(REMEDIES)
    for problem in head["problems"]:
        assert HealthSettings.from_json(problem["settings"]) == PROBLEMS[problem["name"]].settings
        assert set(problem["remedies"]) <= set(REMEDIES)
    names = {*head["choices"], *head["ranges"], "residual"}
    assert names == set(GIVEN)


@pytest.mark.parametrize("remedies", [[], ["relu", "residual"], ["normalization", "adam"]])
def test_before_and_after(ask, remedies):
    head = examined(ask, GIVEN, remedies)
    for side, settings in (("before", SETTINGS), ("after", treated(SETTINGS, remedies))):
        report = examine(settings)
        assert head[side]["report"]["settings"] == settings.to_json()
        assert head[side]["report"]["course"]["losses"] == report.course.losses
        layers = head[side]["report"]["flow"]["layers"]
        assert [layer["gradient"] for layer in layers] == [layer.gradient for layer in report.flow.layers]


def test_a_sick_network_is_found_out(ask):
    problem = PROBLEMS["vanishing"]
    head = examined(ask, problem.settings.to_json(), ["relu"])
    assert (head["before"]["found"], head["after"]["found"]) == (["vanishing"], [])
    assert "slope of the activations" in head["before"]["sentence"]


def test_spread(ask):
    head, _ = ask("spread", settings=GIVEN, remedies=["relu"])
    assert head["before"]["along"] == spread(SETTINGS).along
    assert head["after"]["deviation"] == spread(treated(SETTINGS, ["relu"])).deviation


def test_its_walk_opens(ask):
    head, buffers = ask("open", source={"health": GIVEN})
    walk = network_walk(SETTINGS)
    assert [node["name"] for node in head["nodes"]] == [node.name for node in walk.nodes]
    place = next(node for node in head["nodes"] if node["name"] == "W1")
    gradient = buffers[1][place["offset"] : place["offset"] + place["size"]]
    np.testing.assert_array_equal(gradient, walk.gradient("W1").ravel())


def test_two_walks_beside_each_other(ask):
    after = treated(SETTINGS, ["relu"])
    head, _ = ask("pair", before={"health": GIVEN}, after={"health": after.to_json()})
    assert head["sentence"].startswith("h1 is computed by tanh before and by relu after")
    found = next(one for one in head["differences"] if one["name"] == "∂L/∂W1")
    assert found["before"] == np.linalg.norm(network_walk(SETTINGS).gradient("W1"))
    assert found["after"] == np.linalg.norm(network_walk(after).gradient("W1"))


def test_formulas_can_stand_beside_each_other_too(ask):
    sides = [{"formula": "x**2", "values": {"x": x}} for x in (3, 4)]
    head, _ = ask("pair", before=sides[0], after=sides[1])
    assert {(one["name"], one["before"], one["after"]) for one in head["differences"]} >= {("x", 3, 4), ("L", 9, 16)}


@pytest.mark.parametrize(
    ("settings", "remedies", "said"),
    [
        ({**GIVEN, "depth": 100}, [], "depth must be a whole number from 1 to 40, not 100"),
        ({**GIVEN, "activation": "rely"}, [], "did you mean relu?"),
        (GIVEN, ["relu", "leaky_relu"], "take one of them"),
    ],
)
def test_what_can_t_be_is_told(ask, settings, remedies, said):
    head, _ = ask("health", settings=settings, remedies=remedies)
    assert head["kind"] == "error"
    assert said in head["sentence"]


def test_a_long_training_comes_in_pieces_that_add_up(ask):
    settings = HealthSettings(depth=2, width=4, steps=600)
    losses = []
    for turn in range(1000):
        head, _ = ask("health", settings=settings.to_json(), turn=turn)
        found = head["after"]["report"]["course"]["losses"]
        assert found[: len(losses)] == losses
        assert len(found) > len(losses)
        losses = found
        if head["done"]:
            break
    assert turn > 0
    assert losses == examine(settings).course.losses
