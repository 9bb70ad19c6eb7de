"""Names, words and numbers in LaTeX: whatever a user called a thing, it compiles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from gradwalk.formula import ATOM, CONDITION, POWER, PRODUCT, Formula, Written, number
from gradwalk.views.expression import expression
from gradwalk.views.numbers import DIGITS

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
COMMAND = {letter: f"\\{name}" for name, letter in GREEK.items()} | {
    "ϵ": r"\epsilon",
    "ϕ": r"\phi",
    "µ": r"\mu",
    "ϑ": r"\vartheta",
}
ACCENTS = {
    "\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot", "\u0301": "acute",
    "\u0300": "grave", "\u030c": "check", "\u0306": "breve", "\u20d7": "vec",
}  # fmt: skip

# Characters with a meaning in LaTeX, or without a glyph in its text fonts.
ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "…": r"\ldots{}", "“": "``", "”": "''", "’": "'", "–": "--",
}  # fmt: skip
SYMBOLS = {
    "−": "-", "·": r"\cdot", "×": r"\times", "⊙": r"\odot", "÷": r"\div", "±": r"\pm", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∂": r"\partial",
    "∇": r"\nabla", "√": r"\surd", "∑": r"\sum", "∏": r"\prod", "∞": r"\infty", "→": r"\rightarrow", "←": r"\leftarrow", "∈": r"\in", "∧": r"\land",
    "∨": r"\lor", "¬": r"\lnot", "‖": r"\Vert", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "ℓ": r"\ell", "°": r"^{\circ}", "′": r"\prime",
    "ᵀ": r"^{\top}", "⁻": "^{-}", "ⁿ": "^{n}", **{raised: f"^{{{i}}}" for i, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{lowered: f"_{{{i}}}" for i, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip


def number_in_latex(value: float, digits: int = DIGITS) -> str:
    """A number to so many significant digits, with powers of ten written out.

    >>> number_in_latex(-0.187174), number_in_latex(1.5e-12), number_in_latex(float("-inf")), number_in_latex(1e6)
    ('-0.1872', '1.5 \\\\cdot 10^{-12}', '-\\\\infty', '10^{6}')
    """
    text = number(value, digits).replace("−", "-")
    if text in WORDS:
        return WORDS[text]
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return text
    return f"{UNITS.get(mantissa, mantissa + TIMES)}10^{{{power}}}"


TIMES = r" \cdot "
UNITS = {"1": "", "-1": "-"}  # 10^6 rather than 1 · 10^6
WORDS = {"∞": r"\infty", "-∞": r"-\infty", "nan": r"\mathrm{NaN}", "True": r"\mathrm{true}", "False": r"\mathrm{false}"}


def word(text: str) -> str:
    """A parameter that is no number."""
    return rf"\text{{{escaped(text)}}}"


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """Any text, so that LaTeX shows it as it is in text mode."""
    plain = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return "".join(map(_character, plain)).strip()


LATIN = "\u017f"  # up to here, LaTeX's text fonts have the letters


def _character(character: str) -> str:
    if character.isascii() or character in ESCAPES:
        return ESCAPES.get(character, character)
    symbol = SYMBOLS.get(character) or (letter(character) if character > LATIN else "")
    return rf"\ensuremath{{{symbol}}}" if symbol else character


def letter(character: str) -> str:
    """One letter in mathematics: plain, Greek, or with an accent; nothing when there is no such notation.

    >>> letter("ŷ"), letter("σ"), letter("ḡ")
    ('\\\\hat{y}', '\\\\sigma', '\\\\bar{g}')
    """
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[:1], decomposed[1:]
    known = base in COMMAND or (base.isascii() and base.isalpha())
    if not known or any(mark not in ACCENTS for mark in marks):
        return ""
    written = COMMAND.get(base, base)
    for mark in marks:
        written = rf"\{ACCENTS[mark]}{{{written}}}"
    return written


# --- names -----------------------------------------------------------------------------------------------------------


def _gradient(text: str, write: Callable[[str], str]) -> str:
    """∂L/∂w1 as a fraction."""
    above, slash, below = text.partition("/∂")
    if not (text.startswith("∂") and slash and len(above) > 1 and below):
        return ""
    return rf"\frac{{\partial {_grouped(above[1:], write)}}}{{\partial {_grouped(below, write)}}}"


def _grouped(text: str, write: Callable[[str], str]) -> str:
    if text.startswith("(") and text.endswith(")"):
        return rf"\left({write(text[1:-1])}\right)"
    return write(text)


def _counted(text: str, write: Callable[[str], str]) -> str:
    """h#2, the second of that name: a subscript."""
    name, hash_, count = text.rpartition("#")
    if not (name and hash_ and count.isdigit()):
        return ""
    base, index = _indexed(name)
    return rf"{base}_{{{index}\,\#{count}}}" if base and index else rf"{base or f'{{{write(name)}}}'}_{{\#{count}}}"


def _numeric(text: str, write: Callable[[str], str]) -> str:
    """A constant that is called by its number."""
    try:
        return number_in_latex(float(text.replace("−", "-"))) if NUMERIC.fullmatch(text) else ""
    except ValueError:
        return ""


NUMERIC = re.compile(r"[−-]?\d[\d.]*(e[−+-]?\d+)?")


def _identifier(text: str, write: Callable[[str], str]) -> str:
    """A variable: w1 with an index, a Greek letter by its sign or its name, a longer one upright."""
    base, index = _indexed(text)
    return f"{base}_{{{index}}}" if base and index else base


def _indexed(text: str) -> tuple[str, str]:
    found = NAME.fullmatch(unicodedata.normalize("NFC", text))
    return (_base(found["base"]), found["index"] or "") if found else ("", "")


NAME = re.compile(
    r"(?P<base>[^\W\d_](?:[\w.\u0300-\u036f]*[^\W\d_.\u0300-\u036f])?[\u0300-\u036f]*)(?:_?(?P<index>[0-9]+))?"
)


def _base(text: str) -> str:
    if len(unicodedata.normalize("NFD", text).rstrip("".join(ACCENTS))) == 1:
        return letter(text) or rf"\text{{{escaped(text)}}}"
    if text in GREEK:
        return COMMAND[GREEK[text]]
    return rf"\mathrm{{{escaped(text)}}}" if text.isascii() else rf"\text{{{escaped(text)}}}"


def _starred(text: str, write: Callable[[str], str]) -> str:
    """y* and y': the mark is raised."""
    marks = {"*": "^{*}", "'": r"^{\prime}"}
    return (
        f"{{{write(text[:-1])}{marks[text[-1]]}}}"
        if len(text) > 1 and text[-1] in marks and _indexed(text[:-1])[0]
        else ""
    )


WAYS = ((_gradient, POWER), (_counted, ATOM), (_numeric, PRODUCT), (_identifier, ATOM), (_starred, ATOM))


def name(text: str, write: Callable[[str], str], formula: Callable[[Formula], Written]) -> Written:
    """A name in LaTeX mathematics, or as text where it is neither a variable nor an expression; and how it binds.

    ``write`` spells the names inside it, ``formula`` writes the expression that it may be.
    """
    for way, binds in WAYS:
        if found := way(text, write):
            return Written(found, binds)
    read = expression(text)
    if read is not None and read.head is not None:
        return formula(read)
    return Written(rf"\text{{{escaped(text)}}}", CONDITION if " " in text else ATOM)
