"""Everything can be done without a pointer: stepping, asking why, finding what silences a gradient."""

from playwright.sync_api import expect

from tests.browser.reading import at_step, engine, length, named, timeline

VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement !== document.body && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


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
    page.locator(".skip").focus()
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(VISIBLE), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    assert len(seen) == 30
