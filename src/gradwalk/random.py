"""Random tensors. The streams are NumPy's: reproducible from a seed, not PyTorch's own numbers."""

from __future__ import annotations

import copy
import math
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradwalk.backward import value_of
from gradwalk.creation import made, on_cpu, shape_from, type_for
from gradwalk.ops import normalize
from gradwalk.tensor import Tensor


class Generator:
    """A stream of random numbers, fixed by its seed.

    >>> import gradwalk as gw
    >>> first, again = (gw.rand(2, generator=gw.Generator().manual_seed(7)) for _ in range(2))
    >>> gw.equal(first, again)
    True
    """

    def __init__(self, device: Any = "cpu"):
        on_cpu(device)
        self.manual_seed(0)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to a seed."""
        self._seed = int(seed)
        self.numpy = np.random.default_rng(self._seed % 2**64)
        return self

    def seed(self) -> int:
        """Start a stream that nobody can foresee; its seed is given back."""
        self.manual_seed(secrets.randbits(63))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the stream started from."""
        return self._seed

    def get_state(self) -> dict[str, Any]:
        """Where the stream is now; only `set_state` needs to understand it."""
        return {"seed": self._seed, "numpy": copy.deepcopy(self.numpy.bit_generator.state)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go back to where the stream was."""
        self._seed = state["seed"]
        self.numpy.bit_generator.state = copy.deepcopy(state["numpy"])


default_generator = Generator()
default_generator.seed()


class _Present(threading.local):
    """The stream that has taken the common one's place in this thread, if one has."""

    generator: Generator | None = None


_present = _Present()


@contextmanager
def drawing_from(generator: Generator) -> Iterator[None]:
    """Draw from a stream of its own inside, wherever no generator is named; other threads notice nothing.

    >>> import gradwalk as gw
    >>> with drawing_from(Generator().manual_seed(7)):
    ...     first = gw.rand(2)
    >>> gw.equal(first, gw.rand(2, generator=Generator().manual_seed(7)))
    True
    """
    before, _present.generator = _present.generator, generator
    try:
        yield
    finally:
        _present.generator = before


def stream(generator: Generator | None = None) -> np.random.Generator:
    """Where numbers come from: the stream that is named, else this thread's own, else the common one."""
    return (generator or _present.generator or default_generator).numpy


def manual_seed(seed: int) -> Generator:
    """Start the stream of this seed for all random tensors that name no generator."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start a stream that nobody can foresee; its seed is given back."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the common stream started from."""
    return default_generator.initial_seed()


def get_rng_state() -> dict[str, Any]:
    """Where the common stream is now."""
    return default_generator.get_state()


def set_rng_state(state: dict[str, Any]) -> None:
    """Put the common stream back."""
    default_generator.set_state(state)


def rand(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Numbers spread evenly over [0, 1)."""
    return made(np.asarray(stream(generator).random(shape_from(size))).astype(type_for(dtype)), requires_grad, device)


def randn(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Normally distributed numbers: mean 0, standard deviation 1."""
    return made(
        np.asarray(stream(generator).standard_normal(shape_from(size))).astype(type_for(dtype)), requires_grad, device
    )


def randint(
    *arguments: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **keywords: Any,
) -> Tensor:
    """Whole numbers from ``low`` to ``high - 1``: ``randint(high, size)`` or ``randint(low, high, size)``."""
    low, high, size = _bounds(arguments, keywords)
    if low >= high:
        raise ValueError(f"randint from {low} up to, not including, {high}: there is no such number")
    drawn = np.asarray(stream(generator).integers(low, high, shape_from((size,))))
    return made(drawn.astype(np.dtype("int64") if dtype is None else dtype), requires_grad, device)


def _bounds(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[int, int, Any]:
    names = ("low", "high", "size") if len(arguments) + len(keywords) == 3 else ("high", "size")
    given = {**dict(zip(names, arguments, strict=False)), **keywords}
    if not {"high", "size"} <= set(given) <= {"low", "high", "size"}:
        raise TypeError("randint takes (high, size) or (low, high, size), and the size is a tuple: randint(10, (3,))")
    return int(given.get("low", 0)), int(given["high"]), given["size"]


def randperm(
    n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The numbers from 0 to n − 1 in random order."""
    drawn = stream(generator).permutation(n)
    return made(drawn.astype(np.dtype("int64") if dtype is None else dtype), requires_grad, device)


def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers spread evenly over [0, 1), in the shape and type of another tensor."""
    return rand(
        input.shape, generator=generator, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normally distributed numbers, in the shape and type of another tensor."""
    return randn(
        input.shape, generator=generator, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def randint_like(
    input: Tensor,
    *bounds: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **keywords: Any,
) -> Tensor:
    """Whole numbers in the shape and type of another tensor: ``randint_like(x, high)`` or ``randint_like(x, low, high)``."""
    return randint(
        *bounds,
        input.shape,
        generator=generator,
        dtype=dtype or input.dtype,
        device=device,
        requires_grad=requires_grad,
        **keywords,
    )


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normally distributed numbers, with one mean and spread for all or one for each."""
    centre, spread = np.asarray(value_of(mean)), np.asarray(value_of(std))
    if np.any(spread < 0):
        raise ValueError("normal: a standard deviation can't be negative")
    chosen = dtype or next((x.dtype for x in (mean, std) if isinstance(x, Tensor)), None)
    shape = np.broadcast_shapes(centre.shape, spread.shape) if size is None else shape_from((size,))
    return made(
        np.asarray(stream(generator).standard_normal(shape) * spread + centre).astype(type_for(chosen)),
        requires_grad,
        device,
    )


def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each entry gives (or ``p`` everywhere), else 0."""
    chance = np.asarray(input.value if p is None else p)
    if np.any((chance < 0) | (chance > 1)):
        raise ValueError("bernoulli: a probability lies between 0 and 1")
    return made(np.asarray(stream(generator).random(input.shape) < chance).astype(input.dtype))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Which entry is drawn, with chances in proportion to the weights: ``num_samples`` draws for each row."""
    weights = np.asarray(input.value, float)
    if (
        weights.ndim not in (1, 2)
        or np.any(weights < 0)
        or not np.all(np.isfinite(weights))
        or np.any(weights.sum(-1) <= 0)
    ):
        raise ValueError(
            f"multinomial takes one or two dimensions of weights, none negative and not all 0; got shape {weights.shape}"
        )
    if not replacement and num_samples > np.min(np.count_nonzero(weights, axis=-1)):
        raise ValueError(
            f"multinomial: {num_samples} draws without replacement need as many weights above 0; replacement=True draws again"
        )
    draw = _with_replacement if replacement else _without_replacement
    rows = [draw(row, num_samples, stream(generator)) for row in np.atleast_2d(weights)]
    return made(np.stack(rows).reshape((*weights.shape[:-1], num_samples)))


def _with_replacement(weights: Any, count: int, stream: np.random.Generator) -> Any:
    return stream.choice(weights.size, count, p=weights / weights.sum())


def _without_replacement(weights: Any, count: int, stream: np.random.Generator) -> Any:
    """The first to arrive when every entry waits an exponential time at its own rate."""
    with np.errstate(divide="ignore"):
        waited = np.where(weights > 0, stream.exponential(size=weights.size) / weights, math.inf)
    return np.argsort(waited, kind="stable")[:count]


normalize.uniform_source = lambda shape: stream().random(shape)  # dropout goes by manual_seed too
