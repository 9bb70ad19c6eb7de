"""The server goes away and comes back: the page says so, and goes on where it was."""

import pytest
from playwright.sync_api import expect

from gradwalk.cli.script import run_script
from gradwalk.studio.follow import Follower
from gradwalk.studio.kernel import Kernel
from tests.browser.reading import at_step, engine, graph_value, length, named, shows, timeline
from tests.studio.serving import serving


@pytest.fixture
def page(context):
    """A page whose console may say that the server can't be reached."""
    return context.new_page()


def address(client, fragment=""):
    return f"http://{client.host}/?token={client.studio.token}{fragment}"


def lost(page):
    return page.locator("header .lost")


def test_the_page_goes_on_with_its_edits_and_position(page):
    with serving(Kernel) as first:
        page.goto(address(first, "#play?example=house"))
        walk = engine("house", w1=1.5)
        w1, output = named(walk, "w1"), walk.nodes[-1].id
        page.locator(f"input[data-leaf='{w1}']").first.fill("1.5")
        expect(graph_value(page, output)).to_have_attribute("data-value", "0")
        timeline(page).press("ArrowLeft")
        done = length(page) - 1
        at_step(page, done)
    expect(lost(page)).to_contain_text("doesn't answer")
    timeline(page).press("ArrowLeft")  # what needs no engine works on
    at_step(page, done - 1)
    with serving(Kernel, port=first.port, token=first.studio.token):
        expect(lost(page)).to_have_count(0)
        at_step(page, done - 1)
        timeline(page).press("End")
        shows(page, walk)
        # The new kernel is asked about a walk that it doesn't know.
        page.locator(f"input[data-leaf='{w1}']").first.fill("-2")
        shown = engine("house", w1=-2)
        expect(graph_value(page, output)).to_have_attribute("data-value", repr(shown.nodes[-1].value.item()))
        shows(page, shown)
        expect(page.locator(".why-panel h3")).to_contain_text("∂L/∂w1")
        assert page.locator(".problem").count() == 0
        page.goto("about:blank")


def test_what_is_asked_meanwhile_is_answered_afterwards(page):
    with serving(Kernel) as first:
        page.goto(address(first, "#play?example=house"))
        walk = engine("house", w1=1.5)
        graph_value(page, walk.nodes[-1].id).wait_for()
    expect(lost(page)).to_be_visible()
    page.locator(f"input[data-leaf='{named(walk, 'w1')}']").first.fill("1.5")
    with serving(Kernel, port=first.port, token=first.studio.token):
        expect(graph_value(page, walk.nodes[-1].id)).to_have_attribute("data-value", "0")
        shows(page, walk)
        page.goto("about:blank")


def test_another_token_is_told_and_the_new_address_mends_it(page, context):
    with serving(Kernel) as first:
        page.goto(address(first, "#play?example=house"))
        timeline(page).wait_for()
    with serving(Kernel, port=first.port) as second:
        expect(lost(page)).to_contain_text("started anew: open the address that it printed last")
        another = context.new_page()
        another.goto(address(second))
        timeline(another).wait_for()
        expect(lost(page)).to_have_count(0)
        shows(page, engine("house"))
        page.goto("about:blank")
        another.goto("about:blank")


def test_a_script_is_followed_again(page, tmp_path):
    script = tmp_path / "model.py"
    text = "import gradwalk as gw\nw = gw.tensor(W, requires_grad=True)\nL = (w - 1) ** 2\nL.backward()\n"
    script.write_text(text.replace("W", "3.0"))

    def studio(**settings):
        follower = Follower(str(script), lambda: run_script(str(script), ()), pause=0.02)
        return serving(lambda: Kernel(follower.walk, "model.py"), follower=follower, **settings)

    with studio() as first:
        page.goto(address(first, "#play?script=1"))
        page.locator("[data-node='0'][data-value='3']").first.wait_for()
    expect(lost(page)).to_be_visible()
    script.write_text(text.replace("W", "5.0"))  # edited while nobody looks
    with studio(port=first.port, token=first.studio.token):
        page.locator("[data-node='0'][data-value='5']").first.wait_for()
        script.write_text(text.replace("W", "7.0"))
        page.locator("[data-node='0'][data-value='7']").first.wait_for()
        page.goto("about:blank")
