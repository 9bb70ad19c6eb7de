"""Normalization against PyTorch's: results, gradients, running statistics over several batches."""

import pytest
import torch

import gradwalk as gw
from tests.nn.twins import check, normal, same_pass, same_state, twins

LAYERS = [
    ("LayerNorm", (4,), {}, (2, 3, 4)),
    ("LayerNorm", ((3, 4),), {"bias": False, "eps": 0.1}, (2, 3, 4)),
    ("LayerNorm", ([4],), {"elementwise_affine": False}, (2, 4)),
    ("RMSNorm", (4,), {}, (2, 3, 4)),
    ("RMSNorm", ((3, 4), 0.1, False), {}, (2, 3, 4)),
    ("GroupNorm", (2, 4), {}, (3, 4, 5)),
    ("GroupNorm", (4, 4), {"affine": False, "eps": 0.1}, (3, 4, 2, 2)),
    ("GroupNorm", (1, 4), {"bias": False}, (3, 4, 2)),
    ("BatchNorm1d", (3,), {}, (5, 3)),
    ("BatchNorm1d", (3, 0.1, 0.3), {}, (5, 3, 4)),
    ("BatchNorm1d", (3,), {"momentum": None}, (5, 3)),
    ("BatchNorm1d", (3,), {"bias": False}, (5, 3)),
    ("BatchNorm2d", (3,), {}, (2, 3, 4, 4)),
    ("BatchNorm2d", (3,), {"affine": False}, (2, 3, 4, 4)),
    ("BatchNorm2d", (3,), {"track_running_stats": False}, (2, 3, 4, 4)),
    ("BatchNorm3d", (3,), {}, (2, 3, 2, 2, 3)),
    ("InstanceNorm1d", (3,), {}, (2, 3, 4)),
    ("InstanceNorm1d", (3,), {"affine": True}, (3, 4)),
    ("InstanceNorm2d", (3,), {"affine": True, "track_running_stats": True}, (2, 3, 4, 4)),
    ("InstanceNorm3d", (3,), {"track_running_stats": True, "momentum": 0.5}, (2, 3, 2, 2, 3)),
]


@pytest.mark.parametrize(("name", "arguments", "keywords", "shape"), LAYERS)
def test_as_pytorch(name, arguments, keywords, shape):
    check(name, arguments, keywords, normal(*shape))


@pytest.mark.parametrize("momentum", [0.1, None])
def test_running_statistics_follow_the_batches(momentum):
    own, theirs = twins("BatchNorm1d", 3, momentum=momentum)
    for size in (4, 5, 6):
        same_pass(own, theirs, size * normal(size, 3) + size)
        same_state(own, theirs)
    assert own.num_batches_tracked.item() == 3
    own.eval()
    theirs.eval()
    same_pass(own, theirs, normal(7, 3))
    same_state(own, theirs)
    own.reset_parameters()
    theirs.reset_parameters()
    same_state(own, theirs)


def test_a_later_batch_does_not_disturb_an_earlier_tape():
    layer = gw.nn.BatchNorm1d(3)
    first = layer(gw.tensor(normal(4, 3), requires_grad=True))
    layer(gw.tensor(normal(5, 3)))
    first.sum().backward()


@pytest.mark.parametrize(
    ("layer", "shape"), [("BatchNorm1d", (2, 3, 4, 4)), ("BatchNorm2d", (2, 3)), ("InstanceNorm2d", (2, 3))]
)
def test_a_wrong_rank_is_refused_as_by_pytorch(layer, shape):
    with pytest.raises(ValueError, match=r"expected .D or .D input|expected .D input"):
        getattr(gw.nn, layer)(3)(gw.zeros(shape))
    with pytest.raises(ValueError, match=r"expected .D"):
        getattr(torch.nn, layer)(3)(torch.zeros(shape))


def test_what_cannot_be_is_told():
    with pytest.raises(ValueError, match="num_channels 3 must be divisible by num_groups 2"):
        gw.nn.GroupNorm(2, 3)
    with pytest.raises(ValueError, match="more than one value"):
        gw.nn.BatchNorm1d(3)(gw.zeros(1, 3))
