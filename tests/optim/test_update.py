"""The written update is the update: its value is what the step then makes, bit by bit."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.formula import TEXT, numbers, write
from gradwalk.optim import SGD, Adagrad, Adam, AdamW, OptimizerError, RMSprop, update_formula

KINDS = [
    (SGD, {"lr": 0.1}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1, "maximize": True}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (Adam, {"amsgrad": True}),
    (AdamW, {"lr": 0.1}),
    (RMSprop, {"centered": True, "momentum": 0.5}),
    (Adagrad, {"lr_decay": 0.1}),
]


@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_what_is_written_is_what_happens(kind, settings):
    W = gw.tensor(np.random.default_rng(0).standard_normal((2, 3)), requires_grad=True, name="W")
    optimizer = kind([W], **settings)
    for _ in range(3):
        optimizer.zero_grad()
        gw.sin(W).sum().backward()
        before = W.tolist()
        formulas = {entry: update_formula(optimizer, W, entry) for entry in np.ndindex(2, 3)}
        assert W.tolist() == before
        optimizer.step()
        assert {entry: formula.value.item() for entry, formula in formulas.items()} == {
            entry: W.detach().numpy()[entry].item() for entry in formulas
        }


def written_after(kind, steps, **settings):
    w = gw.tensor(0.5, requires_grad=True, name="w")
    optimizer = kind([w], **settings)
    for _ in range(steps):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
    optimizer.zero_grad()
    (w**2).backward()
    return update_formula(optimizer, w)


def test_the_textbook_forms():
    assert str(written_after(SGD, 0, lr=0.1)) == "w − 0.1 · ∂L/∂w"
    assert str(written_after(SGD, 1, lr=0.1, momentum=0.9)) == "w − 0.1 · (0.9 · v + ∂L/∂w)"
    assert str(written_after(Adagrad, 1, lr=0.1)) == "w − 0.1 · ∂L/∂w / (√(S + (∂L/∂w)²) + 1e−10)"
    assert write(written_after(SGD, 1, lr=0.1, momentum=0.9), TEXT, numbers) == "0.4 − 0.1 · (0.9 · 1 + 0.8)"


def test_refusals():
    w, other = gw.tensor(1.0, requires_grad=True, name="w"), gw.tensor(1.0, requires_grad=True)
    with pytest.raises(OptimizerError, match=r"w has no gradient yet: call backward\(\) first"):
        update_formula(SGD([w]), w)
    with pytest.raises(OptimizerError, match="this tensor isn't among this optimizer's parameters"):
        update_formula(SGD([w]), other)
