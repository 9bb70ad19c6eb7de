"""An expression that computes on arrays or writes itself down.

A rule of differentiation is ordinary Python: ``g * out * (1 - out)``. Called on arrays it computes. Called on
`Formula` objects it builds a tree of what it would compute, and the tree can be written as text, LaTeX or (in
`gradwalk.views.mathml`) MathML. So the explanation *is* the code that ran.

A formula carries the value and the shape of what it stands for: a rule may branch on a shape, a rank or a parameter,
but not on a value, because then the formula would be true of one input only.

>>> out = Formula.symbol("ŷ", 0.75)
>>> print(out * (1 - out))
ŷ · (1 − ŷ)
>>> write(out * (1 - out), TEXT, numbers)
'0.75 · (1 − 0.75)'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from types import EllipsisType
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

# How tightly a piece of notation holds together; a looser piece inside a tighter one gets parentheses.
CONDITION, COMPARISON, SUM, NEGATION, PRODUCT, POWER, ATOM = range(7)


@dataclass(frozen=True)
class Notation:
    """How one operation is written: templates with a ``{name}`` for each input and parameter.

    ``binds`` says how tightly the result holds together; ``associative`` whether ``a ∘ (b ∘ c)`` may drop its
    parentheses (true of + and ·, not of − and /).
    """

    text: str
    latex: str
    binds: int = ATOM
    associative: bool = True


class Head(Protocol):
    """What a formula needs to know of an operation (the op table provides it)."""

    name: str
    notation: Notation

    @property
    def forward(self) -> Callable[..., Any]:
        """The computation on arrays."""

    def arguments(self, inputs: Sequence[Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs and parameters by the names that the notation uses."""


# NumPy function -> how a call of it becomes (head, inputs, params). The op table fills it.
NUMPY_HEADS: dict[Any, Callable[..., tuple[Any, tuple[Any, ...], dict[str, Any]]]] = {}


class Formula(NDArrayOperatorsMixin):
    """One piece of an expression: a symbol, or an operation on pieces, with the value it stands for.

    ``parts`` are formulas or plain numbers; ``head`` is None for a symbol, whose ``name`` is then set.
    """

    __slots__ = ("head", "name", "params", "parts", "value")

    head: Head | None
    name: str
    parts: tuple[Any, ...]
    params: Mapping[str, Any]
    value: Any

    def __init__(
        self, head: Head | None, parts: tuple[Any, ...], params: Mapping[str, Any], value: Any, name: str = ""
    ):
        self.head, self.parts, self.params, self.value, self.name = head, parts, params, value, name

    @classmethod
    def symbol(cls, name: str, value: Any) -> Formula:
        """A leaf of the expression: a name and the value it has here."""
        return cls(None, (), {}, np.asarray(value), name)

    @classmethod
    def apply(cls, head: Head, parts: Sequence[Any], params: Mapping[str, Any]) -> Formula:
        """Write down one operation, and compute the value that it has here."""
        values = [part.value if isinstance(part, Formula) else part for part in parts]
        with np.errstate(all="ignore"):
            value = head.forward(*values, **params)
        return cls(head, tuple(parts), dict(params), value)

    # What a rule may ask of its inputs without reading their values.
    shape = property(lambda self: np.shape(self.value), doc="The shape of the value, as NumPy gives it.")
    ndim = property(lambda self: np.ndim(self.value), doc="The number of dimensions.")
    size = property(lambda self: np.size(self.value), doc="The number of elements.")
    dtype = property(lambda self: np.asarray(self.value).dtype, doc="The type of the elements.")

    def __gradwalk_op__(self, op: Any, inputs: Sequence[Any], params: Mapping[str, Any]) -> Formula:
        return Formula.apply(op, inputs, params)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Formula:
        if method != "__call__" or ufunc not in NUMPY_HEADS:
            raise TypeError(f"a rule can't be written down: {ufunc.__name__} has no notation; use an op instead")
        head, parts, params = NUMPY_HEADS[ufunc](*inputs, **kwargs)
        return Formula.apply(head, parts, params)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Formula:
        if function not in NUMPY_HEADS:
            raise TypeError(f"a rule can't be written down: np.{function.__name__} has no notation; use an op instead")
        head, parts, params = NUMPY_HEADS[function](*args, **kwargs)
        return Formula.apply(head, parts, params)

    def __bool__(self) -> bool:
        raise TypeError(f"a rule may branch on shapes and parameters, not on the value of {self}")

    def __repr__(self) -> str:
        return write(self, TEXT)

    __str__ = __repr__


# --- writing ---------------------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """A piece of notation, and how tightly it binds."""

    text: str
    binds: int = ATOM


# What to show for a symbol: a string, a number, None for its own name, or what is `Written` in the style's notation.
Leaf = Callable[[Formula], Any]


@dataclass(frozen=True)
class Style:
    """One way of writing formulas: which template, and how names, numbers, parentheses and exponents look.

    ``word`` writes a parameter that is no number (``"mean"``, a type), ``binds`` says how tightly this style's template
    holds together, and ``base`` prepares what carries an exponent or an index.
    """

    template: Callable[[Notation], str]
    name: Callable[[str], str | Written]
    number: Callable[[Any], str]
    brackets: tuple[str, str]
    exponent: Callable[[str, int], str]
    word: Callable[[str], str] = str
    binds: Callable[[Notation], int] = attrgetter("binds")
    base: Callable[[str, str], str] = lambda text, mark: text


def names(symbol: Formula) -> Any:
    """Show a symbol by its name."""
    return None


def numbers(symbol: Formula) -> Any:
    """Show a symbol as its number when it is a single number, else by its name."""
    return symbol.value.item() if np.size(symbol.value) == 1 else None


def renamed(mapping: Mapping[str, Any]) -> Leaf:
    """Show each symbol by the name or number that ``mapping`` gives it."""
    return lambda symbol: mapping.get(symbol.name)


def write(part: Any, style: Style, leaf: Leaf = names) -> str:
    """Write a formula (or a number) in one style; ``leaf`` says what stands for each symbol."""
    return written(part, style, leaf).text


def written(part: Any, style: Style, leaf: Leaf = names) -> Written:
    """Write a formula, and say how tightly the result binds."""
    if not isinstance(part, Formula):
        return _constant(part, style)
    if part.head is None:
        return _symbol(part, style, leaf)
    return Written(_operation(part.head, part, style, leaf), style.binds(part.head.notation))


def _symbol(symbol: Formula, style: Style, leaf: Leaf) -> Written:
    shown = leaf(symbol)
    if isinstance(shown, Written):
        return shown
    if shown is None or isinstance(shown, str):
        name = shown or symbol.name
        spelled = style.name(name)
        return spelled if isinstance(spelled, Written) else Written(spelled, name_binds(name))
    return _constant(shown, style)


BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
LOOSE_NAMES = ((" ", CONDITION), ("−", NEGATION), ("·", PRODUCT), ("/", PRODUCT))


def name_binds(name: str) -> int:
    """How tightly a name holds together, for it may be an expression's own text; what is in brackets doesn't count.

    >>> name_binds("w1") == name_binds("sigmoid(w·x + b)") == ATOM, name_binds("∂L/∂(y − ŷ)") == PRODUCT
    (True, True)
    """
    while name != (outside := BRACKETED.sub("", name)):
        name = outside
    return next((binds for mark, binds in LOOSE_NAMES if mark in name), ATOM)


def _constant(value: Any, style: Style) -> Written:
    if isinstance(value, tuple | list):
        items = ", ".join(_constant(item, style).text for item in value)
        return Written(f"{style.brackets[0]}{items}{',' if len(value) == 1 else ''}{style.brackets[1]}")
    if isinstance(value, slice | np.ndarray | EllipsisType):
        return Written(_index(value, style))
    if not isinstance(value, bool | int | float | np.generic):
        return Written(style.word(str(value)))
    text = style.number(value)
    return Written(text, NEGATION if text[0] in "−-" else PRODUCT if "^" in text else ATOM)  # 1.5 · 10^{-12}


LISTED = 8  # an index array with more entries is written as one word


def _index(value: slice | np.ndarray | EllipsisType, style: Style) -> str:
    """One piece of an index as it is typed: ``1:3``, ``…``, ``[0, 2]``; a mask or a long array is a word."""
    if isinstance(value, slice):
        ends = ["" if end is None else style.number(end) for end in (value.start, value.stop)]
        return ":".join(ends if value.step is None else [*ends, style.number(value.step)])
    if isinstance(value, EllipsisType):
        return style.word("…")
    if value.size > LISTED or value.dtype.kind == "b":
        return style.word("mask" if value.dtype.kind == "b" else "indices")
    return _listed(value.tolist(), style)


def _listed(value: Any, style: Style) -> str:
    return f"[{', '.join(_listed(item, style) for item in value)}]" if isinstance(value, list) else style.number(value)


def _operation(head: Head, formula: Formula, style: Style, leaf: Leaf) -> str:
    arguments = head.arguments(formula.parts, formula.params)
    pieces = []
    for literal, slot in _slots(style.template(head.notation), tuple(arguments)):
        pieces.append(literal)
        if slot is not None:
            value = arguments[slot.name]
            pieces.append(ABSENT if value is None else _argument(value, slot, head.notation, style, leaf))
    return LEFT_OUT.sub("", "".join(pieces)).replace(ABSENT, "None")


ABSENT = "\0"  # stands for a parameter that is None, until what introduces it is taken away too
LEFT_OUT = re.compile(rf", \w+={ABSENT}|_\{{{ABSENT}\}}")  # ", dim=" in text, a subscript in LaTeX


def _argument(value: Any, slot: Slot, notation: Notation, style: Style, leaf: Leaf) -> str:
    if isinstance(value, tuple | list) and any(isinstance(item, Formula) for item in value):
        return ", ".join(write(item, style, leaf) for item in value)
    if isinstance(value, tuple) and slot.indexed:
        return ", ".join(_constant(item, style).text for item in value) or "()"
    text, binds = written(value, style, leaf)
    if slot.raised:
        return style.exponent(text, binds)
    if not slot.enclosed and binds < _needed(slot, notation):
        return f"{style.brackets[0]}{text}{style.brackets[1]}"
    return style.base(text, slot.base) if slot.base else text


# How tightly an operand must hold together to stand without parentheses: as the first thing written (where a minus
# sign can't be misread), or further right.
FIRST = {
    CONDITION: COMPARISON,
    COMPARISON: SUM,
    SUM: SUM,
    NEGATION: PRODUCT,
    PRODUCT: NEGATION,
    POWER: ATOM,
    ATOM: ATOM,
}
LATER = {
    CONDITION: COMPARISON,
    COMPARISON: SUM,
    SUM: PRODUCT,
    NEGATION: PRODUCT,
    PRODUCT: PRODUCT,
    POWER: ATOM,
    ATOM: ATOM,
}


def _needed(slot: Slot, notation: Notation) -> int:
    if slot.base:
        return ATOM
    if slot.first:
        return FIRST[notation.binds]
    return LATER[notation.binds] + (not notation.associative and notation.binds == PRODUCT)


@dataclass(frozen=True)
class Slot:
    """A place for an argument in a template: first, enclosed in brackets, raised as an exponent, or an index.

    ``base`` is the exponent's or index's mark that stands right behind it, if any.
    """

    name: str
    first: bool
    enclosed: bool
    raised: bool
    indexed: bool
    base: str


OPENING = ("(", "[", "|", ",", "=", "{", "⌊", "⌈", r"\lvert", r"\lfloor", r"\lceil")
SLOT = re.compile(r"(?<!\\operatorname)(?<!\\mathrm)(?<!\\text)(\^?)\{(\w+)\}")  # \operatorname{pad} is a word
SCRIPTS = ("^", "_", "²", "³", "ᵀ", "⁻")


@lru_cache(maxsize=2048)
def _slots(template: str, arguments: tuple[str, ...]) -> list[tuple[str, Slot | None]]:
    """Split a template into pairs of (literal text, the slot that follows it).

    ``{x}`` is an operand, which gets parentheses when it is looser than its surroundings. After an opening bracket, a
    bar or a comma, and within LaTeX's own braces (``\\frac{{x}}{{y}}``), it never needs them. ``^{x}`` is raised.
    """
    pairs: list[tuple[str, Slot | None]] = []
    position = 0
    for match in SLOT.finditer(template):
        raised, name = match.groups()
        if name not in arguments:
            continue
        before = template[position : match.start()]
        enclosed = before.rstrip().endswith(OPENING) and not before.rstrip().endswith("\\,")
        base = template[match.end()] if template.startswith(SCRIPTS, match.end()) else ""
        pairs.append((before, Slot(name, match.start() == 0, enclosed, bool(raised), before.endswith("["), base)))
        position = match.end()
    return [*pairs, (template[position:], None)]


# --- text ------------------------------------------------------------------------------------------------------------


def number(value: float, digits: int = 4) -> str:
    """A number to ``digits`` significant digits with one consistent minus sign.

    >>> number(-0.18717493573), number(2.0), number(1e-12), number(float("-inf")), number(-0.0)
    ('−0.1872', '2', '1e−12', '−∞', '0')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    text = (
        str(value) if isinstance(value, int | np.integer) else f"{float(value) + 0.0:.{digits}g}"
    )  # −0 is 0 to a reader
    mantissa, exponent, power = text.partition("e")
    if exponent:
        text = f"{mantissa}e{int(power)}"
    return text.replace("inf", "∞").replace("-", "−")


SUPERSCRIPTS = dict(zip("0123456789−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", strict=True))


def superscript(text: str, binds: int) -> str:
    """An exponent: raised where its characters have a raised form, else after ``^``.

    >>> superscript("−2", NEGATION), superscript("x + 1", SUM)
    ('⁻²', '^(x + 1)')
    """
    if all(character in SUPERSCRIPTS for character in text):
        return "".join(SUPERSCRIPTS[character] for character in text)
    return f"^{text}" if binds == ATOM else f"^({text})"


TEXT = Style(lambda notation: notation.text, str, number, ("(", ")"), superscript)
