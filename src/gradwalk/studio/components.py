"""The HTML that a lesson may hold: components (``<gw-…>``) with checked settings, ``details``, ``summary`` and ``dfn``.

A component names a walk of the front block; the page only sees ``formula`` and ``values``:

    <gw-player walk="house" show="graph,factors,table" gradient="w1">
    <gw-curve walk="square" name="x" low="-2" high="3">

What a page finds in the attributes: ``formula`` (a text), ``values`` (JSON), ``training`` (JSON, a `Training`), ``round``
(``node:decimals``), ``at``, ``low`` and ``high`` (a number, or one per name with commas between), ``name`` or ``names``,
``nudge``, ``rate``, ``steps``, ``show`` (parts of the player), ``gradient`` (the chain to show), ``predict`` (numbers hidden
at first) and ``label`` (a caption). ``<gw-pair>`` holds two components side by side, ``<gw-tabs>`` several of which one is
seen at a time, chosen by its label.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gradwalk.errors import GradwalkError
from gradwalk.studio.front import Front, LessonError, Material
from gradwalk.studio.references import substituted
from gradwalk.studio.resolvers import material

TAG = re.compile(r"<(/?)([a-z][a-z-]*)((?:\s+[a-z][a-z-]*(?:=\"[^\"]*\")?)*)\s*>")
ATTRIBUTE = re.compile(r"([a-z][a-z-]*)(?:=\"([^\"]*)\")?")
PLAIN = {"details": {"open"}, "summary": set(), "dfn": {"data-term"}, "gw-pair": set(), "gw-tabs": set()}
PARTS = {"graph", "factors", "table", "source", "formula", "why", "cost", "curves", "check"}


@dataclass(frozen=True)
class Kind:
    """One kind of component: the settings it needs, those it may have, and which of them name leaves and ends."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


COMPONENTS = {
    "gw-player": Kind((), ("show", "gradient", "predict", "label")),
    "gw-curve": Kind(("name", "low", "high"), ("at", "nudge", "label")),
    "gw-grid": Kind(("names", "low", "high"), ("at", "label")),
    "gw-chain": Kind(("name", "low", "high"), ("at", "label")),
    "gw-surface": Kind(("names", "low", "high"), ("rate", "steps", "label")),
}


def checked_html(text: str, front: Front) -> str:
    """Raw HTML of a lesson, its components resolved; anything but the known elements is refused."""
    rest = TAG.sub("", text)
    if "<" in rest or "&" in rest:
        raise LessonError(
            f"{text.strip().splitlines()[0]!r} isn't allowed: a lesson's HTML is {', '.join([*COMPONENTS, *PLAIN])}, with settings in double quotes"
        )
    return TAG.sub(lambda found: _element(found[2], bool(found[1]), found[3], front), text)


def _element(name: str, closing: bool, settings: str, front: Front) -> str:
    attributes = {found[1]: found[2] or "" for found in ATTRIBUTE.finditer(settings)}
    if name in COMPONENTS and not closing:
        return f"{_tag(name, component(name, attributes, front))}</{name}>"
    if name not in PLAIN or (unknown := set(attributes) - PLAIN[name]):
        what = (
            f"<{name}> has no setting {min(unknown)!r}"
            if name in PLAIN
            else f"there is no element <{'/' * closing}{name}> in lessons (components close themselves)"
        )
        raise LessonError(f"{what}; a lesson's HTML is {', '.join([*COMPONENTS, *PLAIN])}")
    return f"</{name}>" if closing else _tag(name, attributes)


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return "".join([f"<{name}", *(f' {key}="{html.escape(value)}"' for key, value in attributes.items()), ">"])


def component(name: str, settings: Mapping[str, str], front: Front) -> dict[str, str]:
    """A component's settings as the page reads them: ``walk`` becomes ``formula`` and ``values``."""
    kind = COMPONENTS[name]
    if "walk" not in settings:
        raise LessonError(f'<{name}> needs a walk of the front block: <{name} walk="…">')
    for key in settings:
        if key not in ("walk", *kind.needs, *kind.may):
            raise LessonError(f"<{name}> has no setting {key!r}; it has walk, {', '.join([*kind.needs, *kind.may])}")
    for key in kind.needs:
        if key not in settings:
            raise LessonError(f'<{name}> needs {key}="…"')
    found = material(front, settings["walk"])
    own = {key: substituted(text, front) for key, text in settings.items() if key != "walk"}
    _check(name, own, found)
    return {**_source(found), **_point(own, found), **own}


def _source(found: Material) -> dict[str, str]:
    made = {"formula": found.formula, "values": json.dumps(found.values, ensure_ascii=False)}
    made |= {"training": json.dumps(asdict(found.training))} if found.training else {}
    return made | ({"round": found.round} if found.round else {})


def _point(own: Mapping[str, str], found: Material) -> dict[str, str]:
    """Where the marked point starts: at the values that the walk was given."""
    names = [own["name"]] if "name" in own else own["names"].split(",") if "names" in own else []
    return {"at": ",".join(repr(found.values[name]) for name in names)} if names else {}


def _check(name: str, own: Mapping[str, str], found: Material) -> None:
    """Every setting must mean something for this walk."""
    for leaf in [own["name"]] if "name" in own else own.get("names", "").split(","):
        if leaf and leaf not in found.values:
            raise LessonError(f"<{name}>: the walk was given no {leaf!r}; it was given {', '.join(found.values)}")
    if "low" in own:
        _ends(name, own)
    for part in own.get("show", "").split(","):
        if part and part not in PARTS:
            raise LessonError(f"<{name}> can't show {part!r}; it shows {', '.join(sorted(PARTS))}")
    try:
        if "gradient" in own:
            found.walk.gradient(own["gradient"])
    except GradwalkError as error:
        raise LessonError(f"<{name}>: {error}") from None


def _ends(name: str, own: Mapping[str, str]) -> None:
    ends = [[float(x) for x in own[key].split(",")] for key in ("low", "high")]
    count = len(own["names"].split(",")) if "names" in own else 1
    if any(len(end) != count for end in ends) or any(low >= high for low, high in zip(*ends, strict=True)):
        raise LessonError(
            f"<{name}>: low and high need {count} number{'s' * (count > 1)} each, and each low must lie below its high"
        )
