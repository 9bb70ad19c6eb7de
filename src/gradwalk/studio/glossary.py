"""The glossary, and its terms marked where a lesson first uses them."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from gradwalk.studio.places import shipped

ROW = re.compile(r"\| \*\*(.+?)\*\*(.*?) \| (.+) \|")

# Words that are ordinary English as often as terms: a lesson marks these by hand, with <dfn data-term="…">.
ORDINARY = {"turn", "step", "rule", "share", "constant", "seed", "input", "walk", "formula"}
PLURALS = {
    "leaf": "leaves",
    "forward pass": "forward passes",
    "backward pass": "backward passes",
    "bias": "biases",
    "loss": "losses",
    "batch": "batches",
    "mini-batch": "mini-batches",
}


@lru_cache(maxsize=1)
def glossary() -> dict[str, str]:
    """Every term with its meaning; a row with two terms gives both the same one."""
    rows = (ROW.fullmatch(line) for line in shipped("GLOSSARY.md").read_text(encoding="utf-8").splitlines())
    return {term: row[3] for row in rows if row for term in row[1].split(", ")}


@lru_cache(maxsize=1)
def _terms() -> re.Pattern[str]:
    """The terms that are marked by themselves, longest first, with their plurals."""
    names = sorted((term for term in glossary() if term not in ORDINARY), key=len, reverse=True)
    forms = [form for term in names for form in (PLURALS.get(term, f"{term}s"), term)]
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, forms))})(?![\w-])", re.IGNORECASE)


def _term(form: str) -> str:
    """The term that a form (a plural, a capitalised word) belongs to."""
    known = {
        **{term.lower(): term for term in glossary()},
        **{PLURALS.get(term, f"{term}s").lower(): term for term in glossary()},
    }
    return known[form.lower()]


def marked(text: str, seen: set[str]) -> str:
    """Plain text as HTML, each term that hasn't been ``seen`` as a ``dfn``."""
    pieces, end = [], 0
    for found in _terms().finditer(text):
        term = _term(found[0])
        if term in seen:
            continue
        seen.add(term)
        pieces += [html.escape(text[end : found.start()], quote=False), definition(term, found[0])]
        end = found.end()
    return "".join([*pieces, html.escape(text[end:], quote=False)])


def definition(term: str, form: str) -> str:
    """A term in a lesson's text, to be explained on hover."""
    return f"{opening(term)}{html.escape(form)}</dfn>"


def opening(term: str) -> str:
    """The start of a definition; it can be reached by keyboard, so that its meaning can be shown there, too."""
    return f'<dfn data-term="{html.escape(term)}" title="{html.escape(plain(glossary()[term]))}" tabindex="0">'


def plain(meaning: str) -> str:
    """A meaning without Markdown's marks."""
    return meaning.replace("`", "").replace("**", "")
