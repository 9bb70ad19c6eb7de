"""``gradwalk export``: a walk as a file for others to open."""

from __future__ import annotations

from pathlib import Path

import click

from gradwalk.cli.output import note
from gradwalk.cli.sources import Choice, SourceRefused, source_options, walk_of

FORMS = (".html", ".svg", ".tex", ".json", ".txt")


@click.command("export", short_help="A walk as one HTML file, a picture, LaTeX or JSON.")
@click.argument("source")
@click.argument("words", nargs=-1, metavar="FILE [NAME=VALUE]...")
@source_options
def command(source: str, words: tuple[str, ...], at: int | None, of: str, timeout: float) -> None:
    """Write the walk of SOURCE to FILE; its suffix says in which form.

    .html is one page with the player in it, which opens without a network; .svg the picture of the graph; .tex LaTeX;
    .json the walk itself; .txt plain text.
    """
    file = target(words)
    rest = list(words)
    rest.remove(file)
    walk_of(source, tuple(rest), Choice(at, of, timeout)).save(file)
    note(f"saved {file}")


def target(words: tuple[str, ...]) -> str:
    """The file to write, wherever it stands among the values."""
    files = [word for word in words if "=" not in word]
    found = next((word for word in files if Path(word).suffix.lower() in FORMS), None)
    if found is None:
        given = f"{files[0]}: a" if files else "say which file to write: a"
        raise SourceRefused(f"{given} walk is exported as {', '.join(FORMS)}")
    return found
