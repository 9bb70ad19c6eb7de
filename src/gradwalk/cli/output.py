"""Writing to the terminal: plain text into pipes and files, the two colours of meaning on a screen."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.theme import Theme

# Values are blue and gradients orange, as everywhere in gradwalk; all else is ink.
THEME = Theme(
    {"walk.gradient": "dark_orange3", "walk.value": "dodger_blue2", "walk.heading": "bold", "walk.mark": "bold"}
)


class Highlighter(RegexHighlighter):
    """What is coloured in a walk's text."""

    base_style = "walk."
    highlights = (
        r"(?m)^(?P<heading>\S.*)$",
        r"(?P<gradient>∂[^\s·,=]+)",
        r"(?m)[=≈] (?P<value>−?[\d.][^\s·]*)$",
        r"(?P<mark>←.*)",
    )


def show(text: str) -> None:
    """Write text: with colours on a terminal, as it is elsewhere."""
    if sys.stdout.isatty():
        Console(theme=THEME, soft_wrap=True).print(Highlighter()(text.rstrip("\n")), markup=False)
    else:
        click.echo(text.rstrip("\n"))


def show_json(document: Any) -> None:
    """Write plain data as JSON; NaN and the infinities as texts, because JSON has no word for them."""
    click.echo(json.dumps(spelled(document), ensure_ascii=False, allow_nan=False, default=_plain))


def spelled(value: Any) -> Any:
    """The same data with NaN and the infinities as texts."""
    if isinstance(value, dict):
        return {str(key): spelled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def _plain(value: Any) -> Any:
    return spelled(value.tolist()) if hasattr(value, "tolist") else str(value)


def note(sentence: str) -> None:
    """Write a remark beside the result, to the error stream."""
    click.echo(sentence, err=True)
