"""Changes in place inside compiled functions: optimizers, updates by hand, and memory that others look at."""

import numpy as np
import pytest

import gradwalk as gw
from gradwalk import nn, optim
from gradwalk.program.segment import Segment
from gradwalk.tensor import Tensor
from tests.program.test_compiled import OPTIMIZERS, data, model, same, steps_of


@pytest.fixture
def runs(monkeypatch):
    """The programs that are run, in order."""
    found, run = [], Segment.run

    def noting(self, arrays):
        found.append(self)
        return run(self, arrays)

    monkeypatch.setattr(Segment, "run", noting)
    return found


def learning(make_optimizer, then=lambda net, optimizer: None, before=lambda net, optimizer: None, times=1):
    """What makes a training step, with something done before and after each of its updates, and what it changes."""

    def make():
        net, (x, y) = model(), data()
        optimizer = make_optimizer(net.parameters())

        def step():
            for _ in range(times):
                optimizer.zero_grad()
                loss = ((net(x) - y) ** 2).mean()
                loss.backward()
                before(net, optimizer)
                optimizer.step()
                then(net, optimizer)
            return loss

        step.optimizer = optimizer
        return step, list(net.parameters())

    return make


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_forward_backward_and_update_are_one_program(name, runs):
    function, parameters = learning(OPTIMIZERS[name])()
    step = gw.compile(function)
    for _ in range(6):
        step()
    runs.clear()
    arrays = [p.value for p in parameters]
    looks = [array[...] for array in arrays]
    before = [np.array(array) for array in arrays]
    step()
    assert len(runs) == 1
    assert all(p.value is array for p, array in zip(parameters, arrays, strict=True))
    assert not any(np.array_equal(look, old) for look, old in zip(looks, before, strict=True))


def test_what_is_remembered_keeps_its_memory_and_a_snapshot_its_numbers():
    function, (first, *_) = learning(OPTIMIZERS["adam"])()
    step, optimizer = gw.compile(function), function.optimizer
    for _ in range(5):
        step()
    remembered, snapshot = optimizer.state[first]["exp_avg"], optimizer.state_dict()
    then = remembered.tolist()
    step()
    assert optimizer.state[first]["exp_avg"] is remembered
    assert type(remembered) is Tensor
    assert remembered.tolist() != then
    assert snapshot["state"][0]["exp_avg"].tolist() == then
    assert (snapshot["state"][0]["step"], optimizer.state[first]["step"]) == (5, 6)


def test_a_schedule_of_rate_and_momentum_is_one_program(runs):
    schedules = {}

    def follow(net, optimizer):
        if optimizer not in schedules:
            schedules[optimizer] = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.2, total_steps=100)
        schedules[optimizer].step()

    step = same(learning(lambda p: optim.SGD(p, lr=0.1, momentum=0.9), follow), calls=10)
    known, before = len(set(runs)), steps_of(step)
    for _ in range(10):
        step()
    assert (steps_of(step), len(set(runs))) == (before, known)


def test_a_number_read_after_an_update_is_that_of_the_moved_parameters():
    def make():
        net, (x, y) = model(), data()
        optimizer = OPTIMIZERS["adam"](net.parameters())
        first = next(net.parameters())

        def step():
            optimizer.zero_grad()
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            seen = first.detach().numpy().sum() + first.value.sum()
            with gw.no_grad():
                return seen + first.T.sum().item() + ((net(x) - y) ** 2).mean()

        return step, list(net.parameters())

    same(make)


def test_several_optimizer_steps_in_one_call():
    same(learning(OPTIMIZERS["momentum"], times=3))


def test_gradients_that_are_added_to_zeros():
    def make():
        net, (x, y) = model(), data()
        optimizer = OPTIMIZERS["adam"](net.parameters())

        def step():
            optimizer.zero_grad(set_to_none=False)
            for _ in range(2):
                loss = ((net(x) - y) ** 2).mean()
                loss.backward()
            optimizer.step()
            return loss

        return step, list(net.parameters())

    same(make)


@pytest.mark.parametrize("clip", [nn.utils.clip_grad_norm_, nn.utils.clip_grad_value_])
def test_clipped_gradients_are_those_that_move(clip, runs):
    gradients = []

    def look(net, optimizer):
        gradients[:] = [p.grad for p in net.parameters()]

    step = same(learning(OPTIMIZERS["adam"], look, lambda net, optimizer: clip(net.parameters(), 0.01)))
    runs.clear()
    step()
    assert len(runs) == 1
    assert all(abs(g.value).max() <= 0.01 for g in gradients)


class Careful(optim.Optimizer):
    """Moves only where the gradient points up on the whole."""

    rule = staticmethod(lambda param, grad, state, group: (param - 0.1 * grad if grad.sum() > 0 else param, {}))


def test_a_rule_whose_course_depends_on_numbers_is_carried_out_at_once():
    same(learning(lambda p: Careful(p, {})))


@pytest.mark.parametrize("order", ["read first", "written first"])
def test_tensors_that_share_memory(order):
    def make():
        w = gw.tensor([1.0, 2.0], requires_grad=True)
        other, doubled = w.detach(), []

        def step():
            with gw.no_grad():
                if order == "read first":
                    doubled.append(other * w)
                w.mul_(1.5)
                doubled.append(other * w)
                other.add_(w)
                return doubled[-1] + w

        return step, [w, *doubled]

    same(make)


def test_a_view_from_before_a_change_shows_it():
    w = gw.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)

    @gw.compile
    def step(x):
        with gw.no_grad():
            view, copy = w.T, w + 0
            w.add_(x)
            return view, copy

    one = gw.tensor(1.0)
    for i in range(5):
        view, copy = step(one)
        assert view.value[0, 0] == 2.0 + i
        assert copy.value[0, 0] == 1.0 + i
        assert np.may_share_memory(view.value, w.value)


def test_a_running_average_of_weights():
    averages = {}

    def blend(net, optimizer):
        if optimizer not in averages:
            averages[optimizer] = [gw.tensor(p.detach().numpy()) for p in net.parameters()]
        with gw.no_grad():
            for mean, p in zip(averages[optimizer], net.parameters(), strict=True):
                mean.mul_(0.9).add_(0.1 * p)

    same(learning(OPTIMIZERS["sgd"], blend))
    eager, compiled = averages.values()
    for mine, theirs in zip(compiled, eager, strict=True):
        np.testing.assert_allclose(mine.value, theirs.value, rtol=1e-12)


def test_a_tape_from_before_the_call_refuses_what_was_changed_in_it():
    w, x = gw.tensor([1.0, 2.0], requires_grad=True), gw.tensor([2.0, 3.0])

    @gw.compile
    def step():
        w.grad = None
        (w * x).sum().backward()
        with gw.no_grad():
            w.sub_(w.grad)

    for _ in range(4):
        loss = (w * w).sum()
        step()
        with pytest.raises(RuntimeError, match="in place"):
            loss.backward()


def test_a_step_that_fails_is_not_counted():
    table = gw.tensor(np.eye(3), requires_grad=True)
    optimizer = optim.Adam([table])

    @gw.compile
    def step(rows):
        optimizer.zero_grad()
        nn.functional.embedding(rows, table).sum().backward()
        optimizer.step()

    for _ in range(4):
        step(gw.tensor([0, 1]))
    before = np.array(table.value)
    with pytest.raises(IndexError):
        step(gw.tensor([0, 7]))
    assert optimizer.state[table]["step"] == 4
    assert table.grad is None
    np.testing.assert_array_equal(table.value, before)
    step(gw.tensor([0, 1]))
    assert optimizer.state[table]["step"] == 5


def test_tensors_in_lists_and_dictionaries_are_traced():
    @gw.compile
    @gw.no_grad()
    def total(parts, named):
        return parts[0] * named["x"] + parts[1][0]

    for i in range(4):
        a, b, c = (gw.tensor(float(i + j)) for j in range(3))
        assert total([a, (b,)], {"x": c}).item() == i * (i + 2) + i + 1
    assert not total.reason
    assert total.courses == 1


def test_what_was_done_before_a_failure_is_done_once():
    table, count = gw.tensor(np.eye(3), requires_grad=True), gw.tensor(0.0)

    @gw.compile
    def step(rows):
        with gw.no_grad():
            count.add_(1.0)
            return nn.functional.embedding(rows, table)

    for i in range(4):
        step(gw.tensor([0, 1]))
        assert count.item() == i + 1
    with pytest.raises(IndexError):
        step(gw.tensor([0, 7]))
    assert count.item() == 5


@pytest.mark.parametrize("layer", [nn.BatchNorm1d, lambda n: nn.InstanceNorm1d(n, track_running_stats=True)])
def test_running_statistics_are_part_of_the_program(layer, runs):
    def make():
        gw.manual_seed(0)
        net = nn.Sequential(nn.Conv1d(2, 3, 1), layer(3), nn.Tanh(), nn.Conv1d(3, 2, 1), layer(2), nn.Conv1d(2, 1, 1))
        optimizer, random = gw.optim.SGD(net.parameters(), lr=0.1), np.random.default_rng(0)

        def step():
            optimizer.zero_grad()
            loss = (net(gw.tensor(random.standard_normal((8, 2, 4)))) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        return step, [*net.parameters(), *net.buffers()]

    step = same(make, rtol=1e-10)
    runs.clear()
    step()
    assert len(runs) == 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_layers_may_be_frozen_and_thawed_between_calls(name):
    """Their counters are other ones than those of the layers that went on."""

    losses = []
    for wrap in (lambda step: step, gw.compile):
        function, parameters = learning(OPTIMIZERS[name])()
        step, found = wrap(function), []
        for call in range(20):
            for parameter in parameters[:2]:
                parameter.requires_grad = not 8 <= call < 13
            found.append(step().item())
        losses.append(found)
    np.testing.assert_allclose(*losses, rtol=1e-12)
