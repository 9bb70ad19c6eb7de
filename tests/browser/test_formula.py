"""A mistake in a typed formula is told where it is made, while the last walk stays; mended, everything follows."""

import pytest
from playwright.sync_api import expect

from tests.browser.reading import engine, graph_value, shows, timeline

GOOD = "z1 = w1 * x\nh = relu(z1)\nŷ = w2 * h\nL = 0.5 * (y - ŷ)**2"
# what is typed, the line and column that are marked, the marked text, a word of what is said
MISTAKES = [
    (GOOD.replace("relu", "rel"), 2, 4, "rel", "rel"),
    (GOOD.replace("w2 * h", "w2 * * h"), 3, None, None, ""),
    (GOOD.replace("y - ŷ", "y - q"), 4, None, "q", "q"),
]


@pytest.mark.parametrize(("text", "line", "column", "marked", "word"), MISTAKES)
def test_a_mistake_is_told_in_place_and_recovered_from(open_studio, text, line, column, marked, word):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    field = page.get_by_label("Formula or program")
    field.fill(text)
    problem = page.locator("#formula-problem")
    expect(problem).to_contain_text(f"line {line}: ")
    expect(problem).to_contain_text(word)
    place = [int(number) for number in problem.get_attribute("data-place").split(",")]
    assert place[0] == line
    assert column is None or place[1] == column
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "formula-problem")
    expect(page.locator(".marks mark")).to_have_count(1)
    if marked:
        expect(page.locator(".marks mark")).to_have_text(marked)
    shows(page, engine("house"))  # the last walk that could be made stays
    field.fill(GOOD.replace("0.5", "2"))
    expect(problem).to_have_count(0)
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(graph_value(page, engine("house").nodes[-1].id)).to_have_attribute("data-value", "8")
    assert page.locator(".stale").count() == 0


def test_explore_tells_a_mistake_too(open_studio):
    page = open_studio("#explore?f=x**2")
    page.locator(".gw-plot svg").first.wait_for()
    field = page.get_by_label("Formula", exact=True)
    field.fill("x**2 + sinn(x)")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".problem mark")).to_have_text("sinn")
    field.fill("x**2 + sin(x)")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(page.locator(".problem")).to_have_count(0)


def test_a_warning_says_why_and_follows_the_values(open_studio):
    page = open_studio('#play?f=log(x)*2&v={"x":-1}')
    warning = page.locator(".warning")
    expect(warning).to_contain_text(
        "log(x) (log, formula line 1): it takes numbers above 0, and x is −1; give x another"
    )
    page.get_by_role("spinbutton", name="x", exact=True).first.fill("0")
    expect(warning).to_contain_text("The first infinity is log(x)")
    page.get_by_role("spinbutton", name="x", exact=True).first.fill("1")
    expect(warning).to_have_count(0)


def test_a_name_that_begins_a_sentence_stays_as_it_was_typed(open_studio):
    page = open_studio("#explore?f=x[0]")
    expect(page.locator(".problem p")).to_contain_text("x is a single number: there is no entry to pick")
