"""A walk file is opened or dropped; what is wrong with one is told, and what a link can't hold is said."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from gradwalk.walk import dumps
from tests.browser.conftest import WAIT
from tests.browser.reading import at_step, engine, graph_value, length, named, shows, timeline

NEURON = engine("neuron")
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "application/json" }));
  return carried;
}"""


def picked(page, name, text):
    page.get_by_label("Open a walk file").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    )


def held(page, kind, name, text):
    """Hold a file over the page (dragover), or let it go (drop)."""
    carried = page.evaluate_handle(DROP, [name, text])
    page.locator("main").dispatch_event(kind, {"dataTransfer": carried})


@pytest.fixture
def house(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    return page


def test_a_dropped_file_is_opened(house):
    held(house, "dragover", "neuron.json", dumps(NEURON))
    expect(house.get_by_text("Drop the walk file to open it.")).to_be_visible()
    held(house, "drop", "neuron.json", dumps(NEURON))
    expect(house.get_by_text("Drop the walk file to open it.")).to_have_count(0)
    expect(graph_value(house, NEURON.nodes[-1].id)).to_have_attribute("data-value", repr(NEURON.nodes[-1].value.item()))
    shows(house, NEURON)
    expect(house.get_by_text("neuron.json: a walk from a file.")).to_be_visible()
    house.get_by_role("button", name="Back to the formula").click()
    shown = engine("house")
    expect(graph_value(house, shown.nodes[-1].id)).to_have_attribute("data-value", "2")
    shows(house, shown)


def test_a_link_holds_what_was_done_with_a_file_and_asks_for_the_file(house, context, chromium):
    picked(house, "neuron.json", dumps(NEURON))
    w, output = named(NEURON, "w"), NEURON.nodes[-1].id
    expect(graph_value(house, output)).to_have_attribute("data-value", repr(NEURON.nodes[-1].value.item()))
    house.locator(f"input[data-leaf='{w}']").first.fill("0.75")
    changed = engine("neuron", w=0.75)
    expect(graph_value(house, output)).to_have_attribute("data-value", repr(changed.nodes[-1].value.item()))
    timeline(house).press("ArrowLeft")
    done = length(house) - 1
    house.wait_for_url(lambda url: "leaves" in url and f"step={done - 1}" in url)
    found = parse_qs(urlsplit(house.url).fragment.partition("?")[2])
    assert found["file"] == ["neuron.json"]
    assert json.loads(found["leaves"][0]) == {str(w): 0.75}
    assert "f" not in found

    elsewhere = chromium.new_context(reduced_motion="reduce")
    elsewhere.set_default_timeout(WAIT)
    elsewhere.add_cookies([context.cookies()[0]])
    page = elsewhere.new_page()
    page.goto(house.url)
    expect(page.get_by_text("A link can't hold a file: open it here")).to_be_visible()
    picked(page, "neuron.json", dumps(NEURON))
    at_step(page, done)
    timeline(page).press("End")
    expect(graph_value(page, output)).to_have_attribute("data-value", repr(changed.nodes[-1].value.item()))
    shows(page, changed)
    elsewhere.close()


NEWER = dumps(NEURON).replace("gradwalk/1", "gradwalk/99")
BROKEN = [
    ("cut-off.json", dumps(NEURON)[:500], ["line 1"]),
    ("picture.json", "\x89PNG\r\n\x1a\n\0\0", ["JSON"]),
    ("newer.json", NEWER, ["gradwalk/99"]),
    ("other.json", '{"a": 1}', ["format"]),
    ("empty.json", "", ["JSON"]),
]


@pytest.mark.parametrize(("name", "text", "said"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_what_is_wrong_with_a_file_is_told_and_the_last_walk_stays(house, name, text, said):
    picked(house, name, text)
    problem = house.locator(".problem")
    expect(problem).to_have_count(1)
    for word in said:
        expect(problem).to_contain_text(word)
    shows(house, engine("house"))
    house.get_by_role("button", name="Back to the formula").click()
    expect(problem).to_have_count(0)
    picked(house, "neuron.json", dumps(NEURON))
    expect(graph_value(house, NEURON.nodes[-1].id)).to_have_attribute("data-value", repr(NEURON.nodes[-1].value.item()))
    expect(problem).to_have_count(0)


def test_a_huge_file_is_refused_before_it_is_read(house):
    picked(house, "huge.json", " " * 8_000_001)
    problem = house.locator(".problem")
    expect(problem).to_contain_text("huge.json has 8,000,001 bytes, and the studio opens files of up to 8,000,000")
    shows(house, engine("house"))
    picked(house, "neuron.json", dumps(NEURON))
    expect(problem).to_have_count(0)
    expect(house.get_by_text("neuron.json: a walk from a file.")).to_be_visible()


def test_a_file_that_grows_too_large_on_its_way_is_refused(house):
    picked(house, "quotes.json", '"' * 7_000_000)  # as text within JSON each of these takes two bytes
    expect(house.locator(".problem")).to_contain_text("more than the studio takes at once")
    expect(house.locator("header .lost")).to_have_count(0)
    shows(house, engine("house"))
