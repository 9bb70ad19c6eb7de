"""What there is to choose from: examples, lessons, words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class CatalogueRequest:
    """What there is to pick from: examples and lessons. Reply: `CatalogueReply`."""

    kind: Literal["catalogue"] = "catalogue"


@dataclass(frozen=True)
class LessonRequest:
    """One lesson. Reply: `LessonReply`."""

    slug: str
    kind: Literal["lesson"] = "lesson"


@dataclass(frozen=True)
class ExampleInfo:
    """One example to pick."""

    name: str
    title: str
    formula: str
    values: dict[str, Any]
    params: list[str] = field(default_factory=list)  # the names that training updates: the weights, not the data


@dataclass(frozen=True)
class LessonInfo:
    """One lesson in the list."""

    slug: str
    title: str
    summary: str


@dataclass(frozen=True)
class CatalogueReply:
    """Examples, lessons, the glossary (term → meaning), and whether a script was given."""

    examples: list[ExampleInfo]
    lessons: list[LessonInfo]
    glossary: dict[str, str]
    script: str = ""
    torch: bool = False
    kind: Literal["catalogue"] = "catalogue"


@dataclass(frozen=True)
class LessonReply:
    """One lesson as HTML; ``<gw-…>`` elements in it are components, their settings in attributes."""

    slug: str
    title: str
    html: str
    previous: str = ""
    next: str = ""
    kind: Literal["lesson"] = "lesson"
