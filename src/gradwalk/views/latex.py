r"""A walk as LaTeX: the whole derivation, forward and backward, in symbols, with the numbers put in, and the result.

>>> from gradwalk.formula import Formula
>>> out = Formula.symbol("ŷ", 0.75)
>>> print(write(out * (1 - out), LATEX))
\hat{y} \cdot \left(1 - \hat{y}\right)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby

import numpy as np

from gradwalk.formula import POWER, SUM, Formula, Notation, Style, Written, renamed, write, written
from gradwalk.views import spelling
from gradwalk.views.equations import Equation, Quantity, equations, givens
from gradwalk.views.numbers import DIGITS, is_single, is_small
from gradwalk.walk.model import WalkData

WIDE = 64  # characters; a longer equation continues on the next line


@lru_cache(maxsize=4096)
def noted(name: str) -> Written:
    """A name as LaTeX, and how tightly it binds: it may be an expression's own text."""
    found = spelling.name(name, spelled, lambda formula: written(formula, LATEX))
    return Written(grown(found.text), found.binds)


def spelled(name: str) -> str:
    r"""A name as LaTeX.

    >>> print(spelled("w1"), spelled("y_pred"), spelled("ŷ"), spelled("h#2"), spelled("∂L/∂w1"))
    w_{1} \mathrm{y\_pred} \hat{y} h_{\#2} \frac{\partial L}{\partial w_{1}}
    >>> print(spelled("sigmoid(w·x + b)"), spelled("no name at 100%"))
    \sigma(w \cdot x + b) \text{no name at 100\%}
    """
    return noted(name).text


TALL = re.compile(r"\\(frac|begin|underset|sum|prod|left)\b")
BRACKET = re.compile(r"\\(?:left|right)?.|[(){}]", re.DOTALL)


def grown(latex: str) -> str:
    r"""Let plain round brackets grow where they hold something tall.

    >>> print(grown(r"\ln(\frac{1}{x}) + \ln(x)"))
    \ln\left(\frac{1}{x}\right) + \ln(x)
    """
    pieces: list[str] = []
    open_at: list[tuple[int, int]] = []  # the depth of each open bracket, and its place among the pieces
    start = depth = 0
    for match in BRACKET.finditer(latex):
        pieces += [latex[start : match.start()], match[0]]
        start = match.end()
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        open_at = [
            (level, place) for level, place in open_at if level <= depth
        ]  # a group's end leaves its brackets behind
        if match[0] == "(":
            open_at.append((depth, len(pieces) - 1))
        elif match[0] == ")" and open_at and open_at[-1][0] == depth:
            place = open_at.pop()[1]
            if TALL.search("".join(pieces[place:])):
                pieces[place], pieces[-1] = r"\left(", r"\right)"
    return "".join([*pieces, latex[start:]])


def binds(notation: Notation) -> int:
    """LaTeX holds some things together less tightly than text: e^x takes no second exponent, Σ x has no brackets."""
    if notation.binds < POWER:
        return notation.binds
    return next((looser for pattern, looser in LOOSER if pattern.search(notation.latex)), notation.binds)


LOOSER = ((re.compile(r"\^"), POWER), (re.compile(r"[^{]\{\w+\}$"), SUM))


def exponent(text: str, binds: int) -> str:
    """An exponent, in braces."""
    return f"^{{{text}}}"


def base(text: str, mark: str) -> str:
    """What carries an index or exponent: in braces when it has one of that kind already, for TeX refuses a second."""
    return f"{{{text}}}" if mark in text else text


LATEX = Style(
    lambda notation: notation.latex,
    noted,
    spelling.number_in_latex,
    (r"\left(", r"\right)"),
    exponent,
    spelling.word,
    binds,
    base,
)


# --- what stands for a quantity --------------------------------------------------------------------------------------

RELATIONS = {"=": "=", "+=": r"\mathrel{+{=}}", "←": r"\leftarrow", "≈": r"\approx"}


def unmarked(x: Quantity, text: str, is_number: bool) -> str:
    """Leave a quantity's notation as it is."""
    return text


@dataclass(frozen=True)
class Writer:
    """Writes equations in LaTeX: numbers to ``digits`` digits.

    ``mark`` may wrap what stands for a quantity, and is told whether that is its one number.
    """

    digits: int = DIGITS
    mark: Callable[[Quantity, str, bool], str] = unmarked

    @property
    def style(self) -> Style:
        """LaTeX with numbers to so many digits."""
        return replace(LATEX, number=partial(spelling.number_in_latex, digits=self.digits))

    def name(self, x: Quantity) -> Written:
        """A quantity's name; for a constant, its number."""
        shown = self.single(x) if x.is_number else written(Formula.symbol(x.name, 0.0), self.style)
        return Written(self.mark(x, shown.text, x.is_number), shown.binds)

    def single(self, x: Quantity) -> Written:
        """The one number that a quantity is."""
        return written(np.asarray(x.value).item(), self.style)

    def number(self, x: Quantity) -> Written:
        """A quantity's number; a small matrix by its entries, a larger one by its name with its shape below."""
        shown = self.single(x) if is_single(x.value) else Written(self.entries(x) or self.with_shape(x))
        return Written(self.mark(x, shown.text, is_single(x.value)), shown.binds)

    def amount(self, x: Quantity) -> str:
        """What a quantity comes to: its number or its entries, or (a large one) nothing."""
        shown = self.single(x).text if is_single(x.value) else self.entries(x)
        return self.mark(x, shown, is_single(x.value)) if shown else ""

    def entries(self, x: Quantity) -> str:
        """The entries of a small vector or matrix."""
        if not is_small(x.value):
            return ""
        if len(x.shape) == 1:
            inside = r",\; ".join(map(self.style.number, x.value.tolist()))
            return rf"\left[{inside}\right]"
        rows = r" \\ ".join(" & ".join(map(self.style.number, row)) for row in x.value.tolist())
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"

    def with_shape(self, x: Quantity) -> str:
        """A name, in brackets where it is an expression, with the shape below."""
        text, tightness = written(Formula.symbol(x.name, 0.0), self.style)
        return rf"\underset{{({shape(x)})}}{{{text if tightness >= POWER else bracketed(text)}}}"

    def symbolic(self, equation: Equation) -> str:
        """The right-hand side in names."""
        return self._side(equation, self.name)

    def numeric(self, equation: Equation) -> str:
        """The right-hand side with numbers put in."""
        return self._side(equation, self.number)

    def _side(self, equation: Equation, show: Callable[[Quantity], Written]) -> str:
        if equation.formula is None:
            return rf"\text{{{spelling.escaped(equation.spoken)}}}" if equation.spoken else ""
        shown = {name: show(x) for name, x in equation.quantities.items()}
        text = grown(write(equation.formula, self.style, renamed(shown)))
        return text if equation.output is None else f"{{{text}}}_{{[{equation.output}]}}"  # which of several outputs

    def result(self, equation: Equation) -> str:
        """What it comes to, behind ``=`` or ``≈``; for a large tensor, its shape."""
        amount = self.amount(equation.result)
        total = self.amount(equation.total) if equation.total is not None else ""
        found = f"{RELATIONS[equation.sign(self.digits)]} {amount}" if amount else of_shape(equation.result)
        return rf"{found} \qquad \text{{total: }} {total}" if total else found

    def sides(self, equation: Equation) -> list[str]:
        """The right-hand sides, each behind its relation: in symbols, with numbers, and the result; none said twice."""
        symbols, filled = worth_saying(equation, self.digits)
        sides = [f"{RELATIONS[equation.relation]} {self.symbolic(equation)}"] * symbols + [
            f"= {self.numeric(equation)}"
        ] * filled
        return [*sides, self.result(equation)]


def worth_saying(equation: Equation, digits: int = DIGITS) -> tuple[bool, bool]:
    """Whether the symbols, and the numbers put in, say more than what stands beside them.

    An expression that is named by its own text would be repeated (w · x = w · x), and so would one number (= 2 = 2).
    """
    writer = Writer(digits)
    symbols, filled = writer.symbolic(equation), writer.numeric(equation)
    repeated = symbols == writer.name(equation.left).text and equation.relation == "="
    return bool(symbols) and not repeated, filled not in (symbols, writer.amount(equation.result))


def shape(x: Quantity) -> str:
    """A shape: 3 × 4."""
    return r" \times ".join(map(str, x.shape)) or "1"


def of_shape(x: Quantity) -> str:
    """What is said of a large tensor instead of its numbers."""
    return rf"\quad \text{{of shape }} {shape(x)}"


def bracketed(text: str) -> str:
    """Brackets that grow with what they hold."""
    return f"{LATEX.brackets[0]}{text}{LATEX.brackets[1]}"


# --- lines -----------------------------------------------------------------------------------------------------------


def lines(equation: Equation, writer: Writer) -> Iterator[str]:
    """An equation on one line of an ``align``, or on several when it is wide; each holds one alignment mark."""
    left, sides = writer.name(equation.left).text, writer.sides(equation)
    whole = f"{left} &{' '.join(sides)}"
    if width(whole) <= WIDE:
        yield whole
    else:
        yield f"{left} &{sides[0]}"
        yield from (f"&{side}" for side in sides[1:])


def width(latex: str) -> int:
    """About how many characters wide a formula is: a symbol's command counts as one, structure as none."""
    return len(
        re.sub(r"\\[a-zA-Z]+|\\.", "·", re.sub(r"\\(text|mathrm|left|right|frac|operatorname)\b|[{}\s]", "", latex))
    )


def given(x: Quantity, writer: Writer) -> str:
    """A leaf's line."""
    return f"{writer.name(x).text} &{f'= {writer.amount(x)}' if is_small(x.value) else of_shape(x)}"


# --- the whole -------------------------------------------------------------------------------------------------------


def latex(walk: WalkData, standalone: bool = False, numbered: bool = False, digits: int = DIGITS) -> str:
    """The whole walk as ``align`` environments, one for each pass of each turn; ``standalone`` makes it a document."""
    heading = _section if standalone else _comment
    blocks = [heading(title, environment(rows, numbered)) for title, rows in passes(walk, digits)]
    return document(walk.title, blocks) if standalone else "\n\n".join(blocks) + "\n"


def passes(walk: WalkData, digits: int = DIGITS) -> Iterator[tuple[str, list[str]]]:
    """A title and the lines of every pass: what is given, forward, backward, update, and again."""
    writer = Writer(digits)
    start = [given(x, writer) for x in givens(walk)]
    if start:
        yield "Given", start
    for (phase, turn), group in groupby(equations(walk), partial(_pass, walk)):
        title = f"{phase} {turn + 1}" if walk.turns > 1 else phase
        yield title, [line for equation in group for line in lines(equation, writer)]


PASSES = {"forward": "Forward", "seed": "Backward", "backward": "Backward", "update": "Update"}


def _pass(walk: WalkData, equation: Equation) -> tuple[str, int]:
    step = equation.step
    node = step.input if step.phase == "update" and step.input is not None else step.node
    return PASSES[step.phase], walk.nodes[node].turn


def environment(rows: list[str], numbered: bool = False) -> str:
    """Lines in an ``align`` (numbered) or ``align*``."""
    kind = "align" if numbered else "align*"
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\\begin{{{kind}}}\n{body}\n\\end{{{kind}}}"


def _comment(title: str, block: str) -> str:
    first, _, rest = block.partition("\n")
    return f"{first} % {title}\n{rest}"


def _section(title: str, block: str) -> str:
    return f"\\subsection*{{{title}}}\n{block}"


DOCUMENT = r"""\documentclass{article}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
%(declarations)s\begin{document}
\section*{%(title)s}
%(body)s
\end{document}
"""


def document(title: str, blocks: list[str]) -> str:
    """A LaTeX document of its own, for any engine."""
    parts = {"title": spelling.escaped(title), "body": "\n\n".join(blocks)}
    return DOCUMENT % {**parts, "declarations": _declarations("".join(parts.values()))}


def _declarations(text: str) -> str:
    """Stand-ins for letters that pdfLaTeX's fonts lack (other engines show them)."""
    rare = sorted({c for c in text if ord(c) > 0x17F})
    lines = [f"  \\DeclareUnicodeCharacter{{{ord(c):04X}}}{{[U+{ord(c):04X}]}}\n" for c in rare]
    return f"\\ifdefined\\DeclareUnicodeCharacter\n{''.join(lines)}\\fi\n" if rare else ""
