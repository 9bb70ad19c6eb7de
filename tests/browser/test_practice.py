"""Predict, then reveal: all kinds of numbers are asked, mistakes are named, and the score says how each was found."""

import pytest
from playwright.sync_api import expect

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from gradwalk.studio.questions import questions
from tests.browser.conftest import number
from tests.browser.reading import at_step, engine, graph_gradient, graph_value, length, named, timeline

DIAMOND = "a = 3*x\nL = a*a + 5*a"


@pytest.fixture
def practise(open_studio):
    """Begins a practice; its panel."""

    def begun(fragment):
        page = open_studio(fragment)
        panel = page.locator(".practice")
        timeline(page).wait_for()
        panel.get_by_role("button", name="Practise: predict each number").click()
        at_step(page, 0)
        return page, panel

    return begun


def answer(panel, value):
    """Type a number and have it judged."""
    panel.get_by_role("textbox").fill(str(value))
    panel.get_by_role("textbox").press("Enter")


def score(panel, first=0, later=0, shown=0):
    expect(panel.locator(".score")).to_contain_text(f"{first} right at once, {later} after a hint, {shown} shown;")


def test_a_whole_walk_is_predicted_with_every_kind_of_number(practise):
    walk = walk_formula(parse(DIAMOND), {"x": 2})
    asked = list(questions(walk))
    assert {question.asked for question in asked} == {"value", "local", "contribution", "total"}
    page, panel = practise('#play?f=a%20%3D%203*x%0AL%20%3D%20a*a%20%2B%205*a&v={"x":2}')
    for done, question in enumerate(asked):
        expect(panel.locator("label")).to_contain_text(question.text)
        expect(panel.locator("form")).to_have_attribute("data-asked", question.asked)
        at_step(page, question.step)  # its own number is still hidden
        answer(panel, question.expected)
        score(panel, first=done + 1)
    expect(panel).to_contain_text("That was the whole walk.")
    at_step(page, length(page))
    assert number(page, named(walk, "x"), "data-gradient") == float(walk.gradient("x"))


def test_the_next_number_is_hidden_until_it_is_found(practise):
    page, panel = practise("#play?example=house")
    walk = engine("house")
    z1 = named(walk, "z1")
    expect(graph_value(page, z1)).to_have_count(0)
    expect(page.locator(".why-panel, .proof")).to_have_count(0)
    answer(panel, 1)
    expect(panel.locator(".verdict.right")).to_be_visible()
    expect(graph_value(page, z1)).to_have_attribute("data-value", "1")
    expect(panel.get_by_role("textbox")).to_be_focused()


MISTAKES = [  # what is asked, a wrong answer, a word of the hint
    ("What does z1 pass back to w1", 4, "sign"),
    ("What does z1 pass back to w1", -2, "local derivative ∂z1/∂w1 is missing"),
    ("what is ∂z1/∂w1", 0.5, "slope taken at"),
]


@pytest.mark.parametrize(("text", "wrong", "hint"), MISTAKES)
def test_a_mistake_is_named_and_may_be_tried_again(practise, text, wrong, hint):
    page, panel = practise("#play?example=house")
    asked = list(questions(engine("house")))
    place = next(i for i, question in enumerate(asked) if text in question.text)
    for done in range(place):
        panel.get_by_role("button", name="Reveal").click()
        score(panel, shown=done + 1)
    answer(panel, wrong)
    expect(panel.locator(".verdict.wrong")).to_contain_text(hint)
    score(panel, shown=place)
    answer(panel, asked[place].expected)
    score(panel, later=1, shown=place)
    answer(panel, asked[place + 1].expected)
    score(panel, first=1, later=1, shown=place)


def test_a_missing_path_is_named(practise):
    page, panel = practise('#play?f=a%20%3D%203*x%0AL%20%3D%20a*a%20%2B%205*a&v={"x":2}')
    asked = list(questions(walk_formula(parse(DIAMOND), {"x": 2})))
    place = next(i for i, question in enumerate(asked) if "was 5 before" in question.text)
    for done, question in enumerate(asked[:place]):
        answer(panel, question.expected)
        score(panel, first=done + 1)
    answer(panel, 6)
    expect(panel.locator(".verdict.wrong")).to_contain_text("+=")


def test_stepping_past_a_number_shows_it(practise):
    page, panel = practise("#play?example=house")
    answer(panel, 1)
    score(panel, first=1)
    page.get_by_role("button", name="Step forward (right arrow)").click()
    score(panel, first=1, shown=1)
    timeline(page).press("Home")
    at_step(page, 0)
    score(panel, first=1, shown=1)  # going back gives nothing back
    timeline(page).press("End")
    expect(panel).to_contain_text("That was the whole walk.")
    score(panel, first=1, shown=len(list(questions(engine("house")))) - 1)


def test_a_lesson_begins_with_its_numbers_hidden(open_studio):
    page = open_studio("#lessons/the-house-price")
    player = page.locator("gw-player[predict]")
    player.scroll_into_view_if_needed()
    panel = player.locator(".practice")
    expect(panel.locator("label")).to_contain_text("What is")
    expect(player.locator(".graph [data-gradient][data-value]")).to_have_count(0)
    panel.get_by_role("button", name="Reveal").click()
    score(panel, shown=1)


def test_what_is_no_number_costs_nothing(practise):
    _, panel = practise("#play?example=house")
    answer(panel, "one")
    expect(panel.locator(".verdict")).to_contain_text("Type a number")
    answer(panel, 1)
    score(panel, first=1)


def test_after_practising_everything_is_there_again(practise):
    page, panel = practise("#play?example=house")
    panel.get_by_role("button", name="Reveal").click()
    expect(panel.locator(".verdict.shown")).to_have_text("Shown: z1 = 1")
    panel.get_by_role("button", name="Stop practising").click()
    timeline(page).press("End")
    w1 = named(engine("house"), "w1")
    expect(graph_gradient(page, w1)).to_have_attribute("data-complete", "true")
    assert number(page, w1, "data-gradient") == -4
