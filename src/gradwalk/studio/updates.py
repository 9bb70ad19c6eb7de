"""How an update came about: what the optimizer remembers of a parameter, and its rule written out for one weight."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradwalk.formula import Formula, numbers
from gradwalk.optim.update import SYMBOLS
from gradwalk.studio import protocol as p
from gradwalk.studio.lab_parts import Array
from gradwalk.tensor import Tensor
from gradwalk.train.looking import weight_names
from gradwalk.train.readings import norm
from gradwalk.train.timeline import Timeline
from gradwalk.train.updating import Ingredients
from gradwalk.views.mathml import mathml
from gradwalk.views.numbers import sign

Entry = tuple[int, ...]


@dataclass(frozen=True)
class Chosen:
    """One entry of one parameter of a training that stands at a moment."""

    timeline: Timeline
    path: str
    name: str
    entry: Entry

    @property
    def tensor(self) -> Tensor:
        """The parameter."""
        return self.timeline.training.updating.parameters[self.path]

    @cached_property
    def when(self) -> p.When:
        """Whether an update was just made, comes next, or waits for its gradient."""
        if self.timeline.training.updating.last.weights:
            return "made"
        is_complete = self.timeline.phase == "backward" and self.timeline.piece == self.timeline.pieces - 1
        return "coming" if is_complete else "waiting"

    @cached_property
    def ingredients(self) -> Ingredients:
        """What the update that was made, or the one that comes next, is made of."""
        updating = self.timeline.training.updating
        return updating.coming() if self.when == "coming" else updating.last

    @cached_property
    def written(self) -> tuple[Formula, dict[str, Any]] | None:
        """The update of this entry, and of what is remembered of it; None while its gradient isn't known."""
        if self.when == "waiting":
            return None
        made, path = self.ingredients, self.path
        weight = Formula.symbol(self.name, made.weights[path][self.entry])
        gradient = Formula.symbol("g", made.gradients[path][self.entry])
        state = {key: self._symbol(key, held) for key, held in made.remembered[path].items()}
        updated, remembered = self.timeline.training.updating.optimizer.rule(weight, gradient, state, made.group)
        return updated, remembered

    def _symbol(self, key: str, held: Any) -> Any:
        """What is remembered of the entry under its own letter; a counter as it is."""
        return Formula.symbol(SYMBOLS[key], held.value[self.entry]) if isinstance(held, Tensor) else held


def update_reply(timeline: Timeline, parameter: str, entry: list[int]) -> tuple[p.UpdateReply, list[Array]]:
    """What is remembered of a parameter, and how one entry of it was moved or will be."""
    updating = timeline.training.updating
    names = dict(zip(updating.parameters, weight_names(updating.parameters).values(), strict=True))
    chosen = choice(timeline, names, parameter, entry)
    arrays = dict(arrays_of(chosen))
    reply = p.UpdateReply(
        optimizer=type(updating.optimizer).__name__,
        rule=law(updating.optimizer.rule),
        settings=settings_of(chosen),
        parameters=[p.ParameterInfo(name, path, list(updating.parameters[path].shape)) for path, name in names.items()],
        name=chosen.name,
        entry=list(chosen.entry),
        when=chosen.when,
        step=timeline.training.step - (chosen.when == "made"),
        story=story_of(chosen),
        tensors=[tensor_info(chosen, name, array) for name, array in arrays.items()],
    )
    return reply, [array.reshape(len(array) if array.ndim > 1 else 1, -1) for array in arrays.values()]


def choice(timeline: Timeline, names: dict[str, str], parameter: str, entry: list[int]) -> Chosen:
    """What a request chooses; for what isn't there (a layer was taken away, or made smaller), the nearest that is."""
    path = next((path for path, name in names.items() if name == parameter), next(iter(names)))
    tensor = timeline.training.updating.parameters[path]
    wanted = [*entry, *[0] * tensor.ndim] if entry else steepest(tensor)
    nearest = (min(max(0, at), size - 1) for at, size in zip(wanted, tensor.shape, strict=False))
    return Chosen(timeline, path, names[path], tuple(nearest))


def steepest(tensor: Tensor) -> list[int]:
    """The entry with the largest gradient; the first, while there is none."""
    place = 0 if tensor.grad is None else int(np.abs(tensor.grad.value).argmax())
    return [int(at) for at in np.unravel_index(place, tensor.shape)]


def law(rule: Any) -> str:
    """An update rule as its docstring states it, without the sources."""
    return " ".join(re.split(r"\sSources?:", inspect.getdoc(rule) or "")[0].split())


def settings_of(chosen: Chosen) -> dict[str, Any]:
    """The optimizer's settings in this update; where its rule counts the steps, also which one this is (t)."""
    group = chosen.ingredients.group or chosen.timeline.training.updating.group
    count = chosen.written[1].get("step") if chosen.written else None
    return dict(group) if count is None else {**group, "t": count}


def arrays_of(chosen: Chosen) -> Iterator[tuple[str, Array]]:
    """The parameter, its gradient as the update takes it, and what is remembered, as they are at this moment."""
    yield "weight", chosen.tensor.value
    grad = chosen.tensor.grad
    known = chosen.ingredients.gradients.get(chosen.path, None if grad is None else grad.value)
    if known is not None:
        yield "gradient", known
    state = chosen.timeline.training.updating.optimizer.state.get(chosen.tensor, {})
    yield from ((name, held.value) for name, held in state.items() if isinstance(held, Tensor))


def tensor_info(chosen: Chosen, name: str, array: Array) -> p.TensorInfo:
    """One array, and its chosen entry before the update and after it."""
    symbol = {"weight": chosen.name, "gradient": "g"}.get(name) or SYMBOLS[name]
    before, after = steps_of(chosen, name)
    return p.TensorInfo(name, symbol, norm([array]), float(array.min()), float(array.max()), before, after)


def steps_of(chosen: Chosen, name: str) -> tuple[float | None, float | None]:
    """An array's chosen entry before the update and after it, where there is one."""
    if chosen.written is None or name == "gradient":
        return None, None
    next_value, remembered = chosen.written
    held = chosen.ingredients.remembered[chosen.path].get(name)
    before = chosen.ingredients.weights[chosen.path] if name == "weight" else getattr(held, "value", None)
    after = next_value if name == "weight" else remembered[name]
    return None if before is None else float(before[chosen.entry]), float(after.value)


def story_of(chosen: Chosen) -> p.StoryInfo | None:
    """The rule with names, with numbers, and what it comes to."""
    if chosen.written is None:
        return None
    formula, _ = chosen.written
    before, after = float(chosen.ingredients.weights[chosen.path][chosen.entry]), float(formula.value)
    relation = sign(formula, symbols(formula), after)
    return p.StoryInfo(mathml(formula), mathml(formula, numbers), relation, before, after, after - before)


def symbols(part: Any) -> dict[str, Any]:
    """What stands behind each symbol of a formula."""
    if not isinstance(part, Formula):
        return {}
    if part.head is None:
        return {part.name: part.value}
    return {name: value for inner in part.parts for name, value in symbols(inner).items()}
