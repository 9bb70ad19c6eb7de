"""A walk of more than a thousand nodes: its groups open and close, the step inside a closed one is seen, and so is its way."""

import runpy

import pytest
from playwright.sync_api import expect

import gradwalk as gw
from tests.browser.reading import at_step, length, timeline

LAYERS = 210
SCRIPT = f"""
import gradwalk as gw

def layer(h, w, b):
    return gw.tanh(h * w + b)

def network(h):
    for k in range({LAYERS}):
        w = gw.tensor(1 + k / 1000, requires_grad=True)
        b = gw.tensor(0.01, requires_grad=True)
        h = layer(h, w, b)
    return h

x = gw.tensor(0.5, requires_grad=True)
L = (network(x) - 1.0) ** 2
"""
RINGED = """() => {
  const box = (found) => found?.getBoundingClientRect();
  const ring = box(document.querySelector(".graph .ring"));
  return [...document.querySelectorAll(".graph .closed")].filter((one) => {
    const card = box(one.querySelector(".card:not(.under)"));
    return ring && ring.left <= card.left && ring.right >= card.right && ring.top <= card.top && ring.bottom >= card.bottom;
  }).map((one) => one.dataset.group);
}"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """The walk, and the file that it is kept in."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "deep.py").write_text(SCRIPT)
    walk = gw.walk(runpy.run_path(str(folder / "deep.py"))["L"])
    assert len(walk.nodes) > 1000
    walk.save(folder / "deep.json")
    return walk, folder / "deep.json"


@pytest.fixture
def opened(open_studio, large):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    page.locator(".picker input[type=file]").set_input_files(large[1])
    at_step(page, len(large[0].steps))
    return page


def test_a_step_inside_a_closed_group_rings_it_and_stays_in_sight(opened, large):
    walk, _ = large
    for step in (700, 300):
        scrub(opened, step)
        (group,) = opened.evaluate(RINGED)
        assert opened.locator(f".closed[data-group='{group}']").get_attribute("aria-label").startswith("Open layer")
        expect(opened.locator(".graph .ring")).to_be_in_viewport()
    assert length(opened) == len(walk.steps)


def scrub(page, step):
    """Drag the handle close to a step, then key to it."""
    box = timeline(page).bounding_box()
    page.mouse.click(box["x"] + box["width"] * step / length(page), box["y"] + box["height"] / 2)
    while (here := int(timeline(page).get_attribute("aria-valuenow"))) != step:
        timeline(page).press("ArrowRight" if here < step else "ArrowLeft")
        at_step(page, here + (1 if here < step else -1))


def test_an_edge_into_a_closed_group_is_crossed(opened, large):
    walk, _ = large
    product = next(node for node in walk.nodes if node.op == "mul" and node.id > 500)
    crossing = next(k for k, step in enumerate(walk.steps) if step.phase == "forward" and step.node == product.id)
    scrub(opened, crossing + 1)
    expect(opened.locator(".graph .edge.now.forward")).to_have_count(1)


def test_a_group_opens_and_closes_by_click_and_by_keyboard(opened):
    groups = opened.locator(".graph .closed")
    count = groups.count()
    first = groups.first.get_attribute("data-group")
    groups.first.click()
    area = opened.locator(f".graph .area-name[data-group='{first}']")
    expect(area).to_have_attribute("aria-expanded", "true")
    expect(groups).to_have_count(count - 1)
    area.focus()
    opened.keyboard.press("Enter")
    expect(groups).to_have_count(count)
    expect(opened.locator(f".graph .closed[data-group='{first}']")).to_be_focused()
    opened.keyboard.press(" ")
    expect(area).to_be_focused()


def test_whatever_is_pointed_at_shows_its_way_to_the_output(opened):
    closed = opened.locator(".graph .closed")
    before = closed.count()
    closed.first.click()
    expect(closed).to_have_count(before - 1)  # laid out anew: what is pointed at stays under the pointer
    opened.locator(".graph .value-node").first.hover()
    expect(opened.locator(".graph .edge.way").first).to_be_attached()
    assert 0 < opened.locator(".graph .edge.way").count() <= 24
