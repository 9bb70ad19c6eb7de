"""Formulas are set in the mathematics face that is inlined in the style sheet, in the studio and in a saved page."""

import pytest

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from tests.browser.reading import example, timeline

FAMILY = "gradwalk maths"


def faces(page, selector):
    """The fonts that the browser really draws these elements' own text with."""
    page.evaluate("document.fonts.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    used = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
    return {font["familyName"] for fonts in used for font in fonts}


@pytest.mark.parametrize("lesson", ["the-house-price", "rules-and-activations", "matrices-and-batches"])
def test_a_lessons_formulas(open_studio, lesson):
    page = open_studio(f"#lessons/{lesson}")
    page.locator(".prose math").first.wait_for()
    assert faces(page, ".prose math *") == {FAMILY}


def test_a_plot_spells_names_with_the_same_letters(open_studio):
    page = open_studio("#explore?f=x**2%20%2B%202*y**2")
    page.locator(".gw-axis-name").first.wait_for()
    assert faces(page, ".gw-axis-name, .gw-plot i") == {FAMILY}


def test_a_saved_pages_formulas(cut_off, tmp_path):
    house = example("house")
    walk_formula(parse(house.formula), house.values).save(tmp_path / "house.html")
    page = cut_off.new_page()
    page.goto((tmp_path / "house.html").as_uri())
    timeline(page).wait_for()
    assert faces(page, "math *") == {FAMILY}
