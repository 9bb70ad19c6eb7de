"""A running studio and a Chromium; numbers are read from the page's nodes and compared with the engine."""

import contextlib
import os
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from gradwalk.studio import bundle
from gradwalk.studio.kernel import Kernel
from gradwalk.studio.lab_apart import LabApart
from tests.browser.chromium import ARGUMENTS, found
from tests.studio.serving import serving

WAIT = 20_000  # milliseconds until something that should be there counts as missing
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a process."""
    path = found()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium; see tools/chromium.sh")
        pytest.skip("there is no Chromium; make test sees to one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def studio():
    """A studio on a free port, with the kernels that `gradwalk studio` makes."""
    if not bundle.is_there():
        pytest.fail("the studio's pages aren't built: run make bundle")
    with serving(partial(Kernel, trainings=LabApart)) as client:
        yield client


@contextlib.contextmanager
def browsing(chromium, **settings):
    """A browser of one's own: its storage is empty, and motion is reduced so that nothing has to be waited for."""
    context = chromium.new_context(reduced_motion="reduce", viewport={"width": 1440, "height": 900}, **settings)
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@pytest.fixture(scope="module")
def browser(chromium):
    """What the tests of one file open their pages in: one of its own for each would take longer than most tests do."""
    with browsing(chromium) as context:
        context.new_page()  # stays: with the last page its window would close, and opening one takes half a second
        yield context


@pytest.fixture
def context(browser, studio):
    """That browser as a new one would be: without pages, and with nothing stored or permitted."""
    yield browser
    for page in browser.pages[1:]:
        session = browser.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": f"http://{studio.host}", "storageTypes": "local_storage"})
        page.close()
    browser.clear_cookies()
    browser.clear_permissions()


@pytest.fixture
def page(context):
    """A page that fails the test when its console shows an error."""
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    assert not problems


@pytest.fixture
def open_studio(studio, page):
    """Opens the studio at a fragment, as the printed address would."""

    def opened(fragment=""):
        page.goto(f"http://{studio.host}/?token={studio.studio.token}{fragment}")
        return page

    return opened


@pytest.fixture
def another(chromium):
    """Another reader's browser, into which a link is pasted."""
    with browsing(chromium) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 1024, "height": 800})
        yield page


@pytest.fixture
def cut_off(chromium):
    """A browser without a network: the files of this machine only."""
    asked = []
    with browsing(chromium, offline=True) as context:
        context.on(
            "request",
            lambda request: (
                asked.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None
            ),
        )
        yield context
    assert not asked


def number(page, node, attribute="data-node"):
    """The number that the page shows for one node, at full precision; ``data-gradient`` for its gradient."""
    shown = page.locator(f"[{attribute}='{node}'][data-value]").first
    return float(shown.get_attribute("data-value").replace("−", "-").replace("∞", "inf"))


ROOT = Path(__file__).parents[2]
