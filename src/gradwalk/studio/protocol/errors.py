"""What went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class ErrorReply:
    """What went wrong, in a sentence, with the place ([line, column, end column], 1-based line) and the cure.

    ``missing`` are the names that a formula leaves without a value. ``setting`` names the setting of an experiment that is
    wrong ("points" and "table" are its data), ``entry`` which of its named values; the sentence begins with both, so that a
    form can show it beside the field, under the field's own label.
    """

    code: Literal[
        "formula", "walk", "setting", "gone", "too-large", "too-slow", "superseded", "bad-message", "internal"
    ]
    sentence: str
    cure: str = ""
    place: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    setting: str = ""
    entry: str = ""
    kind: Literal["error"] = "error"
