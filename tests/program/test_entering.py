"""What a call starts with, and what is left of the call before it: the same tensors stand for results in every call."""

import weakref

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.tensor import Tensor
from tests.program.test_compiled import data, model


def both(function):
    """A function under no_grad: compiled, and as it is."""
    return gw.compile(gw.no_grad()(function)), gw.no_grad()(function)


def test_arguments_of_other_shapes_types_and_kinds():
    w = gw.tensor([2.0, 3.0], requires_grad=True)
    compiled, eager = both(lambda x, more=(): (x * w + sum(more, w)).sum(0))
    batches = np.ones((4, 2)), np.ones((3, 2)), np.ones((4, 2), np.float32), np.full((4, 2), 2)
    for _ in range(3):
        for array in batches:
            x = gw.tensor(array)
            for arguments in ((x,), (x, [x]), (x, (w, x)), (w,), (w, [w])):
                mine, theirs = compiled(*arguments), eager(*arguments)
                assert mine.dtype == theirs.dtype
                np.testing.assert_array_equal(mine.value, theirs.value)
    assert not compiled.reason
    assert type(w) is Tensor


def test_an_argument_may_come_twice_or_be_a_known_leaf():
    w, x = gw.tensor([2.0, 3.0], requires_grad=True), gw.tensor([5.0, 7.0])
    compiled, eager = both(lambda a, b: a * w - b * b)
    for a, b in [(x, x), (x, x), (x, w), (w, x), (w, w), (x, x), (w, w), (x, x)] * 2:
        np.testing.assert_array_equal(compiled(a, b).value, eager(a, b).value)


@pytest.mark.parametrize("changed", ["value", "data", "frozen", "thawed"])
def test_a_leaf_that_is_no_longer_what_it_was(changed):
    def make():
        net, (x, y) = model(), data()
        first = next(net.parameters())

        def step():
            for p in net.parameters():
                p.grad = None
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            return [loss.item(), *(None if p.grad is None else p.grad.tolist() for p in net.parameters())]

        return step, first

    (step, first), (other, second) = make(), make()
    compiled = gw.compile(step)
    for i in range(9):
        for w in (first, second):
            if i % 3 == 2 and changed == "value":
                w.value = w.value * 0.5
            elif i % 3 == 2 and changed == "data":
                w.data = w.data * 0.5
            elif changed in ("frozen", "thawed"):
                w.requires_grad = (i % 4 < 2) is (changed == "frozen")
        for mine, theirs in zip(compiled(), other(), strict=True):
            assert (mine is None) == (theirs is None)
            if mine is not None:
                np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_leaf_that_another_takes_the_place_of():
    layers = {"w": gw.tensor([1.0, 2.0], requires_grad=True)}

    @gw.compile
    def step(x):
        loss = (layers["w"] * x).sum()
        loss.backward()
        return loss

    for i in range(8):
        if i % 3 == 2:
            layers["w"] = gw.tensor([1.0 + i, 2.0], requires_grad=True)
        x = gw.tensor([1.0, 10.0])
        layers["w"].grad = None
        assert step(x).item() == layers["w"].value @ x.value
        assert layers["w"].grad.tolist() == [1.0, 10.0]


def test_what_is_written_on_a_result_is_not_found_on_later_ones():
    seen = []

    @gw.compile
    @gw.no_grad()
    def step(x, named):
        y = x * 2
        seen.append((y.name, hasattr(y, "note")))
        if named:
            y.name, y.note = "doubled", "a note"
        return (y + 1).sum()

    for named in (False, False, True, False, True, False):
        step(gw.tensor([1.0, 2.0]), named)
    assert seen == [(None, False)] * 6
    assert not step.reason


def test_results_that_are_only_known_weakly_die_with_their_call():
    known = weakref.WeakKeyDictionary()

    @gw.compile
    @gw.no_grad()
    def step(x):
        y = x * 2
        assert y not in known
        known[y] = True
        return y + 1

    for _ in range(6):
        step(gw.tensor([1.0, 2.0]))
        assert not known


def test_results_that_the_caller_keeps_are_all_different():
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x, kept):
        w.grad = None
        y = w * x
        if kept is not None:
            kept.append(y)
        loss = (y * y).sum()
        loss.backward()
        return loss

    kept = []
    losses = [step(gw.tensor([float(i), 1.0]), kept if i % 3 else None) for i in range(9)]
    assert [loss.item() for loss in losses] == [i**2 + 4.0 for i in range(9)]
    assert [y.tolist() for y in kept] == [[float(i), 2.0] for i in range(9) if i % 3]
    assert len(set(map(id, [*losses, *kept]))) == 15
    assert all(type(x) is Tensor for x in [*losses, *kept])


def test_what_a_failed_call_left_behind_says_so_and_the_next_call_is_right():
    table, held = gw.tensor(np.eye(3)), []

    @gw.compile
    @gw.no_grad()
    def step(rows):
        found = gw.nn.functional.embedding(rows, table) * 2
        held.append(found)
        return found.sum()

    for _ in range(4):
        step(gw.tensor([0, 1]))
    with pytest.raises(IndexError):
        step(gw.tensor([0, 7]))
    assert step(gw.tensor([0, 1])).item() == 4.0
    assert held[-1].value.sum() == 4.0
    with pytest.raises(IndexError):
        held[-2].tolist()


def test_an_optimizer_whose_settings_change_between_steps():
    def make():
        w = gw.tensor([[0.5], [-0.5]], requires_grad=True)
        bias, (x, y) = gw.tensor([0.1], requires_grad=True), data()
        optimizer = gw.optim.SGD([{"params": [w]}, {"params": [bias], "lr": 0.3}], lr=0.1)
        count = iter(range(100))

        def step():
            i = next(count)
            group = optimizer.param_groups[0]
            group["weight_decay"], group["lr"] = 0.1 * (i % 4 == 3), 0.1 + 0.01 * (i // 3)
            optimizer.zero_grad()
            loss = ((x @ w + bias - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            if i == 7:
                optimizer.add_param_group({"params": [gw.tensor([1.0], requires_grad=True)]})
            return loss

        return step, [w, bias]

    (mine, ours), (theirs, others) = make(), make()
    compiled = gw.compile(mine)
    for i in range(15):
        ours[1].requires_grad = others[1].requires_grad = i % 5 != 4
        np.testing.assert_allclose(compiled().item(), theirs().item(), rtol=1e-12)
    for a, b in zip(ours, others, strict=True):
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)


def test_the_same_tensor_for_several_arguments_after_calls_with_different_ones():
    w = gw.tensor([2.0, 3.0], requires_grad=True)

    @gw.compile
    def step(a, b):
        w.grad = a.grad = b.grad = None
        loss = (a * w + a * b * b).sum()
        loss.backward()
        return loss

    def leaf():
        return gw.tensor([5.0, 7.0], requires_grad=True)

    same = leaf()
    for a, b in [(leaf(), leaf())] * 5 + [(same, same), (w, leaf()), (same, same), (leaf(), leaf()), (w, w)]:
        step(a, b)
        found = [x.grad.tolist() for x in (w, a, b)]
        step.function(a, b)
        assert found == [x.grad.tolist() for x in (w, a, b)]
        assert all(type(x) is Tensor and not x.params for x in (w, a, b))
    assert not step.reason
