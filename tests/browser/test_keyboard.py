"""Everything can be done without a pointer: stepping, asking why, finding what silences a gradient."""

from playwright.sync_api import expect

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from tests.browser.reading import at_step, engine, graph_value, length, named, shows, timeline

VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""

FORMULA = "z = w * x\nL = (tanh(z) - y)**2"
VALUES = {"w": 0.25, "x": 3.0, "y": 1.0}


def go_to(page, place):
    """Press Tab until the focus is there."""
    for _ in range(80):
        if place.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab doesn't lead to {place}")


def press(page, name):
    button = page.get_by_role("button", name=name, exact=True)
    go_to(page, button)
    page.keyboard.press("Enter")


def type_own(page):
    """Replace the formula, take 1 for each name, then give the values, by keys only."""
    go_to(page, page.get_by_label("Formula or program"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(FORMULA)
    press(page, "Use 1 for each missing value")
    expect(page.locator("[data-leaf]")).to_have_count(len(VALUES))  # those of the walk, not those before it
    for name, value in VALUES.items():
        go_to(page, page.get_by_role("spinbutton", name=name, exact=True).first)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(str(value))
    walk = walk_formula(parse(FORMULA), VALUES)
    expect(graph_value(page, walk.nodes[-1].id)).to_have_attribute("data-value", repr(float(walk.nodes[-1].value)))
    shows(page, walk)


def test_arrows_home_end_and_page_keys_step_the_player(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).focus()
    steps = length(page)
    at_step(page, steps)
    for key, done in [
        ("ArrowLeft", steps - 1), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1),
        ("PageDown", None), ("End", steps), ("ArrowRight", steps), ("Home", 0), ("ArrowLeft", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        if done is not None:
            at_step(page, done)


def test_space_plays_and_pauses(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause (space)")).to_be_visible()
    expect(timeline(page)).not_to_have_attribute("aria-valuenow", "0")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play (space)")).to_be_visible()


def test_why_a_gradient_is_its_number_takes_one_key_press(open_studio):
    page = open_studio("#play?example=house")
    walk = engine("house")
    w1, w2 = named(walk, "w1"), named(walk, "w2")
    page.locator(f"[data-row='{w2}'] button.why").focus()
    page.keyboard.press("Enter")
    panel = page.locator(".why-panel")
    expect(panel.locator("h3 [data-value]")).to_have_attribute("data-value", "-2")
    page.locator(f"[data-row='{w1}'] button.why").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("h3")).to_contain_text("∂L/∂w1")
    expect(panel.locator("h3 [data-value]")).to_have_attribute("data-value", str(int(walk.gradients[w1])))
    expect(page.locator(".factors [data-gradient]")).to_contain_text("∂L/∂w1")


def test_why_is_a_few_keys_from_the_top_of_the_page(open_studio):
    page = open_studio("#play?example=house")
    walk = engine("house")
    timeline(page).wait_for()
    skip = page.get_by_role("link", name="Skip to the table of values")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    for name in ("w1", "x", "z1"):
        expect(page.locator(f"[data-row='{named(walk, name)}'] button.why")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".why-panel h3")).to_contain_text(f"∂L/∂{name}")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".state button.why[tabindex='0']")).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.querySelector('.state').contains(document.activeElement)")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(f"[data-row='{named(walk, 'z1')}'] button.why")).to_be_focused()


def test_in_a_row_of_a_tensor_tab_goes_on_and_arrows_keep_the_column(open_studio):
    page = open_studio("#play?example=batch")
    walk = engine("batch")
    timeline(page).wait_for()
    first, second = (page.locator(f"[data-row='{named(walk, name)}']") for name in ("X", "W1"))
    first.locator("button.gradient").focus()
    page.keyboard.press("ArrowDown")
    expect(second.locator("button.gradient")).to_be_focused()
    page.keyboard.press("Tab")
    expect(second.locator("button.why")).to_be_focused()


def test_a_part_that_is_not_there_is_leads_to_the_content(open_studio):
    page = open_studio("#play?f=(")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Skip to the graph").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_studio_opens_with_the_reason_of_the_first_weight(open_studio):
    page = open_studio()
    expect(page.locator(".why-panel h3")).to_contain_text("∂L/∂w1")
    expect(page.locator(".why-panel h3 [data-value]")).to_have_attribute("data-value", "-4")
    expect(page.locator("[data-factor]")).to_have_count(6)


def test_a_formula_of_one_s_own_becomes_a_file_that_plays_alone(open_studio, another, tmp_path):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    type_own(page)
    with page.expect_download() as found:
        press(page, "Page")
    file = tmp_path / found.value.suggested_filename
    found.value.save_as(file)
    another.context.set_offline(True)
    another.goto(file.as_uri())
    timeline(another).wait_for()
    shows(another, walk_formula(parse(FORMULA), VALUES))
    go_to(another, timeline(another))
    another.keyboard.press("Home")
    at_step(another, 0)


def test_an_experiment_is_shared_by_its_link(open_studio, context, another):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    type_own(page)
    page.wait_for_url(lambda url: all(text in url for text in ("tanh", "0.25")))
    press(page, "Copy link")
    expect(page.get_by_role("button", name="Link copied")).to_be_focused()
    another.context.add_cookies([context.cookies()[0]])
    another.goto(page.evaluate("navigator.clipboard.readText()"))
    timeline(another).wait_for()
    shows(another, walk_formula(parse(FORMULA), VALUES))


def test_a_dead_unit_names_the_factor_that_is_zero(open_studio):
    page = open_studio("#play?example=dead")
    w = named(engine("dead"), "w")
    page.locator(f"[data-row='{w}'] button.why").focus()
    page.keyboard.press("Enter")
    zeros = page.locator(".why-panel .zeros li")
    expect(zeros).to_have_count(1)
    expect(zeros).to_contain_text("∂h/∂z")
    expect(zeros).to_contain_text("is 0 and silences 1 path")
    expect(page.locator("[data-factor].zero")).to_have_attribute("data-factor", "∂h/∂z")


def test_focus_is_visible_wherever_tab_leads(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).wait_for()
    page.locator(".skip").first.focus()
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(VISIBLE), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    assert len(seen) == 30


def test_fields_that_take_a_negative_number_bring_up_a_keyboard_with_a_minus(open_studio):
    page = open_studio("#play?example=house")
    decimal = "input[inputmode=decimal]"  # on an iPhone: digits and a point, and no minus
    page.get_by_role("spinbutton", name="w1", exact=True).first.wait_for()
    page.get_by_role("button", name="Practise: predict each number").click()
    page.locator(".practice input").wait_for()
    expect(page.locator(decimal)).to_have_count(0)
    page.goto(page.url.split("#")[0] + "#explore")
    page.get_by_label("from", exact=True).wait_for()
    expect(page.locator(decimal)).to_have_count(0)
