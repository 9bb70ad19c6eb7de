import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.formula import number
from gradwalk.views.heatmap import blocks
from gradwalk.views.svg import svg
from gradwalk.views.theme import DARK, LIGHT
from gradwalk.walk import WalkError
from gradwalk.walk.layout import layout
from gradwalk.walk.save import elide
from gradwalk.walk.sizes import text_width

GOLDEN = Path(__file__).parents[1] / "walk" / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(walk, **options) -> ET.Element:
    return ET.fromstring(svg(walk, **options))


def texts(element) -> list[str]:
    return [t.text for t in element.iter(f"{SVG}text")]


def of_class(root, name):
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def group(root, key, id):
    return next(e for e in root.iter(f"{SVG}g") if e.get(key) == str(id))


def exact(title: str) -> float:
    """The number in a title, at full precision."""
    return float(re.search(r" = (\S+)", title)[1].replace("−", "-").replace("∞", "inf"))


@pytest.fixture(scope="module")
def house():
    x, y = gw.tensor(2.0), gw.tensor(3.0)
    w1, w2 = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0, requires_grad=True)
    z1 = w1 * x
    h = gw.relu(z1)
    y_pred = w2 * h
    L = 0.5 * (y - y_pred) ** 2
    return gw.walk(L)


@pytest.fixture(scope="module")
def neuron():
    x, w, b, y = gw.tensor(2.0), gw.tensor(0.5, requires_grad=True), gw.tensor(0.1, requires_grad=True), gw.tensor(1.0)
    y_hat = gw.sigmoid(w * x + b)
    L = (y - y_hat) ** 2
    return gw.walk(L)


@pytest.fixture(scope="module")
def batch():
    random = np.random.default_rng(0)
    X, Y = gw.tensor(random.normal(size=(50, 2)), name="X"), gw.tensor(random.normal(size=(50, 1)), name="Y")
    W1, W2 = (
        gw.tensor(random.normal(size=(2, 4)), requires_grad=True),
        gw.tensor(random.normal(size=(4, 1)), requires_grad=True),
    )
    h = gw.tanh(X @ W1)
    p = h @ W2
    loss = ((p - Y) ** 2).mean()
    return gw.walk(loss)


def deep(length):
    w, a = gw.tensor(0.9, requires_grad=True), gw.tensor(0.5)
    for _ in range(length):
        z = w * a
        a = gw.tanh(z)
    return gw.walk(a)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["house", "neuron"])
def test_every_number_shown_is_the_walks(name, request):
    walk = request.getfixturevalue(name)
    root = parsed(walk)
    for node in walk.nodes:
        drawn = group(root, "data-node", node.id)
        shown = texts(drawn)
        assert exact(drawn.find(f".//{SVG}title").text) == node.value
        assert shown[0] == node.name
        if node.role != "constant":
            assert shown[1] == number(node.value.item())
        if node.id in walk.gradients:
            badge = group(root, "data-gradient", node.id)
            assert texts(badge) == [f"∂ {number(walk.gradients[node.id].item())}"]
            assert exact(badge.find(f"{SVG}title").text) == walk.gradients[node.id]
            assert badge.find(f"{SVG}title").text.startswith(
                f"∂L/∂{node.name if ' ' not in node.name and '·' not in node.name else '('}"
            )


def test_what_has_no_gradient_has_no_badge(house):
    root = parsed(house)
    badges = {int(g.get("data-gradient")) for g in root.iter(f"{SVG}g") if g.get("data-gradient")}
    assert badges == set(house.gradients)


def test_minus_signs_are_minus_signs(house):
    shown = "".join(texts(parsed(house)))
    assert "-" not in shown
    assert "∂ −4" in shown


@pytest.mark.parametrize(
    ("value", "shown"), [(np.nan, "nan"), (np.inf, "∞"), (-np.inf, "−∞"), (-1.23456789e-300, "−1.235e−300")]
)
def test_odd_numbers_are_shown_whole(value, shown):
    w = gw.tensor(value, requires_grad=True)
    loss = w * 1.0
    root = parsed(gw.walk(loss))
    assert texts(group(root, "data-node", 0)) == ["w", shown]


def test_a_later_turn_shows_its_own_numbers(house):
    walk = house.update(0.1)
    root = parsed(walk, turn=1)
    w1 = walk.node("w1@1")
    assert exact(group(root, "data-node", w1.id).find(f".//{SVG}title").text) == 0.9
    assert "turn 1" in root.get("aria-label")
    assert texts(group(root, "data-node", walk.output))[1] == "0.3528"


# --- tensors ---------------------------------------------------------------------------------------------------------


def test_tensors_show_their_shape_and_scale(batch):
    root = parsed(batch)
    assert texts(group(root, "data-node", batch.node("W1").id)) == [
        "W1",
        f"2 × 4\u2002±{number(np.abs(batch.value('W1')).max(), 2)}",
    ]
    assert of_class(group(root, "data-node", batch.node("X").id), "heat")


def test_small_tensors_tell_all_their_numbers_exactly(batch):
    title = group(parsed(batch), "data-node", batch.node("W1").id).find(f".//{SVG}title").text
    numbers = [float(t.replace("−", "-")) for t in re.findall(r"−?\d\.\d+(?:e−?\d+)?", title)]
    assert numbers == batch.value("W1").ravel().tolist()


def cells(root, id, key="data-node"):
    """Each heatmap cell's place, sign and opacity."""
    paths = [e for e in group(root, key, id).iter(f"{SVG}path") if e.get("class") in ("plus", "minus", "nan")]
    found = []
    for path in paths:
        for x, y in re.findall(r"M(\S+) ([^h]+)h", path.get("d")):
            found.append((float(y), float(x), path.get("class"), float(path.get("fill-opacity"))))
    return sorted(found)


def test_a_heatmap_is_centred_on_zero():
    w = gw.tensor([[1.0, -2.0], [0.0, 0.5]], requires_grad=True)
    loss = w.sum()
    shown = cells(parsed(gw.walk(loss)), 0)
    assert [(kind, shade) for _, _, kind, shade in shown] == [("plus", 0.5), ("minus", 1.0), ("plus", 0.25)]


def test_nan_and_infinite_entries_stand_out():
    w = gw.tensor([np.nan, 1.0, -np.inf], requires_grad=True)
    loss = w.sum()
    assert [c[2:] for c in cells(parsed(gw.walk(loss)), 0)] == [("nan", 1.0), ("plus", 1.0), ("minus", 1.0)]


@pytest.mark.parametrize("shape", [(50, 2), (784,), (7, 13), (2, 3, 40), (6, 10)])
def test_a_large_tensor_is_shown_by_means_of_blocks(shape):
    value = np.random.default_rng(1).normal(size=shape)
    matrix = value.reshape(-1, shape[-1])
    found = blocks(value)
    assert found.shape == (min(matrix.shape[0], 6), min(matrix.shape[1], 10))
    top = [int(i * matrix.shape[0] / found.shape[0]) for i in range(found.shape[0] + 1)]
    left = [int(i * matrix.shape[1] / found.shape[1]) for i in range(found.shape[1] + 1)]
    assert found[0, 0] == pytest.approx(matrix[: top[1], : left[1]].mean())
    assert found[-1, -1] == pytest.approx(matrix[top[-2] :, left[-2] :].mean())


def test_zeros_empty_and_elided_tensors(batch):
    w, e = gw.tensor(np.zeros((2, 2)), requires_grad=True), gw.tensor(np.zeros((0, 3)), requires_grad=True)
    loss = w.sum() + e.sum()
    shown = texts(parsed(gw.walk(loss)))
    assert "2 × 2\u2002all 0" in shown
    assert "0 × 3\u2002empty" in shown
    h = batch.node("h")
    nodes = tuple(replace(n, value=elide(n.value)) if n.id == h.id else n for n in batch.nodes)
    assert texts(group(parsed(replace(batch, nodes=nodes)), "data-node", h.id))[1].count("…") == 1


# --- what is happening now -------------------------------------------------------------------------------------------


def step_of(walk, phase, name):
    return next(
        i
        for i, s in enumerate(walk.steps)
        if s.phase == phase and walk.nodes[s.node if s.input is None else s.input].name == name
    )


def test_a_forward_step_shows_only_what_is_known(house):
    at = step_of(house, "forward", "h")
    root = parsed(house, step=at)
    assert texts(group(root, "data-node", house.node("h").id))[1] == "1"
    assert texts(group(root, "data-node", house.node("y_pred").id))[1] == "·"
    assert not [g for g in root.iter(f"{SVG}g") if g.get("data-gradient")]
    assert len(of_class(root, "ring")) == 1
    assert of_class(root, "ring")[0].get("class") == "ring forward"
    assert "Step 2 of 14" in "".join(texts(root))
    assert "h = relu(z1) = 1" in "".join(texts(root))


def test_a_backward_step_rings_the_input_and_labels_the_local_derivative(house):
    at = step_of(house, "backward", "w1")
    root, step = parsed(house, step=at), house.steps[at]
    (local,) = of_class(root, "local")
    assert texts(local) == [f"× {number(step.local.item())}"]
    assert local.find(f"{SVG}title").text == "∂z1/∂w1 = 2.0"
    assert len([e for e in of_class(root, "edge") if "now" in e.get("class")]) == 1
    ring, place = of_class(root, "ring")[0], layout(house).box(house.node("w1").id)
    assert float(ring.get("x")) == pytest.approx(place.card[0] - 4)
    assert "∂L/∂w1 = ∂L/∂z1 · x = −4" in "".join(texts(root))


def test_totals_grow_one_contribution_at_a_time():
    x = gw.tensor(3.0, requires_grad=True)
    y = x * x
    walk = gw.walk(y)
    first, second = (i for i, s in enumerate(walk.steps) if s.phase == "backward")
    assert texts(group(parsed(walk, step=first), "data-gradient", 0)) == ["∂ 3"]
    assert texts(group(parsed(walk, step=second), "data-gradient", 0)) == ["∂ 6"]
    assert "∂y/∂x += ∂y/∂y · x = 3, in all 6" in "".join(texts(parsed(walk, step=second)))


def test_every_step_can_be_drawn(house):
    walk = house.update(0.1)
    for step in range(len(walk.steps)):
        root = parsed(walk, step=step)
        assert len(of_class(root, "ring")) == 1
        assert f"step {step + 1} of {len(walk.steps)}" in root.get("aria-label")


def test_an_update_tells_the_new_value(house):
    walk = house.update(0.1)
    at = next(i for i, s in enumerate(walk.steps) if s.phase == "update" and walk.nodes[s.node].name == "w1")
    assert "w1 ← w1 − 0.1 · ∂L/∂w1 = 0.9" in "".join(texts(parsed(walk, step=at)))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_walks_from_files_can_be_drawn_step_by_step(path):
    walk = gw.load(path)
    for step in (None, *range(len(walk.steps))):
        root = parsed(walk, step=step)
        assert of_class(root, "output")


@pytest.mark.parametrize("options", [{"step": 99}, {"turn": 3}, {"theme": "sepia"}])
def test_what_there_is_not_is_refused(house, options):
    with pytest.raises(WalkError, match="no"):
        svg(house, **options)


# --- form ------------------------------------------------------------------------------------------------------------


def test_roles_differ_in_form(house):
    root = parsed(house)
    forms = {}
    for name in ("w1", "x", "h"):
        mark = next(e for e in group(root, "data-node", house.node(name).id) if "card" in (e.get("class") or ""))
        forms[name] = (mark.tag, mark.get("rx"))
    assert len(set(forms.values())) == 3
    constant = group(root, "data-node", house.node("0.5").id)
    assert not [e for e in constant if "card" in (e.get("class") or "")]


def test_the_users_names_are_large_and_others_small(house):
    root = parsed(house)
    sizes = {t.text: float(t.get("font-size")) for t in root.iter(f"{SVG}text")}
    assert sizes["y_pred"] > sizes["y − y_pred"]


def test_texts_stay_within_their_card():
    w = gw.tensor(-1.2345678e-200, requires_grad=True, name="a_rather_long_name_for_one_parameter")
    loss = gw.tanh(w)
    walk = gw.walk(loss)
    root, placed = parsed(walk), layout(walk)
    for box in placed.boxes:
        for text in group(root, "data-node", box.node).iter(f"{SVG}text"):
            assert text_width(text.text, float(text.get("font-size"))) <= box.card[2]
    shown = group(root, "data-node", 0)
    assert texts(shown)[0].endswith("…")
    assert walk.nodes[0].name in shown.find(f"{SVG}title").text


@pytest.mark.parametrize("width", [300, 390, 960])
@pytest.mark.parametrize("name", ["house", "batch"])
def test_the_key_stays_within_the_picture(name, width, request):
    root = parsed(request.getfixturevalue(name), width=width)
    (key,) = of_class(root, "key")
    for text in key.iter(f"{SVG}text"):
        assert float(text.get("x")) + text_width(text.text, float(text.get("font-size"))) <= float(root.get("width"))
        assert float(text.get("y")) < float(root.get("height"))


HOSTILE = ['<script>alert("1")</script>', '"/><b onload="x">', "a&b;<!--", "]]>", "\x00\x07\ud800", "{}</style>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_cannot_inject(name):
    w = gw.tensor([1.0, 2.0], requires_grad=True, name=name)
    loss = (w * w).sum()
    walk = gw.walk(loss, name=name, title=name)
    walk = replace(walk, nodes=tuple(replace(n, scope=(name,), calls=(1,)) if n.op == "mul" else n for n in walk.nodes))
    for step in (None, 0, len(walk.steps) - 1):
        root = parsed(walk, step=step)
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "title", "style", "rect", "path", "text", "g"}
        assert not [key for e in root.iter() for key in e.attrib if key.startswith("on") or "href" in key]
    svg(walk).encode()


def test_it_is_self_contained(house):
    text = svg(house)
    assert "<script" not in text
    assert "url(" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_readers_who_cannot_see_are_told(house):
    root = parsed(house)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Graph of L = 2: 6 operations on 5 given values"
    assert root.find(f"{SVG}title").text == root.get("aria-label")


def test_paths_are_well_formed(house):
    for walk in (house, deep(30)):
        for path in parsed(walk).iter(f"{SVG}path"):
            for command, arguments in re.findall(r"([A-Za-z])([^A-Za-z]*)", path.get("d")):
                assert (
                    len(arguments.replace("-", " -").split())
                    == {"M": 2, "L": 2, "l": 2, "C": 6, "Q": 4, "H": 1, "h": 1, "v": 1, "z": 0}[command]
                )


def test_a_shared_way_is_drawn_once():
    for drawn in parsed(deep(30)).iter(f"{SVG}path"):
        pieces = re.findall(r"[LCQ][^MLCQ]*", drawn.get("d"))
        assert len(pieces) == len(set(pieces))


def test_a_large_walk_stays_small_and_opens(request):
    walk = deep(1000)
    text = svg(walk)
    assert len(text) < 200_000
    root = ET.fromstring(text)
    closed = [g for g in root.iter(f"{SVG}g") if g.get("data-group")]
    assert sum(int(re.search(r"(\d+) values", g.find(f"{SVG}title").text)[1]) for g in closed) >= 2000
    assert len(svg(walk, open=[closed[0].get("data-group")])) > len(text)


@pytest.mark.parametrize("step", [0, -1, 1500])
def test_a_step_inside_a_closed_group_is_drawn_too(step):
    parsed(deep(1000), step=step)


# --- themes ----------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [("ink", "surface"), ("ink", "card"), ("ink", "pale"), ("grey", "surface"), ("grey", "card"), ("grey", "pale"), ("value", "card"),
     ("value", "surface"), ("value", "pale"), ("gradient", "badge"), ("gradient", "surface")],
)  # fmt: skip
def test_texts_have_contrast_aa(theme, front, back):
    assert contrast(theme[front], theme[back]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("back", ["surface", "pale"])
def test_edges_have_contrast_aa(theme, back):
    assert contrast(theme["edge"], theme[back]) >= 3


def test_themes(house):
    light, dark, auto = (svg(house, theme=theme) for theme in ("light", "dark", "auto"))
    assert LIGHT["value"] in light
    assert DARK["value"] not in light
    assert DARK["value"] in dark
    assert LIGHT["value"] not in dark
    assert LIGHT["value"] in auto.partition("@media (prefers-color-scheme:dark)")[0]
    assert DARK["value"] in auto.partition("@media (prefers-color-scheme:dark)")[2]


def test_walks_render_and_save_as_svg(house, tmp_path):
    assert house.render("svg", theme="dark") == svg(house, theme="dark")
    house.save(tmp_path / "house.svg")
    assert (tmp_path / "house.svg").read_text() == svg(house)
