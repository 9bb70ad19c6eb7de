"""What each kind of reference stands for: one function for each, taking what stands after the kind."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from gradwalk.formula import Formula
from gradwalk.studio.front import Front, LessonError, Material
from gradwalk.studio.shown import Shown, data
from gradwalk.views.equations import equations
from gradwalk.views.mathml import mathml, step_mathml
from gradwalk.views.numbers import displayed
from gradwalk.walk import Step, Walk

ENTRY = re.compile(r"(.*)\[([\d, -]+)\]")

Resolver = Callable[..., Shown]


def material(front: Front, name: str) -> Material:
    """The walk of this name."""
    if name not in front.walks:
        raise LessonError(f"this lesson's front block has no walk {name!r}; it has {', '.join(front.walks) or 'none'}")
    return front.walks[name]


def _given(front: Front, walk: str, leaf: str) -> Shown:
    values, (name, entry) = material(front, walk).values, _entry(leaf)
    if name not in values:
        raise LessonError(f"walk {walk} was given no {name!r}; it was given {', '.join(values)}")
    return Shown(np.asarray(values[name])[entry], "value")


def _value(front: Front, walk: str, node: str) -> Shown:
    name, entry = _entry(node)
    return Shown(np.asarray(material(front, walk).walk.value(name))[entry], "value")


def _gradient(front: Front, walk: str, node: str) -> Shown:
    name, entry = _entry(node)
    return Shown(np.asarray(material(front, walk).walk.gradient(name))[entry], "gradient")


def _entry(name: str) -> tuple[str, tuple[int, ...]]:
    """``a[0,1]`` as a node's name and an index; a bare name is all of it."""
    found = ENTRY.fullmatch(name)
    return (found[1], tuple(int(i) for i in found[2].split(","))) if found else (name, ())


def _shape(front: Front, walk: str, node: str) -> Shown:
    shape = material(front, walk).walk.node(node).shape
    return Shown(html=f'<span class="gw-shape">{" × ".join(map(str, shape))}</span>')


def edge(front: Front, walk: str, out: str, source: str) -> Step:
    """The backward step from one node to one of its inputs."""
    found = material(front, walk).walk
    node, input = found.node(out), found.node(source)
    step = next((s for s in found.steps if s.phase == "backward" and (s.node, s.input) == (node.id, input.id)), None)
    if step is None:
        inputs = ", ".join(found.nodes[i].name for i in node.inputs)
        raise LessonError(f"no edge leads from {out} back to {source}; its inputs are {inputs or 'none'}")
    return step


def _local(front: Front, walk: str, out: str, source: str) -> Shown:
    return Shown(edge(front, walk, out, source).local, "local")


def _contribution(front: Front, walk: str, out: str, source: str) -> Shown:
    return Shown(edge(front, walk, out, source).contribution, "gradient")


def _number(front: Front, name: str) -> Shown:
    if name not in front.numbers:
        raise LessonError(
            f"this lesson's front block has no number {name!r}; it has {', '.join(front.numbers) or 'none'}"
        )
    return Shown(front.numbers[name])


def _why(front: Front, walk: str, leaf: str) -> Any:
    name, entry = _entry(leaf)
    return material(front, walk).walk.why(name, entry or None)


def _product(front: Front, walk: str, leaf: str) -> Shown:
    """The same path in numbers; ``≈`` where the displayed factors don't multiply to the displayed product."""
    path = _why(front, walk, leaf).paths[0]
    factors = [factor.value for factor in path.factors]
    sign = "=" if math.isclose(math.prod(map(displayed, factors)), displayed(path.product), rel_tol=1e-12) else "≈"
    written = " · ".join(data(Shown(x, "local")) if x >= 0 else f"({data(Shown(x, 'local'))})" for x in factors)
    return Shown(html=f'<span class="gw-product">{written} {sign} {data(Shown(path.product, "gradient"))}</span>')


def _chain(front: Front, walk: str, leaf: str) -> Shown:
    """The largest path in symbols: the gradient as a product of local derivatives, each named."""
    found = _why(front, walk, leaf)
    names = [found.symbol, *(factor.name for factor in found.paths[0].factors)]
    asked, *factors = [mathml(Formula.symbol(name, 0.0)) for name in names]
    return Shown(html=f'<span class="gw-chain-rule">{asked} = {" · ".join(factors)}</span>')


def _paths(front: Front, walk: str, leaf: str) -> Shown:
    return Shown(_why(front, walk, leaf).count)


def _factors(front: Front, walk: str, leaf: str) -> Shown:
    return Shown(len(_why(front, walk, leaf).paths[0].factors))


def _cost(front: Front, walk: str, count: str) -> Shown:
    counted = material(front, walk).walk.cost().to_dict()
    if count not in COUNTED:
        raise LessonError(f"a cost has {', '.join(COUNTED)}, but no {count!r}")
    return Shown(counted[count])


COUNTED = ("path_by_path", "forward_mode", "reverse_mode", "paths", "leaves", "saved_entries")


def _forward(front: Front, walk: str, node: str) -> Shown:
    found = material(front, walk).walk
    wanted = found.node(node).id
    return _step(found, lambda step: step.phase == "forward" and step.node == wanted, node)


def _backward(front: Front, walk: str, out: str, source: str) -> Shown:
    wanted = edge(front, walk, out, source)
    return _step(material(front, walk).walk, lambda step: step is wanted, out)


def _update(front: Front, walk: str, leaf: str) -> Shown:
    found = material(front, walk).walk
    wanted = found.node(leaf).id
    return _step(found, lambda step: step.phase == "update" and step.input == wanted, leaf)


def _step(walk: Walk, chosen: Callable[[Step], bool], name: str) -> Shown:
    equation = next((e for e in equations(walk) if chosen(e.step)), None)
    if equation is None:
        raise LessonError(f"no such step is taken for {name}")
    return Shown(html=f'<span class="gw-equation">{" ".join(part for part in step_mathml(equation) if part)}</span>')


def _program(front: Front, walk: str) -> Shown:
    text = html.escape(material(front, walk).formula).replace("\n", "<br>")
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
