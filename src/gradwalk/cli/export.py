"""``gradwalk export``: a walk as a file for others to open."""

from __future__ import annotations

from pathlib import Path

import click

from gradwalk.cli.output import note
from gradwalk.cli.sources import Choice, SourceRefused, source_options, walk_of

FORMS = (".html", ".svg", ".tex", ".json", ".txt")


@click.command("export", short_help="A walk as one HTML file, a picture, LaTeX or JSON.")
@click.argument("source")
@click.argument("file", type=click.Path(dir_okay=False))
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@source_options
def command(source: str, file: str, words: tuple[str, ...], at: int | None, of: str, timeout: float) -> None:
    """Write the walk of SOURCE to FILE; its suffix says in which form.

    .html is one page with the player in it, which opens without a network; .svg the picture of the graph; .tex LaTeX;
    .json the walk itself; .txt plain text.
    """
    if Path(file).suffix.lower() not in FORMS:
        raise SourceRefused(f"{file}: a walk is exported as {', '.join(FORMS)}")
    walk_of(source, words, Choice(at, of, timeout)).save(file)
    note(f"saved {file}")
