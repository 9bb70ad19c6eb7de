"""``gradwalk walk``: every step, forward and backward."""

from __future__ import annotations

from pathlib import Path

import click

from gradwalk.cli.output import note, show
from gradwalk.cli.sources import Choice, source_options, walk_of
from gradwalk.cli.turns import single, updates
from gradwalk.walk import Walk, WalkError, dumps
from gradwalk.walk.nonfinite import first_nonfinite
from gradwalk.walk.save import write_whole


@click.command("walk", short_help="Every step forward and backward.")
@click.argument("source")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@source_options
@click.option("--update", "rate", type=float, metavar="RATE", help="Take gradient steps with this rate.")
@click.option("--params", default="", metavar="NAMES", help="What to update: names with commas between them.")
@click.option(
    "--steps",
    type=click.IntRange(min=0, max=10_000),
    default=None,
    metavar="N",
    help="How many updates (1 if --update is given).",
)
@click.option(
    "--turn", type=int, default=0, metavar="N", help="Which pass to show: 0 is before the first update, −1 the last."
)
@click.option("--digits", type=click.IntRange(1, 17), default=4, show_default=True, help="Significant digits.")
@click.option("--json", "as_json", is_flag=True, help="Write the walk as JSON, at full precision.")
@click.option("--latex", is_flag=True, help="Write the walk as LaTeX.")
@click.option("--svg", type=click.Path(dir_okay=False), metavar="FILE", help="Draw the graph into a file.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Save the walk: .json, or a picture or text by its suffix.",
)
def command(
    source: str, words: tuple[str, ...], at: int | None, of: str, timeout: float, rate: float | None, params: str, steps: int | None,
    turn: int, digits: int, as_json: bool, latex: bool, svg: str | None, save: str | None,
) -> None:  # fmt: skip
    """Walk through a computation and its backward pass, step by step.

    SOURCE is a formula in quotes, - (a program from standard input), a script (.py) or a saved walk (.json). Values are
    numbers (x=2), lists (x=[[1,2],[3,4]]), columns of a table (x=@data.csv:price, x=@data.csv:a,b) or NumPy files
    (x=@weights.npy). For a script they are its own arguments, after --.
    """
    if as_json and latex:
        raise click.UsageError("--json and --latex both write to the screen; choose one")
    walk = _updated(walk_of(source, words, Choice(at, of, timeout)), source, rate, params, steps)
    shown = single(walk, turn)
    text = dumps(walk) if as_json else shown.render("latex", digits=digits) if latex else _told(walk, shown, digits)
    drawn = shown.render("svg") if svg else ""
    if save:
        walk.save(save)
    if svg:
        write_whole(Path(svg), drawn)
    if as_json or latex:
        click.echo(text.rstrip("\n"))
    else:
        show(text)
    _remark(walk, [name for name in (save, svg) if name])


def _updated(walk: Walk, source: str, rate: float | None, params: str, steps: int | None) -> Walk:
    """The walk with the updates that were asked for."""
    if rate is None:
        if params or steps is not None:
            raise click.UsageError("--params and --steps belong to --update RATE")
        return walk
    names = [name.strip() for name in params.split(",") if name.strip()]
    if not names and not source.endswith((".py", ".json")):
        leaves = ", ".join(node.name for node in walk.leaves(0) if node.id in walk.gradients)
        raise WalkError(f"say what to update, with --params (of {leaves}): a formula doesn't tell weights from data")
    return walk.update(rate, names, 1 if steps is None else steps)


def _told(walk: Walk, shown: Walk, digits: int) -> str:
    text = shown.render("text", digits=digits)
    return f"{text.rstrip()}\n\n{updates(walk, digits)}" if walk.turns > 1 else text


def _remark(walk: Walk, written: list[str]) -> None:
    """Say which files were written, and where the first NaN or infinity is."""
    for name in written:
        note(f"saved {name}")
    found = first_nonfinite(walk)
    if found is not None:
        note(f"warning: {found}")
