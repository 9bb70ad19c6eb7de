"""The numbers in the page's elements are the engine's: as opened, after a drag, after stepping back, at full precision."""

import math

import pytest
from playwright.sync_api import expect

import gradwalk as gw
from gradwalk import nn
from tests.browser.conftest import number
from tests.browser.reading import at_step, dragged, engine, graph_gradient, graph_value, length, named, shows, timeline


@pytest.mark.parametrize("name", ["house", "neuron", "dead"])
def test_an_example_shows_the_engines_numbers(open_studio, name):
    page = open_studio(f"#play?example={name}")
    graph_value(page, 0).wait_for()
    shows(page, engine(name))


@pytest.mark.parametrize(("name", "leaf"), [("house", "w1"), ("neuron", "w")])
def test_a_dragged_leaf_moves_every_number(open_studio, name, leaf):
    page = open_studio(f"#play?example={name}")
    node = named(engine(name), leaf)
    field = page.locator(f"input[data-leaf='{node}']").first
    before = float(field.get_attribute("data-value"))
    dragged(page, field)
    page.mouse.up()
    after = float(field.get_attribute("data-value"))
    assert after > before
    walk = engine(name, **{leaf: after})
    output = walk.nodes[-1]
    expect(graph_value(page, output.id)).to_have_attribute("data-value", page_text(float(output.value)))
    shows(page, walk)


def test_the_arrow_keys_and_typing_move_a_leaf_too(open_studio):
    page = open_studio("#play?example=house")
    leaf = page.locator("input[data-leaf]").first
    leaf.focus()
    page.keyboard.press("ArrowUp")
    first = float(leaf.get_attribute("data-value"))
    assert first > 0.5
    leaf.fill("−2,5")
    walk = engine("house", w1=-2.5)
    expect(graph_value(page, walk.nodes[-1].id)).to_have_attribute("data-value", page_text(float(walk.nodes[-1].value)))
    shows(page, walk)


def test_going_back_takes_gradients_and_values_away_again(open_studio):
    page = open_studio("#play?example=house")
    walk = engine("house")
    w1, w2, prediction = named(walk, "w1"), named(walk, "w2"), named(walk, "ŷ")
    steps = length(page)
    page.get_by_role("button", name="Step back (left arrow)").click()
    at_step(page, steps - 1)
    expect(graph_gradient(page, w2)).to_have_attribute("data-value", page_text(float(walk.gradients[w2])))
    page.get_by_role("button", name="To the start (Home)").click()
    at_step(page, 0)
    expect(graph_gradient(page, w1)).to_have_count(0)
    expect(graph_value(page, prediction)).to_have_count(0)
    assert number(page, w1) == 0.5
    page.get_by_role("button", name="To the end (End)").click()
    at_step(page, steps)
    shows(page, walk)


@pytest.mark.parametrize("name", ["house", "neuron"])
def test_the_factors_light_up_one_by_one_and_multiply_to_the_gradient(open_studio, name):
    page = open_studio(f"#play?example={name}")
    walk = engine(name)
    boxes, product = page.locator("[data-factor]"), page.locator("[data-product]")
    expect(product).to_have_attribute("data-lit", "true")
    steps, count = length(page), boxes.count()
    chosen = int(page.locator(".factors [data-gradient]").get_attribute("data-gradient"))
    factors = [float(box.get_attribute("data-value")) for box in boxes.all()]
    assert math.prod(factors) == pytest.approx(float(walk.gradients[chosen]), rel=1e-12)
    assert float(product.get_attribute("data-value")) == pytest.approx(float(walk.gradients[chosen]), rel=1e-12)
    page.get_by_role("button", name="To the start (Home)").click()
    lit = [0]
    for done in range(1, steps + 1):
        page.get_by_role("button", name="Step forward (right arrow)").click()
        at_step(page, done)
        lit.append(page.locator("[data-factor][data-lit=true]").count())
    assert lit[-1] == count
    assert all(after - before in (0, 1) for before, after in zip(lit, lit[1:], strict=False))
    expect(product).to_have_attribute("data-lit", "true")


def test_the_timeline_can_be_clicked(open_studio):
    page = open_studio("#play?example=house")
    box = timeline(page).bounding_box()
    steps = length(page)
    timeline(page).click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    done = int(timeline(page).get_attribute("aria-valuenow"))
    assert abs(done - steps / 2) <= 1


def page_text(number):
    """A number as the page's attributes hold it: JavaScript's shortest spelling."""
    return str(int(number)) if number == int(number) else repr(number)


CUT = """() => [...document.querySelectorAll(".state td:not(:last-child)")].flatMap((cell) => {
  const edge = cell.getBoundingClientRect().right;
  return [...cell.querySelectorAll(":not(.unseen)")].filter((one) => one.getBoundingClientRect().right > edge + 1).map((one) => one.textContent);
})"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_table_cuts_no_number_and_tells_the_parameters_of_a_network_apart(cut_off, tmp_path, width):
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    for parameter in net.parameters():
        parameter.data[...] = 0.0123
    gw.walk(net(gw.ones(4, 2)).sum() * 1e-2).save(tmp_path / "net.html")
    page = cut_off.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "net.html").as_uri())
    page.locator(".state td").first.wait_for()
    assert page.evaluate(CUT) == []
    expect(page.locator(".state th.dotted").first).to_have_css("direction", "rtl")  # the end of a long name stays
