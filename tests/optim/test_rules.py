"""Every optimizer against PyTorch's, with the settings that PyTorch's own tests use."""

import numpy as np
import pytest
import torch
from torch.testing._internal.common_optimizers import optim_db

import gradwalk as gw
from gradwalk.formula import Formula

OURS = [gw.optim.SGD, gw.optim.Adam, gw.optim.AdamW, gw.optim.RMSprop, gw.optim.Adagrad]
NOT_OFFERED = {"foreach", "fused", "capturable", "differentiable", "decoupled_weight_decay"}  # how PyTorch runs it
SHAPES = [(), (3,), (2, 3)]
STEPS = 40


def settings_in_optim_db():
    """(class, settings) of PyTorch's test table, without those that give the rate as a tensor."""
    for info in optim_db:
        ours = getattr(gw.optim, info.optim_cls.__name__, None)
        for case in info.optim_inputs_func(device="cpu") if ours else ():
            if not any(isinstance(value, torch.Tensor) for value in case.kwargs.values()):
                yield pytest.param(ours, case.kwargs, id=f"{ours.__name__}-{case.desc}")


MORE = [
    (gw.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    (gw.optim.Adam, {"lr": 0.3, "betas": (0.0, 0.5), "amsgrad": True}),
    (gw.optim.AdamW, {"lr": 0.1, "weight_decay": 0.5, "eps": 1e-3}),
    (gw.optim.RMSprop, {"lr": 0.1, "alpha": 0.5, "eps": 1e-2, "momentum": 0.9}),
    (gw.optim.Adagrad, {"lr": 0.5, "lr_decay": 0.1, "initial_accumulator_value": 0.2, "maximize": True}),
]


def started(library, dtype="float64"):
    """Fresh parameters of several shapes, the same in both libraries."""
    random = np.random.default_rng(0)
    values = [random.standard_normal(shape) for shape in SHAPES]
    return [library.tensor(value, dtype=getattr(library, dtype), requires_grad=True) for value in values]


def trained(library, optimizer, params, steps):
    """Train on a loss whose gradient changes from step to step, and give the parameters back after each."""
    history = []
    for step in range(steps):
        optimizer.zero_grad()
        loss = sum(((p - 0.3) ** 2 * (1 + 0.1 * step)).sum() + (library.sin(3 * p)).sum() for p in params)
        loss.backward()
        optimizer.step()
        history.append([p.detach().numpy().copy() for p in params])
    return history


def same(ours, theirs, tolerance=1e-10):
    for mine, other in zip(ours, theirs, strict=True):
        for a, b in zip(mine, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("kind", "settings"), [*settings_in_optim_db(), *MORE])
def test_as_pytorch(kind, settings):
    params, theirs = started(gw), started(torch)
    ours = trained(gw, kind(params, **settings), params, STEPS)
    reference = trained(torch, getattr(torch.optim, kind.__name__)(theirs, **settings), theirs, STEPS)
    same(ours, reference)
    assert not np.allclose(ours[0][1], ours[-1][1])


@pytest.mark.parametrize("kind", OURS)
def test_defaults_are_pytorchs(kind):
    theirs = getattr(torch.optim, kind.__name__)(started(torch)).defaults
    assert kind(started(gw)).defaults == {name: value for name, value in theirs.items() if name not in NOT_OFFERED}


@pytest.mark.parametrize("kind", OURS)
def test_single_precision_stays_single(kind):
    params, theirs = started(gw, "float32"), started(torch, "float32")
    ours = trained(gw, kind(params), params, 5)
    same(ours, trained(torch, getattr(torch.optim, kind.__name__)(theirs), theirs, 5), 1e-5)
    optimizer = kind(params)
    trained(gw, optimizer, params, 1)
    assert all(p.dtype == np.float32 for p in params)
    assert all(
        v.dtype == np.float32 for state in optimizer.state.values() for v in state.values() if isinstance(v, gw.Tensor)
    )


@pytest.mark.parametrize("kind", OURS)
def test_a_rule_changes_nothing_and_writes_itself_down(kind):
    """A rule is pure, and runs on formulas too: what it would write has the value that it computes."""
    group = {**kind([gw.tensor(1.0, requires_grad=True)]).defaults, "momentum": 0.9, "weight_decay": 0.1}
    param, grad = np.array([0.5, -2.0]), np.array([3.0, 1.0])
    before = param.copy(), grad.copy()
    first, state = kind.rule(param, grad, {}, group)
    remembered = {name: np.copy(value) for name, value in state.items()}
    second, _ = kind.rule(first, grad, state, group)
    written, _ = kind.rule(Formula.symbol("θ", first), Formula.symbol("g", grad), state, group)
    np.testing.assert_array_equal((param, grad), before)
    for name, value in remembered.items():
        np.testing.assert_array_equal(state[name], value)
    np.testing.assert_array_equal(written.value, second)
    assert "θ" in str(written)


def test_plain_descent_reads_like_the_textbook():
    optimizer = gw.optim.SGD([gw.tensor(0.5, requires_grad=True)], lr=0.1)
    written, _ = optimizer.rule(Formula.symbol("w", 0.5), Formula.symbol("g", -4.0), {}, optimizer.defaults)
    assert str(written) == "w − 0.1 · g"
