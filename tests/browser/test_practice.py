"""Predict, then reveal: what is to come is hidden, a wrong sign is told, a right answer counts."""

from playwright.sync_api import expect

from tests.browser.conftest import number
from tests.browser.reading import at_step, engine, graph_gradient, graph_value, length, named, timeline


def test_predictions_are_judged_and_counted(open_studio):
    page = open_studio("#play?example=house")
    walk = engine("house")
    practice = page.locator(".practice")
    steps = length(page)
    practice.get_by_role("button", name="Practise: predict each number").click()
    at_step(page, 0)
    expect(graph_value(page, named(walk, "L"))).to_have_count(0)
    answer, check = practice.get_by_role("textbox"), practice.get_by_role("button", name="Check")
    answer.fill("1")
    check.click()
    expect(practice.locator(".verdict.right")).to_be_visible()
    expect(practice.locator(".score")).to_have_text("1 of 1 right")
    done = int(timeline(page).get_attribute("aria-valuenow"))
    assert done >= 1
    while not practice.locator("label").inner_text().startswith("∂"):
        practice.get_by_role("button", name="Reveal").click()
        done += 1
        at_step(page, done if timeline(page).get_attribute("aria-valuenow") == str(done) else done + 1)
        done = int(timeline(page).get_attribute("aria-valuenow"))
    step = backward_step(walk)
    right = float(step.contribution)
    answer.fill(str(-right))
    check.click()
    expect(practice.locator(".verdict.wrong")).to_contain_text("sign")
    answer.fill(str(right))
    check.click()
    expect(practice.locator(".verdict.right")).to_be_visible()
    practice.get_by_role("button", name="Stop practising").click()
    timeline(page).press("End")
    at_step(page, steps)
    expect(graph_gradient(page, named(walk, "w1"))).to_have_attribute("data-complete", "true")
    assert number(page, named(walk, "w1"), "data-gradient") == -4


def backward_step(walk):
    """The first step that passes something back, which is what is asked first."""
    return next(step for step in walk.steps if step.phase == "backward")
