"""Backpropagation by hand through a small character model: the same code in PyTorch and here, and the same gradients.

An embedding, a hidden layer, batch norm written out, tanh and cross-entropy taken apart, as learners do it. Every step
keeps its gradient; then each one is derived by hand, and the three must agree.
"""

import numpy as np
import pytest
import torch

import gradwalk as gw

LETTERS, FEATURES, CONTEXT, HIDDEN, ROWS = 11, 4, 3, 7, 16
random = np.random.default_rng(42)
CONTEXTS, TARGETS = random.integers(0, LETTERS, (ROWS, CONTEXT)), random.integers(0, LETTERS, ROWS)
START = {
    "table": random.standard_normal((LETTERS, FEATURES)),
    "w_in": random.standard_normal((FEATURES * CONTEXT, HIDDEN)) * 0.5,
    "b_in": random.standard_normal(HIDDEN) * 0.1,
    "gain": 1 + random.standard_normal((1, HIDDEN)) * 0.1,
    "shift": random.standard_normal((1, HIDDEN)) * 0.1,
    "w_out": random.standard_normal((HIDDEN, LETTERS)) * 0.3,
    "b_out": random.standard_normal(LETTERS) * 0.1,
}


def parameters(t):
    return {name: t.tensor(value, requires_grad=True) for name, value in START.items()}


def forward(t, p):
    """The loss, in steps small enough to go back through one by one."""
    contexts, targets = t.tensor(CONTEXTS), t.tensor(TARGETS)
    s = {"picked": p["table"][contexts]}
    s["joined"] = s["picked"].view(ROWS, -1)
    s["before"] = s["joined"] @ p["w_in"] + p["b_in"]
    s["mean"] = s["before"].mean(0, keepdim=True)
    s["centred"] = s["before"] - s["mean"]
    s["squares"] = s["centred"] ** 2
    s["variance"] = 1 / (ROWS - 1) * s["squares"].sum(0, keepdim=True)  # Bessel's correction
    s["inverse"] = (s["variance"] + 1e-5) ** -0.5
    s["normal"] = s["centred"] * s["inverse"]
    s["scaled"] = p["gain"] * s["normal"] + p["shift"]
    s["active"] = t.tanh(s["scaled"])
    s["logits"] = s["active"] @ p["w_out"] + p["b_out"]
    s["largest"] = s["logits"].max(1, keepdim=True).values
    s["lowered"] = s["logits"] - s["largest"]
    s["counts"] = s["lowered"].exp()
    s["totals"] = s["counts"].sum(1, keepdims=True)
    s["shares"] = s["totals"] ** -1
    s["probabilities"] = s["counts"] * s["shares"]
    s["logs"] = s["probabilities"].log()
    loss = -s["logs"][range(ROWS), targets].mean()
    return s, loss


def by_hand(t, p, s):
    """Every gradient, derived step by step from the last one."""
    contexts, targets = t.tensor(CONTEXTS), t.tensor(TARGETS)
    d = {"logs": t.zeros_like(s["logs"])}
    d["logs"][range(ROWS), targets] = -1.0 / ROWS
    d["probabilities"] = d["logs"] / s["probabilities"]
    d["shares"] = (s["counts"] * d["probabilities"]).sum(1, keepdim=True)
    d["totals"] = -(s["totals"] ** -2) * d["shares"]
    d["counts"] = s["shares"] * d["probabilities"]
    d["counts"] += t.ones_like(s["counts"]) * d["totals"]
    d["lowered"] = s["counts"] * d["counts"]
    d["largest"] = (-d["lowered"]).sum(1, keepdim=True)
    d["logits"] = d["lowered"].clone()
    d["logits"] += t.nn.functional.one_hot(s["logits"].max(1).indices, num_classes=LETTERS) * d["largest"]
    d["active"] = d["logits"] @ p["w_out"].T
    d["w_out"] = s["active"].T @ d["logits"]
    d["b_out"] = d["logits"].sum(0)
    d["scaled"] = (1.0 - s["active"] ** 2) * d["active"]
    d["gain"] = (s["normal"] * d["scaled"]).sum(0, keepdim=True)
    d["shift"] = d["scaled"].sum(0, keepdim=True)
    d["normal"] = p["gain"] * d["scaled"]
    d["inverse"] = (s["centred"] * d["normal"]).sum(0, keepdim=True)
    d["variance"] = -0.5 * (s["variance"] + 1e-5) ** -1.5 * d["inverse"]
    d["squares"] = 1.0 / (ROWS - 1) * t.ones_like(s["squares"]) * d["variance"]
    d["centred"] = s["inverse"] * d["normal"]
    d["centred"] += 2 * s["centred"] * d["squares"]
    d["mean"] = (-d["centred"]).sum(0)[None]
    d["before"] = d["centred"].clone()
    d["before"] += 1.0 / ROWS * t.ones_like(s["before"]) * d["mean"]
    d["joined"] = d["before"] @ p["w_in"].T
    d["w_in"] = s["joined"].T @ d["before"]
    d["b_in"] = d["before"].sum(0)
    d["picked"] = d["joined"].view(s["picked"].shape)
    d["table"] = t.zeros_like(p["table"])
    for row in range(ROWS):
        for place in range(CONTEXT):
            d["table"][contexts[row, place]] += d["picked"][row, place]
    return d


def in_short(t, p, s):
    """Cross-entropy and batch norm each in one step."""
    d_logits = t.nn.functional.softmax(s["logits"], 1)
    d_logits[range(ROWS), t.tensor(TARGETS)] -= 1
    d_logits /= ROWS
    d_scaled = (1.0 - s["active"] ** 2) * (d_logits @ p["w_out"].T)
    inner = ROWS * d_scaled - d_scaled.sum(0) - ROWS / (ROWS - 1) * s["normal"] * (d_scaled * s["normal"]).sum(0)
    return {"logits": d_logits, "before": p["gain"] * s["inverse"] / ROWS * inner}


def array(x):
    return x.detach().numpy()


def close(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in theirs:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-10, atol=1e-14, err_msg=name)


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def backward(t):
    """All gradients of one pass, the retained ones included; with the parameters and steps."""
    p = parameters(t)
    s, loss = forward(t, p)
    for step in s.values():
        step.retain_grad()
    loss.backward()
    return p, s, {name: array(x.grad) for name, x in {**p, **s}.items()}, loss.item()


def test_every_gradient_is_pytorch_s():
    *_, ours, our_loss = backward(gw)
    *_, theirs, their_loss = backward(torch)
    assert len(ours) == 26
    close(ours, theirs)
    np.testing.assert_allclose(our_loss, their_loss, rtol=1e-12)


@pytest.mark.parametrize("t", [gw, torch], ids=["gradwalk", "torch"])
def test_every_gradient_derived_by_hand_is_the_engine_s(t):
    p, s, gradients, _ = backward(t)
    with t.no_grad():
        close({name: array(d) for name, d in by_hand(t, p, s).items()}, gradients)
        for name, d in in_short(t, p, s).items():
            np.testing.assert_allclose(array(d), gradients[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_variance_written_out_is_the_variance():
    for t in (gw, torch):
        s, _ = forward(t, parameters(t))
        np.testing.assert_allclose(
            array(s["before"].var(0, keepdim=True, unbiased=True)), array(s["variance"]), rtol=1e-12
        )


def trained(t, steps):
    """The losses and the final parameters of plain gradient descent."""
    p = parameters(t)
    losses = []

    @t.no_grad()
    def update(rate):
        for parameter in p.values():
            parameter.data += -rate * parameter.grad

    for _ in range(steps):
        _, loss = forward(t, p)
        for parameter in p.values():
            parameter.grad = None
        loss.backward()
        update(0.5)
        losses.append(loss.item())
    return losses, {name: array(x) for name, x in p.items()}


def test_training_takes_the_same_way():
    our_losses, ours = trained(gw, 20)
    their_losses, theirs = trained(torch, 20)
    np.testing.assert_allclose(our_losses, their_losses, rtol=1e-10)
    assert our_losses[-1] < 0.5 * our_losses[0]
    close(ours, theirs)


def test_updating_with_gradients_derived_by_hand():
    p = parameters(gw)
    losses = []
    with gw.no_grad():
        for _ in range(5):
            s, loss = forward(gw, p)
            losses.append(loss.item())
            d = by_hand(gw, p, s)
            for name, parameter in p.items():
                parameter -= 0.5 * d[name]
    np.testing.assert_allclose(losses, trained(torch, 5)[0], rtol=1e-10)


def test_the_walk_of_the_exercise_checks_out():
    s, loss = forward(gw, parameters(gw))
    walk = gw.walk(loss)
    assert walk.node("loss").shape == ()
    assert walk.replay().value("loss") == loss.item()
