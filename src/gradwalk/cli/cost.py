"""``gradwalk cost``: how many multiplications the gradients take."""

from __future__ import annotations

import click

from gradwalk.cli.output import show, show_json
from gradwalk.cli.sources import Choice, source_options, walk_of


@click.command("cost", short_help="Count multiplications in the three ways.")
@click.argument("source")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@source_options
@click.option("--json", "as_json", is_flag=True, help="Write the answer as JSON.")
def command(source: str, words: tuple[str, ...], at: int | None, of: str, timeout: float, as_json: bool) -> None:
    """Count multiplications: every path by itself, forward mode, and reverse mode, which is backpropagation."""
    answer = walk_of(source, words, Choice(at, of, timeout)).cost()
    if as_json:
        show_json(answer.to_dict())
    else:
        show(str(answer))
