"""From a source to an opened walk: what is sent once, when a walk's structure changes."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from gradwalk import expression
from gradwalk.studio.clock import Deadline
from gradwalk.studio.errors import gone, too_large
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.functions import off_tape
from gradwalk.studio.numbers import Numbers, Places, Program, numbers_of, walk_with
from gradwalk.studio.protocol import Moment, NodeInfo, Source, State, StepInfo, Training, WalkReply
from gradwalk.studio.shapes import shape_note
from gradwalk.studio.training import MOST_STEPS, trained
from gradwalk.studio.wire import WireError, as_json
from gradwalk.train.health import network_walk
from gradwalk.views.equations import Equation, equations
from gradwalk.views.mathml import symbols_mathml
from gradwalk.views.words import forward_formula, in_symbols
from gradwalk.walk import Elided, Node, Step, Walk, WalkError, dumps, loads, restored
from gradwalk.walk.grain import GRAINS, stretches
from gradwalk.walk.layout import layout
from gradwalk.walk.nonfinite import first_nonfinite

MOST_NODES = 5_000  # of one forward pass that are drawn
MOST_NUMBERS = 2_000_000  # in all values
KEPT = 24  # opened walks
KEPT_NUMBERS = 4  # of one walk, with other leaves
MOST_DIGITS = 17
WRITTEN = 600  # steps whose MathML is sent with the walk; others are written when they are asked for


class Opened:
    """One walk with all that is worked out once: where its numbers stand, how they are computed, its formulas."""

    def __init__(
        self, key: str, walk: Walk, formula: str = "", again: Callable[[Mapping[str, Any]], Walk] | None = None
    ):
        self.key, self.walk, self.formula = key, walk, formula
        self.again = again  # makes the walk anew from named values, where a replay would keep an old comparison or mask
        self.places = Places(walk)
        self.base = numbers_of(walk)
        self._program: Program | None = None
        self._recent: OrderedDict[str, Numbers] = OrderedDict()
        self._asked: tuple[str, Walk] = ("", walk)

    @property
    def program(self) -> Program:
        """The walk's arithmetic; a `WalkError` when an op isn't known here."""
        if self._program is None:
            self._program = Program(self.walk)
        return self._program

    def numbers(self, state: State, deadline: Deadline) -> Numbers:
        """All numbers with the leaf values and the rounding of a state; the last few are kept, because questions follow."""
        name = _name(state)
        if name not in self._recent:
            self._recent[name] = self._computed(state, deadline) if name else self.base
        self._recent.move_to_end(name)
        while len(self._recent) > KEPT_NUMBERS:
            self._recent.popitem(last=False)
        return self._recent[name]

    def _computed(self, state: State, deadline: Deadline) -> Numbers:
        leaves = {self._leaf(name).id: self._fitting(name, value) for name, value in state.leaves.items()}
        if self.again is not None and leaves:
            fresh = self.again(
                {
                    self.walk.nodes[key].name: value
                    for key, value in leaves.items()
                    if self.walk.nodes[key].role == "parameter"
                }
            )
            return Program(fresh).run({}, self._rounding(state), deadline)
        return self.program.run(leaves, self._rounding(state), deadline)

    def at(self, state: State, deadline: Deadline) -> Walk:
        """The walk with the values of a state; the last one is kept, because questions come in a row."""
        name = _name(state)
        if not name:
            return self.walk
        if self._asked[0] != name:
            self._asked = name, walk_with(self.walk, self.numbers(state, deadline))
        return self._asked[1]

    def node(self, number: int) -> Node:
        """One node by its id."""
        if not 0 <= number < len(self.walk.nodes):
            raise WalkError(f"there is no node {number}: this walk has nodes 0 to {len(self.walk.nodes) - 1}")
        return self.walk.nodes[number]

    def step(self, number: int) -> Step:
        """One step by its position."""
        if not 0 <= number < len(self.walk.steps):
            raise WalkError(f"there is no step {number}: this walk has steps 0 to {len(self.walk.steps) - 1}")
        return self.walk.steps[number]

    def _leaf(self, name: str) -> Node:
        if not name.isdecimal() or len(name) > 9:
            raise WireError(f"leaves should map a leaf's id to its value, and {name[:40]!r} is no id")
        node = self.node(int(name))
        if not node.is_leaf:
            raise WalkError(f"{node.name} is computed ({node.op}), so it can't be given; give the leaves it comes from")
        return node

    def _fitting(self, name: str, value: Any) -> Any:
        node = self._leaf(name)
        try:
            found = np.array(value, dtype=float)
        except (TypeError, ValueError):
            found = np.array(np.nan)
        if not np.isfinite(found).all():
            raise WalkError(f"{node.name} takes numbers: one, or a list of them for each row")
        if found.shape != node.shape:
            raise WalkError(f"{node.name} has shape {node.shape}, and the value given has shape {found.shape}")
        return found.astype(node.dtype)

    def _rounding(self, state: State) -> Callable[[int, Any], Any] | None:
        if state.rounding is None:
            return None
        target, digits = self.node(state.rounding.node), max(-300, min(300, state.rounding.digits))
        if np.dtype(target.dtype).kind != "f":
            raise WalkError(f"{target.name} holds no floats that could be rounded")
        return lambda key, value: np.round(value, digits) if key == target.id else value

    def stale(self, state: State) -> list[str]:
        """The comparisons and masks that keep what they were when the walk was recorded, though leaves have changed."""
        if self.again is not None or not state.leaves:
            return []
        kept = [
            node.name
            for node in self.walk.leaves(0)
            if node.dtype == "bool" and node.span and str(node.id) not in state.leaves
        ]
        return [f"{', '.join(kept[:6])}: computed without recording, so kept as recorded"] if kept else []

    def warnings(self, numbers: Numbers) -> list[str]:
        """What a reader should know of these numbers: where the first NaN or infinity comes from."""
        if all(_finite(value) for value in (*numbers.values, *numbers.gradients)):
            return []
        found = first_nonfinite(walk_with(self.walk, numbers) if numbers is not self.base else self.walk)
        return [str(found)] if found else []


def digits(state: State) -> int:
    """How many digits of a number are displayed: 1 to 17, which is all that a float has."""
    return max(1, min(MOST_DIGITS, state.digits))


def _name(state: State) -> str:
    """What tells the values of a state from others; "" for those that the walk was opened with."""
    if not state.leaves and state.rounding is None:
        return ""
    return as_json({"leaves": state.leaves, "rounding": asdict(state.rounding) if state.rounding else None})


def _finite(value: Any) -> bool:
    if isinstance(value, float):  # nearly every number of a slider's move; NumPy takes ten times as long to say it
        return math.isfinite(value)
    if value is None or isinstance(value, Elided):
        return True
    return bool(np.isfinite(value).all()) if np.asarray(value).dtype.kind == "f" else True


# --- making and keeping walks ----------------------------------------------------------------------------------------


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


# --- what is sent ----------------------------------------------------------------------------------------------------


def walk_reply(opened: Opened, width: float, open: Sequence[str], turn: int) -> WalkReply:
    """A whole walk with its layout."""
    walk = opened.walk
    written = list(equations(walk))
    return WalkReply(
        key=opened.key,
        title=walk.title,
        outputs=[node.id for node in walk.outputs()],
        turns=walk.turns,
        nodes=[_node_info(walk, node, offset) for node, offset in zip(walk.nodes, opened.places.nodes, strict=False)],
        steps=[_step_info(opened, position, equation) for position, equation in enumerate(written)],
        files=dict(walk.source),
        layout=drawn(walk, width, open, turn),
        grains={grain: [[x.steps[0], x.steps[-1]] for x in stretches(walk, grain)] for grain in GRAINS},
        formula=opened.formula,
        warnings=opened.warnings(opened.base),
    )


def drawn(walk: Walk, width: float, open: Sequence[str], turn: int) -> dict[str, Any]:
    """The layout of one turn as plain data."""
    return asdict(layout(walk, max(200.0, min(width, 20_000.0)), turn_of(walk, turn), list(open)))


def turn_of(walk: Walk, number: int) -> int:
    """One turn by its number."""
    if not 0 <= number < walk.turns:
        raise WalkError(f"this walk has turns 0 to {walk.turns - 1}, and no turn {number}")
    return number


def _node_info(walk: Walk, node: Node, offset: int) -> NodeInfo:
    span = node.span
    place = [span.line, span.column, span.end_line, span.end_column] if span else []
    return NodeInfo(
        id=node.id,
        name=node.name,
        role=node.role,
        op=node.op or "",
        inputs=list(node.inputs),
        shape=list(node.shape),
        offset=offset,
        size=node.size,
        has_gradient=node.id in walk.gradients,
        turn=node.turn,
        symbols="" if node.is_leaf else forward_formula(walk, node),
        file=span.file if span else "",
        place=place,
        scope=list(node.scope),
        elided=isinstance(node.value, Elided),
    )


def _step_info(opened: Opened, position: int, equation: Equation) -> StepInfo:
    step = equation.step
    return StepInfo(
        phase=step.phase,
        node=step.node,
        input=-1 if step.input is None else step.input,
        slot=-1 if step.slot is None else step.slot,
        offsets=opened.places.steps[position],
        sizes=opened.places.step_sizes[position],
        symbols=in_symbols(equation),
        mathml=symbols_mathml(equation) if position < WRITTEN else "",
        shape_note=shape_note(opened.walk, step),
    )
