r"""LaTeX into MathML: the subset that the op table and `gradwalk.views.latex` write, listed in the tables below.

>>> print(*converted(r"\frac{1}{x_{1}}"))
<mfrac><mn>1</mn><msub><mi>x</mi><mn>1</mn></msub></mfrac>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from gradwalk.views.spelling import COMMAND

Attributes = Mapping[str, str]

# --- the tree --------------------------------------------------------------------------------------------------------


@dataclass
class Element:
    """One MathML element."""

    tag: str
    content: list[Element] | str = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        inside = escape(self.content, quote=False) if isinstance(self.content, str) else "".join(map(str, self.content))
        own = "".join(f' {key}="{escape(value)}"' for key, value in self.attributes.items())
        return f"<{self.tag}{own}>{inside}</{self.tag}>"


def signed(elements: list[Element]) -> list[Element]:
    """A minus that begins a number stands close to it; only one between two things is set apart from both."""
    for before, element in pairwise([Element("mo"), *elements]):
        if element.content == "−" and before.tag == "mo" and before.content not in CLOSING:
            element.attributes["form"] = "prefix"
    return elements


def row(elements: list[Element]) -> Element:
    """Several elements as one."""
    return elements[0] if len(elements) == 1 else Element("mrow", elements)


# --- what each command is --------------------------------------------------------------------------------------------

IDENTIFIERS = {command[1:]: letter for letter, command in COMMAND.items()} | {
    "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "varepsilon": "ε", "varphi": "φ", "top": "⊤", "emptyset": "∅",
    "circ": "∘", "prime": "′", "mathbb{1}": "𝟙",
}  # fmt: skip
OPERATORS = {
    "cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "ast": "∗", "star": "⋆", "div": "÷", "pm": "±", "mp": "∓",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "propto": "∝", "in": "∈", "notin": "∉",
    "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "lnot": "¬", "neg": "¬", "oplus_": "⊕", "ll": "≪", "gg": "≫",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦", "mid": "|", "ldots": "…", "cdots": "⋯", "dots": "…", "surd": "√", "colon": ":",
    "setminus": "∖", "cup": "∪", "cap": "∩", "bmod": "mod",
}  # fmt: skip
FENCES = {
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "vert": "|", "Vert": "‖", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "langle": "⟨", "rangle": "⟩", "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
BIG = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "int": "∫"}
LIMITS = {"max", "min", "sup", "inf", "lim", "argmax", "argmin"}
FUNCTIONS = LIMITS | {
    "ln", "log", "exp", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth",
    "det", "dim", "gcd", "arg", "deg", "ker",
}  # fmt: skip
SPACES = {
    ",": "0.167em",
    ":": "0.222em",
    ";": "0.278em",
    "!": "-0.167em",
    " ": "0.333em",
    "quad": "1em",
    "qquad": "2em",
    "~": "0.333em",
}
LITERALS = {"_": "_", "#": "#", "%": "%", "&": "&", "$": "$", "|": "‖"}
ACCENTS = {
    "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "dot": "˙", "ddot": "¨", "acute": "´", "grave": "`",
    "check": "ˇ", "breve": "˘", "vec": "→",
}  # fmt: skip
TEXT_CHARACTERS = {
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">", "textbar": "|", "ldots": "…",
    "_": "_", "#": "#", "%": "%", "&": "&", "$": "$", "{": "{", "}": "}", " ": " ", ",": "\u2009",
}  # fmt: skip
BLACKBOARD = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "E": "𝔼", "1": "𝟙"}
IGNORED = {"limits", "nolimits", "displaystyle", "textstyle", "bigl", "bigr", "big", "Big"}

TOKEN = re.compile(r"\\([a-zA-Z]+)\*?|\\(.)|(\d+(?:\.\d+)?)|(\s+)|(.)", re.DOTALL)


class Token(NamedTuple):
    """A command, a number, or a character; ``text`` is a command's name, and ``raw`` what stood there."""

    kind: str
    text: str
    raw: str


def tokens(latex: str) -> Iterator[Token]:
    """Split LaTeX into commands, numbers, spaces and single characters."""
    for match in TOKEN.finditer(latex):
        word, escape_, number, space, character = match.groups()
        kind = "command" if word or escape_ else "number" if number else "space" if space else "character"
        yield Token(kind, word or escape_ or number or space or character, match[0])


# --- reading ---------------------------------------------------------------------------------------------------------


class Reader:
    """Reads LaTeX into MathML elements, left to right. ``marks`` are the attributes that ``\\marked`` refers to."""

    def __init__(self, latex: str, marks: Sequence[Attributes] = ()):
        self.tokens = list(tokens(latex))
        self.position = 0
        self.marks = marks
        self.unknown: list[str] = []

    def peek(self) -> Token | None:
        """The token that comes next, if any."""
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def skip_space(self) -> None:
        """Spaces mean nothing in mathematics."""
        while (token := self.peek()) is not None and token.kind == "space":
            self.position += 1

    def elements(self, *ends: str) -> list[Element]:
        """Everything up to one of these tokens (which is left standing), or to the end."""
        found: list[Element] = []
        while True:
            self.skip_space()
            token = self.peek()
            if token is None or token.raw in ends:
                return signed(found)
            if token.raw in SCRIPTS:
                found.append(self.scripted(found.pop() if found else Element("mrow")))
            else:
                found += self.atom()

    def scripted(self, base: Element) -> Element:
        """A base with what is raised or lowered behind it."""
        raised = lowered = None
        while (token := self.peek()) is not None and token.raw in SCRIPTS:
            if self.take().raw == "_":
                lowered = self.argument()
            else:
                raised = self.argument()
            self.skip_space()
        below_above = base.attributes.pop(LIMITED, "") == "true"
        scripts = [script for script in (lowered, raised) if script is not None and script.content]
        tag = SCRIPTS_OF[bool(lowered and lowered.content), bool(raised and raised.content), below_above]
        return Element(tag, [base, *scripts]) if scripts else base

    def argument(self) -> Element:
        """What a command applies to: a group in braces, or the next thing."""
        self.skip_space()
        token = self.peek()
        if token is None:
            return Element("mrow")
        if token.raw != "{":
            return row(self.atom())
        self.take()
        inside = self.elements("}")
        self.close("}")
        return row(inside)

    def close(self, end: str) -> None:
        """Step over what ends a group."""
        if self.peek() is not None:
            self.take()

    def text(self) -> str:
        """A group in braces as the text that it shows."""
        self.skip_space()
        if (token := self.peek()) is None or token.raw != "{":
            return self.take().text if token else ""
        self.take()
        pieces = []
        while (token := self.peek()) is not None and token.raw != "}":
            pieces.append(self.text_piece())
        self.close("}")
        return "".join(pieces)

    def text_piece(self) -> str:
        """One character of a text; \\text and \\ensuremath inside are opened."""
        token = self.peek()
        assert token is not None
        if token.raw == "{":
            return self.text()
        self.take()
        if token.kind != "command":
            return token.text.replace("~", "\u00a0")
        if token.text in ("text", "mathrm", "operatorname"):
            return self.text()
        if token.text == "ensuremath":
            return plain(self.argument())
        if token.text not in TEXT_CHARACTERS:
            self.unknown.append(token.raw)
        return TEXT_CHARACTERS.get(token.text, token.raw)

    def atom(self) -> list[Element]:
        """The next thing: a letter, a number, a sign, a group, or a command with its arguments."""
        token = self.peek()
        assert token is not None
        if token.raw == "{":
            return [self.argument()]
        self.take()
        if token.kind == "command":
            return self.command(token)
        if token.kind == "number":
            return [Element("mn", token.text)]
        if token.text.isalpha():
            return [Element("mi", token.text)]
        if token.text == "~":
            return [space(SPACES["~"])]
        return [
            Element("mo", CHARACTERS.get(token.text, token.text), dict(UNSTRETCHED) if token.text in "()[]|" else {})
        ]

    def command(self, token: Token) -> list[Element]:
        """A command by its table; an unknown one shows as it stands."""
        name = token.text
        if name in IGNORED:
            return []
        for table, make in SIMPLE:
            if name in table:
                return [make(name)]
        if name in STRUCTURES:
            return [STRUCTURES[name](self)]
        self.unknown.append(token.raw)
        return [Element("mtext", token.raw)]

    def environment(self) -> Element:
        """A matrix, or cases."""
        kind = self.text()
        rows, cells = [], [Element("mtd", self.elements(*CELL_ENDS))]
        while (token := self.peek()) is not None and token.raw != r"\end":
            self.take()
            if token.raw == r"\\":
                rows.append(Element("mtr", list(cells)))
                cells = []
            cells.append(Element("mtd", self.elements(*CELL_ENDS)))
        if self.peek() is not None:
            self.take()
            self.text()
        table = Element("mtable", [*rows, Element("mtr", list(cells))])
        opening, closing = ENVIRONMENTS.get(kind, ("", ""))
        if kind not in ENVIRONMENTS:
            self.unknown.append(rf"\begin{{{kind}}}")
        if kind == "cases":
            table.attributes["columnalign"] = "left"
        return row([*fence(opening), table, *fence(closing)])

    def fenced(self) -> Element:
        """What stands between \\left and \\right, with brackets that grow."""
        opening = self.fence_sign()
        inside = self.elements(r"\right")
        self.close(r"\right")
        return Element("mrow", [*fence(opening), *inside, *fence(self.fence_sign())])

    def fence_sign(self) -> str:
        """The bracket behind \\left or \\right; a full stop is none."""
        self.skip_space()
        if self.peek() is None:
            return ""
        token = self.take()
        return "" if token.raw == "." else FENCES.get(token.text, token.text) if token.kind == "command" else token.text

    def root(self) -> Element:
        """A square root, or another when it says so in brackets."""
        self.skip_space()
        if (token := self.peek()) is None or token.raw != "[":
            return Element("msqrt", [self.argument()])
        self.take()
        degree = row(self.elements("]"))
        self.close("]")
        return Element("mroot", [self.argument(), degree])

    def marked(self) -> Element:
        """Something that carries attributes: \\marked{number of the attributes}{what carries them}."""
        attributes = self.marks[int(self.text())]
        inside = self.argument()
        inside.attributes.update(attributes)
        return inside

    def accented(self, sign: str) -> Element:
        """A letter with a hat or a bar."""
        return Element("mover", [self.argument(), Element("mo", sign)], {"accent": "true"})

    def two(self, tag: str, turned: bool = False) -> Element:
        """A command with two arguments."""
        arguments = [self.argument(), self.argument()]
        return Element(tag, arguments[::-1] if turned else arguments)

    def function(self) -> Element:
        """A function's name, upright; \\operatorname may break it with thin spaces."""
        return upright(self.text().replace("\u2009", " "))


SCRIPTS = ("^", "_")
LIMITED = "limits"
SCRIPTS_OF = {
    (True, False, False): "msub", (False, True, False): "msup", (True, True, False): "msubsup", (False, False, False): "mrow",
    (True, False, True): "munder", (False, True, True): "mover", (True, True, True): "munderover", (False, False, True): "mrow",
}  # fmt: skip
CHARACTERS = {"-": "−", "*": "∗", "'": "′"}
UNSTRETCHED = {"stretchy": "false"}
CLOSING = (")", "]", "}", "⟩", "⌋", "⌉", "|", "‖", "′", "!")
CELL_ENDS = ("&", r"\\", r"\end", "}")
ENVIRONMENTS = {
    "bmatrix": ("[", "]"),
    "pmatrix": ("(", ")"),
    "matrix": ("", ""),
    "vmatrix": ("|", "|"),
    "cases": ("{", ""),
}


def fence(sign: str) -> list[Element]:
    """A bracket that grows with what it holds."""
    return [Element("mo", sign, {"fence": "true", "stretchy": "true"})] if sign else []


def space(width: str) -> Element:
    """An empty stretch."""
    return Element("mspace", [], {"width": width})


def upright(name: str) -> Element:
    """A name in upright letters: MathML slants an identifier of one letter unless told not to."""
    return Element("mi", name, {"mathvariant": "normal"} if len(name) == 1 else {})


SIMPLE: tuple[tuple[Any, Callable[[str], Element]], ...] = (
    (IDENTIFIERS, lambda name: Element("mi", IDENTIFIERS[name])),
    (OPERATORS, lambda name: Element("mo", OPERATORS[name])),
    (FENCES, lambda name: Element("mo", FENCES[name], dict(UNSTRETCHED))),
    (BIG, lambda name: Element("mo", BIG[name], {LIMITED: "true"})),
    (LIMITS, lambda name: Element("mi", name, {LIMITED: "true"})),
    (FUNCTIONS, lambda name: Element("mi", name)),
    (SPACES, lambda name: space(SPACES[name])),
    (LITERALS, lambda name: Element("mo", LITERALS[name])),
)
STRUCTURES: dict[str, Callable[[Reader], Element]] = {
    "frac": lambda reader: reader.two("mfrac"),
    "tfrac": lambda reader: reader.two("mfrac"),
    "underset": lambda reader: reader.two("munder", turned=True),
    "overset": lambda reader: reader.two("mover", turned=True),
    "sqrt": Reader.root,
    "left": Reader.fenced,
    "begin": Reader.environment,
    "text": lambda reader: Element("mtext", reader.text().replace(" ", "\u00a0")),
    "mathrm": lambda reader: upright(reader.text()),
    "operatorname": Reader.function,
    "mathbb": lambda reader: Element("mi", BLACKBOARD.get(letter := reader.text(), letter)),
    "mathbf": lambda reader: Element("mi", reader.text(), {"style": "font-weight: bold"}),
    "mathcal": lambda reader: Element("mi", reader.text()),
    "mathrel": lambda reader: Element("mo", plain(reader.argument())),  # several signs as one: +=
    "mathbin": Reader.argument,
    "ensuremath": Reader.argument,
    "marked": Reader.marked,
    **{name: lambda reader, sign=sign: reader.accented(sign) for name, sign in ACCENTS.items()},  # type: ignore[misc]
}


def plain(element: Element) -> str:
    """The text that an element shows."""
    return element.content if isinstance(element.content, str) else "".join(map(plain, element.content))


def _without_marks(element: Element) -> Element:
    element.attributes.pop(LIMITED, None)
    for inner in element.content:
        if isinstance(inner, Element):
            _without_marks(inner)
    return element


def converted(latex: str, marks: Sequence[Attributes] = ()) -> list[Element]:
    """LaTeX as MathML elements."""
    return [_without_marks(element) for element in Reader(latex, marks).elements()]


def unknown_commands(latex: str) -> list[str]:
    """The commands in here that no table knows (they show as they stand)."""
    reader = Reader(latex)
    reader.elements()
    return reader.unknown
