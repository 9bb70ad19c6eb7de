"""Losses give PyTorch's results and gradients, with each of their settings."""

import inspect

import numpy as np
import pytest
import torch

import gradwalk as gw
from tests.nn.twins import made, normal, same, same_pass

CHANCES = np.random.default_rng(1).uniform(0.1, 0.9, (6, 4))
SHARES = CHANCES / CHANCES.sum(1, keepdims=True)
YES = (np.random.default_rng(2).random((6, 4)) < 0.5).astype(float)
CLASSES = np.array([0, 3, 1, 1, 2, 0])
WEIGHT = np.array([0.5, 1.0, 2.0, 0.1])
PIXELS = np.random.default_rng(3).integers(0, 4, (2, 3, 3))

LOSSES = [
    *[(name, {"reduction": how}, normal(6, 4), normal(4, 6).T) for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
      for how in ("mean", "sum", "none")],
    ("SmoothL1Loss", {"beta": 0.3}, normal(6, 4), normal(4, 6).T),
    ("HuberLoss", {"delta": 0.3}, normal(6, 4), normal(4, 6).T),
    ("BCELoss", {}, CHANCES, YES),
    ("BCELoss", {"weight": WEIGHT, "reduction": "sum"}, CHANCES, YES),
    ("BCEWithLogitsLoss", {}, normal(6, 4), YES),
    ("BCEWithLogitsLoss", {"weight": WEIGHT, "pos_weight": 2 * WEIGHT}, normal(6, 4), YES),
    ("CrossEntropyLoss", {}, normal(6, 4), CLASSES),
    ("CrossEntropyLoss", {"weight": WEIGHT, "ignore_index": 1, "label_smoothing": 0.1}, normal(6, 4), CLASSES),
    ("CrossEntropyLoss", {"label_smoothing": 0.2, "reduction": "none"}, normal(6, 4), CLASSES),
    ("CrossEntropyLoss", {}, normal(6, 4), SHARES),
    ("CrossEntropyLoss", {"weight": WEIGHT}, normal(2, 4, 3, 3), PIXELS),
    ("NLLLoss", {"weight": WEIGHT, "ignore_index": 0}, normal(6, 4), CLASSES),
    ("NLLLoss", {"reduction": "sum"}, normal(2, 4, 3, 3), PIXELS),
    ("KLDivLoss", {"reduction": "batchmean"}, np.log(CHANCES), SHARES),
    ("KLDivLoss", {"log_target": True, "reduction": "sum"}, np.log(CHANCES), np.log(SHARES)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "keywords", "prediction", "target"), LOSSES)
def test_as_pytorch(name, keywords, prediction, target):
    own, theirs = (made(library, name, (), keywords) for library in (gw, torch))
    same_pass(own, theirs, prediction, target)
    assert repr(own) == repr(theirs)


@pytest.mark.parametrize("name", sorted({name for name, *_ in LOSSES}))
def test_signatures_are_pytorchs(name):
    own, theirs = (inspect.signature(getattr(library.nn, name)).parameters for library in (gw, torch))
    assert {key: p.default for key, p in own.items()} == {key: p.default for key, p in theirs.items()}


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss"])
def test_weights_are_buffers_and_part_of_the_state(name):
    own, theirs = (made(library, name, (), {"weight": WEIGHT}) for library in (gw, torch))
    assert list(own.state_dict()) == list(theirs.state_dict()) == ["weight"]
    same(own.weight, theirs.weight)
    assert not list(own.parameters())
    own.weight = None
    assert not own.state_dict()


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="median"):
        gw.nn.MSELoss(reduction="median")(gw.zeros(2), gw.ones(2))
