"""The course: Markdown files whose numbers and pictures all come from the engine.

A file is called ``03-the-chain-rule.md``: its number is its place in the course, the rest its slug. `front` says what
stands in its front block, `references` how its prose refers to numbers, `components` which HTML it may hold.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from gradwalk.errors import GradwalkError
from gradwalk.formula import Formula
from gradwalk.studio.components import checked_html
from gradwalk.studio.front import Front, LessonError, read, split
from gradwalk.studio.glossary import glossary, marked, opening
from gradwalk.studio.places import shipped
from gradwalk.studio.protocol import LessonInfo, LessonReply
from gradwalk.studio.references import REFERENCE, bracketed, shown_html, substituted
from gradwalk.views.mathml import mathml

FILE = re.compile(r"(\d\d)-([a-z-]+)\.md")
SYMBOL = re.compile(r"[^\W\d_]\d*|∂[^\W\d_]\w*/∂[^\W\d_]\w*")  # z1, ∂L/∂w1: set as mathematics, other code as code
PUNCTUATION = re.compile(r"[,.;:?!)]+")
TERM = re.compile(r'<dfn data-term="([^"]*)">')


def files() -> dict[str, Path]:
    """The lessons' files by slug, in reading order."""
    found = ((FILE.fullmatch(path.name), path) for path in sorted(shipped("lessons").glob("*.md")))
    return {match[2]: path for match, path in found if match}


@lru_cache(maxsize=1)
def catalogue() -> list[LessonInfo]:
    """Every lesson's slug, title and summary, in reading order."""
    return [LessonInfo(slug, *_described(path)) for slug, path in files().items()]


def _described(path: Path) -> tuple[str, str]:
    """Title and summary, read without computing anything: the list of lessons must be there at once."""
    front, body, _ = split(path.read_text(encoding="utf-8"))
    titles = [line[2:].strip() for line in body.split("\n") if line.startswith("# ")]
    summaries = [line.partition(":")[2].strip() for line in front if line.startswith("summary:")]
    if len(titles) != 1 or len(summaries) != 1:
        raise LessonError(
            f"{path.name}:1: a lesson has one title (# …) and one summary (summary: … in its front block)"
        )
    return titles[0], summaries[0]


@lru_cache(maxsize=32)
def lesson(slug: str) -> LessonReply:
    """One lesson as HTML, its numbers computed and its components resolved."""
    known = list(files())
    if slug not in known:
        raise LessonError(f"there is no lesson {slug!r}; there are {', '.join(known)}")
    position = known.index(slug)
    path = files()[slug]
    previous, following = (
        known[position - 1] if position else "",
        known[position + 1] if position + 1 < len(known) else "",
    )
    return LessonReply(
        slug, _described(path)[0], rendered(path.read_text(encoding="utf-8"), path.name), previous, following
    )


def rendered(text: str, file: str) -> str:
    """A lesson's text as HTML; an error names the file and the line."""
    try:
        block, body, before = split(text)
        return Page(read(block, bracketed), body, before).html()
    except LessonError as error:
        raise LessonError(f"{file}:{error}") from None


PAGES = ("#play", "#explore", "#lab", "#health")  # of the studio, besides the lessons


class Reader(MarkdownIt):
    """markdown-it, with every link left to `Page.link`, which refuses all but other lessons and says the cure."""

    def validateLink(self, url: str) -> bool:
        """Leave no link as plain text."""
        return True


def _empty_corners(tokens: list[Token]) -> None:
    """Make a table's empty header an ordinary cell: a screen reader would announce a header without a name."""
    for start, content, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if start.type == "th_open" and not content.content.strip():
            start.tag = end.tag = "td"


class Page:
    """One lesson on its way to HTML: what its front block declares, and the terms that were used so far."""

    def __init__(self, front: Front, body: str, before: int):
        self.front, self.body, self.before = front, body, before
        self.seen: set[str] = set()
        self.markdown = Reader("commonmark", {"html": True}).enable("table")
        self.markdown.inline.ruler.before("backticks", "reference", _reference)

    def html(self) -> str:
        """The page, its title left out (the reply has it)."""
        tokens = self.markdown.parse(self.body)
        if [token.type for token in tokens[:1]] == ["heading_open"] and tokens[0].tag == "h1":
            tokens = tokens[3:]
        _empty_corners(tokens)
        line, in_heading = 0, False
        for token in tokens:
            line = token.map[0] if token.map else line
            in_heading = token.type == "heading_open" or (in_heading and token.type != "heading_close")
            try:
                self.settle(token, in_heading)
            except GradwalkError as error:
                raise LessonError(f"{self.line(token, line, str(error))}: {error}") from None
        return str(self.markdown.renderer.render(tokens, self.markdown.options, {}))

    def line(self, token: Token, start: int, message: str) -> int:
        """The line in the file: of the reference or element that an error is about, where it names one."""
        lines = token.content.split("\n")
        within = next(
            (
                i
                for i, text in enumerate(lines)
                if any(f"{{{{{found}}}}}" in message for found in REFERENCE.findall(text))
            ),
            0,
        )
        return self.before + start + within + 1

    def settle(self, token: Token, in_heading: bool) -> None:
        """Replace a token's references, components, links and terms by the HTML they stand for."""
        if token.type == "html_block":
            self.raw(token)
        if token.type == "fence":
            token.content = substituted(token.content, self.front)
        if token.type in ("th_open", "td_open") and "style" in token.attrs:
            aligned = str(token.attrs["style"]).replace("text-align:", "align-")
            token.attrs = {"class": aligned}  # pages refuse inline styles
        linked = False
        for child in token.children or []:
            linked = child.type == "link_open" or (linked and child.type != "link_close")
            if child.type == "text" and not linked and not in_heading:
                _becomes(child, marked(child.content, self.seen))
            elif child.type in SETTLED:
                SETTLED[child.type](self, child)
        _keep_together(token.children or [])

    def raw(self, token: Token) -> None:
        """Raw HTML: only what lessons may hold; a term marked by hand counts as used, and gets its meaning."""
        for term in TERM.findall(token.content):
            if term not in glossary():
                raise LessonError(f'<dfn data-term="{term}">: the glossary has no such term')
            self.seen.add(term)
        _becomes(token, TERM.sub(lambda found: opening(found[1]), checked_html(token.content, self.front)), token.type)

    def reference(self, token: Token) -> None:
        """A number."""
        _becomes(token, shown_html(self.front, token.content))

    def code(self, token: Token) -> None:
        """Code; a bare symbol or derivative is set as mathematics."""
        if SYMBOL.fullmatch(token.content):
            _becomes(token, mathml(Formula.symbol(token.content, 0.0)))

    def link(self, token: Token) -> None:
        """A link to another lesson, ``[the chain rule](the-chain-rule)``, or to a page of the studio, ``(#explore?f=x**2)``."""
        target = str(token.attrGet("href"))
        if target.partition("?")[0] in PAGES:
            return
        if target not in files():
            raise LessonError(
                f"the link to {target!r} leads nowhere: a lesson links to lessons ({', '.join(files())}) "
                f"and to the studio's pages ({', '.join(PAGES)})"
            )
        token.attrSet("href", f"#lessons/{target}")
        token.attrSet("data-lesson", target)

    def image(self, token: Token) -> None:
        """No pictures from files: every picture in a lesson is drawn from the engine."""
        raise LessonError(
            f"a lesson holds no image ({token.attrGet('src')}): draw it with a component, such as <gw-curve …>"
        )


SETTLED: dict[str, Any] = {
    "image": Page.image,
    "html_inline": Page.raw,
    "reference": Page.reference,
    "code_inline": Page.code,
    "link_open": Page.link,
}


def _becomes(token: Token, html: str, kind: str = "html_inline") -> None:
    token.type, token.content, token.children = kind, html, None


def _keep_together(children: list[Token]) -> None:
    """No line break between a symbol and its number, as in ``x = 2``, nor before the comma that follows a symbol."""
    for symbol, relation, number in zip(children, children[1:], children[2:], strict=False):
        if relation.content == " = " and symbol.type == number.type == "html_inline":
            symbol.content = f'<span class="together">{symbol.content}'
            number.content += "</span>"
    for symbol, text in pairwise(children):
        if symbol.content.endswith("</math>") and (mark := PUNCTUATION.match(text.content)):
            symbol.content = f'<span class="together">{symbol.content}{mark[0]}</span>'
            text.content = text.content[mark.end() :]


def _reference(state: StateInline, silent: bool) -> bool:
    """markdown-it's inline rule for ``{{…}}``."""
    found = REFERENCE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("reference", "", 0).content = found[1].strip()
    state.pos = found.end()
    return True
