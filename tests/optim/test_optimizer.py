"""What all optimizers share: groups, gradients, saved state, what is refused, and walks that stay right."""

import pickle

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk.errors import GradwalkError
from gradwalk.optim import SGD, Adagrad, Adam, AdamW, Optimizer, OptimizerError, RMSprop

KINDS = [
    (SGD, {"lr": 0.1, "momentum": 0.9}),
    (Adam, {"lr": 0.1, "amsgrad": True}),
    (AdamW, {"lr": 0.1}),
    (RMSprop, {"centered": True, "momentum": 0.5}),
    (Adagrad, {"lr": 0.1}),
]


def leaves(library=gw):
    values = np.random.default_rng(0).standard_normal(3), np.array(0.5)
    return [library.tensor(value, requires_grad=True) for value in values]


def steps(optimizer, params, count, sin=gw.sin):
    for _ in range(count):
        optimizer.zero_grad()
        sum((p**2).sum() + sin(p).sum() for p in params).backward()
        optimizer.step()


@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_a_resumed_run_is_bit_identical(kind, settings):
    whole, first = leaves(), leaves()
    steps(kind(whole, **settings), whole, 9)
    before = kind(first, **settings)
    steps(before, first, 4)
    saved = before.state_dict()
    written = pickle.dumps({"state": numbers(saved["state"]), "param_groups": saved["param_groups"]})
    second = [gw.tensor(p.detach().numpy(), requires_grad=True) for p in first]
    after = kind(second)  # the settings come from the state
    after.load_state_dict(pickle.loads(written))
    steps(after, second, 5)
    for a, b in zip(whole, second, strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


def numbers(state):
    """A state as plain arrays, as a file would hold it."""
    return {n: {k: np.array(getattr(v, "value", v)) for k, v in values.items()} for n, values in state.items()}


@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_states_are_exchanged_with_pytorch_both_ways(kind, settings):
    ours, theirs = leaves(), leaves(torch)
    here, there = kind(ours, **settings), getattr(torch.optim, kind.__name__)(theirs, **settings)
    steps(here, ours, 3)
    steps(there, theirs, 3, torch.sin)
    mine, other = here.state_dict(), there.state_dict()
    assert [sorted(values) for values in mine["state"].values()] == [sorted(v) for v in other["state"].values()]
    fresh = kind([gw.tensor(p.detach().numpy(), requires_grad=True) for p in theirs])
    fresh.load_state_dict(other)
    steps(fresh, fresh.param_groups[0]["params"], 3)
    tensors = {n: {k: torch.tensor(v) for k, v in values.items()} for n, values in numbers(mine["state"]).items()}
    there.load_state_dict({"state": tensors, "param_groups": other["param_groups"]})
    steps(there, theirs, 3, torch.sin)
    for a, b in zip(fresh.param_groups[0]["params"], theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-10)


def test_a_state_dict_is_a_snapshot():
    params = leaves()
    optimizer = Adam(params)
    steps(optimizer, params, 1)
    saved = optimizer.state_dict()
    before = numbers(saved["state"])
    steps(optimizer, params, 3)
    for number, values in before.items():
        for name, value in values.items():
            np.testing.assert_array_equal(numbers(saved["state"])[number][name], value)


def test_groups_have_their_own_settings_and_what_has_no_gradient_stays():
    a, b, c = (gw.tensor(1.0, requires_grad=True) for _ in range(3))
    optimizer = SGD([{"params": [a], "lr": 1.0}, {"params": b}], lr=0.1)
    optimizer.add_param_group({"params": [c], "lr": 5.0})
    (a + b).backward()
    optimizer.step()
    assert (a.item(), b.item(), c.item()) == (0.0, 0.9, 1.0)
    assert [group["lr"] for group in optimizer.param_groups] == [1.0, 0.1, 5.0]


def test_nothing_remembered_is_nothing_saved():
    params = leaves()
    optimizer = SGD(params, lr=0.1)
    steps(optimizer, params, 2)
    assert optimizer.state_dict()["state"] == {}


def test_names_are_kept():
    w = gw.tensor(1.0, requires_grad=True)
    assert SGD([("fc.weight", w)], lr=0.1).param_groups[0]["param_names"] == ["fc.weight"]


def test_gradients_accumulate_until_they_are_forgotten():
    w = gw.tensor(2.0, requires_grad=True)
    optimizer = SGD([w], lr=0.1)
    (3 * w).backward()
    (4 * w).backward()
    optimizer.step()
    assert w.item() == pytest.approx(2 - 0.7)
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.item() == 0
    optimizer.zero_grad()
    assert w.grad is None


def test_a_velocity_is_not_the_gradient_that_backward_adds_to():
    """The first velocity is the gradient; the next backward pass must not change it."""
    w, other = gw.tensor([1.0], requires_grad=True), torch.tensor([1.0], requires_grad=True, dtype=torch.float64)
    for optimizer, param in ((SGD([w], 0.1, 0.9), w), (torch.optim.SGD([other], 0.1, 0.9), other)):
        for _ in range(3):
            (param**3).sum().backward()  # no zero_grad in between
            optimizer.step()
    assert w.item() == pytest.approx(other.item(), rel=1e-12)


def test_a_closure_computes_the_loss():
    w = gw.tensor(1.0, requires_grad=True)

    def closure():
        w.grad = None
        loss = w**2
        loss.backward()
        return loss

    with gw.no_grad():
        assert SGD([w], lr=0.5).step(closure).item() == 1.0
    assert w.item() == 0.0


def test_memory_stays_in_place():
    w = gw.tensor([1.0, 2.0], requires_grad=True)
    window = w.detach().numpy()
    (w**2).sum().backward()
    SGD([w], lr=0.5).step()
    np.testing.assert_array_equal(window, [0.0, 0.0])


def test_walks_of_earlier_steps_keep_their_numbers():
    w = gw.tensor([2.0, -1.0], requires_grad=True)
    optimizer = SGD([w], lr=0.1)
    loss = (w**2).sum()
    with_walk = gw.walk(loss)
    loss.backward()
    optimizer.step()
    assert with_walk.node("w").value.tolist() == [2.0, -1.0]
    assert with_walk.gradient("w").tolist() == [4.0, -2.0]
    assert with_walk.check().ok
    again = gw.walk((w**2).sum())
    np.testing.assert_allclose(again.gradient("w"), [3.2, -1.6])


def test_a_tape_from_before_the_step_is_refused():
    w = gw.tensor(2.0, requires_grad=True)
    loss = w**2
    loss.backward(retain_graph=True)
    SGD([w], lr=0.1).step()
    with pytest.raises(GradwalkError, match="changed in place since"):
        loss.backward()


def leaf():
    return gw.tensor(1.0, requires_grad=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD([leaf()], lr=-0.1), "lr=-0.1: the learning rate"),
        (lambda: SGD([leaf()], lr=float("nan")), "lr=nan"),
        (lambda: SGD([leaf()], lr=gw.tensor(0.1)), r"lr=tensor\(0.1\).* is a number"),
        (lambda: SGD([leaf()], lr="fast"), "lr=fast"),
        (lambda: Adam([leaf()], betas=0.9), "betas=0.9: betas are two shares"),
        (lambda: SGD([leaf()], momentum=-0.5), "momentum=-0.5"),
        (lambda: SGD([leaf()], nesterov=True), "Nesterov.*needs momentum above 0"),
        (lambda: Adam([leaf()], betas=(1.0, 0.0)), "betas=.*0 to below 1"),
        (lambda: Adam([leaf()], weight_decay=-1), "weight_decay=-1"),
        (lambda: Adam([leaf()], eps=-1), "eps=-1"),
        (lambda: RMSprop([leaf()], momentum=-1.0), "momentum=-1.0"),
        (lambda: RMSprop([leaf()], alpha=-1.0), "alpha=-1.0"),
        (lambda: Adagrad([leaf()], lr_decay=-0.5), "lr_decay=-0.5"),
        (lambda: Adagrad([leaf()], initial_accumulator_value=-1), "initial_accumulator_value=-1"),
        (lambda: SGD([{"params": [leaf()], "lr": -1}]), "lr=-1"),
        (lambda: SGD([]), "at least one parameter"),
        (lambda: SGD([w := leaf(), w]), "appears twice"),
        (lambda: SGD([{"params": [w := leaf()]}, {"params": [w]}]), "appears twice"),
        (lambda: SGD([("w", leaf()), leaf()]), "name all or none"),
        (lambda: SGD([{"params": [("w", leaf())]}, {"params": [leaf()]}]), "name all or none"),
        (lambda: SGD([leaf() * 2]), r"computed \(by mul\)"),
    ],
)
def test_refusals_are_value_errors_as_in_pytorch(make, message):
    with pytest.raises(OptimizerError, match=message) as caught:
        make()
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("params", [leaf(), 3, ["w"]])
def test_what_is_no_list_of_tensors_is_a_type_error(params):
    with pytest.raises(TypeError, match="tensors"):
        SGD(params)


def test_a_state_of_another_model_is_refused_and_nothing_changes():
    params = leaves()
    optimizer = Adam(params, lr=0.5)
    steps(optimizer, params, 2)
    other = Adam([gw.tensor([[1.0]], requires_grad=True), leaf()])
    with pytest.raises(OptimizerError, match=r"exp_avg has shape \(3,\), and its parameter \(1, 1\): .*another model"):
        other.load_state_dict(optimizer.state_dict())
    with pytest.raises(OptimizerError, match=r"groups of \[2\] parameters, and this optimizer of \[1\]"):
        Adam([leaf()]).load_state_dict(optimizer.state_dict())
    assert other.state == {}
    assert other.param_groups[0]["lr"] == 1e-3


class SignDescent(Optimizer):
    """An optimizer as one writes it for PyTorch: a step of its own, with a state for each parameter."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @gw.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["count"] = state.get("count", 0) + 1
                p.add_(gw.sign(p.grad), alpha=-group["lr"] / state["count"])


def test_ones_own_optimizer_works_as_in_pytorch():
    w = gw.tensor([1.0, -1.0], requires_grad=True)
    optimizer = SignDescent([w], lr=0.5)
    steps(optimizer, [w], 2)
    assert w.tolist() == [0.25, -0.25]
    again = SignDescent([w], lr=1.0)
    again.load_state_dict(optimizer.state_dict())
    assert (again.state[w], again.param_groups[0]["lr"]) == ({"count": 2}, 0.5)


def test_it_says_what_it_is():
    assert repr(SGD([leaf()], lr=0.1)).startswith("SGD (\n  group 0: lr=0.1, momentum=0,")
