"""Where the studio's files are: beside this package when installed, at the repository's root while developing."""

from __future__ import annotations

from pathlib import Path

from gradwalk.errors import GradwalkError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def shipped(name: str) -> Path:
    """A file or folder that ships with the studio: ``lessons``, ``GLOSSARY.md``."""
    for place in (HERE / name, ROOT / name):
        if place.exists():
            return place
    raise GradwalkError(
        f"{name} is missing from this installation of gradwalk: install it again (pip install --force-reinstall gradwalk)"
    )
