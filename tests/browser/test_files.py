"""What is saved from the studio opens from the file system without a network, with the same numbers."""

import json

from playwright.sync_api import expect

from gradwalk import expression
from tests.browser.conftest import PHONE, number
from tests.browser.reading import at_step, engine, graph_value, length, named, shows, timeline


def saved(page, form, folder):
    with page.expect_download() as found:
        page.locator(f"[data-export={form}]").click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def test_a_saved_page_plays_offline_with_the_changed_numbers(open_studio, chromium, tmp_path):
    page = open_studio("#play?example=house")
    walk = engine("house", w1=1.5)
    page.locator(f"input[data-leaf='{named(walk, 'w1')}']").first.fill("1.5")
    expect(graph_value(page, walk.nodes[-1].id)).to_have_attribute("data-value", "0")
    file = saved(page, "html", tmp_path)
    context = chromium.new_context(reduced_motion="reduce", offline=True)
    asked, problems = [], []
    context.on("request", lambda request: asked.append(request.url))
    alone = context.new_page()
    alone.on("pageerror", lambda error: problems.append(str(error)))
    alone.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    alone.goto(file.as_uri())
    timeline(alone).wait_for()
    shows(alone, walk)
    timeline(alone).press("Home")
    timeline(alone).press("ArrowRight")
    at_step(alone, 1)
    assert number(alone, named(walk, "z1")) == 3
    timeline(alone).press("End")
    at_step(alone, length(alone))
    shows(alone, walk)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert problems == []
    context.close()


def test_the_other_forms_are_saved_too(open_studio, tmp_path):
    page = open_studio("#play?example=neuron")
    timeline(page).wait_for()
    assert saved(page, "svg", tmp_path).read_text("utf8").lstrip().startswith(("<svg", "<?xml"))
    assert "\\" in saved(page, "tex", tmp_path).read_text("utf8")
    assert "∂" in saved(page, "txt", tmp_path).read_text("utf8")
    assert json.loads(saved(page, "json", tmp_path).read_text("utf8"))


def test_a_saved_walk_can_be_opened_again(open_studio, tmp_path):
    page = open_studio("#play?example=neuron")
    timeline(page).wait_for()
    file = saved(page, "json", tmp_path)
    again = open_studio("#play?example=house")
    again.get_by_label("Open a walk file").set_input_files(file)
    expect(again.get_by_text("a walk from a file.")).to_be_visible()
    walk = engine("neuron")
    expect(graph_value(again, walk.nodes[-1].id)).to_have_attribute("data-value", repr(float(walk.nodes[-1].value)))
    shows(again, walk)


def test_a_saved_page_is_laid_out_for_a_phone_too(cut_off, tmp_path):
    file = tmp_path / "walk.html"
    engine("house").save(file)
    page = cut_off.new_page()
    page.set_viewport_size(PHONE)
    page.goto(file.as_uri())
    name, picture = page.locator(".graph text.name").first, page.locator(".graph svg.still")
    expect(name).to_be_visible()
    assert page.title() == "z1 = w1 * x; h = relu(z1); ŷ = w2 * h; L = 0.5 * (y - ŷ)**2 · gradwalk"
    narrow = picture.get_attribute("viewBox")
    assert name.bounding_box()["height"] > 14 and float(narrow.split()[2]) <= PHONE["width"]
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(picture).not_to_have_attribute("viewBox", narrow)


def test_a_saved_page_shows_no_reason_that_it_doesn_t_hold(cut_off, tmp_path):
    values = {"w": [[0.1 * (row + column) for column in range(6)] for row in range(6)], "x": [[1.0] * 6] * 6}
    walk = expression.walk("L = mean((w @ x - 1)**2)", values)
    file = tmp_path / "walk.html"
    walk.save(file)
    page = cut_off.new_page()
    page.goto(file.as_uri())
    why = page.locator(".why-panel h3")
    expect(why).to_contain_text("w[0, 0]")
    page.locator(f"[data-row='{named(walk, 'w')}'] [data-open^='-']").click()
    grid = page.get_by_role("application")
    for _ in range(5):
        grid.press("ArrowDown")
    expect(page.get_by_role("dialog")).to_contain_text("w[5, 0]")
    expect(why).to_have_count(0)
    for _ in range(5):
        grid.press("ArrowUp")
    expect(why).to_contain_text("w[0, 0]")
