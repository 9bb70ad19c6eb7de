"""Modules as wholes: calling, modes, types, copies, prints, and a model of everything against PyTorch."""

import copy
import pickle

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.test_members import built
from tests.nn.twins import normal, same_pass, same_state


def pair():
    """The module with everything, here and there, with the same weights."""
    own, theirs = built(gw), built(torch).double()
    own.load_state_dict(theirs.state_dict())
    return own, theirs


def test_a_model_of_everything_is_pytorchs():
    own, theirs = pair()
    for _ in range(3):
        same_pass(own, theirs, normal(6, 2))
        same_state(own, theirs)
    assert repr(own) == repr(theirs)


def convnet(library):
    """The network that reads handwritten digits of 8 × 8 pixels."""
    nn = library.nn
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10)
    )  # fmt: skip


def test_a_convolutional_network():
    own, theirs = convnet(gw), convnet(torch).double()
    own.load_state_dict(theirs.state_dict())
    same_pass(own, theirs, normal(3, 1, 8, 8))
    assert repr(own) == repr(theirs)


def test_training_and_evaluation_reach_everything_inside():
    own, _ = pair()
    assert own.eval() is own
    assert not any(module.training for module in own.modules())
    own.inner.train()
    assert own.inner.fc.training
    assert not own.training
    with pytest.raises(ValueError, match="expected to be boolean"):
        own.train("yes")


def test_freezing_and_forgetting_gradients():
    own, _ = pair()
    own(gw.tensor(normal(6, 2))).sum().backward()
    assert all(p.grad is not None for p in own.parameters())
    own.inner.zero_grad(set_to_none=False)
    assert not own.inner.fc.weight.grad.numpy().any()
    own.zero_grad()
    assert all(p.grad is None for p in own.parameters())
    own.inner.requires_grad_(False)
    assert [p.requires_grad for p in own.inner.parameters()] == [False] * 4
    assert own.blocks[0].weight.requires_grad


def test_apply_goes_from_the_inside_out():
    seen = []
    own, theirs = pair()
    own.apply(lambda module: seen.append(type(module).__name__))
    expected = []
    theirs.apply(lambda module: expected.append(type(module).__name__))
    assert seen == expected


@pytest.mark.parametrize(
    "convert",
    [
        lambda net: net.float(),
        lambda net: net.to(gw.float32),
        lambda net: net.to("cpu", dtype=gw.float32),
        lambda net: net.to(gw.zeros(1, dtype=gw.float32)),
    ],
)
def test_types_change_in_place_and_whole_numbers_stay(convert):
    own, _ = pair()
    weight = own.inner.fc.weight
    own(gw.tensor(normal(6, 2))).sum().backward()
    assert convert(own) is own
    assert own.inner.fc.weight is weight
    assert weight.dtype == weight.grad.dtype == own.norm.running_mean.dtype == gw.float32
    assert own.norm.num_batches_tracked.dtype == gw.int64
    assert own(gw.tensor(normal(6, 2), dtype=gw.float32)).dtype == gw.float32
    assert own.double().inner.fc.weight.dtype == gw.float64
    assert own.half().cpu().inner.fc.weight.dtype == gw.float16


def test_other_devices_are_refused():
    for ask in (lambda net: net.cuda(), lambda net: net.to("cuda:0")):
        with pytest.raises(RuntimeError, match="computes on the CPU"):
            ask(gw.nn.Linear(2, 2))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_have_weights_of_their_own(again):
    net = gw.nn.Sequential(gw.nn.Linear(2, 2), gw.nn.BatchNorm1d(2))
    net(gw.tensor(normal(3, 2))).sum().backward()
    twin = again(net)
    assert isinstance(twin[0].weight, gw.nn.Parameter)
    assert gw.equal(twin[0].weight, net[0].weight)
    assert gw.equal(twin[0].weight.grad, net[0].weight.grad)
    gw.nn.init.zeros_(twin[0].weight)
    assert net[0].weight.detach().numpy().any()


def test_a_result_is_not_copied_with_its_tape():
    result = gw.nn.Linear(2, 2)(gw.ones(2))
    with pytest.raises(RuntimeError, match="detach"):
        copy.deepcopy(result)


def test_forward_must_be_written():
    with pytest.raises(NotImplementedError, match='Module .Silent. is missing the required "forward" function'):
        type("Silent", (gw.nn.Module,), {})()(1)


def test_extra_repr_of_several_lines():
    def told(library):
        class Told(library.nn.Module):
            def __init__(self, part=None):
                super().__init__()
                self.part = part

            def extra_repr(self):
                return "first\nsecond"

        return repr(Told()), repr(Told(library.nn.Tanh())), repr(library.nn.Sequential(Told()))

    assert told(gw) == told(torch)


def test_shared_layers_add_their_gradients_up():
    layer = gw.nn.Linear(2, 2)
    net = gw.nn.Sequential(layer, gw.nn.Tanh(), layer)
    twin = torch.nn.Linear(2, 2).double()
    theirs = torch.nn.Sequential(twin, torch.nn.Tanh(), twin)
    net.load_state_dict(theirs.state_dict())
    same_pass(net, theirs, normal(3, 2))
    assert len(list(net.parameters())) == 2
    assert list(net.state_dict()) == list(theirs.state_dict())


def test_nothing_is_recorded_without_gradients():
    net = gw.nn.Sequential(gw.nn.Linear(2, 2), gw.nn.Tanh())
    with gw.no_grad():
        result = net(gw.ones(2))
    assert not result.requires_grad
    assert np.isfinite(result.numpy()).all()
