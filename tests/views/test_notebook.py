import re
import xml.etree.ElementTree as ET

import pytest

import gradwalk as gw
from gradwalk.formula import number
from gradwalk.views.notebook import HEAD, TAIL, notebook

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def walk():
    x, w, b, y = gw.tensor(2.0), gw.tensor(0.5, requires_grad=True), gw.tensor(0.1, requires_grad=True), gw.tensor(1.0)
    z = w * x + b
    y_hat = gw.sigmoid(z)
    L = (y - y_hat) ** 2
    return gw.walk(L)


def tables(walk) -> dict[str, list[list[str]]]:
    root = ET.fromstring(notebook(walk))
    return {
        t.find("caption").text: [[cell.text or "" for cell in row] for row in t.find("tbody")]
        for t in root.iter("table")
    }


def test_a_walk_shows_itself_in_a_notebook(walk):
    text = walk._repr_html_()
    assert text == notebook(walk)
    assert ET.fromstring(text).find(f".//{SVG}rect") is not None


def test_the_forward_table_is_the_walks(walk):
    rows = tables(walk)["Forward"]
    results = [n for n in walk.nodes if n.op]
    assert [row[0] for row in rows] == [n.name for n in results]
    assert [row[2] for row in rows] == [number(n.value.item()) for n in results]
    assert rows[2][1] == "σ(z)"


def test_the_backward_table_is_the_walks(walk):
    rows = tables(walk)["Backward"]
    steps = [s for s in walk.steps if s.phase == "backward"]
    assert [row[0] for row in rows] == [f"{walk.nodes[s.node].name} → {walk.nodes[s.input].name}" for s in steps]
    assert [row[1:] for row in rows] == [
        [s.formula, number(s.contribution.item()), number(s.total.item())] for s in steps
    ]


def test_numbers_are_exact_on_hover(walk):
    root = ET.fromstring(notebook(walk))
    hovers = [td.get("title") for td in root.iter("td") if "number" in (td.get("class") or "")]
    shown = [float(h.replace("−", "-")) for h in hovers]
    assert shown[: sum(n.op is not None for n in walk.nodes)] == [n.value.item() for n in walk.nodes if n.op]


def test_updates_have_a_table_of_their_own(walk):
    found = tables(walk.update(0.1))
    assert [row[0] for row in found["Updates"]] == ["w (turn 1)", "b (turn 1)"]
    assert found["Updates"][0][2] == "0.5187"
    assert found["Forward"][-1][0] == "L (turn 1)"


def test_a_long_walk_says_how_much_it_leaves_out():
    a = gw.tensor(0.5, requires_grad=True)
    for _ in range(500):
        a = gw.tanh(a)
    long = gw.walk(a)
    rows = tables(long)["Forward"]
    assert len(rows) == HEAD + TAIL + 1
    assert rows[HEAD] == [f"… {500 - HEAD - TAIL} more steps"]
    assert len(notebook(long)) < 250_000


def test_no_script_and_no_style_that_leaves_the_cell(walk):
    text = notebook(walk)
    assert "<script" not in text
    for sheet in re.findall(r"<style>(.*?)</style>", text, re.S):
        flat = re.sub(r"@media[^{]*\{(.*?\})\}", r"\1", sheet, flags=re.S)
        for selector in re.findall(r"([^{}]+)\{", flat):
            assert all(".gw-" in part for part in selector.split(",")), selector


def test_both_themes_and_the_notebooks_own(walk):
    text = notebook(walk)
    assert "prefers-color-scheme:dark" in text
    assert '[data-jp-theme-light="false"] .gw-auto' in text
    assert "body.vscode-dark .gw-auto" in text


@pytest.mark.parametrize("name", ["<script>x</script>", '"><b>', "a&b", "\x00"])
def test_names_cannot_inject(name):
    w = gw.tensor(1.0, requires_grad=True, name=name)
    loss = gw.tanh(w)
    root = ET.fromstring(notebook(gw.walk(loss)))
    assert not list(root.iter("script"))
    assert not list(root.iter("b"))
