"""The proof beside the gradients: of the turn that is shown, by measured slopes and by PyTorch."""

import json
from functools import partial
from urllib.parse import urlencode

from playwright.sync_api import expect

from gradwalk.studio.kernel import Kernel
from gradwalk.walk.check import REFERENCES, NotYet
from tests.browser.reading import engine, timeline
from tests.studio.serving import serving

TRAINING = {"rate": 0.1, "steps": 2, "params": ["w1", "w2"]}


def proof(page):
    return page.locator(".proof")


def test_the_proof_is_of_the_turn_that_is_shown(open_studio):
    page = open_studio("#play?" + urlencode({"example": "house", "train": json.dumps(TRAINING)}))
    walk = engine("house").update(0.1, ["w1", "w2"], 2)
    timeline(page).wait_for()
    proof(page).scroll_into_view_if_needed()
    for key, name, words in (("End", "w1@2", "after 2 updates"), ("Home", "w1", "before the first update")):
        timeline(page).press(key)
        expect(proof(page).get_by_role("row", name="w1").locator(".ok")).to_be_visible()
        expect(proof(page).locator(f"td[data-gradient='{walk.node(name).id}']")).to_be_visible()
        expect(proof(page)).to_contain_text(words)


def test_pytorch_is_waited_for_while_the_rest_is_there(page):
    asked = []

    def slow(nodes, output):
        asked.append(len(nodes))
        if len(asked) < 4:
            raise NotYet
        return REFERENCES["PyTorch"]()(nodes, output)

    with serving(partial(Kernel, references={"PyTorch": lambda: slow})) as client:
        page.goto(f"http://{client.host}/?token={client.studio.token}#play?example=neuron")
        timeline(page).wait_for()
        proof(page).scroll_into_view_if_needed()
        expect(proof(page).locator(".waiting")).to_have_text("Asking PyTorch …")
        expect(proof(page).get_by_role("columnheader", name="Measured")).to_be_visible()
        expect(proof(page).get_by_role("columnheader", name="PyTorch")).to_be_visible()
        expect(proof(page).locator(".waiting")).to_have_count(0)
