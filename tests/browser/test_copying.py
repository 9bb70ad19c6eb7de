"""A rounded number that is selected or clicked is copied with all of its digits, wherever it stands."""

import pytest
from playwright.sync_api import expect

from gradwalk import expression
from tests.browser.reading import engine, named, timeline

SELECT = "(element) => getSelection().selectAllChildren(element)"
WALK = engine("neuron")
PREDICTION = named(WALK, "ŷ")
VALUE = repr(WALK.nodes[PREDICTION].value.item())
GRADIENT = repr(WALK.gradients[PREDICTION].item())


@pytest.fixture
def copied(context):
    """What lies on the clipboard after all of an element was selected and copied."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])

    def from_element(locator):
        page = locator.page
        page.evaluate("navigator.clipboard.writeText('')")
        locator.evaluate(SELECT)
        page.keyboard.press("Control+C")
        return page.evaluate("navigator.clipboard.readText()")

    return from_element


@pytest.fixture
def neuron(open_studio):
    page = open_studio("#play?example=neuron")
    timeline(page).wait_for()
    page.locator(".why-panel").wait_for()
    return page


def test_a_row_of_the_table(neuron, copied):
    row = neuron.locator(f"[data-row='{PREDICTION}']")
    expect(row).to_contain_text("0.7503")
    assert copied(row).split("\t")[:3] == ["ŷ", VALUE, GRADIENT]


def test_a_part_of_one_number_is_all_of_it(neuron, copied):
    assert copied(neuron.locator(f"[data-row='{PREDICTION}'] [data-node][data-value]")) == VALUE


def test_factor_boxes(neuron, copied):
    text = copied(neuron.locator(".factors"))
    boxes = neuron.locator("[data-factor]")
    for factor in boxes.all():
        assert f"{factor.get_attribute('data-factor')}" in text
        assert factor.get_attribute("data-value") in text
    assert neuron.locator("[data-product]").get_attribute("data-value") in text


def test_the_formula_of_a_step(neuron, copied):
    timeline(neuron).press("Home")
    timeline(neuron).press("PageDown")
    for _ in range(2):
        timeline(neuron).press("ArrowLeft")
    last = neuron.locator(".formula .math").last
    expect(last).to_contain_text("0.7503")
    assert VALUE in copied(last)


def test_a_field(neuron, copied):
    field = neuron.locator(f"input[data-leaf='{named(WALK, 'w')}']").first
    field.fill("0.123456789")
    field.blur()
    expect(field).to_have_value("0.1235")
    field.select_text()
    neuron.keyboard.press("Control+C")
    assert neuron.evaluate("navigator.clipboard.readText()") == "0.123456789"


COPIED = "(wanted) => navigator.clipboard.readText().then((found) => found === wanted)"


def test_a_click_on_a_number(neuron, copied):
    neuron.locator(f"[data-row='{PREDICTION}'] [data-gradient][data-value]").click()
    neuron.wait_for_function(COPIED, arg=GRADIENT)


def test_a_click_on_a_page_that_comes_from_another_machine(page, open_studio, copied):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { get: () => undefined, configurable: true })")
    page = open_studio("#play?example=neuron")
    page.locator(f"[data-row='{PREDICTION}'] [data-gradient][data-value]").click()
    page.evaluate("delete navigator.clipboard")
    page.wait_for_function(COPIED, arg=GRADIENT)


def test_text_without_numbers_is_copied_as_it_stands(neuron, copied):
    assert copied(neuron.locator(".why-panel h4").first) == neuron.locator(".why-panel h4").first.inner_text()


def test_a_lesson(open_studio, copied):
    page = open_studio("#lessons/the-house-price")
    rounded = page.locator("data.gw-rounded").first
    paragraph = rounded.locator("xpath=ancestor::p[1]")
    assert rounded.get_attribute("value") in copied(paragraph)


def test_a_readout_of_a_plot(open_studio, copied):
    page = open_studio("#explore?f=tanh(x)&x=x,-2,2,0.7")
    readouts = page.locator(".gw-readouts")
    expect(readouts).to_contain_text("0.6044")
    assert repr(expression.walk("tanh(x)", {"x": 0.7}).nodes[-1].value.item()) in copied(readouts)
