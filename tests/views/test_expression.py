import pytest

from gradwalk.formula import TEXT, write
from gradwalk.views.expression import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w·x + b", "w · x + b"),
        ("sigmoid(w·x + b)", "σ(w · x + b)"),
        ("(y − p) ** 2", "(y − p)²"),
        ("a − (b − c)", "a − (b − c)"),
        ("2 ** n", "2ⁿ"),
        ("my_function(a, b + 1)", "my_function(a, b + 1)"),
        ("x[0, :2]", "x[0, :2]"),
        ("a @ b > 0", "a @ b > 0"),
        ("fc.weight / 2", "fc.weight / 2"),
        ("a if c else b", "a if c else b"),
    ],
)
def test_an_expressions_text_is_read(text, expected):
    assert write(expression(text), TEXT) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        "a b",
        "lambda: x",
        "f'{x}'",
        "[x for x in y]",
        "1 < x < 2",
        "x" * 500,
        "sigmoid(1, 2, 3)",
        "\0",
        "'text'",
    ],
)
def test_what_is_no_expression_gives_nothing(text):
    assert expression(text) is None
