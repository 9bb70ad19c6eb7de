"""Rearranging, picking, joining: views, NumPy's spellings, stored indices, and errors that teach."""

import numpy as np
import pytest

import gradwalk as gw


@pytest.fixture
def x():
    return gw.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)


VIEWS = {
    "row": lambda x: x[1],
    "entry": lambda x: x[1, 2],
    "slice": lambda x: x[:, 1:3],
    "reshape": lambda x: x.reshape(2, 6),
    "view": lambda x: x.view(-1),
    "transpose": lambda x: x.transpose(0, 1),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "permute": lambda x: x.permute(1, 0),
    "expand": lambda x: x[:1].expand(5, 4),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "squeeze": lambda x: x[:1].squeeze(),
    "diagonal": lambda x: x.diagonal(1),
    "split": lambda x: x.split(2)[0],
    "chunk": lambda x: x.chunk(2, 1)[1],
    "unbind": lambda x: x.unbind(1)[0],
    "narrow": lambda x: x.narrow(1, 1, 2),
    "select": lambda x: x.select(0, 2),
}
COPIES = {
    "list": lambda x: x[[0, 1]],
    "mask": lambda x: x[x > 3],
    "flip": lambda x: x.flip(0),
    "roll": lambda x: x.roll(1),
    "repeat": lambda x: x.repeat(1, 1),
    "cat": lambda x: gw.cat([x]),
    "reshape": lambda x: x.T.reshape(12),
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_a_view_shares_memory(x, make):
    assert np.shares_memory(make(x).value, x.value)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_a_copy_does_not(x, make):
    assert not np.shares_memory(make(x).value, x.value)


def test_a_diagonal_can_be_written_to(x):
    x.diagonal().value[...] = -1
    assert x.value[2, 2] == -1


def test_a_view_of_a_number_shares_memory():
    total = gw.tensor([1.0, 2.0]).sum()
    assert np.shares_memory(total.reshape(1).value, total.value)


NUMPY = {
    "transpose": lambda x: np.transpose(x),
    "transpose-axes": lambda x: np.transpose(x, (1, 0)),
    "reshape": lambda x: np.reshape(x, (2, -1)),
    "ravel": lambda x: np.ravel(x),
    "concatenate": lambda x: np.concatenate([x, x], axis=1),
    "concatenate-flat": lambda x: np.concatenate([x, x], axis=None),
    "stack": lambda x: np.stack([x, x], axis=-1),
    "squeeze": lambda x: np.squeeze(x[:1], axis=0),
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 4)),
    "flip": lambda x: np.flip(x),
    "flip-axis": lambda x: np.flip(x, axis=1),
    "roll": lambda x: np.roll(x, 1),
    "roll-axis": lambda x: np.roll(x, (1, 2), axis=(0, 1)),
    "tile": lambda x: np.tile(x, 2),
    "tile-more": lambda x: np.tile(x, (2, 1, 2)),
    "repeat": lambda x: np.repeat(x, 2),
    "repeat-axis": lambda x: np.repeat(x, [1, 0, 2], axis=0),
    "tril": lambda x: np.tril(x, k=-1),
    "triu": lambda x: np.triu(x, 1),
    "diagonal": lambda x: np.diagonal(x, 1),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "take": lambda x: np.take(x, [0, 2], axis=1),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [1], [3]]), axis=1),
    "take_along_axis-broadcast": lambda x: np.take_along_axis(x, np.array([[0, 2]]), axis=1),
}


@pytest.mark.parametrize("call", NUMPY.values(), ids=NUMPY)
def test_numpys_functions_keep_numpys_conventions(x, call):
    found, expected = call(x), call(x.value)
    assert isinstance(found, gw.Tensor)
    np.testing.assert_array_equal(found.value, expected)
    (found * found).sum().backward()
    counts = np.zeros(12)
    np.add.at(counts, np.asarray(expected, dtype=int).ravel(), 1)
    counts[0] = 0  # the entry 0 also stands for the zeros that tril puts in
    np.testing.assert_allclose(x.grad.value, 2 * x.value * counts.reshape(3, 4))


def test_an_index_is_stored_in_normal_form(x):
    rows = np.array([0, 2])
    (index,) = (x[rows, 1 : np.int64(3)].params["index"],)
    rows[0] = 1
    assert index[0].tolist() == [0, 2]
    assert index[1] == slice(1, 3)
    assert x[gw.tensor(1), ...].params["index"] == (1, Ellipsis)
    assert x[gw.tensor(1)].params["index"] == (1,)


def test_stepping_through_and_unpacking(x):
    a, b, c = x
    assert c.tolist() == [8, 9, 10, 11]


def test_entries_named_twice_get_both_gradients(x):
    x[[0, 0, 1]].sum().backward()
    assert x.grad.tolist() == [[2] * 4, [1] * 4, [0] * 4]


def test_names_by_keyword(x):
    assert x.permute(dims=(1, 0)).shape == (4, 3)
    assert gw.flip(x, dims=[0])[0, 0] == 8
    assert gw.reshape(x, shape=(6, 2)).shape == (6, 2)


REFUSED = {
    "reshape": (lambda x: x.reshape(5, 2), r"reshape: \(3, 4\) has 12 numbers, and \(5, 2\) has room for 10"),
    "reshape-open": (lambda x: x.reshape(5, -1), "12 isn't a multiple of 5"),
    "view": (lambda x: x.T.view(12), "use reshape"),
    "expand": (lambda x: x.expand(3, 5), r"expand: \(3, 4\) can't be stretched to \(3, 5\)"),
    "transpose": (lambda x: x.transpose(0, 2), "transpose on .*there is no dim 2; they go from -2 to 1"),
    "permute": (lambda x: x.permute(0, 0), "name each of the 2 dimensions"),
    "cat": (lambda x: gw.cat([x, x[:, 1:]]), r"cat: \(3, 4\) and \(3, 3\) don't fit end to end"),
    "cat-loose": (lambda x: gw.cat(x, x), "together"),
    "stack": (lambda x: gw.stack([x, x[1:]]), "all shapes must be equal"),
    "split": (lambda x: x.split((1, 1)), "add up to 2"),
    "split-number": (lambda x: x[0, 0].split(1), "split: a single number has no dimension"),
    "chunk-dim": (lambda x: x.chunk(2, 2), r"chunk: \(3, 4\) has no dim 2; they go from -2 to 1"),
    "index": (lambda x: x[3], "index 3 is out of bounds"),
    "index-float": (lambda x: x[gw.tensor([1.0])], "whole numbers or truth values"),
    "gather": (lambda x: x.gather(1, gw.tensor([[4]])), "index 4 is out of range: there are 4"),
    "embedding": (lambda x: gw.embedding(gw.tensor([-1]), x), "index -1 is out of range"),
    "pad": (lambda x: gw.pad(x, (4, 0), "reflect"), "reflect can add up to 3 entries"),
    "narrow": (lambda x: x.narrow(1, 2, 3), "don't lie within dim 1"),
}


@pytest.mark.parametrize(("call", "sentence"), REFUSED.values(), ids=REFUSED)
def test_errors_say_what_is_wrong(x, call, sentence):
    with pytest.raises((RuntimeError, ValueError, IndexError, TypeError), match=sentence):
        call(x)


def test_sizes_of_a_broadcast_may_stand_one_by_one():
    x = gw.tensor([[1.0], [2.0]])
    assert x.broadcast_to(3, 2, 4).tolist() == gw.broadcast_to(x, (3, 2, 4)).tolist() == x.expand(3, 2, 4).tolist()


def test_contiguous_puts_numbers_in_order():
    """As attention puts its heads side by side: transposed, made contiguous, and viewed."""
    heads = gw.arange(24.0).reshape(2, 3, 4).requires_grad_()
    turned = heads.transpose(0, 1)
    joined = turned.contiguous().view(3, 8)
    np.testing.assert_array_equal(joined.value, heads.value.transpose(1, 0, 2).reshape(3, 8))
    assert turned.clone().is_contiguous() is turned.is_contiguous() is False
    assert joined.contiguous() is joined
    (joined * joined).sum().backward()
    np.testing.assert_array_equal(heads.grad.value, 2 * heads.value)
