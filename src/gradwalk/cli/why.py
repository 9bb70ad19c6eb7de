"""``gradwalk why``: why one gradient is the number that it is."""

from __future__ import annotations

import re
from typing import Any

import click

from gradwalk.cli.output import show, show_json
from gradwalk.cli.sources import Choice, source_options, walk_of
from gradwalk.walk import Walk


@click.command("why", short_help="Why one gradient is the number that it is.")
@click.argument("source")
@click.argument("name")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@source_options
@click.option(
    "--paths",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    metavar="K",
    help="How many of the largest paths to show.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the answer as JSON.")
def command(
    source: str, name: str, words: tuple[str, ...], at: int | None, of: str, timeout: float, paths: int, as_json: bool
) -> None:
    """Explain one gradient: one step back, then along every path, and the factor that made it so.

    NAME is a leaf or any other value; an entry of a tensor is written 'w[0,1]'.
    """
    walk = walk_of(source, words, Choice(at, of, timeout))
    answer = walk.why(*split_entry(walk, name), k=paths)
    if as_json:
        show_json(answer.to_dict())
    else:
        show(str(answer))


def split_entry(walk: Walk, name: str) -> tuple[str, Any]:
    """A name and an index: ``w[0,1]`` is entry (0, 1) of w, unless something is called just that."""
    found = re.fullmatch(r"(.+)\[([-\d,\s]+)\]", name)
    if found is None or any(node.name == name for node in walk.nodes):
        return name, None
    return found[1], tuple(int(part) for part in found[2].replace(" ", "").strip(",").split(","))
