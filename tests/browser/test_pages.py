"""Every page: no error in the console, nothing that axe finds in either theme, nothing that sticks out of a phone."""

import contextlib

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import ROOT, browsing

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
LESSONS = (
    "the-derivative",
    "rules-and-activations",
    "the-house-price",
    "the-graph",
    "accumulation",
    "what-autodiff-does",
)
PAGES = {
    "playground": "#play?example=house",
    "tensors": "#play?example=batch",
    "explore": "#explore?f=(3*x%20%2B%201)**2",
    "explore two names": "#explore?f=x**2%20%2B%202*y**2",
    "lessons": "#lessons",
    **{slug: f"#lessons/{slug}" for slug in LESSONS},
}
# A page is there when each thing that it promises is there; what is wrong with one is shown as a problem.
READY = """() => {
  const main = document.querySelector("main");
  const promised = [...document.querySelectorAll("gw-player, gw-curve, gw-grid, gw-chain, gw-surface")];
  const parts = ".player .sentence, .gw-plot svg, .course li";
  return main?.querySelector(`${parts}, .lesson h1`) && promised.every((one) => !one.checkVisibility() || one.querySelector(`${parts}, svg, canvas`))
    && [...document.querySelectorAll(".waiting")].every((one) => !one.textContent);
}"""
AUDIT = """async (rules) => {
  const options = rules ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`));
}"""
OVERFLOW = """() => {
  const root = document.documentElement;
  const clipped = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true;
    }
    return false;
  };
  const beyond = [...document.body.querySelectorAll("*")].filter((one) => {
    const { right, width } = one.getBoundingClientRect();
    return one instanceof HTMLElement && width > 0 && right > root.clientWidth + 1 && !clipped(one);
  });
  return root.scrollWidth > root.clientWidth + 1 || beyond.length ? [root.scrollWidth, ...beyond.slice(0, 5).map((one) => one.outerHTML.slice(0, 160))] : [];
}"""
# Lessons bring their parts to life when they come into sight.
NEXT = """() => {
  const next = [...document.querySelectorAll("gw-player, gw-curve, gw-grid, gw-chain, gw-surface")].find((one) => one.checkVisibility() && !one.querySelector("svg, canvas, .sentence"));
  next?.scrollIntoView();
  return !next;
}"""
PHONE = {"width": 390, "height": 844}


def ready(page):
    page.locator("main h1").first.wait_for(state="attached")
    page.wait_for_function(NEXT)
    page.wait_for_function(READY)


def fits(page):
    """Nothing sticks out, once what measures itself has followed."""
    with contextlib.suppress(Error):
        page.wait_for_function(f"() => ({OVERFLOW})().length === 0", timeout=3000)
    assert page.evaluate(OVERFLOW) == []


@pytest.fixture
def context(chromium):
    """As the other tests' browser, but one into which axe may be put past the page's policy."""
    with browsing(chromium, bypass_csp=True) as context:
        yield context


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_in_both_themes_and_on_a_phone(open_studio, name):
    if not AXE.exists():
        pytest.fail("axe-core isn't there: run npm install in web/")
    page = open_studio(PAGES[name])
    ready(page)
    assert page.locator(".problem").all_inner_texts() == []
    page.emulate_media(color_scheme="light")
    page.add_script_tag(path=AXE)
    assert page.evaluate(AUDIT, None) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate(AUDIT, ["color-contrast", "link-in-text-block"]) == []
    page.set_viewport_size(PHONE)
    fits(page)


def test_a_lesson_opened_on_a_phone_stays_inside(open_studio, page):
    page.set_viewport_size(PHONE)
    ready(open_studio("#lessons/the-house-price"))
    fits(page)
