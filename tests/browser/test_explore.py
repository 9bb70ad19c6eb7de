"""What "Explore a function" draws can be saved whole, read as a table, and dragged; its numbers are the engine's."""

import math
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.reading import SHIFTS

TWO = "#explore?f=x**2%20%2B%202*y**2&x=x,-1,1,0.5&x=y,-1,1,0.3"
ONE = "#explore?f=tanh(x**2)**2&x=x,-2,2,0.7"
SVG = "{http://www.w3.org/2000/svg}"


def plot(page, kind):
    found = page.locator(f"[data-plot={kind}]")
    found.locator("svg").first.wait_for()
    return found


# the address, the plot, and how many pictures and heatmaps its file holds
PICTURES = [(ONE, "curve", 2, 0), (ONE, "chain", 3, 0), (TWO, "grid", 3, 1), (TWO, "surface", 1, 1)]


def test_a_range_that_can_t_be_is_told_beside_its_field(open_studio):
    page = open_studio("#explore?f=x**2&x=x,3,1,2")
    expect(
        page.get_by_text("In the link, the range of x doesn't go from a smaller to a larger number.")
    ).to_be_visible()
    start = page.get_by_role("textbox", name="from", exact=True)
    start.fill("5")
    expect(page.get_by_role("alert")).to_have_text("below 3")
    start.fill("five")
    expect(page.get_by_role("alert")).to_have_text("no number")
    start.fill("-2")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("In the link")).to_have_count(0)


@pytest.mark.parametrize(("address", "kind", "pictures", "heatmaps"), PICTURES)
def test_every_picture_of_a_plot_is_saved(open_studio, address, kind, pictures, heatmaps):
    page = open_studio(address)
    figure = plot(page, kind)
    expect(figure.locator("svg:not(.gw-key)")).to_have_count(pictures)
    with page.expect_download() as saved:
        figure.get_by_role("button", name="Save as SVG").click()
    whole = ElementTree.parse(saved.value.path()).getroot()
    inside = whole.findall(f"{SVG}svg")
    assert (len(inside), len(whole.findall(f"{SVG}image"))) == (pictures, heatmaps)
    width, height = float(whole.get("width")), float(whole.get("height"))
    for one in inside:
        assert float(one.get("x")) >= 0 and float(one.get("x")) + float(one.get("width")) <= width + 1
        assert float(one.get("y")) >= 0 and float(one.get("y")) + float(one.get("height")) <= height + 1
    assert whole.find(f".//{SVG}text").get("fill").startswith("rgb")


def test_the_links_of_a_chain_are_a_table_too(open_studio):
    page = open_studio(ONE)
    figure = plot(page, "chain")
    figure.locator("summary").click()
    rows = [row.locator("td").all_inner_texts() for row in figure.locator("tbody tr").all()]
    slopes = [float(row[-1].replace("−", "-")) for row in rows]
    assert [row[0] for row in rows] == ["x", rows[0][2], rows[1][2]]
    assert math.prod(slopes) == pytest.approx(1.0094164476356824, rel=1e-12)
    assert slopes == pytest.approx([1.4, 0.7936874322814028, 0.9084328653645182], rel=1e-12)


def test_the_descent_starts_where_its_map_is_touched(open_studio):
    page = open_studio(TWO)
    figure = plot(page, "surface")
    figure.locator(".gw-path-dot").first.wait_for()
    figure.locator("canvas").scroll_into_view_if_needed()
    canvas = figure.locator("canvas").bounding_box()
    page.mouse.click(canvas["x"] + canvas["width"] * 0.1, canvas["y"] + canvas["height"] * 0.1)
    expect(page.get_by_label("at", exact=True).first).to_have_value("−0.8")
    expect(page.get_by_label("at", exact=True).last).to_have_value("0.8")
    figure.locator("summary").click()
    expect(figure.locator("tbody tr").first.locator("td").first).to_have_text("−0.8")
    second = figure.locator("tbody tr").nth(1).locator("td").first
    expect(second).to_have_text("−0.64")  # −0.8 − 0.1 · 2 · −0.8


def test_what_follows_a_picture_is_in_its_place_before_the_picture_is_there(page, open_studio):
    page.set_viewport_size(PHONE)
    page.add_init_script(SHIFTS)
    open_studio("#explore?f=x**2%20%2B%202*y**2")
    page.get_by_label("rate").wait_for()
    page.locator(".gw-plot canvas").nth(1).wait_for()
    assert page.evaluate("window.shifted") < 0.1  # .37 where "Downhill" is first shown right below the formula
