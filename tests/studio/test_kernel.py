import json
import math

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import expression
from gradwalk.errors import GradwalkError
from gradwalk.studio import protocol as p
from gradwalk.studio.clock import Deadline
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.kernel import HANDLERS, Kernel
from gradwalk.studio.numbers import Places, Program, numbers_of, walk_with
from gradwalk.studio.signs import multiplies
from gradwalk.studio.training import trained
from gradwalk.studio.wire import as_json, decode_frame, encode_frame
from gradwalk.views.equations import equations
from gradwalk.walk import dumps
from tests.studio.conftest import Asked
from tests.views.walks import WALKS, house, matrices

KNOWN = [name for name in WALKS if name != "forgotten"]


def test_every_request_has_a_handler():
    assert set(HANDLERS) == set(p.REQUESTS)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KNOWN)
def test_a_run_gives_the_walk_s_own_numbers(name):
    walk = WALKS[name]()
    places = Places(walk)
    own, again = places.buffers(numbers_of(walk)), places.buffers(Program(walk).run({}))
    for one, other in zip(own, again, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["house", "two_sigmoids", "chain", "matrices", "extremes", "house_trained"])
def test_a_run_with_other_leaves_is_a_replay(name):
    walk = WALKS[name]()
    leaf = next(node for node in walk.leaves(0) if node.role == "parameter")
    value = np.asarray(leaf.value) * 0.7 + 0.1
    found, expected = walk_with(walk, Program(walk).run({leaf.id: value})), walk.replay({leaf.id: value})
    for ours, theirs in zip(found.nodes, expected.nodes, strict=True):
        np.testing.assert_array_equal(ours.value, theirs.value, err_msg=ours.name)
    for ours, theirs in zip(found.steps, expected.steps, strict=True):
        for part in ("upstream", "local", "contribution", "total"):
            np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part))


@pytest.mark.parametrize("name", KNOWN)
def test_signs(name):
    """A product's sign is that of upstream · local; every other step's that of its formula."""
    walk = WALKS[name]()
    signs = Places(walk).signs
    found = Places(walk).buffers(numbers_of(walk))[3]
    for position, equation in enumerate(equations(walk)):
        if position not in signs.products:
            assert found[position] == (equation.sign() == "="), equation.left.name


def test_signs_of_products():
    walk = expression.walk("z = w*x + b\nŷ = sigmoid(z)\nL = (y - ŷ)**2", {"w": 0.5, "x": 2, "b": 0.1, "y": 1})
    for position, step in enumerate(walk.steps):
        if step.phase == "backward":
            shown = float(f"{float(f'{step.upstream:.4g}') * float(f'{step.local:.4g}'):.4g}")
            assert Places(walk).buffers(numbers_of(walk))[3][position] == (shown == float(f"{step.contribution:.4g}"))


@pytest.mark.parametrize("updates", [1, 2, 5])
def test_training_is_what_update_makes(updates):
    walk = house()
    ours, theirs = trained(walk, p.Training(0.1, updates), Deadline(60)), walk.update(0.1, steps=updates)
    assert dumps(ours) == dumps(theirs)


def test_rounding(ask):
    head = ask.open("neuron")
    node = next(node for node in head["nodes"] if node["name"] == "ŷ")
    _, buffers = ask("values", state={"key": head["key"], "rounding": {"node": node["id"], "digits": 2}})
    walk = expression.walk(head["formula"], next(x.values for x in EXAMPLES if x.name == "neuron")).round("ŷ", 2)
    assert buffers[0][node["offset"]] == 0.75
    w = next(node for node in head["nodes"] if node["name"] == "w")
    assert buffers[1][w["offset"]] == walk.gradient("w") == -0.1875


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda x: x.name)
def test_examples_open_and_agree_with_the_engine(ask, example):
    head, buffers = ask("open", source={"example": example.name})
    assert head["kind"] == "walk"
    walk = expression.walk(example.formula, example.values)
    assert [node["name"] for node in head["nodes"]] == [node.name for node in walk.nodes]
    for node, own in zip(head["nodes"], walk.nodes, strict=True):
        part = slice(node["offset"], node["offset"] + node["size"])
        np.testing.assert_array_equal(buffers[0][part], np.ravel(own.value))
        np.testing.assert_array_equal(
            buffers[1][part], np.ravel(walk.gradients.get(own.id, np.full(own.shape, np.nan)))
        )
    for step, own in zip(head["steps"], walk.steps, strict=True):
        for part, offset, size in zip(
            ("upstream", "local", "contribution", "total"), step["offsets"], step["sizes"], strict=True
        ):
            value = getattr(own, part)
            assert (offset < 0) == (value is None)
            if value is not None:
                np.testing.assert_array_equal(buffers[2][offset : offset + size], np.ravel(value))
    assert len(buffers[3]) == len(walk.steps)
    assert {"w1", "w", "x", "W1", "W"} & set(example.params)
    assert set(example.params) <= set(example.values)
    json.loads(as_json(head))


def test_the_house_network(ask):
    head, buffers = ask("open", source={"example": "house"})
    gradient = {node["name"]: buffers[1][node["offset"]] for node in head["nodes"]}
    assert (gradient["w1"], gradient["w2"], gradient["ŷ"]) == (-4, -2, -2)
    assert head["grains"]["edge"] == [[i, i] for i in range(len(head["steps"]))]
    assert head["nodes"][2]["symbols"] == "w1 · x"
    assert head["steps"][-2]["symbols"] == "∂L/∂z1 · x"
    assert 'data-gradient="2"' in head["steps"][-2]["mathml"]
    assert head["files"]["formula"] == head["formula"]
    assert head["layout"]["boxes"]


def test_updates(ask):
    head, buffers = ask("open", source={"example": "house", "training": {"rate": 0.1, "steps": 20}})
    assert head["turns"] == 21
    losses = [buffers[0][head["nodes"][i]["offset"]] for i in head["outputs"]]
    assert losses[0] == 2
    np.testing.assert_allclose(losses[1], 0.3528, rtol=1e-12)
    np.testing.assert_allclose(losses[5], 3.2599988694395265e-08, rtol=1e-7)
    layout, _ = ask("layout", key=head["key"], width=400, turn=20)
    assert layout["layout"]["turn"] == 20


def test_a_walk_file(ask):
    head, buffers = ask("open", source={"walk": dumps(matrices())})
    assert head["kind"] == "walk"
    assert any("used by" in step["shape_note"] or "ᵀ" in step["shape_note"] for step in head["steps"])


def test_a_walk_of_unknown_ops_is_shown_and_not_changed(ask):
    head, _ = ask("open", source={"walk": dumps(WALKS["forgotten"]())})
    assert head["kind"] == "walk"
    error, _ = ask("values", state={"key": head["key"], "leaves": {"0": 1}})
    assert error["code"] == "walk"
    assert "my_op" in error["sentence"]


def test_a_script():
    walks = [house()]
    ask = Asked(Kernel(lambda: walks[-1], "model.py"))
    first, _ = ask("open", source={"script": True})
    again, _ = ask("open", source={"script": True})
    assert first["key"] == again["key"]
    walks.append(matrices())
    other, _ = ask("open", source={"script": True})
    assert other["key"] != first["key"]
    assert ask("catalogue")[0]["script"] == "model.py"


def test_a_script_that_fails():
    def fails():
        raise GradwalkError("model.py line 3: no tensor here")

    head, _ = Asked(Kernel(fails))("open", source={"script": True})
    assert (head["code"], head["sentence"]) == ("walk", "model.py line 3: no tensor here")


def test_shape_notes(ask):
    notes = {step["symbols"]: step["shape_note"] for step in ask.open("batch")["steps"]}
    note = next(note for symbols, note in notes.items() if symbols.startswith("Xᵀ"))
    assert note.startswith("Xᵀ, because W1 has one row per column of X")
    assert "b1 is used by 4 rows, so its gradient is their sum" in notes.values()
    assert not any(step["shape_note"] for step in ask.open("house")["steps"])


def test_a_comparison_follows_the_values(ask):
    """A comparison isn't on the tape, so a replay would keep what it was."""
    head, _ = ask("open", source={"formula": "where(x > 0, x*x, w*x)", "values": {"x": 1, "w": 5}})
    x = next(str(node["id"]) for node in head["nodes"] if node["name"] == "x")
    _, buffers = ask("values", state={"key": head["key"], "leaves": {x: -2}})
    walk = expression.walk("where(x > 0, x*x, w*x)", {"x": -2, "w": 5})
    np.testing.assert_array_equal(buffers[0], [node.value for node in walk.nodes])
    assert buffers[1][int(x)] == walk.gradient("x") == 5


def test_a_comparison_in_a_script_is_kept_and_said_so():
    x = gw.tensor([1.0, -2.0], requires_grad=True)
    mask = x > 0
    L = gw.where(mask, x, x * 0.1).sum()
    ask = Asked(Kernel(gw.walk(L)))
    head, _ = ask("open", source={"script": True})
    ids = {node["name"]: str(node["id"]) for node in head["nodes"]}
    reply, buffers = ask("values", state={"key": head["key"], "leaves": {ids["x"]: [-1, 3]}})
    assert reply["warnings"] == ["mask: computed without recording, so kept as recorded"]
    assert ask("values", state={"key": head["key"]})[0]["warnings"] == []


# --- questions -------------------------------------------------------------------------------------------------------


def test_step(ask):
    state = ask.state("house")
    steps = ask.open("house")["steps"]
    said = [ask("step", state=state, step=i)[0]["sentence"] for i in range(len(steps))]
    assert "ŷ passes −2 · 1 = −2 to w2; w2 holds −2" in said
    assert said[0] == "z1 = w1 · x = 0.5 · 2 = 1"
    assert said[6] == "The backward pass starts at L: ∂L/∂L = 1"
    reply, _ = ask("step", state=ask.state("house", w1=0.75), step=0)
    assert "0.75" in reply["numbers"]
    assert 'data-node="0"' in reply["symbols"]


def test_accumulation_in_words(ask):
    state = ask.state("diamond")
    said = [ask("step", state=state, step=i)[0]["sentence"] for i in range(len(ask.open("diamond")["steps"]))]
    assert any(" held " in sentence and "now holds" in sentence for sentence in said)


def test_update_in_words(ask):
    head, _ = ask("open", source={"example": "house", "training": {"rate": 0.1, "steps": 1}})
    position = next(i for i, step in enumerate(head["steps"]) if step["phase"] == "update")
    assert ask("step", state={"key": head["key"]}, step=position)[0]["sentence"] == "w1 becomes 0.5 − 0.1 · (−4) = 0.9"


@pytest.mark.parametrize(
    ("formula", "values", "missing"),
    [
        ("a*b*c*d*f*g*h*k", {"b": 1}, ["a", "c", "d", "f", "g", "h", "k"]),
        ("width*x", {"widht": 2, "x": 1}, ["width"]),  # told that widht may have been meant
        ("y = z*x\nz = 2*y", {"x": 1}, ["z"]),
        ("x +", {}, []),
    ],
)
def test_names_without_a_value(ask, formula, values, missing):
    head, _ = ask("open", source={"formula": formula, "values": values})
    assert (head["kind"], head["code"], head["missing"]) == ("error", "formula", missing)


def test_why(ask):
    reply, _ = ask("why", state=ask.state("house"), node=0)
    assert reply["gradient"] == -4
    assert reply["count"] == "1"
    (path,) = reply["paths"]
    assert np.prod([factor["value"] for factor in path["factors"]]) == path["product"] == -4
    steps = ask.open("house")["steps"]
    for factor in path["factors"]:
        step = steps[factor["step"]]
        assert (step["phase"], step["node"], step["input"]) == ("backward", factor["node"], factor["input"])


@pytest.mark.parametrize(("digits", "exact"), [(4, False), (17, True), (99, True)])
def test_whether_the_displayed_factors_multiply_exactly(ask, digits, exact):
    reply, _ = ask("why", state={**ask.state("neuron", w=0.3), "digits": digits}, node=0)
    (path,), (use,) = reply["paths"], reply["uses"]
    assert (path["exact"], path["percent"]) == (exact, 100)
    assert use["exact"] == multiplies([use["upstream"], use["local"]], use["contribution"], min(digits, 17))


def test_signs_follow_the_digits(ask):
    signs = [ask("values", state={**ask.state("neuron"), "digits": digits})[1][3] for digits in (4, 12)]
    assert 0 in signs[0]
    assert signs[0].tolist() != signs[1].tolist()


def test_steps_are_written_with_as_many_digits_as_are_shown(ask):
    reply, _ = ask("step", state={**ask.state("neuron"), "digits": 8}, step=2)
    assert "0.75026011" in reply["result"]


def test_the_reach_of_values_gradients_and_totals(ask):
    head, (values, gradients, steps, _, reach) = ask("open", source={"example": "batch"})
    nodes = head["nodes"]
    parts = [(values, node["offset"], node["size"]) for node in nodes]
    parts += [(gradients, node["offset"], node["size"]) for node in nodes]
    parts += [(steps, step["offsets"][3], step["sizes"][3]) for step in head["steps"]]
    expected = [
        np.nanmax(np.abs(buffer[start : start + size])) if size and not np.isnan(buffer[start]) else 0
        for buffer, start, size in parts
    ]
    assert reach.tolist() == expected


def test_why_a_unit_is_dead(ask):
    reply, _ = ask("why", state=ask.state("dead"), node=0)
    assert reply["zeros"][0]["factor"]["name"] == "∂h/∂z"


def test_why_of_an_entry(ask):
    head = ask.open("batch")
    node = next(node for node in head["nodes"] if node["name"] == "W1")
    reply, _ = ask("why", state={"key": head["key"]}, node=node["id"], entry=[1, 2])
    assert reply["entry"] == [1, 2]
    assert ask("why", state={"key": head["key"]}, node=node["id"])[0]["code"] == "walk"
    assert ask("why", state={"key": head["key"]}, node=node["id"], entry=[5, 5])[0]["code"] == "walk"


def test_cost(ask):
    head = ask.open("chain")
    reply, _ = ask("cost", key=head["key"])
    own = expression.walk(head["formula"], {"w1": 2, "a0": 1, "w2": 3, "w3": 0.5, "y": 2}).cost()
    assert (reply["path_by_path"], reply["reverse_mode"]) == (str(own.path_by_path), str(own.reverse_mode))


def test_check(ask):
    reply, _ = ask("check", state=ask.state("house", w1=0.7), eps=1e-5)
    assert reply["ok"]
    assert "differences" in reply["references"]
    assert all(line["largest"] == max(line["differences"].values()) for line in reply["lines"])
    np.testing.assert_allclose(
        [line["found"]["differences"] for line in reply["lines"]],
        [line["gradient"] for line in reply["lines"]],
        rtol=1e-6,
    )
    assert ask("check", state=ask.state("house"), eps=0)[0]["code"] == "walk"


def test_the_check_of_a_turn(ask):
    head, _ = ask("open", source={"example": "house", "training": {"rate": 0.1, "steps": 2, "params": ["w1", "w2"]}})
    trained = house().update(0.1, ["w1", "w2"], 2)
    reply, _ = ask("check", state={"key": head["key"]}, turn=2)
    assert reply["ok"] and reply["turn"] == 2
    gradients = {line["name"]: line["gradient"] for line in reply["lines"]}
    assert gradients["w1"] == trained.gradient("w1@2") != trained.gradient("w1")
    assert ask("check", state={"key": head["key"]}, turn=3)[0]["code"] == "walk"


def test_compare(ask):
    reply, _ = ask("compare", state=ask.state("house", w1=0.7))
    assert reply["sentence"].startswith("the first value that differs is w1")
    assert reply["differences"][0] == {"name": "w1", "what": "value", "before": 0.5, "after": 0.7}
    assert ask("compare", state=ask.state("house"))[0]["sentence"] == "the two walks are the same"


@pytest.mark.parametrize(
    "form, holds", [("svg", "<svg"), ("tex", "\\begin{align*}"), ("json", "gradwalk/1"), ("txt", "backward")]
)
def test_export(ask, form, holds):
    reply, _ = ask("export", state=ask.state("house", w1=0.7), form=form, step=3)
    assert holds in reply["text"]
    assert reply["name"] == f"L.{form}"
    assert "0.7" in reply["text"]


def test_catalogue(ask):
    reply, _ = ask("catalogue")
    assert {x["name"] for x in reply["examples"]} == {x.name for x in EXAMPLES}
    assert isinstance(reply["lessons"], list)
    assert isinstance(reply["glossary"], dict)


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source, code, place",
    [
        ({"formula": "(2x + 1)**2"}, "formula", [1, 2, 3]), ({"formula": "x + 1"}, "formula", [1, 0, 1]), ({"formula": ""}, "formula", None),
        ({"walk": "{}"}, "walk", []), ({"walk": "nothing"}, "walk", []), ({"example": "no"}, "walk", []), ({"script": True}, "walk", []),
        ({}, "bad-message", []), ({"formula": "x", "example": "house"}, "bad-message", []),
        ({"example": "house", "training": {"rate": 0.1, "steps": 100_000}}, "too-large", []),
        ({"example": "house", "training": {"rate": 0.1, "steps": 5, "params": ["nobody"]}}, "walk", []),
    ],
)  # fmt: skip
def test_sources_that_give_no_walk(ask, source, code, place):
    head, buffers = ask("open", source=source)
    assert head["kind"] == "error"
    assert head["code"] == code, head
    assert head["sentence"]
    assert place is None or head["place"] == place
    assert not buffers


def test_a_walk_that_is_gone(ask):
    for kind, fields in {"values": {}, "step": {"step": 0}, "why": {"node": 0}, "check": {}, "compare": {}}.items():
        assert ask(kind, state={"key": "nobody"}, **fields)[0]["code"] == "gone"
    assert ask("layout", key="nobody", width=3)[0]["code"] == "gone"


def test_walks_are_let_go_when_there_are_many(ask):
    first = ask.open("house")
    for i in range(40):
        ask("open", source={"formula": f"x*{i + 2}", "values": {"x": 1}})
    assert ask("values", state={"key": first["key"]})[0]["code"] == "gone"
    assert ask.open("house")["key"] == first["key"]


@pytest.mark.parametrize(
    "leaves", [{"2": 1}, {"99": 1}, {"x": 1}, {"0": [1, 2]}, {"0": "a"}, {"0": [[1], [2, 3]]}, {"0": None}]
)
def test_leaves_that_don_t_fit(ask, leaves):
    head, _ = ask("values", state={"key": ask.open("house")["key"], "leaves": leaves})
    assert head["code"] in ("walk", "bad-message")


def test_values_that_are_no_numbers_any_more(ask):
    head, _ = ask("open", source={"formula": "log(x)", "values": {"x": 1}})
    reply, buffers = ask("values", state={"key": head["key"], "leaves": {"0": 0}})
    assert reply["warnings"] == [
        "the first infinity is L (log, formula line 1): it takes numbers above 0, and x is 0; give x another value"
    ]
    assert buffers[0][1] == -np.inf


def test_a_large_walk_is_refused():
    w = gw.tensor(0.5, requires_grad=True)
    x = w
    for _ in range(3000):
        x = x * 0.99 + 0.1
    head, _ = Asked(Kernel(gw.walk(x)))("open", source={"script": True})
    assert head["code"] == "too-large"


def test_time_runs_out():
    ask = Asked(Kernel(seconds=0))
    head, _ = ask("surface", state={"key": "x"}, names=["a", "b"], low=[0, 0], high=[1, 1])
    assert head["code"] == "gone"
    head = ask.open("house")
    assert ask("values", state={"key": head["key"], "leaves": {"0": 1}})[0]["code"] == "too-slow"
    assert ask("check", state={"key": head["key"]})[0]["code"] == "too-slow"


class Clock:
    """Time stands still until it has been looked at a number of times; then an hour has passed."""

    def __init__(self):
        self.looks, self.patience = 0, math.inf

    def __call__(self):
        self.looks += 1
        return 3600.0 if self.looks > self.patience else 0.0


@pytest.mark.parametrize("asked", [{"kind": "why", "entry": [1, 2]}, {"kind": "check"}])
def test_long_questions_about_tensors_are_given_up_between_two_steps(asked):
    clock = Clock()
    ask = Asked(Kernel(clock=clock))
    head = ask.open("batch")
    node = next(node for node in head["nodes"] if node["name"] == "W1")
    request = {**asked, "state": {"key": head["key"]}} | ({"node": node["id"]} if asked["kind"] == "why" else {})
    clock.looks = 0
    answered, _ = ask(**request)
    needed = clock.looks
    assert answered["kind"] == asked["kind"]
    assert needed > 20
    for patience in (needed // 3, needed // 2, needed - 1):
        clock.looks, clock.patience = 0, patience
        assert ask(**request)[0]["code"] == "too-slow"
        assert clock.looks == patience + 1  # it is given up at the next look
    clock.looks, clock.patience = 0, needed
    assert ask(**request)[0] == answered


def test_a_mistake_inside_is_a_reply(monkeypatch, ask):
    def broken(kernel, request):
        raise ZeroDivisionError("oh")

    monkeypatch.setitem(HANDLERS, p.CostRequest, broken)
    head, _ = ask("cost", key="a")
    assert head["code"] == "internal"
    assert "ZeroDivisionError" in head["sentence"]


def test_frames():
    kernel = Kernel()
    head, buffers = decode_frame(
        kernel.handle_frame(encode_frame({"id": "a", "kind": "open", "source": {"example": "house"}})), 10**9
    )
    assert (head["kind"], head["id"], len(buffers)) == ("walk", "a", 5)
    assert decode_frame(kernel.handle_frame(b"nothing"))[0]["code"] == "bad-message"


def test_numbers_are_computed_once_for_the_questions_that_follow(ask, monkeypatch):
    state = ask.state("house", w1=0.7)
    ask("values", state=state)
    monkeypatch.setattr(Program, "run", None)  # what a second computation would call
    reply, _ = ask("why", state=state, node=0)
    assert reply["gradient"] == house().replay(w1=0.7).gradient("w1")
