"""Weights in safetensors: exchanged with PyTorch both ways, and every damage told in a sentence."""

import sys

import numpy as np
import pytest
import safetensors.torch
import torch

import gradwalk as gw
from gradwalk.weights import WeightsError
from tests.nn.test_members import built
from tests.nn.twins import same, same_state

TYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
SHAPES = [(), (0, 3), (5,), (2, 3, 4)]


def test_a_model_goes_to_pytorch_and_comes_back(tmp_path):
    own, theirs, again = built(gw), built(torch).double(), built(gw)
    gw.save(own.state_dict(), tmp_path / "own.safetensors")
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "own.safetensors"))
    same_state(own, theirs)
    state = {key: value.clone() for key, value in theirs.state_dict().items()}  # its format refuses shared memory
    safetensors.torch.save_file(state, tmp_path / "theirs.safetensors")
    again.load_state_dict(gw.load(tmp_path / "theirs.safetensors"))
    same_state(again, theirs)


@pytest.mark.parametrize("dtype", TYPES)
def test_all_types_and_shapes_both_ways(tmp_path, dtype):
    random = np.random.default_rng(1)
    arrays = {f"{shape}": (10 * random.standard_normal(shape)).astype(dtype) for shape in SHAPES}
    gw.save({name: gw.tensor(array) for name, array in arrays.items()}, tmp_path / "own")
    theirs = safetensors.torch.load_file(tmp_path / "own")
    safetensors.torch.save_file({name: torch.tensor(array) for name, array in arrays.items()}, tmp_path / "theirs")
    own = gw.load(tmp_path / "theirs")
    for name, array in arrays.items():
        assert str(theirs[name].dtype) == f"torch.{dtype}"
        same(own[name], torch.tensor(array))
        same(gw.tensor(array), theirs[name])
        assert own[name].dtype == dtype


def test_bfloat16_becomes_float32_with_every_digit(tmp_path):
    values = torch.tensor([1.0, -3.14159, 1e-30, 65504.0, float("inf"), float("nan")]).bfloat16()
    safetensors.torch.save_file({"x": values}, tmp_path / "x")
    x = gw.load(tmp_path / "x")["x"]
    assert x.dtype == gw.float32
    assert np.array_equal(x.numpy(), values.float().numpy(), equal_nan=True)


def test_views_and_arrays_are_written_as_what_they_show(tmp_path):
    whole = gw.tensor(np.arange(12.0).reshape(3, 4))
    gw.save(
        {"turned": whole.T, "part": whole[1:, ::2], "array": whole.numpy()[::-1], "torch": torch.ones(2)},
        tmp_path / "x",
    )
    loaded = gw.load(tmp_path / "x")
    assert loaded["turned"].tolist() == whole.T.tolist()
    assert loaded["part"].tolist() == whole[1:, ::2].tolist()
    assert loaded["array"].tolist() == whole.tolist()[::-1]
    assert loaded["torch"].tolist() == [1, 1]
    loaded["part"][0, 0] = 9.0  # what was read can be changed


def test_torch_style_calls(tmp_path):
    net = gw.nn.Linear(2, 2)
    gw.save(net.state_dict(), str(tmp_path / "model.pt"))
    net.load_state_dict(gw.load(str(tmp_path / "model.pt"), map_location="cpu", weights_only=True))


def test_walks_go_by_the_same_names(tmp_path):
    w = gw.tensor(3.0, requires_grad=True)
    walk = gw.walk(w * w)
    gw.save(walk, tmp_path / "walk.json")
    assert gw.load(tmp_path / "walk.json").gradient("w") == 6


def test_a_failed_write_leaves_the_old_weights(tmp_path):
    gw.save({"x": gw.ones(2)}, tmp_path / "x")
    with pytest.raises(WeightsError, match="'lr' holds 'fast'"):
        gw.save({"x": gw.zeros(2), "lr": "fast"}, tmp_path / "x")
    assert gw.load(tmp_path / "x")["x"].tolist() == [1, 1]
    with pytest.raises(WeightsError, match="can't be written: No such file or directory"):
        gw.save({"x": gw.zeros(2)}, tmp_path / "missing" / "x")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (gw.nn.Tanh(), r"this is a Tanh; did you mean its state_dict\(\)\?"),
        (3, "save takes tensors by name, and this is a int"),
        ({"model": {"x": gw.ones(1)}}, "'model' holds .* file of its own"),
        ({3: gw.ones(1)}, "3 holds"),
        ({"x": None}, "'x' holds None"),
    ],
)
def test_what_is_no_state_is_refused(tmp_path, given, message):
    with pytest.raises(WeightsError, match=message):
        gw.save(given, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def whole():
    """A file that is all right."""
    return safetensors.torch.save({"x": torch.ones(4, dtype=torch.double), "y": torch.zeros(2)})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (whole()[:-3], "damaged, or was cut short after"),
        (whole()[:40], "damaged, or was cut short after 40 bytes"),
        (whole() + b"more", "damaged"),
        (b"", "no safetensors file"),
        (b"no tensors at all, but a letter", "no safetensors file"),
        (b'{"format": "gradwalk/1"}', r"holds JSON; if it is a walk, give it the suffix .json"),
        (b"PK\x03\x04 whatever", r"pickle of PyTorch's.* safetensors.torch.save_file"),
        (b"\x80\x02}q\x00.", "pickle"),
    ],
)
def test_damage_is_told(tmp_path, content, message):
    path = tmp_path / "weights"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=f"^{path}.*{message}"):
        gw.load(path)


def test_types_that_numpy_lacks_are_told(tmp_path):
    safetensors.torch.save_file({"x": torch.ones(2).to(torch.float8_e4m3fn)}, tmp_path / "x")
    with pytest.raises(WeightsError, match="x is of type F8_E4M3, which NumPy doesn't have"):
        gw.load(tmp_path / "x")


def test_missing_files_and_folders_are_told(tmp_path):
    with pytest.raises(WeightsError, match="absent: there is no such file"):
        gw.load(tmp_path / "absent")
    with pytest.raises(WeightsError, match="can't be read: Is a directory"):
        gw.load(tmp_path)


def test_without_the_package_the_cure_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    (tmp_path / "x").write_bytes(whole())
    for call in (lambda: gw.save({}, tmp_path / "y"), lambda: gw.load(tmp_path / "x")):
        with pytest.raises(WeightsError, match=r"pip install 'gradwalk\[train\]'"):
            call()
