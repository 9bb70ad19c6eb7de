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

import re
from dataclasses import replace

import numpy as np

from gradwalk.errors import GradwalkError
from gradwalk.studio.front import Front, LessonError
from gradwalk.studio.resolvers import RESOLVERS
from gradwalk.studio.shown import Shown, data
from gradwalk.views.numbers import DIGITS

REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
WANTED = re.compile(r" +~(\d+)$")


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
        return replace(resolver(front, *arguments), digits=digits)
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
    """A reference as HTML: four significant digits, the full number beside them."""
    shown = resolve(front, reference)
    return shown.html or data(shown)
