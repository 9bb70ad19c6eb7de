"""``{{gradient house w1}}``: a number in a lesson's prose, computed by the engine when the lesson is loaded.

| written | stands for |
|---|---|
| ``{{given W x}}`` | the value that leaf x was given in walk W |
| ``{{value W z}}``, ``{{value W w@1}}``, ``{{value W a[0,1]}}`` | a node's value; after an update; one entry |
| ``{{gradient W w}}`` | the gradient of W's output for a node |
| ``{{local W out in}}``, ``{{contribution W out in}}`` | what stands on one edge |
| ``{{chain W w}}`` | the gradient as a product of local derivatives, along the largest path, in symbols |
| ``{{product W w}}`` | the same in numbers, with the product |
| ``{{paths W w}}``, ``{{factors W w}}`` | how many paths there are; how many factors the largest has |
| ``{{cost W reverse_mode}}`` | multiplications (path_by_path, forward_mode, reverse_mode, paths, leaves, saved_entries) |
| ``{{number n}}``, ``{{shape W a}}`` | a number of the front block; a node's shape |
| ``{{forward W z}}``, ``{{backward W out in}}``, ``{{update W w}}`` | a whole step as a formula with its numbers |
| ``{{program W}}`` | the formula as one types it |

A number is shown with four significant digits; ``{{value W y ~6}}`` asks for six, where the difference shows only there.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.formula import Formula, number
from gradwalk.studio.front import Front, LessonError, Material
from gradwalk.views.equations import Equation, equations
from gradwalk.views.mathml import mathml, step_mathml
from gradwalk.views.numbers import DIGITS
from gradwalk.walk import Step

REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
WANTED = re.compile(r" +~(\d+)$")
ENTRY = re.compile(r"(.*)\[([\d, -]+)\]")


@dataclass(frozen=True)
class Shown:
    """What a reference stands for: a number or an array with the colour it is shown in, or HTML that is ready."""

    value: Any = None
    meaning: str = ""
    html: str = ""
    digits: int = DIGITS


Resolver = Callable[[Front, Sequence[str]], Shown]


def resolve(front: Front, reference: str) -> Shown:
    """What one reference (the text between the braces) stands for."""
    reference, digits = _digits(reference)
    kind, *arguments = reference.split() or [""]
    if kind not in RESOLVERS:
        raise LessonError(f"{{{{{reference}}}}}: there is no reference {kind!r}; there are {', '.join(RESOLVERS)}")
    resolver, usage = RESOLVERS[kind]
    if len(arguments) != len(usage.split()):
        raise LessonError(f"{{{{{reference}}}}}: write {{{{{kind} {usage}}}}}")
    try:
        return replace(resolver(front, arguments), digits=digits)
    except (GradwalkError, IndexError) as error:
        raise LessonError(f"{{{{{reference}}}}}: {error}") from None


def _digits(reference: str) -> tuple[str, int]:
    """The reference itself, and how many digits it wants to be shown with."""
    found = WANTED.search(reference)
    return (reference[: found.start()], int(found[1])) if found else (reference, DIGITS)


def substituted(text: str, front: Front) -> str:
    """A text with every reference replaced by its number at full precision."""
    return REFERENCE.sub(lambda found: _exactly(resolve(front, found[1]), found[1]), text)


def bracketed(text: str, front: Front) -> str:
    """The same for arithmetic: in ``{{…}}**2`` a negative number needs brackets."""
    return REFERENCE.sub(lambda found: f"({_exactly(resolve(front, found[1]), found[1])})", text)


def _exactly(shown: Shown, reference: str) -> str:
    if shown.html or shown.value is None:
        raise LessonError(f"{{{{{reference}}}}} is no number, so it can't stand in a value")
    return repr(np.asarray(shown.value).tolist())


def shown_html(front: Front, reference: str) -> str:
    """A reference as HTML: four significant digits, the full number beside them, a mark where digits were dropped."""
    shown = resolve(front, reference)
    return shown.html or _data(shown)


def _data(shown: Shown) -> str:
    array = np.asarray(shown.value)
    array = array + 0.0 if array.dtype.kind == "f" else array  # −0 is 0 to a reader
    short = partial(number, digits=shown.digits)
    text, exact = _listed(array.tolist(), short), _listed(array.tolist(), lambda x: repr(x).replace("-", "−"))
    same = all(math.isclose(_back(short(x)), x, rel_tol=1e-12) or not math.isfinite(x) for x in array.ravel().tolist())
    classes = " ".join(
        ["gw-number", *([f"gw-{shown.meaning}"] if shown.meaning else []), *([] if same else ["gw-rounded"])]
    )
    title = text if same else exact
    return f'<data class="{classes}" value="{html.escape(repr(array.tolist()))}" title="{html.escape(title)}">{html.escape(text)}</data>'


def _listed(value: Any, write: Callable[[Any], str]) -> str:
    return f"[{', '.join(_listed(item, write) for item in value)}]" if isinstance(value, list) else write(value)


def _back(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


# --- one function for each reference ---------------------------------------------------------------------------------


def material(front: Front, name: str) -> Material:
    """The walk of this name."""
    if name not in front.walks:
        raise LessonError(f"this lesson's front block has no walk {name!r}; it has {', '.join(front.walks) or 'none'}")
    return front.walks[name]


def _given(front: Front, arguments: Sequence[str]) -> Shown:
    values, (name, pick) = material(front, arguments[0]).values, _entry(arguments[1])
    if name not in values:
        raise LessonError(f"walk {arguments[0]} was given no {name!r}; it was given {', '.join(values)}")
    return Shown(pick(np.asarray(values[name])), "value")


def _value(front: Front, arguments: Sequence[str]) -> Shown:
    name, pick = _entry(arguments[1])
    return Shown(pick(material(front, arguments[0]).walk.value(name)), "value")


def _gradient(front: Front, arguments: Sequence[str]) -> Shown:
    name, pick = _entry(arguments[1])
    return Shown(pick(material(front, arguments[0]).walk.gradient(name)), "gradient")


def _entry(name: str) -> tuple[str, Callable[[Any], Any]]:
    """``a[0,1]`` as a node's name and what takes that entry of it."""
    found = ENTRY.fullmatch(name)
    if found is None:
        return name, lambda value: value
    index = tuple(int(i) for i in found[2].split(","))
    return found[1], lambda value: value[index]


def _shape(front: Front, arguments: Sequence[str]) -> Shown:
    shape = material(front, arguments[0]).walk.node(arguments[1]).shape
    return Shown(html=f'<span class="gw-shape">{" × ".join(map(str, shape))}</span>')


def edge(front: Front, arguments: Sequence[str]) -> Step:
    """The backward step from one node to one of its inputs."""
    found = material(front, arguments[0]).walk
    node, source = found.node(arguments[1]), found.node(arguments[2])
    step = next((s for s in found.steps if s.phase == "backward" and (s.node, s.input) == (node.id, source.id)), None)
    if step is None:
        inputs = ", ".join(found.nodes[i].name for i in node.inputs)
        raise LessonError(f"no edge leads from {node.name} back to {source.name}; its inputs are {inputs or 'none'}")
    return step


def _local(front: Front, arguments: Sequence[str]) -> Shown:
    return Shown(edge(front, arguments).local, "local")


def _contribution(front: Front, arguments: Sequence[str]) -> Shown:
    return Shown(edge(front, arguments).contribution, "gradient")


def _number(front: Front, arguments: Sequence[str]) -> Shown:
    if arguments[0] not in front.numbers:
        raise LessonError(
            f"this lesson's front block has no number {arguments[0]!r}; it has {', '.join(front.numbers) or 'none'}"
        )
    return Shown(front.numbers[arguments[0]])


def _why(front: Front, arguments: Sequence[str]) -> Any:
    found = ENTRY.fullmatch(arguments[1])
    name, index = (found[1], tuple(int(i) for i in found[2].split(","))) if found else (arguments[1], None)
    return material(front, arguments[0]).walk.why(name, index)


def _product(front: Front, arguments: Sequence[str]) -> Shown:
    path = _why(front, arguments).paths[0]
    parts = " · ".join(
        _data(Shown(f.value, "local")) if f.value >= 0 else f"({_data(Shown(f.value, 'local'))})" for f in path.factors
    )
    exact = math.isclose(
        math.prod(float(f"{f.value:.4g}") for f in path.factors), float(f"{path.product:.4g}"), rel_tol=1e-12
    )
    return Shown(
        html=f'<span class="gw-product">{parts} {"=" if exact else "≈"} {_data(Shown(path.product, "gradient"))}</span>'
    )


def _chain(front: Front, arguments: Sequence[str]) -> Shown:
    """The largest path in symbols: the gradient as a product of local derivatives, each named."""
    found = _why(front, arguments)
    names = [found.symbol, *(factor.name for factor in found.paths[0].factors)]
    asked, *factors = [mathml(Formula.symbol(name, 0.0)) for name in names]
    return Shown(html=f'<span class="gw-chain-rule">{asked} = {" · ".join(factors)}</span>')


def _paths(front: Front, arguments: Sequence[str]) -> Shown:
    return Shown(_why(front, arguments).count)


def _factors(front: Front, arguments: Sequence[str]) -> Shown:
    return Shown(len(_why(front, arguments).paths[0].factors))


def _cost(front: Front, arguments: Sequence[str]) -> Shown:
    counted = material(front, arguments[0]).walk.cost().to_dict()
    if arguments[1] not in COUNTED:
        raise LessonError(f"a cost has {', '.join(COUNTED)}, but no {arguments[1]!r}")
    return Shown(counted[arguments[1]])


COUNTED = ("path_by_path", "forward_mode", "reverse_mode", "paths", "leaves", "saved_entries")


def _forward(front: Front, arguments: Sequence[str]) -> Shown:
    found = material(front, arguments[0]).walk
    node = found.node(arguments[1]).id
    return _step(found, lambda step: step.phase == "forward" and step.node == node, arguments[1])


def _backward(front: Front, arguments: Sequence[str]) -> Shown:
    wanted = edge(front, arguments)
    return _step(material(front, arguments[0]).walk, lambda step: step is wanted, arguments[1])


def _update(front: Front, arguments: Sequence[str]) -> Shown:
    found = material(front, arguments[0]).walk
    node = found.node(arguments[1]).id
    return _step(found, lambda step: step.phase == "update" and step.input == node, arguments[1])


def _step(walk: Any, chosen: Callable[[Step], bool], name: str) -> Shown:
    equation: Equation | None = next((e for e in equations(walk) if chosen(e.step)), None)
    if equation is None:
        raise LessonError(f"no such step is taken for {name}")
    return Shown(html=f'<span class="gw-equation">{" ".join(part for part in step_mathml(equation) if part)}</span>')


def _program(front: Front, arguments: Sequence[str]) -> Shown:
    text = html.escape(material(front, arguments[0]).formula).replace("\n", "<br>")
    return Shown(html=f'<code class="gw-program">{text}</code>')


RESOLVERS: dict[str, tuple[Resolver, str]] = {
    "given": (_given, "WALK LEAF"),
    "value": (_value, "WALK NODE"),
    "gradient": (_gradient, "WALK NODE"),
    "shape": (_shape, "WALK NODE"),
    "local": (_local, "WALK OUT IN"),
    "contribution": (_contribution, "WALK OUT IN"),
    "number": (_number, "NAME"),
    "chain": (_chain, "WALK LEAF"),
    "product": (_product, "WALK LEAF"),
    "paths": (_paths, "WALK LEAF"),
    "factors": (_factors, "WALK LEAF"),
    "cost": (_cost, "WALK COUNT"),
    "forward": (_forward, "WALK NODE"),
    "backward": (_backward, "WALK OUT IN"),
    "update": (_update, "WALK PARAMETER"),
    "program": (_program, "WALK"),
}
