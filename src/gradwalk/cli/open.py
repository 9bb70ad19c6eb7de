"""``gradwalk open``: an experiment from a copied link."""

from __future__ import annotations

import click

from gradwalk.cli.studio import StudioRefused, browser_option, port_option, require_server, run


@click.command("open", short_help="Open a copied link in the studio.")
@click.argument("link")
@port_option
@browser_option
def command(link: str, port: int | None, no_browser: bool) -> None:
    """Open an experiment that somebody shared: LINK is what *copy link* gave, a whole address or the part from #.

    The studio that it was copied from may have ended long ago: the link holds the whole experiment.
    """
    require_server()
    run(None, port, not no_browser, fragment_of(link))


def fragment_of(link: str) -> str:
    """The fragment of a link, with its #.

    >>> fragment_of("http://127.0.0.1:8765/#play?f=x**2"), fragment_of("play?f=x**2")
    ('#play?f=x**2', '#play?f=x**2')
    """
    before, mark, fragment = link.strip().partition("#")
    found = fragment if mark else before
    if not found or "://" in found or any(character.isspace() for character in found):
        raise StudioRefused(f"{link!r} has no experiment in it: a copied link looks like #play?f=…")
    return f"#{found}"
