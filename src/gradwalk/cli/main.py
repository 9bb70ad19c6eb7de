"""The command ``gradwalk``: its subcommands are imported when they are asked for."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from gradwalk.errors import GradwalkError

# name -> what it does; the module of the same name holds the command.
COMMANDS = {
    "studio": "The studio in the browser; with a script, its walk, which follows your edits.",
    "walk": "Every step forward and backward, and the gradients.",
    "why": "Why one gradient is the number that it is.",
    "check": "Compare gradients with finite differences, a replay and PyTorch.",
    "cost": "Count multiplications: path by path, forward mode, reverse mode.",
    "compare": "Two walks side by side: what differs first, and what followed.",
    "export": "A walk as one HTML file with the player in it, a picture, LaTeX or JSON.",
    "train": "Train a network on a dataset or a table, keep the run, and report.",
    "open": "Open a copied link in the studio.",
}

ALONE = ("--port", "--no-browser")  # the studio's options, also without its name


class Refusal(click.ClickException):
    """A bad input: told in a sentence, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Write the sentence to the error stream."""
        click.echo(f"gradwalk: {self.format_message()}", file=file, err=True)


class Commands(click.Group):
    """The group of commands: imports one only to run it, and turns errors into sentences."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """With no command, the studio is meant; its options may stand alone."""
        is_option = bool(args) and args[0].startswith("--") and args[0].partition("=")[0] in ALONE
        return super().parse_args(ctx, ["studio", *args] if not args or is_option else args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"gradwalk.cli.{name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one is near."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, 1)
            cure = f"did you mean {near[0]}?" if near else f'to walk a formula or a script: gradwalk walk "{name}"'
            raise click.UsageError(f"there is no command {name!r}; {cure}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whatever it refuses becomes a sentence and exit code 2."""
        _survive_narrow_streams()
        try:
            return super().invoke(ctx)
        except GradwalkError as error:
            raise Refusal(str(error)) from None
        except click.NoSuchOption as error:
            hint = "a formula that begins with - goes after --, and so do a script's own arguments"
            raise click.UsageError(f"{error.format_message()} ({hint})", error.ctx) from None
        except (OSError, RecursionError, MemoryError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise Refusal(f"{type(error).__name__}: {error}") from None


def _survive_narrow_streams() -> None:
    """Where a stream can't write ∂ or −, write ? instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8" and hasattr(
            stream, "reconfigure"
        ):
            stream.reconfigure(errors="replace")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradwalk", prog_name="gradwalk")
def main() -> None:
    """See, check and debug backpropagation, step by step; with no command, in the browser.

    \b
      gradwalk
      gradwalk studio model.py
      gradwalk walk "(y - sigmoid(w*x + b))**2" x=2 w=0.5 b=0.1 y=1
      gradwalk why  "(y - sigmoid(w*x + b))**2" w x=2 w=0.5 b=0.1 y=1
      gradwalk walk model.py
      gradwalk walk model.py --save walk.json
      gradwalk check walk.json

    SOURCE is a formula in quotes with NAME=VALUE for each of its names, - for a program of such lines from standard
    input, a Python script (.py) that uses gradwalk, or a saved walk (.json).
    """
