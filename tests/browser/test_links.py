"""An experiment is a link: what was typed, changed, stepped to and asked is there again in another browser."""

import json
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from tests.browser.conftest import number
from tests.browser.reading import at_step, graph_gradient, graph_value, length, named, shows, timeline

FORMULA = "a = w * x + b\nL = (tanh(a) - y)**2"
VALUES = {"w": 0.25, "x": 3.0, "b": -0.5, "y": 1.0}


def type_experiment(page):
    """Type a formula, take 1 for its names, then set each value."""
    page.get_by_label("Formula or program").fill(FORMULA)
    page.get_by_role("button", name="Use 1 for each missing value").click()
    for name, value in VALUES.items():
        page.get_by_role("spinbutton", name=name, exact=True).first.fill(str(value))


def state(url):
    return {name: found[0] for name, found in parse_qs(urlsplit(url).fragment.partition("?")[2]).items()}


def holds(step, chosen):
    """Whether an address has caught up with what was done last."""
    wanted = {"step": str(step), "why": str(chosen), "f": FORMULA}

    def caught_up(url):
        found = state(url)
        return wanted.items() <= found.items() and json.loads(found.get("v", "{}")) == VALUES

    return caught_up


def test_a_copied_link_opens_the_same_experiment(open_studio, context, another):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    type_experiment(page)
    walk = walk_formula(parse(FORMULA), VALUES)
    b, x, output = named(walk, "b"), named(walk, "x"), walk.nodes[-1]
    expect(graph_value(page, output.id)).to_have_attribute("data-value", repr(float(output.value)))
    shows(page, walk)
    page.locator(f"[data-row='{b}'] button.why").click()
    page.get_by_role("button", name="Step back (left arrow)").click()
    last = length(page)
    at_step(page, last - 1)
    page.wait_for_url(holds(last - 2, b))
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "token" not in link

    # Whoever is sent the link has a studio and a token of their own; here it is the same one.
    here = urlsplit(page.url)
    token = context.cookies()[0]
    another.context.add_cookies([token])
    assert urlsplit(link).netloc == here.netloc
    another.goto(link)
    at_step(another, last - 1)
    expect(another.get_by_label("Formula or program")).to_have_value(FORMULA)
    expect(another.locator(".why-panel h3")).to_contain_text("∂L/∂b")
    for node in walk.nodes:
        if node.role != "constant":
            assert number(another, node.id) == float(node.value)
    expect(graph_gradient(another, b)).to_have_attribute("data-value", repr(float(walk.gradients[b])))
    shown = page.locator("[data-row] [data-gradient][data-value]").count()
    expect(another.locator("[data-row] [data-gradient][data-value]")).to_have_count(shown)
    timeline(another).press("End")
    expect(graph_gradient(another, x)).to_have_attribute("data-complete", "true")
    shows(another, walk)


def test_explore_keeps_its_point_in_the_address(open_studio, context, another):
    page = open_studio("#explore?f=x**3%20-%20x")
    at = page.get_by_label("at", exact=True).first
    at.fill("1.25")
    at.press("Enter")
    page.wait_for_url(lambda url: "1.25" in url)
    another.context.add_cookies([context.cookies()[0]])
    another.goto(page.url)
    expect(another.get_by_label("at", exact=True).first).to_have_value("1.25")
    slope = another.locator("data.gw-gradient[value='3.6875']")  # 3 · 1.25² − 1
    expect(slope.first).to_be_visible()
