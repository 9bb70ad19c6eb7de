"""How an update came about: what is told before it and after it is what happens, and what PyTorch remembers."""

import numpy as np
import pytest
import torch

from gradwalk.studio.kernel import Kernel
from gradwalk.train import Training, settings_for
from tests.studio.conftest import Asked

SETTINGS = {"data": "moons", "data_options": {"count": 40}, "hidden": [3], "batch_size": 16, "epochs": 5}
KINDS = {
    "sgd": ("SGD", {"momentum": 0.9, "weight_decay": 0.01}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "rmsprop": ("RMSprop", {"momentum": 0.5}),
    "adagrad": ("Adagrad", {}),
}
PATH = "hidden1.linear.weight"


@pytest.fixture
def told():
    ask = Asked(Kernel(seconds=60))

    def told(settings, step, phase="", **fields):
        moment = {"experiment": {"settings": settings}, "step": step, "phase": phase}
        head, buffers = ask("update", moment=moment, **fields)
        assert head["kind"] == "update", head
        return head, dict(zip([tensor["name"] for tensor in head["tensors"]], buffers, strict=True))

    return told


def direct(settings, step):
    training = Training(settings_for(**settings))
    while training.step < step:
        training.finish_batch()
    return training


def remembered_by_pytorch(settings, kind, options, steps):
    """What PyTorch remembers of the first weights when it is given the same gradients."""
    training = Training(settings_for(**settings))
    w = torch.tensor(training.weights()[PATH], requires_grad=True)
    optimizer = getattr(torch.optim, kind)([w], lr=training.settings.lr, **options)
    for _ in range(steps):
        training.finish_batch()
        w.grad = torch.tensor(training.updating.parameters[PATH].grad.value)
        optimizer.step()
    return {name: value.numpy() for name, value in optimizer.state[w].items() if name != "step"}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_remembered_is_what_pytorch_remembers(told, name):
    kind, options = KINDS[name]
    settings = {**SETTINGS, "optimizer": name, "optimizer_options": options}
    head, arrays = told(settings, 7, parameter="W1", entry=[2, 1])
    expected = remembered_by_pytorch(settings, kind, options, 7)
    assert expected and arrays.keys() == {"weight", "gradient", *expected}
    for tensor in head["tensors"][2:]:
        array = expected[tensor["name"]]
        np.testing.assert_allclose(arrays[tensor["name"]].reshape(3, 2), array, rtol=1e-12)
        assert tensor["norm"] == pytest.approx(np.linalg.norm(array), rel=1e-12)
        assert tensor["after"] == pytest.approx(array[2, 1], rel=1e-12)
        assert (tensor["low"], tensor["high"]) == pytest.approx((array.min(), array.max()), rel=1e-12)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("clip", [{}, {"clip": 0.05}, {"clip_value": 0.01}])
def test_the_story_before_the_update_and_after_it_is_what_happens(told, name, clip):
    settings = {**SETTINGS, "optimizer": name, "optimizer_options": KINDS[name][1], **clip}
    before, after = (direct(settings, step).weights()[PATH][1, 0] for step in (4, 5))
    coming = told(settings, 4, "backward", parameter="W1", entry=[1, 0])[0]
    made = [told(settings, *place, parameter="W1", entry=[1, 0])[0] for place in [(4, "update"), (5, "")]]
    assert [head["when"] for head in (coming, *made)] == ["coming", "made", "made"]
    for head in (coming, *made):
        assert (head["story"]["before"], head["story"]["after"], head["step"]) == (before, after, 4)
        assert head["story"]["change"] == after - before
        assert head["story"]["numbers"].startswith("<math")
        assert head["settings"]["lr"] == settings_for(**settings).lr


def test_the_rate_of_an_update_is_the_one_it_was_made_with(told):
    """At the end of an epoch the schedule has moved on already."""
    settings = {**SETTINGS, "schedule": "exponential", "lr": 0.1}
    batches = len(direct(settings, 0).batches)
    assert told(settings, batches)[0]["settings"]["lr"] == 0.1
    assert told(settings, batches + 1)[0]["settings"]["lr"] == pytest.approx(0.095)
    head = told(settings, batches, parameter="W1", entry=[0, 0])[0]
    assert head["story"]["after"] == direct(settings, batches).weights()[PATH][0, 0]


def test_before_the_gradient_is_complete_there_is_no_story(told):
    for phase in ("", "forward", "loss"):
        head, arrays = told(SETTINGS, 0, phase)
        assert (head["when"], head["story"], list(arrays)) == ("waiting", None, ["weight"])
    settings = {**SETTINGS, "accumulate": 2}
    ask = Asked(Kernel(seconds=60))
    for piece, when in ((0, "waiting"), (1, "coming")):
        moment = {"experiment": {"settings": settings}, "step": 3, "phase": "backward", "piece": piece}
        assert ask("update", moment=moment)[0]["when"] == when


def test_looking_at_the_coming_update_changes_nothing(told):
    settings = {**SETTINGS, "clip": 0.01, "optimizer": "adam"}
    told(settings, 6, "backward")
    assert (
        told(settings, 9, parameter="b2")[0]["story"]["after"] == direct(settings, 9).weights()["output.linear.bias"][0]
    )


def test_what_is_not_there_is_the_nearest_that_is(told):
    head, _ = told(SETTINGS, 2, parameter="W9", entry=[7, -3])
    assert (head["name"], head["entry"]) == ("W1", [2, 0])
    assert [(one["name"], one["shape"]) for one in head["parameters"]] == [
        ("W1", [3, 2]),
        ("b1", [3]),
        ("W2", [1, 3]),
        ("b2", [1]),
    ]
    assert told(SETTINGS, 2, parameter="b1", entry=[1, 1])[0]["entry"] == [1]


def test_without_an_entry_the_one_with_the_largest_gradient_is_meant(told):
    head, arrays = told(SETTINGS, 2, parameter="W1")
    gradient = np.abs(arrays["gradient"].reshape(3, 2))
    assert gradient[tuple(head["entry"])] == gradient.max() > 0


def test_the_law_is_told_without_its_sources(told):
    head, _ = told({**SETTINGS, "optimizer": "adam"}, 3)
    assert head["optimizer"] == "Adam"
    assert head["rule"].startswith("θ ← θ − γ·m̂ / (√ŝ + ε)") and "Kingma" not in head["rule"]
    assert head["settings"]["t"] == 3
