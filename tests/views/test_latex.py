import re
import shutil
import subprocess

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.formula import Formula, write
from gradwalk.ops import OPS, binder
from gradwalk.views.convert import unknown_commands
from gradwalk.views.latex import LATEX, grown, latex, spelled
from gradwalk.walk.walk import RENDERERS
from tests.ops.test_cases import realize
from tests.views.walks import ODD, WALKS

# --- what must hold of any LaTeX written here ------------------------------------------------------------------------

PIECE = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
SPECIAL = "#$%"


def without_comments(text):
    return re.sub(r"(?<!\\)%.*", "", text)


def assert_sound(text):
    """Braces, \\left and \\right, environments and scripts are balanced, and nothing special stands bare."""
    depth, lefts, environments = 0, [], []
    pieces = PIECE.findall(text)
    for i, piece in enumerate(pieces):
        assert piece not in SPECIAL, f"bare {piece} in {text}"
        depth += {"{": 1, "}": -1}.get(piece, 0)
        assert depth >= 0, text
        if piece == r"\left":
            lefts.append(depth)
        elif piece == r"\right":
            assert lefts, text
            assert lefts.pop() == depth, f"\\left and \\right in different groups: {text}"
        elif piece in (r"\begin", r"\end"):
            name = "".join(pieces[i + 2 : pieces.index("}", i)])
            assert piece == r"\begin" or environments.pop() == name
            environments += [name] if piece == r"\begin" else []
        elif piece == "&":
            assert environments, f"bare & in {text}"
    assert depth == 0, text
    assert not lefts, text
    assert not environments, text
    assert not doubled(text), f"a second exponent or index in {text}"


def doubled(text):
    """Whether some base has two exponents or two indices, which TeX refuses."""
    pieces = [p for p in PIECE.findall(text) if not p.isspace()]
    seen, i = set(), 0
    while i < len(pieces):
        if pieces[i] in "^_":
            if pieces[i] in seen:
                return True
            seen.add(pieces[i])
            i = end_of_group(pieces, i + 1)
        else:
            seen, i = set(), i + 1
    return any(doubled("".join(inside)) for inside in groups(pieces))


def end_of_group(pieces, i):
    if pieces[i] != "{":
        return i + 1
    depth = 0
    for j in range(i, len(pieces)):
        depth += {"{": 1, "}": -1}.get(pieces[j], 0)
        if depth == 0:
            return j + 1
    raise AssertionError("unbalanced")


def groups(pieces):
    i = 0
    while i < len(pieces):
        if pieces[i] == "{":
            end = end_of_group(pieces, i)
            yield [" " if p.isspace() else p + " " * p[1:].isalpha() for p in pieces[i + 1 : end - 1]]
            i = end
        else:
            i += 1


def rows(text):
    """The lines of every align in a text."""
    found = []
    for body in re.findall(r"\\begin\{align\*?\}[^\n]*\n(.*?)\n\\end\{align", text, re.DOTALL):
        lines = body.split("\n")
        assert all(line.endswith(r" \\") for line in lines[:-1])
        assert not lines[-1].endswith(r"\\")
        found += [line.removesuffix(r"\\").strip() for line in lines]
    return found


def marks(row):
    """How many alignment marks a line has, those inside matrices and cases left out."""
    while row != (outer := re.sub(r"\\begin\{(\w+)\}(?:(?!\\begin).)*?\\end\{\1\}", "", row)):
        row = outer
    return len(re.findall(r"(?<!\\)&", row))


@pytest.mark.parametrize("name", WALKS)
def test_a_derivation_is_sound(name):
    for text in (latex(WALKS[name]()), latex(WALKS[name](), standalone=True)):
        assert_sound(without_comments(text))
        assert rows(text)
        assert all(marks(row) == 1 for row in rows(text))


@pytest.mark.parametrize("name", ODD)
def test_any_name_is_sound(name):
    assert_sound(spelled(name))
    assert_sound(rf"{spelled(f'∂{name}/∂(a + b)')}^{{2}}")
    assert_sound(write(Formula.symbol(name, 1.0) ** 2, LATEX))


CASED = [name for name, op in OPS.items() if op.cases]


@pytest.mark.parametrize("name", CASED)
def test_every_op_is_written_soundly(name):
    op, case = OPS[name], OPS[name].cases[0]
    arguments, keywords = realize(case, name)
    inputs, params = binder(op)(*arguments, **keywords)
    symbols = [Formula.symbol(f"x{i}", np.asarray(x)) for i, x in enumerate(inputs)]
    assert_sound(write(Formula(op, tuple(symbols), params, None), LATEX))
    inner = tuple(Formula(OPS["exp"], (s,), {}, None) for s in symbols)
    assert_sound(write(Formula(OPS["pow_constant"], (Formula(op, inner, params, None),), {"exponent": 2}, None), LATEX))
    out = op(*inputs, **params)
    for i, value in enumerate(out if isinstance(out, tuple) else (out,)):
        extra = {"slot": i} if isinstance(out, tuple) else {}
        for slot, x in enumerate(inputs):
            if (rule := op.rule(slot)) is not None and isinstance(x, np.ndarray):
                text = write(
                    rule(
                        Formula.symbol("ḡ", np.ones_like(value)),
                        Formula.symbol("out", value),
                        *symbols,
                        **params,
                        **extra,
                    ),
                    LATEX,
                )
                assert_sound(text)
                assert unknown_commands(text) == []


# --- names, numbers, brackets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("W12", "W_{12}"),
        ("y_pred", r"\mathrm{y\_pred}"),
        ("hidden2", r"\mathrm{hidden}_{2}"),
        ("alpha", r"\alpha"),
        ("θ3", r"\theta_{3}"),
        ("ŷ", r"\hat{y}"),
        ("y̅", r"\bar{y}"),
        ("ŷ2", r"\hat{y}_{2}"),
        ("y*", "{y^{*}}"),
        ("h#2", r"h_{\#2}"),
        ("w1#2", r"w_{1\,\#2}"),
        ("0.5", "0.5"),
        ("-2", "-2"),
        ("w·x + b", r"w \cdot x + b"),
        ("sigmoid(z1)", r"\sigma(z_{1})"),
        ("y − y_pred", r"y - \mathrm{y\_pred}"),
        ("∂L/∂w1", r"\frac{\partial L}{\partial w_{1}}"),
        ("∂L/∂(w·x + b)", r"\frac{\partial L}{\partial \left(w \cdot x + b\right)}"),
        ("∂f/∂x", r"\frac{\partial f}{\partial x}"),
        (
            "log(a / b)",
            r"\operatorname{log}\left(\frac{a}{b}\right)" if "log" not in OPS else r"\ln\left(\frac{a}{b}\right)",
        ),
        ("50% off", r"\text{50\% off}"),
        ("日本", r"\text{日本}"),
    ],
)
def test_names(name, expected):
    assert spelled(name) == expected


def test_an_expressions_name_gets_brackets_where_it_is_an_operand():
    z, e = Formula.symbol("w·x + b", 1.0), Formula.symbol("exp(w)", 1.0)
    assert write(z * 2, LATEX) == r"\left(w \cdot x + b\right) \cdot 2"
    assert write(e**2, LATEX) == r"\left(e^{w}\right)^{2}"
    assert write(2 * e, LATEX) == r"2 \cdot e^{w}"


def test_numbers():
    x = Formula.symbol("x", 1.5e-12)
    assert write(x**2, LATEX, lambda symbol: 1.5e-12) == r"\left(1.5 \cdot 10^{-12}\right)^{2}"
    assert write(2 - x, LATEX, lambda symbol: -0.25) == r"2 - \left(-0.25\right)"
    assert write(x, LATEX, lambda symbol: float("-inf")) == r"-\infty"
    assert write(x, LATEX, lambda symbol: float("nan")) == r"\mathrm{NaN}"


def test_brackets_grow_only_around_what_is_tall():
    assert grown(r"f(x) + g(\frac{1}{x})") == r"f(x) + g\left(\frac{1}{x}\right)"
    assert grown(r"f(g(\frac{1}{x}))") == r"f\left(g\left(\frac{1}{x}\right)\right)"
    assert grown(r"\text{(} \frac{1}{x} )") == r"\text{(} \frac{1}{x} )"


# --- the derivation --------------------------------------------------------------------------------------------------


def test_the_neuron_is_derived():
    assert (
        latex(WALKS["neuron"]())
        == r"""\begin{align*} % Given
  x &= 2 \\
  y &= 1 \\
  w &= 0.5 \\
  b &= 0.1
\end{align*}

\begin{align*} % Forward
  w \cdot x &= 0.5 \cdot 2 = 1 \\
  z &= w \cdot x + b = 1 + 0.1 = 1.1 \\
  \hat{y} &= \sigma(z) = \sigma(1.1) = 0.7503 \\
  y - \hat{y} &= 1 - 0.7503 = 0.2497 \\
  L &= \left(y - \hat{y}\right)^{2} = 0.2497^{2} \approx 0.06237
\end{align*}

\begin{align*} % Backward
  \frac{\partial L}{\partial L} &= 1 \\
  \frac{\partial L}{\partial \left(y - \hat{y}\right)} &= \frac{\partial L}{\partial L} \cdot 2 \cdot \left(y - \hat{y}\right) = 1 \cdot 2 \cdot 0.2497 \approx 0.4995 \\
  \frac{\partial L}{\partial \hat{y}} &= -\frac{\partial L}{\partial \left(y - \hat{y}\right)} = -0.4995 \\
  \frac{\partial L}{\partial z} &= \frac{\partial L}{\partial \hat{y}} \cdot \hat{y} \cdot \left(1 - \hat{y}\right) = -0.4995 \cdot 0.7503 \cdot \left(1 - 0.7503\right) \approx -0.09359 \\
  \frac{\partial L}{\partial \left(w \cdot x\right)} &= \frac{\partial L}{\partial z} = -0.09359 \\
  \frac{\partial L}{\partial b} &= \frac{\partial L}{\partial z} = -0.09359 \\
  \frac{\partial L}{\partial w} &= \frac{\partial L}{\partial \left(w \cdot x\right)} \cdot x = -0.09359 \cdot 2 = -0.1872
\end{align*}
"""
    )


def test_the_house_has_exact_numbers():
    text = latex(WALKS["house"]())
    assert r"\approx" not in text
    assert r"\frac{\partial L}{\partial w_{1}} &= \frac{\partial L}{\partial z_{1}} \cdot x = -2 \cdot 2 = -4" in text
    assert r"\begin{cases}" in text  # relu's rule


def test_accumulation_is_visible():
    text = latex(WALKS["shared"]())
    first, second, third = [row for row in rows(text) if row.startswith(r"\frac{\partial f}{\partial x} ")]
    assert "&= " in first
    assert "total" not in first
    assert r"&\mathrel{+{=}} " in second
    assert second.endswith(r"= 3 \qquad \text{total: } 4")
    assert third.endswith(r"= 3 \qquad \text{total: } 7")


def test_updates_and_turns_are_blocks_of_their_own():
    text = latex(WALKS["house_trained"]())
    titles = re.findall(r"% (.*)", text)
    assert titles == [
        "Given",
        "Forward 1",
        "Backward 1",
        "Update 1",
        "Forward 2",
        "Backward 2",
        "Update 2",
        "Forward 3",
        "Backward 3",
    ]
    assert (
        r"w_{1} &\leftarrow w_{1} - 0.1 \cdot \frac{\partial L}{\partial w_{1}} = 0.5 - 0.1 \cdot \left(-4\right) = 0.9"
        in text
    )
    assert "= 2.16" in text


def test_small_matrices_are_shown_and_large_ones_have_shapes():
    small, big = latex(WALKS["matrices"]()), latex(WALKS["large"]())
    assert r"W &= \begin{bmatrix} 0 & 0.3333 & 0.6667 \\ 1 & 1.333 & 1.667 \end{bmatrix}" in small
    assert r"b &= \left[0.5,\; -0.25\right]" in small
    assert r"\underset{(10 \times 20)}{X} \; \underset{(20 \times 30)}{W} \quad \text{of shape } 10 \times 30" in big
    assert "bmatrix" not in big


def test_an_op_that_is_not_declared_here_keeps_its_stored_formula():
    text = latex(WALKS["forgotten"]())
    assert r"\operatorname{my\_op}(z)" in text
    assert (
        r"\text{\ensuremath{\partial}L/\ensuremath{\partial}ŷ \ensuremath{\cdot} ŷ \ensuremath{\cdot} (1 \ensuremath{-} ŷ)}"
        in text
    )


def test_extremes_are_written_out():
    text = latex(WALKS["extremes"]())
    assert r"\left(1.5 \cdot 10^{-12}\right)^{3}" in text
    assert r"\infty" in text
    assert "inf" not in text.replace(r"\infty", "")


def test_digits_and_numbering_are_options():
    assert "0.75026" in latex(WALKS["neuron"](), digits=5)
    assert r"\begin{align}" in latex(WALKS["neuron"](), numbered=True)


def test_a_document_stands_alone():
    text = RENDERERS["tex"](WALKS["bowl"]())
    assert text.startswith(r"\documentclass")
    assert r"\usepackage{amsmath}" in text
    assert r"\allowdisplaybreaks" in text
    assert text.endswith("\\end{document}\n")
    assert RENDERERS["latex"](WALKS["bowl"]()).startswith(r"\begin{align*}")


def test_the_title_is_escaped():
    x = gw.tensor(1.0, requires_grad=True)
    text = latex(gw.walk(x * 2, title="50% of _ & #"), standalone=True)
    assert r"\section*{50\% of \_ \& \#}" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex isn't installed")
@pytest.mark.parametrize("name", WALKS)
def test_a_document_compiles(name, tmp_path):
    (tmp_path / "walk.tex").write_text(latex(WALKS[name](), standalone=True), encoding="utf-8")
    ran = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "walk.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout.decode(errors="replace")[-1500:]
