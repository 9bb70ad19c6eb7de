"""The state dictionary: what is in it, and putting one back."""

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.test_members import OWN, THEIRS, built
from tests.nn.twins import same, same_state


def test_names_shapes_and_order_are_pytorchs():
    own, theirs = OWN.state_dict(), THEIRS.state_dict()
    assert [(k, tuple(v.shape)) for k, v in own.items()] == [(k, tuple(v.shape)) for k, v in theirs.items()]
    assert list(OWN.state_dict(prefix="net.")) == list(THEIRS.state_dict(prefix="net."))
    assert "scratch" not in own
    assert "inner.shared.weight" in own


def test_it_shares_memory_and_needs_no_gradient():
    net = gw.nn.Linear(2, 2)
    state = net.state_dict()
    assert not any(tensor.requires_grad for tensor in state.values())
    gw.nn.init.ones_(net.weight)
    assert state["weight"].tolist() == [[1, 1], [1, 1]]
    assert net.state_dict(keep_vars=True)["weight"] is net.weight
    destination = {}
    assert net.state_dict(destination=destination) is destination


def test_pytorchs_state_is_loaded_and_ours_by_pytorch():
    own, theirs = built(gw), built(torch).double()
    assert repr(own.load_state_dict(theirs.state_dict())) == "<All keys matched successfully>"
    same_state(own, theirs)
    gw.nn.init.normal_(own.inner.fc.weight)
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in own.state_dict().items()})
    same_state(own, theirs)


def test_loading_copies_into_the_modules_own_memory_and_type():
    net, other = gw.nn.Linear(2, 2), gw.nn.Linear(2, 2, dtype=gw.float32)
    weight = net.weight
    net.load_state_dict(other.state_dict())
    assert net.weight is weight
    assert weight.dtype == gw.float64
    assert np.array_equal(weight.detach().numpy(), other.weight.detach().numpy())
    gw.nn.init.zeros_(other.weight)
    assert weight.detach().numpy().any()


def test_assign_takes_memory_and_type_over():
    net, other = gw.nn.Linear(2, 2), gw.nn.Linear(2, 2, dtype=gw.float32)
    net.load_state_dict(other.state_dict(), assign=True)
    assert net.weight.dtype == gw.float32
    gw.nn.init.zeros_(other.weight)
    assert not net.weight.detach().numpy().any()


def damaged():
    """A state that misses a key, has one too many, and one of another shape."""
    state = dict(gw.nn.Sequential(gw.nn.Linear(2, 3), gw.nn.Linear(3, 1)).state_dict())
    state["0.weight"] = gw.zeros(2, 3)
    state["2.weight"] = state.pop("1.bias")
    return state


def test_one_error_names_everything_and_nothing_is_changed():
    net = gw.nn.Sequential(gw.nn.Linear(2, 3), gw.nn.Linear(3, 1))
    before = {key: value.numpy().copy() for key, value in net.state_dict().items()}
    with pytest.raises(RuntimeError) as raised:
        net.load_state_dict(damaged())
    assert str(raised.value).splitlines() == [
        "Error(s) in loading state_dict for Sequential (nothing was changed):",
        '\tMissing key(s) in state_dict: "1.bias".',
        '\tUnexpected key(s) in state_dict: "2.weight".',
        "\tsize mismatch for 0.weight: the state_dict has shape (2, 3), and the model (3, 2).",
    ]
    for key, value in net.state_dict().items():
        assert np.array_equal(value.numpy(), before[key])


def test_without_strict_what_fits_is_taken_and_the_rest_reported():
    net = gw.nn.Sequential(gw.nn.Linear(2, 3), gw.nn.Linear(3, 1))
    state = damaged()
    with pytest.raises(RuntimeError, match="size mismatch"):
        net.load_state_dict(state, strict=False)
    del state["0.weight"]
    keys = net.load_state_dict(state, strict=False)
    assert keys.missing_keys == ["0.weight", "1.bias"]
    assert keys.unexpected_keys == ["2.weight"]
    assert repr(keys) == "IncompatibleKeys(missing_keys=['0.weight', '1.bias'], unexpected_keys=['2.weight'])"
    same(net[0].bias, torch.tensor(state["0.bias"].numpy()))


def test_loading_between_forward_and_backward_is_noticed():
    net = gw.nn.Sequential(gw.nn.Linear(2, 2), gw.nn.Linear(2, 1))
    result = net(gw.ones(1, 2)).sum()
    net.load_state_dict(gw.nn.Sequential(gw.nn.Linear(2, 2), gw.nn.Linear(2, 1)).state_dict())
    with pytest.raises(RuntimeError, match="changed in place"):
        result.backward()
