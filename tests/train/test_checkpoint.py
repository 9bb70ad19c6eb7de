"""Checkpoints: a nested state comes back exactly, and damage is noticed."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from gradwalk.train.checkpoint import CheckpointError, packed, unpacked, weights_file

STATE = {
    "step": 7,
    "best": [3, 0.1],
    "model": {"a.weight": np.array([[1.5, -0.0], [np.inf, np.nan]]), "a.count": np.array(3)},
    "optimizer": {"state": {0: {"step": 2, "average": np.zeros(0, np.float32)}}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0]}]},
    "none": None,
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "state.safetensors"
    path.write_bytes(packed(STATE))
    return path


def test_a_state_comes_back(file):
    found = unpacked(file)
    assert (found["step"], found["best"], found["none"]) == (7, [3, 0.1], None)
    for name, value in STATE["model"].items():
        np.testing.assert_array_equal(found["model"][name], value)
        assert found["model"][name].dtype == value.dtype
    assert found["optimizer"]["state"]["0"]["step"] == 2
    assert found["optimizer"]["state"]["0"]["average"].dtype == "float32"
    assert found["optimizer"]["param_groups"] == [{"lr": 0.1, "betas": [0.9, 0.999], "params": [0]}]


def test_other_readers_find_the_weights(file):
    np.testing.assert_array_equal(load_file(file)["model.a.weight"], STATE["model"]["a.weight"])


def test_any_damage_is_noticed(file):
    content, noticed = file.read_bytes(), 0
    for place in range(0, len(content), 7):
        file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            found = unpacked(file)
        except CheckpointError:
            noticed += 1
        else:  # what isn't part of the state, such as the file's own remark on who may read it
            assert packed(found) == content
    assert noticed > 0.9 * len(content) / 7


@pytest.mark.parametrize("length", [0, 4, 100, -1])
def test_a_part_is_no_checkpoint(file, length):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(CheckpointError):
        unpacked(file)


def test_weights_alone_are_no_checkpoint(file):
    file.write_bytes(weights_file(STATE["model"]))
    with pytest.raises(CheckpointError, match="is no checkpoint of a training"):
        unpacked(file)


def test_a_missing_file(tmp_path):
    with pytest.raises(CheckpointError, match="no such file"):
        unpacked(tmp_path / "nothing.safetensors")
