"""`Walk`: the data, with everything that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

from gradwalk.walk.model import WalkData, WalkError

# What views fill in: a format's name or a file's suffix -> a function from a walk to text. Looked up, so that walks need
# not know their views.
RENDERERS: dict[str, Callable[..., str]] = {}

# Questions that other modules of this package answer: filled by them as they are imported.
QUESTIONS: dict[str, Callable[..., Any]] = {}


@dataclass(frozen=True)
class Shown:
    """Something that a notebook shows by its HTML."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Walk(WalkData):
    """A frozen tape with its backward pass, and what can be asked of it.

    >>> import gradwalk as gw
    >>> w = gw.tensor(3.0, requires_grad=True)
    >>> loss = (w - 1) ** 2
    >>> walk = gw.walk(loss)
    >>> walk.gradient("w").item(), walk.replay(w=2.0).gradient("w").item()
    (4.0, 2.0)
    """

    def why(self, name: str | int, index: Any = None, k: int = 5) -> Any:
        """Why this gradient is this number: the sum over consumers, then over paths, and what made it so."""
        return QUESTIONS["why"](self, name, index, k)

    def cost(self) -> Any:
        """Multiplications for: every path by itself, forward mode, reverse mode; and what backward had to keep."""
        return QUESTIONS["cost"](self)

    def check(self, eps: float = 1e-6, turn: int = 0) -> Any:
        """Is it right? Every leaf's gradient against finite differences, a replay, and PyTorch if it is installed.

        Of a walk with updates, ``turn`` says which forward and backward pass is checked: 0 is the first.
        """
        return QUESTIONS["check"](self, eps, turn=turn)

    def compare(self, other: Walk) -> Any:
        """Two walks side by side: the first node that differs, and what followed from it."""
        return QUESTIONS["compare"](self, other)

    def replay(self, leaves: Mapping[str | int, Any] | None = None, **named: Any) -> Walk:
        """The same walk from other leaf values."""
        walk: Walk = QUESTIONS["replay"](self, leaves, **named)
        return walk

    def round(self, name: str | int, digits: int) -> Walk:
        """The same walk with one node's value rounded: everything after it follows."""
        walk: Walk = QUESTIONS["rounded"](self, name, digits)
        return walk

    def update(self, rate: float, params: Sequence[str] = (), steps: int = 1) -> Walk:
        """Go on training from here: forward, backward, update, ``steps`` times."""
        walk: Walk = QUESTIONS["update"](self, rate, params, steps)
        return walk

    def stretches(self, grain: str = "edge") -> Any:
        """The steps at the grain of edge, node, (source) line or layer: which positions one reader's step covers."""
        return QUESTIONS["stretches"](self, grain)

    def layout(self, width: float = 960, turn: int = 0) -> Any:
        """Where each node stands when the graph is drawn."""
        return QUESTIONS["layout"](self, width, turn)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the walk to a file: ``.json`` (the walk itself), or what a view makes (``.html``, ``.svg``, ``.tex``, ``.txt``)."""
        QUESTIONS["save"](self, path)

    def player(self) -> Shown:
        """The studio's player, for a notebook's cell; it needs no engine behind it and no network."""
        return Shown(self.render("player"))

    def render(self, form: str, **options: Any) -> str:
        """The walk as ``text``, ``latex``, ``svg``, …"""
        if form not in RENDERERS:
            raise WalkError(f"there is no view called {form!r}; there are {', '.join(sorted(RENDERERS))}")
        return RENDERERS[form](self, **options)

    def __repr__(self) -> str:
        return RENDERERS["summary"](self) if "summary" in RENDERERS else f"<walk {self.title}>"

    def _repr_html_(self) -> str:
        return self.render("notebook")
