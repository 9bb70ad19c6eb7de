import unicodedata
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from gradwalk.formula import TEXT, Formula, write
from gradwalk.ops import OPS
from gradwalk.views.convert import converted, unknown_commands
from gradwalk.views.latex import LATEX, spelled
from gradwalk.views.mathml import math, mathml, steps_mathml
from tests.views.walks import ODD, WALKS

# The elements of MathML Core that may turn up, and how many children each takes.
CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mroot": 2}
LEAVES = {"mi", "mn", "mo", "mtext", "mspace"}
KNOWN = {*CHILDREN, *LEAVES, "math", "mrow", "msqrt", "mtable", "mtr", "mtd"}


def parsed(markup):
    """The tree of well-formed MathML in which every element has the children that it takes."""
    tree = ElementTree.fromstring(markup)
    for element in tree.iter():
        assert element.tag in KNOWN, markup
        assert len(element) == CHILDREN.get(element.tag, len(element)), markup
        assert element.tag not in LEAVES or len(element) == 0
        assert element.tag in LEAVES or not (element.text or "").strip(), markup
    return tree


def shown(markup):
    return "".join(parsed(markup).itertext())


@pytest.mark.parametrize("name", OPS)
def test_every_ops_notation_is_understood(name):
    op = OPS[name]
    symbols = [Formula.symbol(f"x{i}", 0.0) for i in range(2 if op.variadic else len(op.inputs))]
    params = {
        key: 2 if default is None or not isinstance(default, bool | int | float | str | tuple) else default
        for key, default in op.params.items()
    }
    formula = Formula(op, tuple(symbols), params, None)
    assert unknown_commands(write(formula, LATEX)) == []
    text = shown(mathml(formula))
    for input, symbol in zip(op.inputs, symbols, strict=False):
        assert symbol.name in text or f"{{{input}}}" not in op.notation.latex


@pytest.mark.parametrize("name", WALKS)
def test_every_step_is_sound(name):
    walk = WALKS[name]()
    steps = steps_mathml(walk)
    assert len(steps) == len(walk.steps)
    for step in steps:
        for markup in filter(None, step):
            tree = parsed(markup)
            assert tree.get("alttext")
            assert tree.get("aria-label") == tree.get("alttext")
            assert "\\" not in shown(markup) or name == "odd"


@pytest.mark.parametrize("name", ["house", "neuron", "two_sigmoids", "chain", "bowl", "shared"])
def test_numbers_are_those_of_the_text(name):
    for step in steps_mathml(WALKS[name]()):
        for markup in filter(None, (step.numbers, step.result)):
            assert digits(shown(markup)) == digits(parsed(markup).get("alttext"))


def digits(text):
    """The digits of a text in their order, raised ones too."""
    return [unicodedata.normalize("NFKC", c) for c in text if c.isdigit()]


@pytest.mark.parametrize("name", ODD)
def test_any_name_is_sound(name):
    assert unknown_commands(spelled(name)) == []
    markup = mathml(Formula.symbol(name, 1.0) * 2, attributes=lambda symbol: {"title": name})
    assert parsed(markup).find(".//*[@title]") is not None


def test_the_neurons_steps():
    steps = steps_mathml(WALKS["neuron"]())
    assert [shown(x) for x in steps[2]] == ["y^=σ(z)", "=σ(1.1)", "=0.7503"]
    assert [shown(x) for x in steps[8]] == ["∂L∂z=∂L∂y^·y^·(1−y^)", "=−0.4995·0.7503·(1−0.7503)", "≈−0.09359"]
    assert [parsed(x).get("alttext") for x in steps[8]] == [
        "∂L/∂z = ∂L/∂ŷ · ŷ · (1 − ŷ)",
        "= −0.4995 · 0.7503 · (1 − 0.7503)",
        "≈ −0.09359",
    ]


def test_symbols_and_numbers_carry_their_nodes():
    walk = WALKS["neuron"]()
    symbols, filled, result = (parsed(x) for x in steps_mathml(walk)[8])
    ŷ, z = walk.node("ŷ").id, walk.node("z").id
    assert {"".join(e.itertext()) for e in symbols.iterfind(f".//*[@data-node='{ŷ}']")} == {"y^"}
    assert {"".join(e.itertext()) for e in filled.iterfind(f".//*[@data-node='{ŷ}']")} == {"0.7503"}
    assert {"".join(e.itertext()) for e in filled.iterfind(f".//*[@data-gradient='{ŷ}']")} == {"−0.4995"}
    assert ["".join(e.itertext()) for e in result.iterfind(f".//*[@data-gradient='{z}']")] == ["−0.09359"]
    whole = {float(e.get("data-value")) for e in filled.iterfind(f".//*[@data-node='{ŷ}']")}
    assert whole == {0.7502601055951177}  # as FACTS of the article's neuron, worked out exactly
    assert not symbols.findall(".//*[@data-value]")


def test_accumulation_shows_its_total():
    last = steps_mathml(WALKS["shared"]())[-1]
    assert "+=" in shown(last.symbols)
    assert shown(last.result) == "=3total:\u00a07"
    assert parsed(last.result).get("alttext") == "= 3, total 7"


def test_tensors():
    assert any("<mtable>" in step.numbers for step in steps_mathml(WALKS["matrices"]()))
    product = steps_mathml(WALKS["large"]())[0]
    assert shown(product.symbols) == "XW"  # an expression that is named by its own text says it once
    assert shown(product.result) == "of\u00a0shape\u00a010×30"
    assert not any("<mtable>" in part for step in steps_mathml(WALKS["large"]()) for part in step)


def test_powers_of_ten_are_raised():
    step = steps_mathml(WALKS["extremes"]())[0]
    assert '<msup><mn>10</mn><mrow><mo form="prefix">−</mo><mn>12</mn></mrow></msup>' in step.numbers


def test_an_unknown_op_keeps_its_stored_formula():
    steps = steps_mathml(WALKS["forgotten"]())
    assert shown(steps[2].symbols) == "y^=my_op(z)"
    assert "∂L/∂ŷ" in shown(steps[8].symbols)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{a}{b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        (r"x_{1}^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (r"x^\top", "<msup><mi>x</mi><mi>⊤</mi></msup>"),
        (r"\sum_{0} x", "<munder><mo>∑</mo><mn>0</mn></munder><mi>x</mi>"),
        (r"\sum_{} x", "<mo>∑</mo><mi>x</mi>"),
        (
            r"\max_{0}(x)",
            '<munder><mi>max</mi><mn>0</mn></munder><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>',
        ),
        (r"\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\lvert x \rvert", '<mo stretchy="false">|</mo><mi>x</mi><mo stretchy="false">|</mo>'),
        (r"a < b & c", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&amp;</mo><mi>c</mi>"),
        (r"\text{a \& <b>}", "<mtext>a\u00a0&amp;\u00a0&lt;b&gt;</mtext>"),
        (r"\operatorname{arg\,max}", "<mi>arg max</mi>"),
        (r"\mathrm{a}", '<mi mathvariant="normal">a</mi>'),
        (r"-1.5", '<mo form="prefix">−</mo><mn>1.5</mn>'),
        (r"a - 1", "<mi>a</mi><mo>−</mo><mn>1</mn>"),
        (r"(-1)", '<mo stretchy="false">(</mo><mo form="prefix">−</mo><mn>1</mn><mo stretchy="false">)</mo>'),
        (r"(a) - 1", '<mo stretchy="false">(</mo><mi>a</mi><mo stretchy="false">)</mo><mo>−</mo><mn>1</mn>'),
        (r"{a + b}^{c}", "<msup><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></msup>"),
    ],
)
def test_pieces(latex, expected):
    assert "".join(map(str, converted(latex))) == expected


def test_cases_are_a_table_behind_a_brace():
    text = math(r"\begin{cases} g & \text{if } x > 0 \\ 0 & \text{else} \end{cases}")
    assert parsed(text).find(".//mtable").get("columnalign") == "left"
    assert [len(row) for row in parsed(text).iter("mtr")] == [2, 2]
    assert shown(text) == "{gif\u00a0x>00else"


@pytest.mark.parametrize(
    "latex",
    [
        "{",
        "}",
        r"\frac",
        r"\frac{a",
        r"\left",
        r"\begin{cases} a",
        "^",
        "a^",
        "_2",
        r"\sqrt[",
        r"\nonsense{x}",
        "\\",
        r"\end{cases}",
        "&",
        r"\text",
    ],
)
def test_broken_latex_breaks_nothing(latex):
    ElementTree.fromstring(math(latex))


def test_unknown_commands_are_found():
    assert unknown_commands(r"\frac{\foo}{\text{\bar x}}") == [r"\foo", r"\bar"]


def test_attributes_are_escaped():
    assert (
        parsed(mathml(Formula.symbol("x", 1.0), attributes=lambda symbol: {"title": '"<&>'})).find(".//mi").get("title")
        == '"<&>'
    )


def test_values_stand_in_for_symbols():
    x = Formula.symbol("x", np.array(0.25))
    assert shown(mathml(1 - x, lambda symbol: symbol.value.item())) == write(1 - x, TEXT, lambda symbol: 0.25).replace(
        " ", ""
    )
