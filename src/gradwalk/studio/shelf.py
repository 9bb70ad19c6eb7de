"""From a source to a walk, and the walks that are kept open."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from gradwalk import expression
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import gone, too_large
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.functions import off_tape
from gradwalk.studio.opened import Opened
from gradwalk.studio.protocol import Moment, Source, Training
from gradwalk.studio.training import MOST_STEPS, trained
from gradwalk.studio.wire import WireError
from gradwalk.train.health import network_walk
from gradwalk.walk import Walk, WalkError, dumps, loads, restored

MOST_NODES = 5_000  # of one forward pass that are drawn
MOST_NUMBERS = 2_000_000  # in all values
KEPT = 24  # opened walks


class Shelf:
    """The walks that are open, by key; the ones longest unused are let go."""

    def __init__(self, script: Callable[[], Walk] | None, moment: Callable[[Moment, Deadline], Walk]):
        self.script, self.moment = script, moment
        self.kept: OrderedDict[str, Opened] = OrderedDict()

    def open(self, source: Source, deadline: Deadline) -> Opened:
        """The walk of a source: kept, or made now."""
        maker, formula = self._maker(source, deadline)
        script = self._script() if source.script else None
        key = _key(source, script)
        if key not in self.kept:
            walk = script if script is not None else maker()
            again = _again(source, formula) if formula and source.training is None and off_tape(walk) else None
            self.kept[key] = Opened(key, bounded(trained(restored(walk), _training(source), deadline)), formula, again)
        self.kept.move_to_end(key)
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return self.kept[key]

    def get(self, key: str) -> Opened:
        """An open walk; "gone" when it isn't any more."""
        if key not in self.kept:
            raise gone(key)
        self.kept.move_to_end(key)
        return self.kept[key]

    def _maker(self, source: Source, deadline: Deadline) -> tuple[Callable[[], Walk], str]:
        named = [source.formula, source.walk, source.script or None, source.example, source.health, source.moment]
        if sum(given is not None for given in named) != 1:
            raise WireError("a source is exactly one of formula, walk, script, example, health and moment")
        if source.formula is not None:
            return lambda: _of_formula(source.formula or "", source.values, source.of), source.formula
        if source.example is not None:
            return _of_example(source)
        if source.health is not None:
            return partial(network_walk, source.health), ""
        if (moment := source.moment) is not None:
            return lambda: self.moment(moment, deadline), ""
        return (lambda: _of_file(source.walk or "")), ""

    def _script(self) -> Walk:
        if self.script is None:
            raise WalkError("no script was given: start the studio as gradwalk studio model.py")
        return self.script()


def _of_formula(text: str, values: Mapping[str, Any], of: str) -> Walk:
    return expression.walk(text, values, of)


def _of_example(source: Source) -> tuple[Callable[[], Walk], str]:
    example = next((item for item in EXAMPLES if item.name == source.example), None)
    if example is None:
        known = ", ".join(item.name for item in EXAMPLES)
        raise WalkError(f"no example is called {str(source.example)[:60]!r}; there are {known}")
    return lambda: _of_formula(example.formula, {**example.values, **source.values}, source.of), example.formula


def _again(source: Source, formula: str) -> Callable[[Mapping[str, Any]], Walk]:
    """The same formula with some values changed."""
    example = next((item.values for item in EXAMPLES if item.name == source.example), {})
    return lambda values: _of_formula(formula, {**example, **source.values, **values}, source.of)


def _of_file(text: str) -> Walk:
    walk = loads(text, "this file")
    for step in walk.steps:
        if step.phase == "backward" and (step.input is None or step.slot is None):
            raise WalkError("this file is damaged: a backward step lacks its edge")
    return walk


def _key(source: Source, script: Walk | None) -> str:
    """A hash of the source; for the script, of its walk as well, since a script changes."""
    document = asdict(source)
    if script is not None:
        document["script"] = dumps(script)
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()[:24]


def _training(source: Source) -> Training | None:
    """What is trained: of an example, only its own parameters, unless others are named."""
    training = source.training
    if training is None or training.params or source.example is None:
        return training
    example = next((item for item in EXAMPLES if item.name == source.example), None)
    return replace(training, params=list(example.params)) if example else training


def bounded(walk: Walk) -> Walk:
    """The walk, if the studio can show it."""
    shown = max(Counter(node.turn for node in walk.nodes).values())
    if shown > MOST_NODES:
        raise too_large(
            f"this walk has {shown:,} nodes, and the studio shows up to {MOST_NODES:,}", "walk a part of the model"
        )
    if len(walk.steps) > MOST_STEPS:
        raise too_large(
            f"this walk has {len(walk.steps):,} steps, and the studio shows up to {MOST_STEPS:,}", "use fewer updates"
        )
    numbers = sum(node.size for node in walk.nodes)
    if numbers > MOST_NUMBERS:
        raise too_large(
            f"this walk holds {numbers:,} numbers, and the studio shows up to {MOST_NUMBERS:,}", "use a smaller batch"
        )
    return walk
