"""A first look at a typed formula, before any parser sees it: its length, its brackets, its words.

The parser is Python's own, which is written in C and recursive: so nesting is bounded here, where that is cheap. And
the commonest slips (``2x``, ``x²``, ``^``, a bracket left open) are told better here than by a general parser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from gradwalk.expression.errors import ExpressionError, Place

LENGTH = 20_000  # characters
DEPTH = 50  # brackets inside brackets
SIGNS = 20  # signs in a row: - - - x
POWERS = 100  # ** in one statement (they nest to the right)

# What people paste, for what a keyboard has; one character for one, so that columns stay.
TYPESET = str.maketrans({"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/", "\u00a0": " "})

TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<text>'[^'\\\n]*'|"[^"\\\n]*")
  | (?P<number>(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9][0-9_]*)?)
  | (?P<word>[^\W0-9]\w*)
  | (?P<power>\*\*)
  | (?P<open>[(\[])
  | (?P<close>[)\]])
  | (?P<sign>[-+~])
  | (?P<compare>[=!<>]=)
  | (?P<space>[ \t\f]+|\\\n)
  | (?P<newline>\n)
  | (?P<known>[*/%@<>=&|,;:.])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

CHOICE = "where(condition, a, b) chooses"
WORDS = {
    "import": ("a formula can't import", "the known functions are there already: sigmoid(x), exp(x), …"),
    "from": ("a formula can't import", "the known functions are there already: sigmoid(x), exp(x), …"),
    "lambda": ("a formula can't define functions (lambda)", "write the expression itself"),
    "def": ("a formula can't define functions (def)", "write the expression itself"),
    "class": ("a formula can't define classes", "write the expression itself"),
    "if": ("a formula can't branch with if", CHOICE),
    "elif": ("a formula can't branch with elif", CHOICE),
    "else": ("a formula can't branch with else", CHOICE),
    "for": ("a formula can't loop (for)", "write the steps out, or use a script"),
    "while": ("a formula can't loop (while)", "write the steps out, or use a script"),
    "and": ("a formula combines conditions with &, not with and", "write (a > 0) & (b > 0)"),
    "or": ("a formula combines conditions with |, not with or", "write (a > 0) | (b > 0)"),
    "not": ("a formula negates a condition with ~, not with not", "write ~(a > 0)"),
    "is": ("a formula compares values with ==, not with is", "write a == b"),
    "in": ("a formula can't ask whether something is in a list", "compare with == and add up"),
    "return": ("a formula returns its last value by itself", "leave return out"),
    "del": ("a formula can't delete names", "leave the line out"),
    "print": ("a formula can't print", "its values are shown anyway"),
    **{
        word: (f"a formula can't use {word}", "it is made of assignments, arithmetic and known functions")
        for word in (
            "assert",
            "async",
            "await",
            "break",
            "continue",
            "except",
            "finally",
            "global",
            "nonlocal",
            "pass",
            "raise",
            "try",
            "with",
            "yield",
        )
    },
}

SIGNS_EXPLAINED = {
    "^": ("^ isn't a power here (in Python it is 'exclusive or')", "write x**2 for a power"),
    "{": ("braces have no meaning in a formula", "use ( ) to group and [ ] for lists"),
    "}": ("braces have no meaning in a formula", "use ( ) to group and [ ] for lists"),
    "≤": ("≤ can't be read", "write <="),
    "≥": ("≥ can't be read", "write >="),
    "≠": ("≠ can't be read", "write !="),
    "√": ("√ can't be read", "write sqrt(x)"),
    "!": ("! has no meaning here", "write != for 'not equal'"),
    "'": ("this text is never closed, or has a backslash in it", "texts stand between two quotes on one line"),
    '"': ("this text is never closed, or has a backslash in it", "texts stand between two quotes on one line"),
    "\\": ("a backslash has no meaning here", "start a new line inside brackets instead"),
}
CALLED = {
    "sin",
    "cos",
    "tan",
    "exp",
    "log",
    "ln",
    "sqrt",
    "abs",
    "sigmoid",
    "tanh",
    "relu",
}  # often written without ( )
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
CLOSING = {"(": ")", "[": "]"}


class Token(NamedTuple):
    """One piece of the text: what kind it is, the piece, and where."""

    kind: str
    text: str
    place: Place


def tidied(text: str) -> str:
    """The text as it is parsed: plain signs, one kind of line end, no common indentation."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).translate(TYPESET).split("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    common = min(indents, default=0)
    return "\n".join(line[common:].rstrip() for line in lines)


def scan(text: str) -> None:
    """Refuse what is too long, too deep, unbalanced or foreign, with its place."""
    if len(text) > LENGTH:
        raise ExpressionError(f"this formula has {len(text):,} characters, and the limit is {LENGTH:,}", "use a script")
    if not text.strip():
        raise ExpressionError("there is no formula", "type one, such as (y - w*x)**2")
    Scanner(text).run()


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a text with their places, spaces and comments left out."""
    line, start = 1, 0
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        if kind not in ("space", "comment"):
            column = found.start() - start
            yield Token(kind, found.group(), Place(line, column, column + len(found.group())))
        if "\n" in found.group():
            line, start = line + 1, found.end()


OPERAND_ENDS = {"number", "word", "close", "text"}


class Scanner:
    """The state of one look over a text: the open brackets, and the piece before."""

    def __init__(self, text: str):
        self.text = text
        self.open: list[Token] = []
        self.before: Token | None = None
        self.signs = self.powers = 0

    def run(self) -> None:
        """Look at every piece in turn."""
        for token in tokens(self.text):
            getattr(self, f"see_{token.kind}", self.see_plain)(token)
            self.signs = self.signs + 1 if token.kind == "sign" else 0
            if self.signs > SIGNS:
                self.refuse(token, f"more than {SIGNS} signs in a row", "two minus signs cancel each other")
            if token.kind != "newline" or not self.open:
                self.before = token
        if self.open:
            self.refuse(
                self.open[-1], f"this {self.open[-1].text} is never closed", f"add a {CLOSING[self.open[-1].text]}"
            )

    def refuse(self, token: Token, sentence: str, cure: str) -> NoReturn:
        """Say what is wrong with one piece."""
        raise ExpressionError(sentence, cure, token.place, self.text)

    def see_plain(self, token: Token) -> None:
        """An operator, a comma or a colon: nothing to say."""
        if token.text == ";":
            self.powers = 0

    def see_newline(self, token: Token) -> None:
        """The end of a statement, outside brackets."""
        self.powers = 0

    def see_power(self, token: Token) -> None:
        """Powers nest to the right, so they are counted."""
        self.powers += 1
        if self.powers > POWERS:
            self.refuse(
                token, f"more than {POWERS} powers in one statement", "give parts of it names, on lines of their own"
            )

    def see_open(self, token: Token) -> None:
        """A bracket opens; after a number or another bracket a round one can't be a call."""
        if token.text == "(" and self.before is not None and self.before.kind in ("number", "close"):
            self.missing(token)
        self.open.append(token)
        if len(self.open) > DEPTH:
            self.refuse(
                token, f"more than {DEPTH} brackets inside each other", "give inner parts names, on lines of their own"
            )

    def see_close(self, token: Token) -> None:
        """A bracket closes the one that was opened last."""
        if not self.open:
            self.refuse(token, f"this {token.text} closes nothing", "take it away, or open a bracket before it")
        opened = self.open.pop()
        if CLOSING[opened.text] != token.text:
            self.refuse(token, f"{opened.text} can't be closed by {token.text}", f"write {CLOSING[opened.text]}")

    def see_number(self, token: Token) -> None:
        """A number can't follow another operand."""
        self.see_operand(token)

    def see_text(self, token: Token) -> None:
        """A text can't follow another operand (nor can it have a letter in front: f'…')."""
        if self.before is not None and self.before.kind in OPERAND_ENDS:
            self.refuse(token, "a text can't stand here", "texts are arguments: einsum('ij,j->i', a, b)")

    def see_word(self, token: Token) -> None:
        """A name: not one of Python's words, and written in letters that Python takes."""
        if token.text in WORDS and not self.after_dot():
            self.refuse(token, *WORDS[token.text])
        raised = next((c for c in token.text if c in SUPERSCRIPTS), "")
        if raised:
            self.refuse(
                token,
                f"a raised {SUPERSCRIPTS[raised]} can't be read",
                f"write {token.text.split(raised)[0]}**{SUPERSCRIPTS[raised]}",
            )
        if not token.text.isidentifier():
            self.refuse(token, f"{token.text} can't be a name", f"write {unicodedata.normalize('NFKC', token.text)}")
        if not self.after_dot():
            self.see_operand(token)

    def after_dot(self) -> bool:
        """Whether the piece before is a dot: then a word is a method."""
        return self.before is not None and self.before.text == "."

    def see_operand(self, token: Token) -> None:
        """Two operands need a sign between them."""
        if self.before is not None and self.before.kind in OPERAND_ENDS:
            self.missing(token)

    def missing(self, token: Token) -> NoReturn:
        """Say that a sign is missing before this piece."""
        assert self.before is not None
        before, here = self.before.text, token.text
        if before in CALLED:
            self.refuse(
                token, f"{before} is a function, and what it is of stands in brackets", f"write {before}({here})"
            )
        self.refuse(token, f"a sign is missing between {before} and {here}", f"to multiply write {before}*{here}")

    def see_other(self, token: Token) -> None:
        """A character that formulas don't have."""
        raised = SUPERSCRIPTS.get(token.text)
        if raised:
            self.refuse(token, f"a raised {raised} can't be read", f"write **{raised}")
        sentence, cure = SIGNS_EXPLAINED.get(
            token.text, (f"the character {token.text!r} has no meaning in a formula", "take it away")
        )
        self.refuse(token, sentence, cure)
