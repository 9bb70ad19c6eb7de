"""The graph in its place: seen without scrolling, its labels apart from each other, scaled and moved by wheel and fingers."""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WAIT
from tests.browser.reading import engine, graph_gradient, named, timeline

# Labels that touch each other, or a card, an op or a badge; in pixels of the screen, with one to spare.
COLLISIONS = """() => {
  const boxes = (selector) => [...document.querySelectorAll(`.graph ${selector}`)].map((one) => one.getBoundingClientRect());
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  const labels = boxes(".edge-labels .label");
  const parts = boxes(".card, .op, .badge");
  return labels.filter((label, at) => labels.slice(at + 1).some((other) => !apart(label, other)) || parts.some((part) => !apart(label, part))).length;
}"""
LOCALS = ".graph .local"


def local(page, source, target):
    return page.locator(f"{LOCALS}[data-local='{source}-{target}'] text")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_graph_is_seen_without_scrolling(open_studio, page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    open_studio("#play?example=house")
    timeline(page).wait_for()
    graph, controls = page.locator(".graph").bounding_box(), page.locator(".deck").bounding_box()
    assert graph["y"] < 250
    assert graph["y"] + graph["height"] <= controls["y"] + 1
    assert controls["y"] + controls["height"] <= height + 1


FOCUSED_IN_SIGHT = """() => {
  const last = document.querySelector("[data-export=json]");
  last.blur();
  last.focus();
  return last.getBoundingClientRect().bottom <= document.querySelector(".deck").getBoundingClientRect().top;
}"""


def test_on_a_phone_the_controls_are_fixed_and_cover_nothing_that_has_the_focus(open_studio, page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_studio("#play?example=house")
    timeline(page).wait_for()
    before = page.locator(".deck").bounding_box()
    assert all(box["height"] >= 40 for box in (button.bounding_box() for button in page.locator(".deck button").all()))
    page.wait_for_function(FOCUSED_IN_SIGHT)  # again and again, until all panels above have their replies
    assert page.locator(".deck").bounding_box() == before
    expect(page.get_by_label("Formula or program")).to_be_hidden()
    page.get_by_role("button", name="Formula and values").click()
    expect(page.get_by_label("Formula or program")).to_be_visible()


def test_the_chosen_path_carries_its_local_derivatives(open_studio):
    page = open_studio("#play?example=house")
    walk = engine("house")
    z1, h, prediction = (named(walk, name) for name in ("z1", "h", "ŷ"))
    expect(local(page, z1, h)).to_have_text("1")
    expect(local(page, h, prediction)).to_have_text("1")
    w2 = named(walk, "w2")
    expect(local(page, w2, prediction)).to_have_count(0)
    graph_gradient(page, w2).click()
    expect(local(page, w2, prediction)).to_have_text("1")
    expect(local(page, z1, h)).to_have_count(0)
    timeline(page).press("Home")
    expect(page.locator(LOCALS)).to_have_count(0)


def test_the_way_of_what_is_pointed_at_carries_them_too(open_studio):
    page = open_studio("#play?example=neuron")
    walk = engine("neuron")
    b = named(walk, "b")
    (target,) = (node.id for node in walk.nodes if b in node.inputs)
    expect(local(page, b, target)).to_have_count(0)
    page.locator(f".graph .value-node[data-node='{b}']").hover()
    expect(local(page, b, target)).to_have_text("1")
    expect(page.locator(".graph .edge.way").first).to_be_attached()


@pytest.mark.parametrize("name", ["house", "diamond", "two-units", "bedrooms"])
def test_no_label_collides_with_another_or_with_a_box(open_studio, name):
    page = open_studio(f"#play?example={name}")
    timeline(page).wait_for()
    for value in page.locator(".graph .value-node").all():
        value.hover()
        expect(page.locator(LOCALS).first).to_be_attached()
        assert page.evaluate(COLLISIONS) == 0


@pytest.mark.parametrize("name", ["neuron", "house", "two-units"])
def test_on_a_phone_too_no_label_hides_a_number(open_studio, page, name):
    page.set_viewport_size({"width": 390, "height": 844})
    open_studio(f"#play?example={name}")
    timeline(page).press("End")
    while page.locator(".graph .crossing").count():
        assert page.evaluate(COLLISIONS) == 0
        timeline(page).press("ArrowLeft")


@pytest.fixture
def phone(chromium, studio):
    """A page that fingers can touch, and the browser's own way of touching it."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(f"http://{studio.host}/?token={studio.studio.token}#play?example=house")
    timeline(page).wait_for()
    page.locator(".graph .value-node").first.wait_for()
    yield page, context.new_cdp_session(page)
    context.close()


FRAME = "() => new Promise(requestAnimationFrame)"


def touch(phone, *tracks, steps=12):
    """Fingers go down together, along their tracks, a bit in each frame, and up."""
    page, cdp = phone

    def send(kind, share):
        points = [
            {"x": x1 + (x2 - x1) * share, "y": y1 + (y2 - y1) * share, "id": finger}
            for finger, ((x1, y1), (x2, y2)) in enumerate(tracks)
        ]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    send("touchStart", 0)
    for step in range(1, steps + 1):
        send("touchMove", step / steps)
        page.evaluate(FRAME)
    send("touchEnd", 1)


def middle(page):
    box = page.locator(".graph").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place(page):
    return page.locator(".graph .value-node").first.bounding_box()


def test_two_fingers_scale_the_graph_and_one_moves_it_then(phone):
    page, _ = phone
    x, y = middle(page)
    before = place(page)
    touch(phone, ((x - 20, y), (x - 100, y)), ((x + 20, y), (x + 100, y)))
    expect(page.locator(".picture.zoomed")).to_be_attached()
    larger = place(page)
    assert larger["width"] > 2 * before["width"]
    assert page.evaluate("scrollY") == 0
    touch(phone, ((x, y), (x + 60, y + 40)))
    moved = place(page)
    assert moved["width"] == pytest.approx(larger["width"], rel=0.01)
    assert (moved["x"] - larger["x"], moved["y"] - larger["y"]) == pytest.approx((60, 40), abs=8)
    page.get_by_role("button", name="Fit").click()
    assert place(page) == before


def test_one_finger_scrolls_while_the_graph_is_fitted(phone):
    page, _ = phone
    x, y = middle(page)
    touch(phone, ((x, y), (x, y - 200)))
    page.wait_for_function("() => scrollY + document.querySelector('.graph').scrollTop > 50")
    expect(page.locator(".picture.zoomed")).to_have_count(0)


def test_the_wheel_scrolls_the_page_and_with_ctrl_scales_the_graph(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    before = place(page)
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page.locator(".picture.zoomed")).to_be_attached()
    after = place(page)
    assert after["width"] > 1.5 * before["width"]
    # what is under the pointer stays there
    assert after["x"] + after["width"] / 2 == pytest.approx(before["x"] + before["width"] / 2, abs=before["width"] / 2)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 100")


def test_a_large_tensor_is_drawn_whole_and_its_gradient_says_why_it_has_its_shape(open_studio):
    rows = [[(3 * r + 5 * c) % 7 - 3 for c in range(12)] for r in range(9)]
    values = {"X": rows, "W": [[r - c for c in range(2)] for r in range(12)], "b": [0.5, -0.5]}
    address = urlencode({"f": "h = X @ W + b\nL = mean(h**2)", "v": json.dumps(values)})
    page = open_studio(f"#play?{address}")
    node = page.locator(".graph .tensor[data-node='0']")
    drawn = node.locator("image.heat-image")
    size = "async (image) => { const one = new Image(); one.src = image.getAttribute('href'); await one.decode(); return [one.width, one.height]; }"
    assert drawn.evaluate(size) == [12, 9]
    page.get_by_role("button", name="open gradient of W").click()
    grid = page.get_by_role("dialog")
    expect(grid).to_contain_text("Xᵀ, because W has one row per column of X")
    grid.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="open gradient of b").click()
    expect(page.get_by_role("dialog")).to_contain_text("b is used by 9 rows, so its gradient is their sum")
