"""Loaders beside PyTorch's: the same batches where nothing is drawn, all samples once where something is."""

from collections import namedtuple

import numpy as np
import pytest
import torch
import torch.utils.data as theirs

import gradwalk as gw
from gradwalk.utils import data as ours

Pair = namedtuple("Pair", "x y")


def plain(batch):
    """A batch without its library: arrays, in the same holders."""
    if isinstance(batch, gw.Tensor | torch.Tensor):
        return str(batch.numpy().dtype), batch.tolist()
    if isinstance(batch, dict):
        return {key: plain(value) for key, value in batch.items()}
    if isinstance(batch, tuple | list):
        return type(batch).__name__, *map(plain, batch)
    return batch


SAMPLES = {
    "whole numbers": [1, 2, 3, 4, 5],
    "numbers": [0.5, 1.5, 2.5],
    "truths": [True, False, True],
    "texts": ["a", "b", "c"],
    "arrays": [np.ones(2), np.zeros(2), np.ones(2, np.float32)],
    "NumPy numbers": [np.float32(1), np.float32(2)],
    "pairs": [(1, 2.0), (3, 4.0), (5, 6.0)],
    "pairs of an array and a text": [(np.ones(2), "a"), (np.zeros(2), "b")],
    "named tuples": [Pair(1, np.ones(1)), Pair(2, np.zeros(1))],
    "dictionaries": [{"x": np.ones(2), "y": 1}, {"x": np.zeros(2), "y": 2}],
    "nested": [{"x": [1, (2, 3)]}, {"x": [4, (5, 6)]}],
}
WAYS = {
    "two by two": {"batch_size": 2},
    "whole ones only": {"batch_size": 2, "drop_last": True},
    "one by one": {},
    "as they are": {"batch_size": None},
    "in a given order": {"batch_size": 2, "sampler": [1, 0]},
    "in given batches": {"batch_sampler": [[1], [0, 1]]},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_batches_are_pytorchs(samples, way):
    own, reference = ours.DataLoader(samples, **way), theirs.DataLoader(samples, **way)
    assert [plain(batch) for batch in own] == [plain(batch) for batch in reference]
    assert len(own) == len(reference)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_rows_of_tensors_are_pytorchs(way):
    found = []
    for library, data in ((gw, ours), (torch, theirs)):
        x = library.arange(12).reshape(6, 2).float()
        loader = data.DataLoader(data.TensorDataset(x, library.arange(6)), **way)
        found.append([plain(batch) for batch in loader])
    assert found[0] == found[1]


def test_a_stream_of_samples_is_dealt_out_as_pytorch_does():
    found = []
    for data in (ours, theirs):

        class Squares(data.IterableDataset):
            def __iter__(self):
                return (float(i * i) for i in range(5))

        found.append([[plain(batch) for batch in data.DataLoader(Squares(), batch_size=size)] for size in (2, None)])
    assert found[0] == found[1]


def test_a_shuffled_epoch_has_each_sample_once_in_a_new_order():
    gw.manual_seed(0)
    loader = ours.DataLoader(range(50), batch_size=8, shuffle=True)
    epochs = [[x for batch in loader for x in batch.tolist()] for _ in range(2)]
    assert epochs[0] != epochs[1]
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)


def test_an_order_is_settled_by_its_generator():
    orders = [list(ours.RandomSampler(range(20), generator=gw.Generator().manual_seed(seed))) for seed in (3, 3, 4)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize("count", [3, 10, 25])
def test_as_many_are_drawn_as_were_asked_for(count):
    for replacement in (False, True):
        drawn = list(ours.RandomSampler(range(10), replacement, count))
        assert len(drawn) == count and set(drawn) <= set(range(10))
    whole = list(ours.RandomSampler(range(10), num_samples=count))[:10]
    assert len(set(whole)) == min(count, 10)


@pytest.mark.parametrize("lengths", [[6, 4], [0.5, 0.5], [0.35, 0.35, 0.3], [10]])
def test_parts_have_pytorchs_sizes_and_all_samples(lengths):
    parts = ours.random_split(range(10), lengths)
    assert [len(part) for part in parts] == [len(part) for part in theirs.random_split(range(10), lengths)]
    assert sorted(x for part in parts for x in part) == list(range(10))


def test_datasets_one_behind_another():
    pairs = [data.TensorDataset(library.arange(3)) + [7, 8] for library, data in ((gw, ours), (torch, theirs))]
    assert [plain(pairs[0][i]) for i in (0, 2, 3, -1)] == [plain(pairs[1][i]) for i in (0, 2, 3, -1)]
    assert len(pairs[0]) == 5
    with pytest.raises(IndexError):
        pairs[0][5]


def test_a_loop_as_in_pytorchs_tutorials_learns():
    gw.manual_seed(1)
    x = gw.rand(64, 1)
    loader = ours.DataLoader(ours.TensorDataset(x, 3 * x - 1), batch_size=16, shuffle=True)
    model = gw.nn.Linear(1, 1)
    optimizer = gw.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(60):
        for inputs, targets in loader:
            optimizer.zero_grad()
            gw.nn.functional.mse_loss(model(inputs), targets).backward()
            optimizer.step()
    np.testing.assert_allclose([model.weight.item(), model.bias.item()], [3, -1], atol=1e-3)


MISTAKES = {
    "tensors of equal length": lambda data, lib: data.TensorDataset(lib.ones(2), lib.ones(3)),
    "at least one sample": lambda data, lib: data.DataLoader([1], batch_size=0),
    "leave one of them out": lambda data, lib: data.DataLoader([1], shuffle=True, sampler=[0]),
    "leave out batch_size": lambda data, lib: data.DataLoader([1], batch_size=2, batch_sampler=[[0]]),
    "the lengths add up to 3": lambda data, lib: data.random_split([1, 2], [2, 1]),
    "an order of its own": lambda data, lib: data.DataLoader(data.IterableDataset(), shuffle=True),
    "different numbers": lambda data, lib: list(data.DataLoader([[1], [1, 2]], batch_size=2)),
    "collate_fn": lambda data, lib: list(data.DataLoader([object()])),
    "__getitem__": lambda data, lib: data.Dataset()[0],
}


@pytest.mark.parametrize("cure", MISTAKES)
def test_mistakes_are_refused_with_their_cure(cure):
    with pytest.raises(Exception):  # noqa: B017 (PyTorch's differ: assertions, type errors)
        MISTAKES[cure](theirs, torch)
    with pytest.raises((ours.LoadError, NotImplementedError), match=cure):
        MISTAKES[cure](ours, gw)
