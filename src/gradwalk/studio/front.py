"""A lesson's front block: the walks and numbers that its prose and its components refer to, each stated once.

    ---
    summary: One sentence for the list of lessons.
    number nudge: 0.01
    walk square: x=2
        u = 3*x + 1
        y = u**2
    walk nudged: like square x={{given square x}} + {{number nudge}}
    walk trained: like house rate=0.1 steps=20 params=w1,w2
    walk textbook: like neuron round=ŷ:2
    walk deep: a0=1 w{1..100}=0.9
        for i in 1..100: a{i} = w{i}*a{i-1}
    ---

A value may hold references (``{{…}}``, see `references`); they stand for the full-precision number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.expression import literal, walk
from gradwalk.studio.protocol import Training
from gradwalk.walk import Walk


class LessonError(GradwalkError, ValueError):
    """Something in a lesson that can't be shown, with its file, its line and what to write instead."""


@dataclass(frozen=True)
class Material:
    """One walk that a lesson refers to: its formula and values, and the training or rounding applied to it."""

    formula: str
    values: dict[str, Any]
    walk: Walk
    training: Training | None = None
    round: str = ""


@dataclass
class Front:
    """What a front block declares, by name."""

    summary: str = ""
    numbers: dict[str, float] = field(default_factory=dict)
    walks: dict[str, Material] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One declaration: ``kind name: text``, the lines indented under it, and its line in the file."""

    kind: str
    name: str
    text: str
    body: tuple[str, ...]
    line: int


Substitute = Callable[[str, Front], str]  # puts the number of every reference into a text

HEAD = re.compile(r"(\w+)(?: +(\w+))?: *(.*)")
SETTING = re.compile(r"(?:^|\s)([^\W\d][\w]*(?:\{\d+\.\.\d+\})?)=")
RANGE = re.compile(r"(\w+)\{(\d+)\.\.(\d+)\}")
LOOP = re.compile(r"for i in (\d+)\.\.(\d+): (.*)")
INDEX = re.compile(r"\{i(-1)?\}")
OWN = ("rate", "steps", "params", "round")  # settings that aren't values of the formula


def split(text: str) -> tuple[list[str], str, int]:
    """The front block's lines, the Markdown after it, and how many lines come before that."""
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise LessonError("1: a lesson begins with a front block: put its walks and its summary between two lines ---")
    end = lines.index("---", 1)
    return lines[1:end], "\n".join(lines[end + 1 :]), end + 1


def read(lines: list[str], substitute: Substitute) -> Front:
    """Everything that the front block declares, computed; each entry may refer to those above it."""
    front = Front()
    for entry in entries(lines):
        try:
            KINDS[entry.kind](front, entry, substitute)
        except KeyError as error:
            if error.args != (entry.kind,):
                raise
            raise LessonError(f"{entry.line}: a front block has {', '.join(KINDS)}, but no {entry.kind!r}") from None
        except (GradwalkError, ValueError) as error:
            raise LessonError(f"{entry.line}: {entry.kind} {entry.name}: {error}") from None
    return front


def entries(lines: list[str]) -> Iterator[Entry]:
    """The declarations, each with the lines indented under it."""
    position = 0
    while position < len(lines):
        found = HEAD.fullmatch(lines[position])
        if found is None:
            raise LessonError(
                f"{position + 2}: {lines[position]!r} declares nothing: write summary: …, number NAME: … or walk NAME: …"
            )
        end = position + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        yield Entry(
            found[1], found[2] or "", found[3], tuple(line.strip() for line in lines[position + 1 : end]), position + 2
        )
        position = end


def _summary(front: Front, entry: Entry, substitute: Substitute) -> None:
    front.summary = entry.text


def _number(front: Front, entry: Entry, substitute: Substitute) -> None:
    front.numbers[entry.name] = value(substitute(entry.text, front))


def _walk(front: Front, entry: Entry, substitute: Substitute) -> None:
    base, text = _base(front, entry)
    settings = dict(_settings(substitute(text, front)))
    own = {key: settings.pop(key) for key in OWN if key in settings}
    values = {**(base.values if base else {}), **{key: value(text) for key, text in settings.items()}}
    formula = "\n".join(_lines(entry.body)) if entry.body else base.formula if base else ""
    training = (
        Training(
            float(value(own["rate"])), int(own["steps"]), own.get("params", "").split(",") if own.get("params") else []
        )
        if "rate" in own
        else None
    )
    front.walks[entry.name] = Material(
        formula, values, _walked(formula, values, training, own.get("round", "")), training, own.get("round", "")
    )


def _walked(formula: str, values: dict[str, Any], training: Training | None, rounding: str) -> Walk:
    made = walk(formula, values)
    if rounding:
        node, _, digits = rounding.partition(":")
        made = made.round(node, int(digits))
    return made.update(training.rate, training.params, training.steps) if training else made


def _base(front: Front, entry: Entry) -> tuple[Material | None, str]:
    """The walk that this one is like, if it names one, and the rest of its settings."""
    if not entry.text.startswith("like "):
        return None, entry.text
    _, name, *rest = entry.text.split(" ", 2)
    if name not in front.walks:
        raise LessonError(f"there is no walk {name!r} above this line; there are {', '.join(front.walks) or 'none'}")
    return front.walks[name], " ".join(rest)


KINDS: dict[str, Callable[[Front, Entry, Substitute], None]] = {"summary": _summary, "number": _number, "walk": _walk}


def value(text: str) -> Any:
    """A number or nested list as it is typed; functions of plain numbers are computed, too: ``exp(-1)``."""
    found = literal(text)
    return np.asarray(found).item() if np.ndim(found) == 0 else found


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """``x=2 w{1..3}=0.5`` as pairs; a range stands for several names."""
    found = list(SETTING.finditer(text))
    ends = [*(after.start() for after in found[1:]), len(text)]
    for here, end in zip(found, ends, strict=False):
        typed = text[here.end() : end].strip()
        several = RANGE.fullmatch(here[1])
        names = [f"{several[1]}{i}" for i in range(int(several[2]), int(several[3]) + 1)] if several else [here[1]]
        yield from ((name, typed) for name in names)


def _lines(body: tuple[str, ...]) -> Iterator[str]:
    """The formula's lines; ``for i in 1..9: a{i} = w{i}*a{i-1}`` stands for nine of them."""
    for line in body:
        loop = LOOP.fullmatch(line)
        if loop is None:
            yield line
            continue
        for i in range(int(loop[1]), int(loop[2]) + 1):
            yield from (
                INDEX.sub(lambda index, i=i: str(i - 1 if index[1] else i), part) for part in loop[3].split("; ")
            )
