"""Whoever asks for less motion sees each step at once; everyone else sees it move, and ends at the same place."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WAIT
from tests.browser.reading import at_step, timeline


def test_without_motion_nothing_travels(open_studio):
    page = open_studio("#play?example=house")
    timeline(page).press("Home")
    # Whatever is in motion is drawn as a mover; one that is only there for a frame is seen too.
    page.evaluate("""() => {
      window.moved = 0;
      const look = () => { window.moved += document.querySelectorAll(".mover").length; };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
    }""")
    for done in range(1, 6):
        timeline(page).press("ArrowRight")
        at_step(page, done)
    assert page.evaluate("window.moved") == 0
    assert page.evaluate("document.getAnimations().filter((one) => one.effect.getTiming().duration > 50).length") == 0


@pytest.fixture
def lively(chromium, studio):
    context = chromium.new_context(reduced_motion="no-preference", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(f"http://{studio.host}/?token={studio.studio.token}#play?example=house")
    yield page
    context.close()


def test_with_motion_a_value_travels_and_lands(lively):
    timeline(lively).press("Home")
    lively.get_by_label("Speed").select_option("4")
    lively.get_by_role("button", name="Play (space)").click()
    lively.locator(".mover").first.wait_for()
    lively.get_by_role("button", name="Pause (space)").click()
    expect(lively.locator(".mover")).to_have_count(0)
    timeline(lively).press("End")
    expect(lively.locator(".graph [data-gradient='0']")).to_have_attribute("data-value", "-4")
