"""``gradwalk compare``: two walks side by side."""

from __future__ import annotations

import click

from gradwalk.cli.output import show, show_json
from gradwalk.cli.sources import Choice, SourceRefused, source_options, walk_of


@click.command("compare", short_help="Two walks side by side.")
@click.argument("before")
@click.argument("after")
@source_options
@click.option("--json", "as_json", is_flag=True, help="Write the answer as JSON.")
def command(before: str, after: str, at: int | None, of: str, timeout: float, as_json: bool) -> None:
    """Compare two saved walks (.json) or scripts (.py): the first value that differs, and what followed from it."""
    for source in (before, after):
        if not source.lower().endswith((".json", ".py")):
            raise SourceRefused(
                f"{source!r} is neither a saved walk (.json) nor a script (.py); gradwalk walk … --save FILE.json saves one"
            )
    choice = Choice(at, of, timeout)
    answer = walk_of(before, (), choice).compare(walk_of(after, (), choice))
    if as_json:
        show_json(answer.to_dict())
    else:
        show(str(answer))
