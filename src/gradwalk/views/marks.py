"""The marks that a picture is made of: text that fits its room, outlines, arrows, edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from gradwalk.walk.columns import Point
from gradwalk.walk.sizes import Rect, clipped, text_width


def escaped(text: str) -> str:
    """Text for an element: a name that a user gave can't become markup, nor break the document."""
    return escape("".join(c if _is_allowed(c) else "�" for c in text))


def quoted(text: str) -> str:
    """Text for an attribute, with its quotes."""
    return quoteattr("".join(c if _is_allowed(c) else "�" for c in text))


def _is_allowed(character: str) -> bool:
    return (
        character in "\t\n" or " " <= character < "\ud800" or (character > "\udfff" and character not in "\ufffe\uffff")
    )


def label(x: float, y: float, text: str, size: float, room: float, kind: str) -> str:
    """A centred text; one that doesn't fit its room is cut."""
    return _text(x, y, clipped(text, size, room), size, kind)


def figure(x: float, y: float, text: str, size: float, room: float, kind: str) -> str:
    """A centred number; one that doesn't fit is set smaller, because half a number would be wrong."""
    fitting = round(size * min(1.0, room / max(1.0, text_width(text, size))), 1)
    return _text(x, y, text, fitting, kind)


def note(x: float, y: float, text: str, size: float, kind: str = "note") -> str:
    """A text that starts at x."""
    return _text(x, y, text, size, f"{kind} start")


def _text(x: float, y: float, text: str, size: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" font-size="{size:g}">{escaped(text)}</text>'


def rectangle(kind: str, place: Rect, radius: float = 0.0) -> str:
    """A rectangle of one class."""
    x, y, width, height = place
    corners = f' rx="{radius:g}"' if radius else ""
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{corners}/>'


def titled(text: str) -> str:
    """What is told on hover, and to a reader who can't see."""
    return f"<title>{escaped(text)}</title>"


def outline(card: Rect, role: str, cut: float = 8.0) -> str:
    """The outline of a value's card, a different one for each role."""
    x, y, width, height = card
    if role == "parameter":
        across, down = width - 2 * cut, height - 2 * cut
        corners = f"l{cut:g} {cut:g}v{down:g}l-{cut:g} {cut:g}h-{across:g}l-{cut:g} -{cut:g}v-{down:g}z"
        return f'<path class="card" d="M{x + cut:g} {y:g}h{across:g}{corners}"/>'
    if role == "input":
        return rectangle("card", card) + rectangle("bar", (x, y, min(3.0, cut), height))
    return rectangle("card", card, cut if role == "result" else 0.0)


def arrow(kind: str, tip: Point, direction: int) -> str:
    """An arrowhead pointing right (1) or left (-1)."""
    return f'<path class="{kind}" d="M{tip[0]:g} {tip[1]:g}l{-7 * direction:g} -3.2v6.4z"/>'


# --- edges -----------------------------------------------------------------------------------------------------------

RADIUS = 7.0  # of the corners of edges that go around


def edge_path(routes: Iterable[Sequence[Point]]) -> str:
    """One path along several routes: straight where level or upright, else curved; what they share is drawn once."""
    made: list[str] = []
    seen: set[tuple[Point, str]] = set()
    for points in routes:
        pen: Point | None = None
        for start, command, end in _pieces(points):
            if (start, command) not in seen:
                seen.add((start, command))
                made.append(command if pen == start else f"M{_at(start)}{command}")
                pen = end
    return "".join(made)


def _pieces(points: Sequence[Point]) -> Iterator[tuple[Point, str, Point]]:
    pen = points[0]
    for i, here in enumerate(points[1:], 1):
        before, after = points[i - 1], points[i + 1] if i + 1 < len(points) else None
        if before[0] != here[0] and before[1] != here[1]:
            middle = (before[0] + here[0]) / 2
            yield pen, f"C{middle:g} {before[1]:g} {middle:g} {here[1]:g} {_at(here)}", here
            pen = here
        elif (
            after is not None
            and (before[0] == here[0]) != (after[0] == here[0])
            and (after[0] == here[0] or after[1] == here[1])
        ):
            enter, leave = _toward(here, before), _toward(here, after)
            yield pen, f"L{_at(enter)}Q{_at(here)} {_at(leave)}", leave
            pen = leave
        else:
            yield pen, f"L{_at(here)}", here
            pen = here


def _at(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"


def _toward(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = min(RADIUS, abs(dx + dy) / 2) / max(abs(dx + dy), 1e-9)
    return start[0] + dx * share, start[1] + dy * share
