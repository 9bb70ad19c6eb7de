"""What the figures must show: a floor and a goal for each, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.peers.costs import AUTOGRAD, FIRST, GRADWALK, IMPORT, TORCH, UNEVEN
from benchmarks.peers.replayed import READING, REMEMBERED, SCHEDULING
from benchmarks.timing import Measured

Figures = Mapping[str, Measured]

EAGER, COMPILED, PROGRAM, NUMPY = GRADWALK, "gradwalk compiled", "gradwalk program", "gradwalk program (NumPy)"
JAX, MICROGRAD, HAND, PRODUCTS = "JAX jit", "micrograd", "NumPy by hand", "its products alone"


@dataclass(frozen=True)
class Goal:
    """A floor and a goal for one figure of ours: how many times a peer's speed, unless ``share`` or ``amount`` says else.

    As a ``share`` it is our figure over the peer's, and small is good; as an ``amount`` it is our figure itself in that
    unit. ``ours`` begins the name of our figures: the best one counts. ``reason`` says why a floor isn't reached.
    """

    group: str
    ours: str
    peer: str
    floor: float
    goal: float | None = None
    share: bool = False
    amount: str = ""
    reason: str = ""

    @property
    def small(self) -> bool:
        """Whether less is better."""
        return self.share or bool(self.amount)

    def best(self, figures: Figures) -> str | None:
        """The name of our best figure; None if it wasn't measured."""
        ours = [name for name in figures if name.startswith(self.ours)]
        return min(ours, key=lambda name: figures[name].median, default=None)

    def found(self, figures: Figures) -> float | None:
        """What was measured, as floor and goal are given; None if it wasn't."""
        best = self.best(figures)
        if best is None or (self.peer and self.peer not in figures):
            return None
        ours = figures[best].median
        if self.amount:
            return ours * UNITS[self.amount]
        return ours / figures[self.peer].median if self.share else figures[self.peer].median / ours

    def reached(self, value: float, wanted: float) -> bool:
        """Whether a figure is as good as wanted."""
        return value <= wanted if self.small else value >= wanted


UNITS = {"ms": 1e3, "bytes": 1.0, "%": 100.0}  # from the figures' own units: seconds, bytes, shares


def speed(group: str, ours: str, reason: str = "", **wanted: tuple[float, float]) -> Iterator[Goal]:
    """Floors and goals as multiples of several peers' speeds."""
    for peer, (floor, goal) in wanted.items():
        yield Goal(group, ours, PEERS[peer], floor, goal, reason=reason)


PEERS = {"jax": JAX, "torch": TORCH, "autograd": AUTOGRAD, "micrograd": MICROGRAD, "products": PRODUCTS}

SWEEPING = (
    "of 2.4 µs for an op NumPy's own calls take 0.7; the rest is Python, 0.5 forward and 1.2 backward, step by step"
)
NOTING = (
    "the program takes 1 of 14 µs; the rest is two thousand steps of Python's interpreter that note six ops, hand out four "
    "gradients and look after six tensors anew in every call, 6 ns each"
)
VISITING = "each of 66,000 Python objects is visited, once for each graph, before its nodes are scheduled"
REMEMBERING = (
    "of 336 bytes NumPy's array has 152; a node also keeps its number, its inputs and the user's place, for walks"
)

GOALS: list[Goal] = [
    *speed("b", PROGRAM, jax=(8, 10), torch=(40, 50), autograd=(200, 250)),
    *speed("b", COMPILED, NOTING, jax=(1.5, 3), torch=(8, 15)),
    *speed("c", PROGRAM, jax=(3.5, 5), torch=(14, 18)),
    *speed("d", PROGRAM, jax=(2, 2.5), torch=(5.5, 7)),
    *speed("e256", PROGRAM, products=(0.9, 0.95), jax=(1, 1)),
    *speed("e512", PROGRAM, products=(0.9, 0.95), jax=(1, 1)),
    *speed("f", PROGRAM, jax=(4, 5), torch=(10, 15)),
    *speed("k", PROGRAM, jax=(0.75, 1.1)),
    *speed("a", PROGRAM, micrograd=(500, 800)),
    Goal("a", SCHEDULING, "", 5, 3, amount="ms"),
    Goal("a", READING, "", 5, 3, amount="ms", reason=VISITING),
    *speed("a", EAGER, micrograd=(1, 2)),
    *speed("g", PROGRAM, jax=(3, 4), torch=(9, 12)),
    *speed("i", PROGRAM, torch=(1.2, 2)),
    Goal("op", EAGER, TORCH, 1.5, 2.5, reason=SWEEPING),
    Goal("op", EAGER, AUTOGRAD, 4, 6, reason=SWEEPING),
    *(Goal(group, NUMPY, HAND, 1.05, 0.9, share=True) for group in ("b", "c", "d", "e256", "e512", "f")),
    Goal("memory", EAGER, TORCH, 1 / 2, 1 / 3, share=True, reason=REMEMBERING),
    Goal("memory", REMEMBERED, "", 40, amount="bytes"),
    Goal("start", IMPORT, "", 80, amount="ms"),
    Goal("start", FIRST, "", 5, amount="ms"),
    Goal("growth", UNEVEN, "", 20, amount="%"),
]
