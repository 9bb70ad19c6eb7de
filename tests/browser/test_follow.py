"""The studio follows the edits of the user's script."""

import pytest

from gradwalk.cli.script import run_script
from gradwalk.studio.follow import Follower
from gradwalk.studio.kernel import Kernel
from tests.browser.conftest import number
from tests.studio.serving import serving

SCRIPT = """import gradwalk as gw
w = gw.tensor(W, requires_grad=True)
L = (w - 1) ** 2
L.backward()
"""


@pytest.fixture
def script(tmp_path):
    file = tmp_path / "model.py"
    file.write_text(SCRIPT.replace("W", "3.0"))
    return file


def test_an_edit_is_shown(script, page):
    follower = Follower(str(script), lambda: run_script(str(script), ()), pause=0.02)
    with serving(lambda: Kernel(follower.walk, "model.py"), follower=follower) as client:
        page.goto(f"http://{client.host}/?token={client.studio.token}#play?script=1")
        page.locator("[data-node='0'][data-value='3']").first.wait_for()
        script.write_text(SCRIPT.replace("W", "-4.5"))
        page.locator("[data-node='0'][data-value='-4.5']").first.wait_for()
        assert number(page, 0, "data-gradient") == -11
        script.write_text("1/0")
        page.get_by_text("ZeroDivisionError").first.wait_for()
        assert number(page, 0) == -4.5
        page.goto("about:blank")
