"""The studio opens in a real browser, talks to its kernel, and shows the engine's numbers; so does an exported file."""

import pytest

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from gradwalk.studio.examples import EXAMPLES
from tests.browser.reading import shows

HOUSE = next(example for example in EXAMPLES if example.name == "house")


@pytest.fixture(scope="module")
def house():
    """The engine's own walk of the house-price network."""
    return walk_formula(parse(HOUSE.formula), HOUSE.values)


def test_the_studio_shows_the_engines_numbers(open_studio, house):
    page = open_studio("#play?example=house")
    shows(page, house)
    assert page.url.startswith(page.evaluate("location.origin") + "/#play?")  # without the token


def test_an_exported_file_works_without_a_network(cut_off, house, tmp_path):
    house.save(tmp_path / "house.html")
    page = cut_off.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((tmp_path / "house.html").as_uri())
    shows(page, house)
    assert not problems


def test_the_notebooks_player_works_in_its_sandbox(cut_off, house):
    page = cut_off.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.set_content(house.player()._repr_html_())
    shows(page.frame_locator("iframe"), house)
    assert not problems
