"""Changes in place: the same programs in PyTorch and here, with the same gradients, or refused by both."""

import numpy as np
import pytest
import torch

import gradwalk as gw
from gradwalk import inplace
from gradwalk.errors import GradwalkError, InPlaceError


def add_to_result(t, a, b):
    y = a * b
    y += 1
    return (y * y).sum()


def multiply_what_add_made(t, a, b):
    y = a + b
    y.mul_(a)
    return y.sum()


def sigmoid_then_added(t, a, b):
    y = t.sigmoid(a)
    y.add_(1)  # sigmoid's rule needs its own output
    return y.sum()


def exp_of_changed_input(t, a, b):
    x = a * 1
    y = t.sin(x)
    x.mul_(2)  # sin's rule needs its input
    return (y + x).sum()


def add_of_changed_input(t, a, b):
    x = a * 1
    y = x + b
    x.mul_(2)  # add's rule needs nothing
    return (y * x).sum()


def write_a_row(t, a, b):
    y = a * 2
    y[0] = b[1]
    return (y * a).sum()


def write_a_number(t, a, b):
    y = a * 2
    y[1, 2] = 7.0
    return (y * y).sum()


def write_fancy(t, a, b):
    y = a * 2
    y[[0, 1], [1, 2]] = b[0, :2]
    return (y * y).sum()


def write_by_mask(t, a, b):
    y = a * 2
    y[a > 0] = 0.0
    return (y * b).sum()


def write_into_zeros(t, a, b):
    y = t.zeros(2, 3)
    y[0] = a[0] * 2
    y[1] = b[1] * a[1]
    return (y * y).sum()


def accumulate_into_zeros(t, a, b):
    y = t.zeros(3)
    for i in range(2):
        y += a[i] * b[i]
    return (y * y).sum()


def view_changed(t, a, b):
    y = a * 2
    row = y[0]
    row.mul_(3)
    return (y * b).sum()


def view_of_view_changed(t, a, b):
    y = a * 2
    part = y[0][1:]
    part.mul_(b[0, 1:])
    return (y * y).sum()


def base_changed_then_view_read(t, a, b):
    y = a * 2
    row = y[0]
    y.mul_(b)
    return (row * row).sum()


def view_read_between_changes(t, a, b):
    y = a * 2
    row = y[0]
    y.mul_(2)
    between = row * 3
    y.mul_(5)
    return (between + row).sum()


def views_of_views_read_between_changes(t, a, b):
    y = a * 2
    row = y[0]
    end, start = row[1:], row[:2]
    y.mul_(2)
    first = (end * 3 + start * 7).sum()
    row.mul_(b[0])
    second = (end * 5 + start * 11 + y[0, 1:]).sum()
    y.add_(b)
    return first + second + (end + start + row[:2]).sum()


def transpose_changed(t, a, b):
    y = a * 2
    y.t().mul_(3)
    return (y * b).sum()


def view_read_before_and_after(t, a, b):
    y = a * 2
    row = y[1]
    before = row + 1
    y[1] = b[0]
    return (before + row).sum()


def base_changed_before_and_after_view_read(t, a, b):
    y = a * 2
    row = y[0]
    y.mul_(b)
    read = row + 1
    y.mul_(3)
    return (read * read).sum()


def base_changed_after_view_read(t, a, b):
    y = a * 2
    read = y[0][1:] + 1
    y.mul_(b)
    return (read * read).sum()


def rows_swapped(t, a, b):
    y = a * b
    y[0], y[1] = y[1], y[0]  # both are the old y[1] now
    return (y * a).sum()


def rows_moved_on(t, a, b):
    y = a * b
    first, rest = y[0][1:], y[1]
    y[1, 1:] = first * 2
    y[0] = rest
    first.mul_(3)
    return (y * b * rest).sum()


def no_rows_changed(t, a, b):
    y = a[:0] * 1
    y += 1
    y[:, 0].mul_(2)
    return (y * b[:0]).sum() + a.sum()


def part_of_what_is_read_transposed_changed(t, a, b):
    y = a * 2
    y.view(-1)[1] = 5.0
    z = a * 3
    z.reshape(3, 2)[0] = b[0, :2]
    return (y.t() @ b + z.T * b.T @ a).sum()


def turned_part_changed(t, a, b):
    y = (a * 2).t()
    y.t().view(-1)[2:4].mul_(b[0, :2])
    return (y * b.t()).sum()


def row_of_one_written(t, a, b):
    y = t.zeros(2, 3)
    y[0, 1] = a[0, :1] * 2
    y[1] = b[:1]
    y[:, 2] = a[None, :, 0]
    return (y * y * a).sum()


def leaf_changed(t, a, b):
    a.mul_(2)
    return a.sum()


def view_of_leaf_changed(t, a, b):
    a[0].mul_(2)
    return a.sum()


def write_to_leaf(t, a, b):
    a[0] = 1.0
    return a.sum()


def leaf_changed_without_grad(t, a, b):
    with t.no_grad():
        a.mul_(2)
    return (a * b).sum()


def leaf_changed_after_use(t, a, b):
    y = (a * b).sum()
    with t.no_grad():
        a.mul_(2)
    return y


def leaf_changed_after_harmless_use(t, a, b):
    y = (a + b).sum()
    with t.no_grad():
        a.mul_(2)
    return y


def expanded_changed(t, a, b):
    y = (a[0] * 1).expand(4, 3)
    y.mul_(2)
    return y.sum()


def split_output_changed(t, a, b):
    left, right = (a * 2).split([1, 2], dim=1)
    left.mul_(3)
    return left.sum() + right.sum()


def zeroed(t, a, b):
    y = a * 2
    z = y + 0
    y.zero_()
    return (y * b).sum() + z.sum()


def filled(t, a, b):
    y = a * 2
    y[0].fill_(3.0)
    return (y * y).sum()


def copied_into(t, a, b):
    y = a * 2
    y.copy_(b)
    return (y * y * a).sum()


def relu_in_place(t, a, b):
    y = a * b
    y.relu_()
    return (y * y).sum()


def clamped_in_place(t, a, b):
    y = a * b
    y.clamp_(-0.5, 0.5)
    return (y * y).sum()


def divided_in_place(t, a, b):
    y = a * 2
    y /= b
    return y.sum()


def divided_by_itself_later_changed(t, a, b):
    x = b * 1
    y = a / x
    x += 1
    return y.sum()


def in_place_twice(t, a, b):
    y = a * 2
    y += b
    z = y * 1
    y *= a
    return (y + z).sum()


def masked_fill_in_place(t, a, b):
    y = a * 2
    y.masked_fill_(b > 0, -1.0)
    return (y * y).sum()


def data_changed(t, a, b):
    a.data.mul_(2)
    return (a * b).sum()


def detached_changed_after_use(t, a, b):
    x = a * 1
    y = x * b
    x.detach().mul_(2)
    return y.sum()


def powered_in_place(t, a, b):
    y = a * 2
    y **= 2
    return (y * b).sum()


PROGRAMS = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:3] == ("t", "a", "b")
]


def outcome(t, program, make):
    random = np.random.default_rng(3)
    a, b = make(random.standard_normal((2, 3))), make(random.standard_normal((2, 3)))
    try:
        out = program(t, a, b)
        out.backward()
    except RuntimeError:
        return None
    return [np.asarray(out.detach()), *(np.zeros((2, 3)) if x.grad is None else np.asarray(x.grad) for x in (a, b))]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_the_same_program_in_pytorch(program):
    torch.set_default_dtype(torch.float64)
    theirs = outcome(torch, program, lambda x: torch.tensor(x, requires_grad=True))
    torch.set_default_dtype(torch.float32)
    ours = outcome(gw, program, lambda x: gw.tensor(x, requires_grad=True))
    assert (ours is None) == (theirs is None)
    if ours is not None:
        for our, their in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(our, their, rtol=1e-12)


def test_a_refusal_names_the_op_the_tensor_and_the_cure():
    x = gw.tensor([1.0, 2.0], requires_grad=True)
    y = gw.sigmoid(x)
    loss = y.sum()
    y.add_(1)
    with pytest.raises(InPlaceError, match=r"the gradient of sigmoid needs its own result.*clone"):
        loss.backward()
    with pytest.raises(GradwalkError, match=r"leaf that requires grad.*no_grad"):
        x.mul_(2)


def test_a_tensor_multiplied_by_itself_in_place_keeps_what_it_was():
    """PyTorch declines this one; here the change keeps a copy for its own rule, so the gradient is right."""
    a = gw.tensor([3.0, -2.0], requires_grad=True)
    y = a * 1
    y.mul_(y)
    y.sum().backward()
    assert a.grad.tolist() == [6.0, -4.0]


def test_the_walk_shows_the_value_before_the_change():
    a = gw.tensor(3.0, requires_grad=True)
    y = a * 2
    z = y + 1
    y += 10
    loss = y + z
    walk = gw.walk(loss)
    assert {7.0, 6.0, 16.0, 23.0} <= {float(node.value) for node in walk.nodes if node.size == 1}
    assert walk.gradient("a") == 2 * 1.0 + 2 * 1.0
    assert walk.check().ok


def test_all_views_of_some_memory_have_one_stamp():
    array, other = np.zeros((2, 3)), np.zeros(3)
    stamp = inplace.stamp_of(array)
    assert inplace.stamp_of(array[1:].T) is stamp
    assert inplace.changed_at(array) == 0
    inplace.mark(7, [stamp])
    assert [inplace.changed_at(x) for x in (array, array[0], other)] == [7, 7, 0]


def test_the_walk_shows_a_view_again_after_each_change_of_its_base():
    a = gw.tensor([1.0, 2.0], requires_grad=True)
    y = a * 1
    first = y[:1]
    y.mul_(2)
    between = first * 3 + first
    y.mul_(5)
    loss = (between + first).sum()
    walk = gw.walk(loss)
    assert walk.gradient("a").tolist() == [3 * 2 + 2 + 10, 0]
    assert [node.value.tolist() for node in walk.nodes if node.op == "getitem"] == [[2], [10]]
    assert walk.check().ok


def test_stamps_disappear_with_their_storage():
    before = len(inplace.stamps)
    x = gw.tensor([1.0])
    x.mul_(2)
    assert len(inplace.stamps) == before + 1
    del x
    assert len(inplace.stamps) == before


def test_a_part_of_what_wants_no_gradient_is_written_through_the_whole():
    a, y = gw.tensor([3.0, -2.0], requires_grad=True), gw.zeros(2, 2)
    with pytest.raises(InPlaceError, match=r"y\[i\] = y\[i\] \+ x for y\[i\] \+= x"):
        y[0] += a
    y[0] = y[0] + a
    y.sum().backward()
    assert a.grad.tolist() == [1.0, 1.0]
