"""Views of a walk: each a pure function from a walk to text, entered in the walks' table of renderers.

A view's module is imported when it is first asked for, so that ``import gradwalk`` stays quick.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from gradwalk.walk.walk import RENDERERS

# name in the table -> the module (relative to this package), its function, and options to call it with
VIEWS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "text": ("text", "text", {}),
    "txt": ("text", "text", {}),
    "summary": ("text", "summary", {}),
    "why": ("text", "why", {}),
    "cost": ("text", "cost", {}),
    "check": ("text", "check", {}),
    "compare": ("text", "compare", {}),
    "latex": ("latex", "latex", {}),
    "tex": ("latex", "latex", {"standalone": True}),
    "svg": ("svg", "svg", {}),
    "notebook": ("notebook", "notebook", {}),
    "html": (".studio.recorded", "page", {}),  # by name only: the page records what the studio's kernel answers
    "page": (".studio.recorded", "page", {}),
    "player": (".studio.recorded", "player", {}),
}


def later(module: str, function: str, options: dict[str, Any]) -> Callable[..., str]:
    """A renderer that imports its module when it is called."""

    def render(subject: Any, *arguments: Any, **more: Any) -> str:
        view = getattr(import_module(f".{module}", __name__), function)
        return str(view(subject, *arguments, **{**options, **more}))

    return render


RENDERERS.update({name: later(*view) for name, view in VIEWS.items()})
