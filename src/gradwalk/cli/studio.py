"""``gradwalk studio``: the studio in the browser."""

from __future__ import annotations

import contextlib
import importlib.util
import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradwalk.cli.output import note
from gradwalk.cli.script import run_script
from gradwalk.errors import GradwalkError

if TYPE_CHECKING:
    from gradwalk.studio.follow import Follower

OPEN = (
    "others can reach this studio by this machine's own address, the port and the token below; whoever has them can use "
    "it, and what is sent isn't encrypted"
)
NEEDED = ("starlette", "uvicorn", "websockets")


class StudioRefused(GradwalkError, RuntimeError):
    """Why the studio doesn't start, with what to do."""


port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    metavar="N",
    help="The port to serve on (0: any free one). If it is taken, the next one is.",
)
browser_option = click.option("--no-browser", is_flag=True, help="Only print the address.")


@click.command("studio", short_help="The studio in the browser.")
@click.argument("script", required=False)
@click.argument("arguments", nargs=-1, metavar="[ARGUMENT]...")
@port_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The address to serve on; 0.0.0.0 is every one of this machine. Others can then reach the studio.",
)
@browser_option
@click.option(
    "--at", type=int, metavar="N", help="Which backward() of the script, from 0; −1 is the last (the default)."
)
@click.option("--of", "of", default="", metavar="NAME", help="Which result of the script to walk.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the script may run; 0 is for ever.",
)
def command(
    script: str | None,
    arguments: tuple[str, ...],
    port: int | None,
    host: str,
    no_browser: bool,
    at: int | None,
    of: str,
    timeout: float,
) -> None:
    """Open the studio; with SCRIPT (.py), show its walk and follow its edits.

    It serves this machine only, unless another host is named, and wants the token in the address. Ctrl-C ends it.
    """
    require_server()
    following = followed(script, arguments, at, of, timeout) if script else None
    run(following, port, not no_browser, "#play?script=1" if script else "", host)


def require_server() -> None:
    """Say how to get what the server is made of, where it isn't installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise StudioRefused(f"the studio needs {', '.join(missing)}: pip install 'gradwalk[studio]'")


def followed(script: str, arguments: Sequence[str], at: int | None, of: str, timeout: float) -> Follower:
    """A script to follow."""
    from gradwalk.studio.follow import Follower

    if not Path(script).is_file() or Path(script).suffix.lower() != ".py":
        raise StudioRefused(
            f"{script} is no Python script (.py) that is there; to walk a formula, type it in the studio"
        )
    return Follower(script, lambda: run_script(script, arguments, at, of, timeout))


def run(
    following: Follower | None = None,
    port: int | None = None,
    browser: bool = True,
    fragment: str = "",
    host: str = "127.0.0.1",
) -> None:
    """Start the server, open the browser, and serve until Ctrl-C."""
    from gradwalk.studio import bundle, guard, pytorch, server
    from gradwalk.studio.kernel import Kernel
    from gradwalk.studio.lab_apart import LabApart
    from gradwalk.train.threads import one_thread

    wanted = server.PORT if port is None else port
    try:
        static = bundle.needed()
        listening = server.bound(wanted, host=host)
    except (bundle.BundleError, server.StudioError) as error:
        raise StudioRefused(str(error)) from None
    walk, name = (following.walk, following.script) if following else (None, "")
    kernel = partial(Kernel, walk, name, references=pytorch.REFERENCES, trainings=LabApart)
    studio = server.Studio(kernel, static=static, follower=following, host=host)
    if host not in guard.LOOPBACK:
        note(OPEN)
    with one_thread(), contextlib.suppress(KeyboardInterrupt):
        tell(server.address(listening, studio.token) + fragment, server.port_of(listening), wanted, browser)
        server.serve(studio, listening)
    note("the studio has ended")


def tell(address: str, port: int, wanted: int, browser: bool) -> None:
    """Print where the studio is, and open it."""
    if wanted and port != wanted:
        note(f"port {wanted} is taken; using {port}")
    click.echo(f"gradwalk studio: {address}")
    note("Ctrl-C ends it")
    if browser:
        open_in_browser(address)


def open_in_browser(address: str) -> None:
    """Open an address in the user's browser, if there is one with windows (a text browser would take the terminal)."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        found = None
    if found is None or type(found) is webbrowser.GenericBrowser:
        note("no browser was found to open it; open the address in yours")
    else:
        found.open(address)
