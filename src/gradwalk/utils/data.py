"""PyTorch's `torch.utils.data`: datasets, and loaders that deal them out in batches.

Everything happens in this process: ``num_workers``, ``pin_memory`` and the like are accepted, and change nothing. The order of
a shuffled epoch comes from NumPy's streams, so it isn't PyTorch's.

>>> import gradwalk as torch
>>> from gradwalk.utils.data import DataLoader, TensorDataset
>>> pairs = TensorDataset(torch.arange(5), torch.arange(5) ** 2)
>>> [(x.tolist(), y.tolist()) for x, y in DataLoader(pairs, batch_size=2)]
[([0, 1], [0, 1]), ([2, 3], [4, 9]), ([4], [16])]
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.operators import functions
from gradwalk.random import Generator, randint, randperm
from gradwalk.tensor import Tensor, tensor


class LoadError(GradwalkError, ValueError):
    """A dataset or a loader that can't give what it was asked for."""


# --- datasets --------------------------------------------------------------------------------------------------------


class Dataset:
    """What has samples under whole numbers: give a subclass ``__getitem__`` and ``__len__``."""

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(index) that gives one sample")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """What gives its samples one after another: give a subclass ``__iter__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} needs a method __iter__() that yields its samples")


class TensorDataset(Dataset):
    """Tensors of equal length; a sample is one row of each."""

    def __init__(self, *tensors: Tensor):
        lengths = {len(x) for x in tensors}
        if len(lengths) > 1:
            raise LoadError(
                f"tensors of equal length are wanted, and these have {', '.join(map(str, sorted(lengths)))} rows"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(x[index] for x in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """Some samples of a dataset, by their indices."""

    def __init__(self, dataset: Any, indices: Sequence[int]):
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: int) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Datasets one behind another."""

    def __init__(self, datasets: Iterable[Any]):
        self.datasets = list(datasets)
        self.cumulative_sizes = list(itertools.accumulate(len(part) for part in self.datasets))

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"index {index} of a dataset of {len(self)} samples")
        part = int(np.searchsorted(self.cumulative_sizes, place, side="right"))
        return self.datasets[part][place - ([0, *self.cumulative_sizes][part])]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1] if self.cumulative_sizes else 0


def random_split(dataset: Any, lengths: Sequence[int | float], generator: Generator | None = None) -> list[Subset]:
    """Deal the samples out by chance into parts of these lengths, or of these shares if they add up to 1."""
    sizes = [int(size) for size in lengths]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= len(dataset):
        sizes = [math.floor(len(dataset) * share) for share in lengths]
        for i in range(len(dataset) - sum(sizes)):
            sizes[i % len(sizes)] += 1
    if sum(sizes) != len(dataset):
        raise LoadError(f"the lengths add up to {sum(sizes)}, and there are {len(dataset)} samples")
    order = randperm(len(dataset), generator=generator).tolist()
    ends = list(itertools.accumulate(sizes))
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


# --- in which order --------------------------------------------------------------------------------------------------


class Sampler:
    """An order of indices: give a subclass ``__iter__``."""

    def __init__(self, data_source: Any = None):
        self.data_source = data_source

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} needs a method __iter__() that yields indices")


class SequentialSampler(Sampler):
    """From the first to the last."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """In an order by chance, drawn anew for every epoch; with ``replacement`` each index is drawn by itself."""

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ):
        super().__init__(data_source)
        self.replacement, self.generator = replacement, generator
        self.num_samples = len(data_source) if num_samples is None else num_samples

    def __iter__(self) -> Iterator[int]:
        count = len(self.data_source)
        if self.replacement:
            return iter(randint(0, count, (self.num_samples,), generator=self.generator).tolist())
        rounds = range(-(-self.num_samples // count) if count else 0)
        drawn = itertools.chain.from_iterable(randperm(count, generator=self.generator).tolist() for _ in rounds)
        return itertools.islice(drawn, self.num_samples)

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """Another sampler's indices in lists of ``batch_size``; the last one may be shorter, or is left out."""

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool = False):
        if batch_size < 1:
            raise LoadError(f"batch_size={batch_size}: a batch has at least one sample")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        return batched(self.sampler, self.batch_size, self.drop_last)

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)  # type: ignore[arg-type]
        return whole + (rest > 0 and not self.drop_last)


def batched(items: Iterable[Any], size: int, drop_last: bool) -> Iterator[list[Any]]:
    """Lists of ``size`` neighbours, and of what is left at the end."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, size)):
        if len(batch) == size or not drop_last:
            yield batch


# --- loaders ---------------------------------------------------------------------------------------------------------


class DataLoader:
    """A dataset dealt out in batches, once per loop; ``shuffle`` draws a new order for each.

    ``batch_size=None`` gives the samples as they are. ``collate_fn`` makes a batch of a list of samples.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        *,
        generator: Generator | None = None,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
    ):
        if sampler is not None and shuffle:
            raise LoadError(
                "a sampler decides on the order, so shuffle=True has nothing to decide; leave one of them out"
            )
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise LoadError(
                "a batch_sampler decides on the batches: leave out batch_size, shuffle, sampler and drop_last"
            )
        self.dataset, self.num_workers, self.drop_last, self.generator = dataset, num_workers, drop_last, generator
        self.batch_size = batch_size if batch_sampler is None else None
        self.is_iterable = isinstance(dataset, IterableDataset)
        if self.is_iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise LoadError("an IterableDataset has an order of its own: leave out shuffle, sampler and batch_sampler")
        self.sampler = sampler if sampler is not None else self._sampler(bool(shuffle))
        self.batch_sampler = batch_sampler
        if batch_sampler is None and batch_size is not None:
            self.batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)
        self.collate_fn = collate_fn or (default_convert if self.batch_sampler is None else default_collate)

    def _sampler(self, shuffle: bool) -> Iterable[Any]:
        if self.is_iterable:
            return self.dataset  # type: ignore[no-any-return]
        return RandomSampler(self.dataset, generator=self.generator) if shuffle else SequentialSampler(self.dataset)

    def __iter__(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            return (self.collate_fn(self._sample(item)) for item in self.sampler)
        return map(self._batch, self.batch_sampler)

    def _sample(self, item: Any) -> Any:
        return item if self.is_iterable else self.dataset[item]

    def _batch(self, items: Sequence[Any]) -> Any:
        if type(self.dataset) is TensorDataset and self.collate_fn is default_collate:
            return list(self.dataset[np.array(items)])  # the same rows, picked at once
        return self.collate_fn([self._sample(item) for item in items])

    def __len__(self) -> int:
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]


def default_collate(batch: Sequence[Any]) -> Any:
    """A list of samples as one sample of tensors with one more dimension in front, in whatever holds them."""
    first = batch[0]
    if isinstance(first, Tensor):
        return functions["stack"](list(batch))
    if isinstance(first, np.ndarray | np.number):
        return tensor(np.stack([np.asarray(item) for item in batch]))
    if isinstance(first, bool | int | float):
        return tensor(np.asarray(batch))
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return type(first)({key: default_collate([item[key] for item in batch]) for key in first})  # type: ignore[call-arg]
    if isinstance(first, Sequence):
        return _collated_columns(batch)
    raise LoadError(f"no batch can be made of samples that hold {type(first).__name__}; give the loader a collate_fn")


def _collated_columns(batch: Sequence[Any]) -> Any:
    first = batch[0]
    if len({len(item) for item in batch}) > 1:
        raise LoadError("the samples of a batch hold different numbers of things; give the loader a collate_fn")
    columns = [default_collate(column) for column in zip(*batch, strict=True)]
    if hasattr(first, "_fields"):
        return type(first)(*columns)
    return columns


def default_convert(sample: Any) -> Any:
    """A sample whose arrays are tensors."""
    if isinstance(sample, np.ndarray | np.number):
        return tensor(sample)
    if isinstance(sample, Mapping):
        return type(sample)({key: default_convert(value) for key, value in sample.items()})  # type: ignore[call-arg]
    if hasattr(sample, "_fields"):
        return type(sample)(*map(default_convert, sample))
    if isinstance(sample, tuple | list):
        return (
            type(sample)(map(default_convert, sample))
            if isinstance(sample, list)
            else list(map(default_convert, sample))
        )
    return sample
