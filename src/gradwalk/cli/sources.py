"""From what a user names (a formula, a program, a script, a saved walk) to the walk of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from gradwalk.cli.script import run_script
from gradwalk.cli.values import read_values
from gradwalk.errors import GradwalkError
from gradwalk.expression import ExpressionError, parse
from gradwalk.expression import walk as walk_formula
from gradwalk.walk import Walk, load

F = TypeVar("F", bound=Callable[..., Any])


class SourceRefused(GradwalkError, ValueError):
    """A source that can't be walked, with what to give instead."""


@dataclass(frozen=True)
class Choice:
    """What to walk of a source: which backward pass, which result, and how long a script may run."""

    at: int | None = None
    of: str = ""
    timeout: float = 60.0


def source_options(command: F) -> F:
    """The options that every command with a source has."""
    options = (
        click.option(
            "--at", type=int, metavar="N", help="Which backward() of a script, from 0; −1 is the last (the default)."
        ),
        click.option("--of", "of", default="", metavar="NAME", help="Which result of a program or a script to walk."),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0),
            default=60.0,
            show_default=True,
            metavar="SECONDS",
            help="How long a script may run; 0 is for ever.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def walk_of(source: str, words: Sequence[str], choice: Choice) -> Walk:
    """The walk of any source; ``words`` are values, or a script's arguments."""
    suffix = Path(source).suffix.lower() if "\n" not in source else ""
    kind = "-" if source == "-" else suffix if suffix in (".py", ".json") else ""
    if not kind and suffix and os.path.isfile(source):
        raise SourceRefused(f"{source} is neither a Python script (.py) nor a saved walk (.json)")
    if kind != ".py" and choice.at is not None:
        raise SourceRefused("--at picks one backward() of a script, and this is no script")
    return KINDS[kind](source, words, choice)


def _formula(source: str, words: Sequence[str], choice: Choice) -> Walk:
    program = parse(source)
    values = read_values(words)
    foreign = [name for name in values if name not in (*program.names, "pi", "e")]
    if foreign and all(name in values for name in program.names):
        has = f"its names are {', '.join(program.names)}" if program.names else "it has no names"
        raise ExpressionError(f"the formula has no {foreign[0]}", has)
    return walk_formula(program, values, choice.of)


def _standard_input(source: str, words: Sequence[str], choice: Choice) -> Walk:
    try:
        text = sys.stdin.read()
    except UnicodeDecodeError:
        raise SourceRefused("standard input is no text") from None
    return _formula(text, words, choice)


def _script(source: str, words: Sequence[str], choice: Choice) -> Walk:
    return run_script(source, words, choice.at, choice.of, choice.timeout)


def _saved(source: str, words: Sequence[str], choice: Choice) -> Walk:
    if choice.of:
        raise SourceRefused("--of picks a result of a program or a script; a saved walk has just one")
    walk = load(source)
    values: dict[str | int, Any] = dict(read_values(words).items())
    return walk.replay(values) if values else walk


KINDS: dict[str, Callable[[str, Sequence[str], Choice], Walk]] = {
    "-": _standard_input,
    ".py": _script,
    ".json": _saved,
    "": _formula,
}
