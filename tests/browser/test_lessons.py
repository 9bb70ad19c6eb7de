"""Lessons as a student uses them: what a prompt asks for can be done there, chains of any length, progress, and keys only."""

import json
import math
import re

import pytest
from playwright.sync_api import expect

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from gradwalk.studio.lessons import catalogue
from tests.browser.conftest import PHONE
from tests.browser.reading import INSIDE, SHIFTS, named, timeline

SLUGS = [lesson.slug for lesson in catalogue()]


def player(page, at):
    """A lesson's player, counted from its start, as it is once it is there."""
    found = page.locator("gw-player").nth(at)
    found.scroll_into_view_if_needed()
    timeline(found).wait_for()
    return found


def walked(player, **edits):
    """The engine's own walk of what a player was given, some values replaced."""
    values = json.loads(player.get_attribute("values"))
    return walk_formula(parse(player.get_attribute("formula")), {**values, **edits})


def holds(shown, number):
    """An element holds a number, spelled as JavaScript spells it."""
    text = shown.page.evaluate("(x) => (Object.is(x, -0) ? '-0' : String(x))", float(number))
    expect(shown).to_have_attribute("data-value", text)


def shows_gradient(player, walk, name):
    node = named(walk, name)
    holds(player.locator(f"[data-gradient='{node}'][data-value]").first, walk.gradients[node])


# lesson, which of its players, what the prompt says to set, the gradients that the reader is told about
PROMPTS = [
    ("one-neuron", 0, {"x": 0}, ["w", "b"]),
    ("two-weights", 0, {"w2": 0}, ["w1", "w2"]),
    ("the-house-price", 0, {"w1": -0.5}, ["w1", "w2"]),
    ("the-linear-chain", 0, {"a0": 0}, ["w1", "w2", "w3"]),
    ("the-linear-chain", 0, {"y": 3}, ["w1", "w2", "w3"]),
    ("what-goes-wrong", 5, {"b": -1.5}, ["w", "b"]),
]


@pytest.mark.parametrize(("slug", "at", "edits", "gradients"), PROMPTS)
def test_a_prompt_can_be_followed(open_studio, slug, at, edits, gradients):
    page = open_studio(f"#lessons/{slug}")
    here = player(page, at)
    for name in gradients:
        shows_gradient(here, walked(here), name)
    for name, value in edits.items():
        here.get_by_role("spinbutton", name=name, exact=True).fill(str(value))
    for name in gradients:
        shows_gradient(here, walked(here, **edits), name)


CLOSE = """([plot, wanted]) => Object.entries(wanted).every(([name, number]) => {
  const shown = Number(plot.querySelector(`[data-readout="${name}"] data`)?.value ?? NaN);
  return Math.abs(shown - number) <= 1e-9 * Math.abs(number);
})"""


def reads(plot, **wanted):
    """The numbers beside a plot are these, at full precision, once the engine has answered."""
    plot.page.wait_for_function(CLOSE, arg=[plot.element_handle(), wanted])


SNAP = 0.005  # of a point on a map that is two wide


def test_a_point_is_dragged_north_by_keys_and_only_one_slope_changes(open_studio):
    page = open_studio("#lessons/partial-derivatives")
    for at, north, slopes in [(0, 0.8, (1.0, 3.2)), (1, 0.9, (0.9, 0.5))]:
        plot = page.locator("gw-grid").nth(at)
        plot.scroll_into_view_if_needed()
        point = plot.locator("[data-section=y] .gw-point")
        point.focus()
        for _ in range(round((north - 0.3) / SNAP)):
            page.keyboard.press("ArrowRight")
        expect(point).to_have_attribute("aria-valuenow", str(north))
        reads(plot, dx=slopes[0], dy=slopes[1])


def test_a_step_ten_times_as_long_breaks_its_promise_a_hundredfold(open_studio):
    page = open_studio("#lessons/the-chain-rule")
    plot = page.locator("gw-curve")
    plot.scroll_into_view_if_needed()
    missing = []
    for h, predicted, actual in [(0.01, 0.42, 0.4209), (0.1, 4.2, 4.29)]:
        expect(plot.get_by_label("step h")).to_have_value(str(h))
        reads(plot, predicted=predicted, actual=actual)
        missing.append(actual - predicted)
        plot.get_by_role("button", name="× 10").click()
    assert missing[1] / missing[0] == pytest.approx(100, rel=1e-6)


def test_an_entry_of_the_bias_unfolds_into_one_path_for_each_example(open_studio):
    page = open_studio("#lessons/matrices-and-batches")
    here = player(page, 0)
    bias = named(walked(here), "b")
    here.locator(f"[data-row='{bias}'] button.why").press("Enter")
    expect(here.locator(".why-panel")).to_contain_text("4 paths to the output")
    expect(here.locator(".factors .note")).to_contain_text("one of 4 paths")


def chosen(page, tab):
    """What a tab shows; by key, because a mouse may come too late where figures above have just arrived."""
    tab.press("Enter")
    return page.locator(f"#{tab.get_attribute('aria-controls')}")


@pytest.mark.parametrize("squashed", [False, True])
def test_chains_of_one_to_a_hundred_layers(open_studio, squashed):
    page = open_studio("#lessons/the-linear-chain")
    tabs = page.get_by_role("tablist").nth(1 if squashed else 0).get_by_role("tab")
    expect(tabs).to_have_count(3 if squashed else 5)
    for tab in tabs.all():
        panel = chosen(page, tab)
        walk = walked(panel)
        holds(panel.locator("[data-product][data-lit=true]"), walk.gradients[named(walk, "w1")])
        if not squashed:
            layers = int(tab.inner_text().split()[0])
            same_as_the_closed_form(
                panel, layers, [float(walk.nodes[named(walk, f"w{k}")].value) for k in range(1, layers + 1)]
            )


def same_as_the_closed_form(panel, layers, weights):
    """C = (∏w − y)² with a0 = 1 and y = 2; backward, two multiplications for each layer and two for the cost."""
    slope = 2 * (math.prod(weights) - 2) * math.prod(weights[1:])
    assert float(panel.locator("[data-product]").get_attribute("data-value")) == pytest.approx(slope, rel=1e-12)
    expect(panel.locator(".cost .best dd")).to_have_text(str(2 * layers + 2))
    left = re.findall(r"(\d+) more", panel.locator(".factors").inner_text())  # of a long chain the middle is left out
    assert panel.locator("[data-factor]").count() + sum(map(int, left)) == layers + 2


def test_a_tall_graph_follows_the_current_step_and_says_where_it_goes_on(open_studio):
    page = open_studio("#lessons/the-linear-chain")
    panel = chosen(page, page.get_by_role("tab", name="30 layers"))
    room, ring = panel.locator(".graph"), panel.locator(".ring")
    expect(room).to_have_attribute("data-below", "")
    timeline(panel).focus()
    for key in ["PageUp", "ArrowRight", "Home", "ArrowRight", "PageDown", "End"]:
        page.keyboard.press(key)
        if key != "Home":  # before the first step nothing is ringed
            page.wait_for_function(INSIDE, arg=[room.element_handle(), ring.element_handle()])
    expect(room).not_to_have_attribute("data-above", "")


def test_rounding_is_offered_where_the_lesson_rounds(open_studio):
    page = open_studio("#lessons/one-neuron")
    assert [player(page, at).get_by_label("Round").count() for at in range(3)] == [0, 0, 1]


def test_progress_is_kept_and_the_way_leads_on(open_studio):
    page = open_studio("#lessons")
    expect(page.locator(".course li")).to_have_count(len(SLUGS))
    page.locator(".course li a").first.press("Enter")
    for lesson in catalogue()[:3]:
        expect(page.get_by_role("heading", level=1)).to_have_text(lesson.title)
        page.locator(".turns .next").focus()  # whoever sees the end has read it
        page.wait_for_function("(slug) => localStorage.getItem('gradwalk.lessons')?.includes(slug)", arg=lesson.slug)
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(catalogue()[3].title)
    expect(page.locator(".turns a").first).to_contain_text(catalogue()[2].title)
    page.reload()
    page.get_by_role("link", name="All lessons").press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"3 of {len(SLUGS)} read")
    expect(page.locator(".course .done")).to_have_count(3)


def test_the_last_lesson_leads_back_to_the_list(open_studio):
    page = open_studio(f"#lessons/{SLUGS[-1]}")
    page.locator(".turns .next").press("Enter")
    expect(page.get_by_role("heading", name="Lessons")).to_be_visible()


def test_a_whole_lesson_by_keys(open_studio):
    """The point is moved, the prompt's answer opened, a term explained, and the next lesson reached, by Tab, arrows and Enter."""
    page = open_studio("#lessons/the-derivative")
    page.locator(".gw-point").first.wait_for()
    page.get_by_role("heading", level=1).focus()
    done = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.matches('dfn') ? 'term' : document.activeElement.matches('.gw-point') ? 'point' : document.activeElement.matches('.prose > details > summary') ? 'answer' : document.activeElement.matches('.turns .next') ? 'next' : ''")  # fmt: skip
        if here and here not in done:
            KEYS[here](page)
            done.add(here)
        if here == "next":
            break
    assert done == {"term", "point", "answer", "next"}


def explained(page):
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def moved(page):
    """To the left end of the bowl, where the slope is 2 · (−2 − 1)."""
    page.keyboard.press("Home")
    expect(page.locator("gw-curve").first.locator("[data-readout=slope] data")).to_have_attribute("value", "-6")


def opened(page):
    page.keyboard.press("Enter")
    expect(page.locator(".prose > details").first).to_have_attribute("open", "")


def followed(page):
    page.keyboard.press("Enter")
    page.wait_for_url("**#lessons/partial-derivatives")


KEYS = {"term": explained, "point": moved, "answer": opened, "next": followed}


def test_a_figures_place_is_kept_until_it_is_there(open_studio):
    page = open_studio("#lessons/partial-derivatives")
    page.set_viewport_size(PHONE)
    page.add_init_script(SHIFTS)
    page.reload()
    page.locator("gw-grid").last.wait_for(state="attached")
    for figure in page.locator("gw-grid").all():
        figure.scroll_into_view_if_needed()
        figure.locator("canvas").first.wait_for()
    assert page.evaluate("window.shifted") < 0.5  # 1.5 where places collapse while the engine is asked


def test_going_back_and_reloading_lead_to_where_the_reader_was(open_studio):
    page = open_studio("#lessons/the-derivative")
    page.get_by_role("link", name="Next").scroll_into_view_if_needed()
    page.wait_for_function("() => history.state?.place === scrollY && scrollY > 900")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Partial derivatives")
    page.wait_for_function("() => scrollY === 0")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("derivative and its tangent")
    page.wait_for_function("() => scrollY > 900")
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_function("() => scrollY > 900")
