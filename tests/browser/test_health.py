"""Gradient health: what the page shows is what `examine` finds; sliders, switches, layers and walks."""

import json
import re
from urllib.parse import urlencode

import numpy as np
import pytest

from gradwalk.train.health import PROBLEMS, examine, network_walk, spread, treated
from gradwalk.train.health.problems import findings
from tests.browser.reading import expect


def side(page, name):
    return page.locator(f"[data-side={name}]")


def trained(page):
    """Wait until the page has what the updates come to, and the spread."""
    page.locator("[data-trained=true]").wait_for()
    page.locator("[data-current=true] [data-spread=after]").wait_for()


def numbers(place, selector):
    found = [element.get_attribute("data-value") for element in place.locator(selector).all()]
    return [float(value) for value in found]


def shows(page, name, settings):
    """Every number of one side's picture is the engine's."""
    layers = examine(settings).flow.layers
    place = side(page, name)
    assert numbers(place, "[data-bar]") == [layer.weight_gradient for layer in layers]
    assert numbers(place, "[data-factor=slope]") == [layer.slope for layer in layers]
    assert numbers(place, "[data-factor=weight]") == [layer.weight for layer in layers]
    assert numbers(place, "[data-product]") == [layer.product for layer in layers]


def test_a_problem_and_its_cure_show_the_engines_numbers(open_studio):
    page = open_studio("#health?problem=vanishing")
    trained(page)
    problem = PROBLEMS["vanishing"]
    after = treated(problem.settings, problem.remedies[:1])
    shows(page, "before", problem.settings)
    shows(page, "after", after)
    expect(side(page, "before").locator(".health-sentence")).to_contain_text("the slope of the activations")
    for name, settings in (("before", problem.settings), ("after", after)):
        last = float(page.locator(f"[data-run={name}]").get_attribute("data-last"))
        assert last == examine(settings).course.losses[-1]
        assert numbers(page.locator(f"[data-spread={name}]"), "[data-size]") == spread(settings).deviation


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_its_tab_and_is_cured(open_studio, name):
    page = open_studio("#health")
    page.get_by_role("tab", name=PROBLEMS[name].title).click()
    trained(page)
    found = findings(examine(PROBLEMS[name].settings))
    assert side(page, "before").get_attribute("data-found") == " ".join(problem.name for problem in found)
    assert side(page, "after").get_attribute("data-found") == ""
    expect(page.get_by_role("tabpanel")).to_contain_text(PROBLEMS[name].cause)


def test_a_slider_moves_the_picture_and_the_address(open_studio):
    page = open_studio("#health?problem=slow")
    trained(page)
    depth = page.get_by_role("slider", name="Depth (hidden layers)")
    depth.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(side(page, "before").locator("[data-bar]")).to_have_count(7)
    page.wait_for_url(re.compile(r"#health\?.*depth=6"))
    trained(page)
    shows(page, "before", PROBLEMS["slow"].settings.from_json({**PROBLEMS["slow"].settings.to_json(), "depth": 6}))


def test_remedies_are_switches_of_which_some_exclude_each_other(open_studio):
    page = open_studio("#health?problem=vanishing&with=")
    relu, leaky, clip = (
        page.get_by_role("switch", name=name) for name in ("ReLU a slope", "Leaky ReLU", "Gradient clipping")
    )
    expect(relu).not_to_be_checked()
    clip.check()
    relu.check()
    leaky.check()
    expect(relu).not_to_be_checked()
    expect(clip).to_be_checked()
    page.wait_for_url(re.compile(r"with=clip%2Cleaky_relu"))
    trained(page)
    shows(page, "after", treated(PROBLEMS["vanishing"].settings, ["clip", "leaky_relu"]))


def test_the_address_holds_the_experiment(open_studio):
    asked = {"problem": "dead", "bias": -0.5, "width": 8, "seed": 3, "with": "normalization,adam", "layer": 2}
    page = open_studio(f"#health?{urlencode(asked)}")
    trained(page)
    settings = PROBLEMS["dead"].settings.from_json(
        {**PROBLEMS["dead"].settings.to_json(), "bias": -0.5, "width": 8, "seed": 3}
    )
    shows(page, "before", settings)
    shows(page, "after", treated(settings, ["normalization", "adam"]))
    expect(page.locator("[data-layer].health-layer").first).to_have_attribute("data-layer", "layer 2")


def test_keys_choose_a_layer_whose_factors_multiply(open_studio):
    page = open_studio("#health?problem=exploding")
    trained(page)
    column = side(page, "before").get_by_role("slider", name="Layer")
    column.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(column).to_have_attribute("aria-valuenow", "5")
    layer = examine(PROBLEMS["exploding"].settings).flow.layers[4]
    shown = [float(data.get_attribute("value")) for data in side(page, "before").locator(".health-factors data").all()]
    assert shown == [layer.slope, layer.weight, layer.attenuation]
    assert np.prod(shown[:-1]) == pytest.approx(shown[-1], rel=1e-12)


def test_what_the_engine_refuses_is_said(open_studio):
    page = open_studio("#health?problem=slow&depth=100")
    expect(
        page.get_by_role("alert").filter(has_text="Depth must be a whole number from 1 to 40, not 100").first
    ).to_be_visible()


def test_both_walks_are_compared_and_open_in_the_player(open_studio):
    page = open_studio("#health?problem=dead")
    trained(page)
    problem = PROBLEMS["dead"]
    walks = [network_walk(one) for one in (problem.settings, treated(problem.settings, problem.remedies[:1]))]
    expect(page.locator(".health-compared")).to_have_text(f"{walks[0].compare(walks[1]).sentence}.")
    page.locator("details", has_text="values and gradients that differ").locator("summary").click()
    row = page.locator("[data-difference='∂L/∂W1'] data")
    assert [float(one.get_attribute("value")) for one in row.all()] == [
        np.linalg.norm(walk.gradient("W1")) for walk in walks
    ]
    page.get_by_role("link", name="Open the walk with the remedies").click()
    page.locator(".player").wait_for()
    asked = json.loads(page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('health')"))
    assert asked["activation"] == "leaky_relu"
    expect(page.locator(".player table").first).to_contain_text("W1")
