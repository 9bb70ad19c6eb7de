"""Reading a typed formula: its names, its bounds, and what is said about one that can't be read."""

import pytest

from gradwalk.errors import GradwalkError
from gradwalk.expression import ExpressionError, parse


def refused(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "names", "assigned", "output"),
    [
        ("(y - sigmoid(w*x + b))**2", ("y", "w", "x", "b"), (), "L"),
        ("z = w*x\nL = (z - y)**2", ("w", "x", "y"), ("z", "L"), "L"),
        ("z = w*x; (z - y)**2", ("w", "x", "y"), ("z",), "L"),
        ("L*2", ("L",), (), "out"),
        ("w = w - rate*g", ("w", "rate", "g"), ("w",), "w"),
        ("a, b = split(x, 2)\na.sum()*b.sum()", ("x",), ("a", "b"), "L"),
        ("2*pi*e*r", ("r",), (), "L"),
        ("np.exp(x) + torch.nn.functional.relu(x) + x.sum()", ("x",), (), "L"),
        ("x += 1", ("x",), ("x",), "x"),
        ("ŷ*α # exp(b)", ("ŷ", "α"), (), "L"),
    ],
)
def test_names(text, names, assigned, output):
    program = parse(text)
    assert (program.names, program.assigned, program.output) == (names, assigned, output)


def test_two_texts_dont_share_a_file():
    assert parse("x*2").file != parse("x*3").file
    assert parse("x*2").file == parse("x*2").file


def test_pasted_signs_are_read_and_keep_their_columns():
    assert parse("3·x − 1 × 2 ÷ y").text == "3*x - 1 * 2 / y"


def test_common_indentation_is_dropped():
    assert parse("    z = w*x\n    z*2\n").assigned == ("z",)


# text -> words of the message, and the marked part of the text
REFUSED = [
    ("", "there is no formula", ""),
    ("  \n ", "there is no formula", ""),
    ("# only this", "only a comment", ""),
    ("x = ", "something is missing at the end", " "),
    ("(y - w*x", "never closed; add a )", "("),
    ("y - w*x)", "closes nothing", ")"),
    ("[x)", "can't be closed by )", ")"),
    ("2x + 1", "to multiply write 2*x", "x"),
    ("2(x + 1)", "to multiply write 2*(", "("),
    ("(a)(b)", "a sign is missing", "("),
    ("w x", "to multiply write w*x", "x"),
    ("x²", "write x**2", "x²"),
    ("(x)²", "write **2", "²"),
    ("x^2", "write x**2 for a power", "^"),
    ("w₁*x", "write w1", "w₁"),
    ("a ≤ b", "write <=", "≤"),
    ("{x}", "braces have no meaning", "{"),
    ("x ? y", "no meaning in a formula", "?"),
    ("f'{x}'", "a text can't stand here", "'{x}'"),
    ("'abc", "never closed", "'"),
    ("x $ y", "no meaning", "$"),
    ("import os", "a formula can't import", "import"),
    ("from os import path", "a formula can't import", "from"),
    ("lambda x: x", "can't define functions (lambda)", "lambda"),
    ("def f(x): x", "can't define functions (def)", "def"),
    ("a if b else c", "can't branch with if; where(condition, a, b) chooses", "if"),
    ("[a for a in x]", "can't loop (for)", "for"),
    ("while x: y", "can't loop (while)", "while"),
    ("a and b", "write (a > 0) & (b > 0)", "and"),
    ("not a", "write ~(a > 0)", "not"),
    ("a is b", "with ==, not with is", "is"),
    ("yield x", "can't use yield", "yield"),
    ("print(x)", "a formula can't print", "print"),
    ("(z := x)", "can't name things inside an expression", "z := x"),
    ("f(*x)", "can't unpack with *", "*x"),
    ("x: float = 3", "assignments and expressions only", "x: float = 3"),
    ("2 = x", "only a name can stand left of =", "2"),
    ("f(x) = 3", "only a name can stand left of =", "f(x)"),
    ("x.data = 3", "only a name can stand left of =", "x.data"),
    ("x[0] = 3", "only a name can stand left of =", "x[0]"),
    ("L == (y - w*x)**2", "to name a result write L = …", "L == (y - w*x)**2"),
    ("w*x\ny", "the result of this line goes nowhere", "w*x"),
    ("x\n  y", "this line is indented", None),
    ("x\x00", "no meaning in a formula", "\x00"),
    ("(" * 51 + "x" + ")" * 51, "more than 50 brackets inside each other", "("),
    ("-" * 21 + "x", "more than 20 signs in a row", "-"),
    ("**".join(["x"] * 102), "more than 100 powers", "**"),
    ("x" + "+x" * 150, "nested more than 100 deep", None),
    ("\n".join(["x=x+1"] * 2001), "the limit is 2,000", ""),
    ("x" * 20_001, "20,001 characters, and the limit is 20,000", ""),
    ("9" * 5000, "this number can't be read", None),
]


@pytest.mark.parametrize(("text", "words", "marked"), REFUSED, ids=[text[:20] for text, _, _ in REFUSED])
def test_refused(text, words, marked):
    error = refused(text)
    assert words in error.message
    assert isinstance(error, GradwalkError)
    if marked is not None:
        lines = error.text.split("\n")
        assert (
            lines[error.line - 1][error.column : error.end_column] or " " if error.line else ""
        ) == marked or not marked.strip()
        assert bool(error.line) == bool(marked)


def test_the_caret_stands_under_the_place():
    assert str(refused("(y - sigmoid(2w))**2")).split("\n") == [
        "a sign is missing between 2 and w; to multiply write 2*w",
        "  (y - sigmoid(2w))**2",
        "                ^",
    ]


def test_a_line_among_several_is_named():
    assert str(refused("z = w*x\nL = z^2")).split("\n")[1:] == ["  line 2: L = z^2", "               ^"]


def test_a_long_line_is_shown_around_the_place():
    _, shown, caret = str(refused("x + " * 60 + "2y")).split("\n")
    assert len(shown) < 100
    assert shown[caret.index("^")] == "y"
