"""``gradwalk check``: are the gradients right?"""

from __future__ import annotations

import click

from gradwalk.cli.output import show, show_json
from gradwalk.cli.sources import Choice, source_options, walk_of


@click.command("check", short_help="Compare gradients with finite differences, a replay and PyTorch.")
@click.argument("source")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@source_options
@click.option("--json", "as_json", is_flag=True, help="Write the answer as JSON.")
@click.pass_context
def command(
    ctx: click.Context, source: str, words: tuple[str, ...], at: int | None, of: str, timeout: float, as_json: bool
) -> None:
    """Compare every leaf's gradient with finite differences, with a replay, and with PyTorch where it is installed.

    The exit code is 1 when something doesn't agree.
    """
    answer = walk_of(source, words, Choice(at, of, timeout)).check()
    if as_json:
        show_json(answer.to_dict())
    else:
        show(str(answer))
    ctx.exit(0 if answer.ok else 1)
