"""Every page at three widths: no error in the console, nothing that axe finds in either theme, nothing that sticks out."""

import contextlib
import json
from urllib.parse import quote

import pytest
from playwright.sync_api import Error

from gradwalk.studio.lessons import files
from tests.browser.conftest import ROOT, WAIT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {1440: [1024], 390: []}  # of a screen, and of the windows that a page is then drawn narrower to
TRAINED = quote(json.dumps({"rate": 0.1, "steps": 3, "params": ["w1", "w2"]}))
PAGES = {
    "playground": "#play?example=house",
    "mistake": "#play?f=y%20%3D%20sinn(x)",
    "updates": f"#play?example=house&train={TRAINED}",
    "tensors": "#play?example=batch",
    "dead unit": "#play?example=dead",
    "curve and links": "#explore?f=(3*x%20%2B%201)**2",
    "three links": "#explore?f=tanh(x**2)**2",
    "map and descent": "#explore?f=x**2%20%2B%202*y**2",
    "mistake in explore": "#explore?f=sinn(x)",
    "gradient health": "#health?problem=vanishing&with=residual,normalization",
    "gradient health without a gradient": "#health?problem=dead",
    "lessons": "#lessons",
    **{slug: f"#lessons/{slug}" for slug in files()},
}
# A page is there when each thing that it promises is there; what is wrong with one is shown as a problem.
READY = """() => {
  const main = document.querySelector("main");
  const promised = [...document.querySelectorAll("gw-player, gw-curve, gw-grid, gw-chain, gw-surface")];
  const parts = ".player .sentence, .gw-plot svg, .course li";
  return main?.querySelector(`${parts}, .lesson h1, .problem`) && promised.every((one) => !one.checkVisibility() || one.querySelector(`${parts}, svg, canvas`))
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


def ready(page):
    page.locator("main h1").first.wait_for(state="attached")
    page.wait_for_function(NEXT)
    page.wait_for_function(READY)


def fits(page):
    """Nothing sticks out, once what measures itself has followed."""
    with contextlib.suppress(Error):
        page.wait_for_function(f"() => ({OVERFLOW})().length === 0", timeout=3000)
    assert page.evaluate(OVERFLOW) == []


@pytest.fixture(scope="module")
def reader(chromium, studio):
    """One page for all of these tests, into which axe may be put past the page's policy, and what its console said."""
    context = chromium.new_context(reduced_motion="reduce", color_scheme="light", bypass_csp=True)
    context.set_default_timeout(WAIT)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"http://{studio.host}/?token={studio.studio.token}")
    yield page, problems
    context.close()


def opened(page, fragment, width):
    """The page loaded anew, as it is laid out for a screen of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(fragment) => history.replaceState(null, '', fragment)", fragment)
    page.reload()
    ready(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_in_both_themes(reader, name, width):
    if not AXE.exists():
        pytest.fail("axe-core isn't there: run npm install in web/")
    page, problems = reader
    opened(page, PAGES[name], width)
    assert bool(page.locator(".problem").count()) == ("mistake" in name)
    fits(page)
    audit(page)
    for narrower in WIDTHS[width]:
        page.set_viewport_size({"width": narrower, "height": 900})
        fits(page)
    assert problems == []


def audit(page):
    """Nothing that axe finds; in the dark theme only the colours are others."""
    page.add_script_tag(path=AXE)
    assert page.evaluate(AUDIT, None) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate(AUDIT, ["color-contrast", "link-in-text-block"]) == []
    page.emulate_media(color_scheme="light")
