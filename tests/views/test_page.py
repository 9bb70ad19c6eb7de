"""One walk as one HTML file: everything in it, nothing out of it."""

import base64
import hashlib
import json
import re

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.studio import bundle
from gradwalk.views.page import frame, page
from gradwalk.walk import WalkError

LARGEST = 300_000


@pytest.fixture(scope="module")
def walk():
    w, x = gw.tensor(0.5, requires_grad=True), gw.tensor(2.0, name="</script><b>&")
    loss = (w * x - 1) ** 2 + (w * x).log()
    return gw.walk(loss)


def parts(document):
    """The recording, the script and the style sheet of a page."""
    found = re.fullmatch(
        r'.*<style>(.*)</style>.*<script type="application/json" id="recording">(.*?)</script>\n<script>(.*)</script>.*',
        document,
        re.DOTALL,
    )
    return json.loads(found[2]), found[3], found[1]


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_what_is_there_and_nothing_else(walk):
    document = walk.render("html")
    _, script, style = parts(document)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', document)[1]
    assert policy.startswith(f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)};")
    assert "unsafe" not in policy and "http" not in policy


def test_every_number_of_the_walk_is_recorded(walk):
    replies = parts(walk.render("html"))[0]["replies"]
    values, gradients = (np.frombuffer(base64.b64decode(data)) for data in replies[0]["buffers"][:2])
    for info, node in zip(replies[0]["head"]["nodes"], walk.nodes, strict=True):
        assert values[info["offset"]] == node.value
        assert not info["has_gradient"] or gradients[info["offset"]] == walk.gradients[node.id]
    steps = [reply["head"] for reply in replies if reply["head"]["kind"] == "step"]
    assert [step["step"] for step in steps] == list(range(len(walk.steps)))


def test_every_gradient_has_its_reason_and_its_proof(walk):
    replies = parts(walk.render("html"))[0]["replies"]
    reasons = {
        reply["request"]["node"]: reply["head"]["gradient"] for reply in replies if reply["head"]["kind"] == "why"
    }
    assert reasons == {id: float(gradient) for id, gradient in walk.gradients.items()}
    assert [reply["head"]["ok"] for reply in replies if reply["head"]["kind"] == "check"] == [True]
    assert any(reply["head"]["kind"] == "cost" for reply in replies)


def test_no_name_becomes_markup(walk):
    document = page("</title><script>alert(1)</script>", '{"name":"</script><!--"}', "run()", "")
    assert document.count("<script") == 2 and document.count("</script>") == 2
    assert parts(document)[0] == {"name": "</script><!--"}
    assert walk.render("html").count("<script") == 2


def test_the_page_is_small(walk):
    document = walk.render("html")
    recording = re.search(r'id="recording">(.*?)</script>', document, re.DOTALL)[1]
    assert len(document.encode()) - len(recording.encode()) < LARGEST


def test_nan_and_infinity_are_recorded():
    w = gw.tensor(0.0, requires_grad=True)
    replies = parts(gw.walk(w.log() * 2).render("html"))[0]["replies"]
    assert -np.inf in np.frombuffer(base64.b64decode(replies[0]["buffers"][0]))


def test_a_trained_walk_has_every_turns_picture():
    w = gw.tensor(1.0, requires_grad=True)
    loss = (w - 3) ** 2
    replies = parts(gw.walk(loss).update(0.1, ["w"], 2).render("html"))[0]["replies"]
    pictures = [reply for reply in replies if reply["head"]["kind"] == "layout"]
    assert {reply["head"]["layout"]["turn"] for reply in pictures} == {0, 1, 2}
    for reply in pictures:
        assert reply["head"]["layout"]["width"] <= reply["request"]["width"]


def test_saving_and_the_notebooks_player(walk, tmp_path):
    walk.save(tmp_path / "walk.html")
    assert (tmp_path / "walk.html").read_text() == walk.render("html")
    shown = walk.player()._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts allow-downloads" title=')  # a sandbox without an origin


def test_a_frame_holds_any_document():
    assert frame('a "b"', '<p title="x">&amp;\'</p>').count('"') + frame("a", "b").count('"') > 8
    assert "<p" not in frame("a", "<p>")


def test_a_missing_bundle_is_told(walk, monkeypatch):
    monkeypatch.setattr(bundle, "needed", missing)
    with pytest.raises(WalkError, match="aren't built"):
        walk.render("html")


def missing():
    raise bundle.BundleError("the studio's pages aren't built: run `make bundle` in the repository")
