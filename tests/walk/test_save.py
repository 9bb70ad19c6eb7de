"""Walk files: five written by hand before the schema settled, full precision, damage, and formats to come."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.walk import WalkError, dumps, loads
from gradwalk.walk.model import Elided
from gradwalk.walk.save import LARGE, decode_param, encode_param

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_files_load_and_mean_what_they_say(path):
    walk = gw.load(path)
    assert walk.compare(walk.replay()).same
    assert walk.replay().check().ok
    again = loads(dumps(walk))
    assert dumps(again) == dumps(walk)
    assert path.stem == "elided" or walk.render("text")


def test_unknown_fields_are_ignored_and_special_numbers_survive():
    walk = gw.load(GOLDEN[0].parent / "several_outputs.json")
    x = walk.value("x")
    assert math.isinf(x[1])
    assert math.isnan(x[2])
    assert '"nan"' in dumps(walk)
    assert [node.name for node in walk.nodes if node.call == 1] == ["first", "second"]


def test_values_keep_every_digit(house):
    walk = house.replay(w1=1 / 3, w2=math.pi)
    again = loads(dumps(walk))
    assert [float(node.value) for node in again.nodes] == [float(node.value) for node in walk.nodes]
    assert {k: float(v) for k, v in again.gradients.items()} == {k: float(v) for k, v in walk.gradients.items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_types_survive(dtype):
    w = gw.tensor(np.array([0.1, 0.2], dtype), requires_grad=True)
    L = (w * w).sum()
    walk = loads(dumps(gw.walk(L)))
    assert walk.node("w").value.dtype == dtype
    assert walk.gradient("w").dtype == dtype
    assert np.array_equal(walk.gradient("w"), 2 * w.value)


def test_large_intermediates_become_statistics_and_leaves_never_do():
    w = gw.tensor(np.linspace(0, 1, LARGE + 1), requires_grad=True)
    h = gw.tanh(w)
    L = h.sum()
    walk = loads(dumps(gw.walk(L)))
    assert isinstance(walk.value("h"), Elided)
    assert walk.value("h").maximum == math.tanh(1.0)
    assert np.array_equal(walk.value("w"), w.value)
    assert np.array_equal(walk.replay().value("h"), h.value)
    assert np.array_equal(walk.replay().gradient("w"), 1 - h.value * h.value)


@pytest.mark.parametrize(
    "value",
    [
        3,
        2.5,
        "mean",
        None,
        True,
        (1, (2, 3)),
        slice(1, None, 2),
        Ellipsis,
        np.dtype("float32"),
        math.inf,
        (None, slice(0, 2)),
    ],
)
def test_parameters_survive(value):
    assert decode_param(json.loads(json.dumps(encode_param(value)))) == value


def test_array_parameters_survive():
    array = np.array([[True, False], [False, True]])
    again = decode_param(json.loads(json.dumps(encode_param((array, 1)))))
    assert np.array_equal(again[0], array)
    assert again[0].dtype == bool


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cut short"),
        ('{"format": "gradwalk/1", "nodes": [', "line 1, column"),
        ("[1, 2]", "no walk"),
        ('{"format": "something/1"}', "no walk"),
        ('{"format": "gradwalk/9", "nodes": []}', "newer gradwalk"),
        ('{"format": "gradwalk/1", "title": "x", "output": 0, "steps": []}', "damaged"),
        ('{"format": "gradwalk/1", "title": "x", "output": 7, "nodes": [], "steps": []}', "damaged"),
        ("[" * 100_000, "cut short"),
    ],
)
def test_damage_is_told_in_a_sentence(text, says):
    with pytest.raises(WalkError, match=says):
        loads(text, "notes.json")


@pytest.mark.parametrize(
    "change", [{"inputs": [99]}, {"id": 5}, {"value": {"what": 1}}, {"shape": [7]}, {"value": "one"}]
)
def test_a_damaged_node_is_told(house, change):
    document = json.loads(dumps(house))
    document["nodes"][-1].update(change)
    with pytest.raises(WalkError, match="damaged"):
        loads(json.dumps(document))


def test_every_truncation_is_told(house):
    text = dumps(house)
    for cut in range(0, len(text) - 1, 97):
        with pytest.raises(WalkError):
            loads(text[:cut])


def test_files(house, tmp_path):
    house.save(tmp_path / "house.json")
    assert gw.load(tmp_path / "house.json").gradient("w1") == -4
    with pytest.raises(WalkError, match="can't be read"):
        gw.load(tmp_path / "absent.json")
    with pytest.raises(WalkError, match="can't be written"):
        house.save(tmp_path / "absent" / "house.json")
    with pytest.raises(WalkError, match="saved as .json"):
        house.save(tmp_path / "house.docx")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WalkError, match="isn't text"):
        gw.load(tmp_path / "binary.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["binary.json", "house.json"]
