"""Running formulas: values, gradients, names, places, bounds, and what is said when something can't be computed."""

import linecache
import math

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.expression import ExpressionError, evaluate, literal, parse, walk
from gradwalk.recording import recording

NEURON = "(y - sigmoid(w*x + b))**2"
NEURON_VALUES = {"x": 2, "w": 0.5, "b": 0.1, "y": 1}


def refused(text, of="", **values):
    with pytest.raises(ExpressionError) as caught:
        walk(text, values, of)
    return caught.value


def marked(error):
    return error.text.split("\n")[error.line - 1][error.column : error.end_column]


def test_the_articles_neuron():
    found = walk(NEURON, NEURON_VALUES)
    assert found.gradient("w").item() == pytest.approx(-0.1871749357314132, rel=1e-12)
    assert found.gradient("b").item() == pytest.approx(-0.0935874678657066, rel=1e-12)
    assert found.value("L").item() == pytest.approx(0.062370014857361766, rel=1e-12)


def test_places_are_exact_to_the_column_and_the_text_travels_along():
    found = walk(NEURON, NEURON_VALUES)
    shown = {n.op: found.source["formula"][n.span.column : n.span.end_column] for n in found.nodes if n.op}
    assert shown == {
        "mul": "w*x",
        "add": "w*x + b",
        "sigmoid": "sigmoid(w*x + b)",
        "sub": "y - sigmoid(w*x + b)",
        "pow_constant": NEURON,
    }
    assert {n.span.file for n in found.nodes if n.span} == {"formula"}


def test_names_come_from_assignments_and_the_title_from_the_text():
    program = "z1 = w1*x\nh = relu(z1)\ny_pred = w2*h\nL = 0.5*(y - y_pred)**2"
    found = walk(program, {"x": 2, "w1": 0.5, "w2": 1, "y": 3})
    assert {"z1", "h", "y_pred", "L"} <= {n.name for n in found.nodes if n.op}
    assert {name: found.gradient(name).item() for name in ("w1", "w2", "y_pred")} == {
        "w1": -4.0,
        "w2": -2.0,
        "y_pred": -2.0,
    }
    assert found.title == "L"
    assert walk(NEURON, NEURON_VALUES).title == NEURON
    assert [(n.span.line, n.span.column) for n in found.nodes if n.name == "h"] == [(2, 4)]


def test_inside_a_composite_every_step_has_the_place_of_the_call():
    found = walk("2 * cross_entropy(z, t)", {"z": [[1, 2, 3]], "t": [2]})
    inside = [n for n in found.nodes if n.scope]
    assert inside
    assert {found.source["formula"][n.span.column : n.span.end_column] for n in inside} == {"cross_entropy(z, t)"}


def test_another_result_can_be_walked():
    assert walk("z = w*x\nL = z**2", {"w": 3, "x": 2}, of="z").gradient("w").item() == 2.0
    assert "the names it gives are: z, L" in refused("z = w*x\nL = z**2", of="q", w=3, x=2).message


def test_no_grad_and_the_recording_state_are_left_alone():
    before = recording.scope
    with gw.no_grad():
        assert walk("x*x", {"x": 3}).gradient("x").item() == 6.0
    assert recording.scope is before


def test_remembered_texts_are_few():
    for i in range(200):
        evaluate(f"x*{i}", {"x": 1})
    assert sum(name.startswith("<formula ") for name in linecache.cache) <= 64


VALUES = [
    ("2 + 3*x", {"x": 2}, 8.0),
    ("x // 2 + x % 2", {"x": 7.5}, 4.5),
    ("-x**2", {"x": 3}, -9.0),
    ("+x", {"x": 3}, 3.0),
    ("x**n", {"x": 3, "n": 2}, 9.0),
    ("k = 3\nx**k", {"x": 2}, 8.0),
    ("k = 2\nm = k + 1\nx[m]*k", {"x": [1, 2, 3, 4]}, 8.0),
    ("x[i]", {"x": [5, 6, 7], "i": 2}, 7.0),
    ("x[i + 1]", {"x": [5, 6, 7], "i": 1}, 7.0),
    ("x[-1]*x[0:2].sum()", {"x": [5, 6, 7]}, 77.0),
    ("x[[0, 2]].sum()", {"x": [5, 6, 7]}, 12.0),
    ("x[x > 5].sum()", {"x": [5, 6, 7]}, 13.0),
    ("W[1, 0]", {"W": [[1, 2], [3, 4]]}, 3.0),
    ("(W @ x).sum()", {"W": [[1, 2], [3, 4]], "x": [1, 1]}, 10.0),
    ("(W.T @ x).sum()", {"W": [[1, 2], [3, 4]], "x": [1, 1]}, 10.0),
    ("x.sum(0).sum() + sum(x, dim=1)[0]", {"x": [[1, 2], [3, 4]]}, 13.0),
    ("x.sum(axis=1, keepdims=True).mean()", {"x": [[1, 2], [3, 4]]}, 5.0),
    ("x.sum(d)[0]", {"x": [[1, 2], [3, 4]], "d": 0}, 4.0),
    ("mean([1, 2, 6]) * x", {"x": 2}, 6.0),
    ("[1, 2] @ x", {"x": [3, 4]}, 11.0),
    ("x * x.shape[0]", {"x": [7]}, 7.0),
    ("maximum(x, 1) + max(x, y)", {"x": 0.5, "y": 3}, 4.0),
    ("where(x > 0, x, 0.1*x)", {"x": -2}, -0.2),
    ("where((x > 0) & (x < 3), 1, 0) * x", {"x": 2}, 2.0),
    ("np.exp(x) / math.exp(0)", {"x": 0}, 1.0),
    ("F.relu(x) + torch.nn.functional.relu(x)", {"x": 2}, 4.0),
    ("exp(0) * x", {"x": 2}, 2.0),
    ("stack([a, b]).sum()", {"a": 1, "b": 2}, 3.0),
    ("cat([a, b], 0).sum()", {"a": [1], "b": [2, 3]}, 6.0),
    ("a, b = chunk(x, 2)\na.sum() * b.sum()", {"x": [1, 2, 3, 4]}, 21.0),
    ("einsum('i,i->', a, b)", {"a": [1, 2], "b": [3, 4]}, 11.0),
    ("mse_loss(p, y, reduction='sum')", {"p": [1, 2], "y": [0, 0]}, 5.0),
    ("x.reshape(2, 2).sum(0)[1]", {"x": [1, 2, 3, 4]}, 6.0),
    ("x.reshape((n, 2)).sum(0)[1]", {"x": [1, 2, 3, 4], "n": 2}, 6.0),
    ("2*pi*x", {"x": 0.5}, math.pi),
    ("e*x", {"x": 2, "e": 10}, 20.0),
    ("x / 0", {"x": 1}, math.inf),
    ("x * 10**20", {"x": 1}, 1e20),
    ("x * 123456789012345678901234567890", {"x": 1}, 1.2345678901234568e29),
    ("x += 1\nx *= 2", {"x": 3}, 8.0),
    ("sigmoid(x)", {"x": np.array(0.0, dtype=np.float64)}, 0.5),
    ("sort(x)[0][2]", {"x": [3, 1, 2]}, 3.0),
]


@pytest.mark.parametrize(("text", "values", "expected"), VALUES, ids=[text for text, _, _ in VALUES])
def test_values(text, values, expected):
    assert evaluate(text, values).output.item() == pytest.approx(expected, rel=1e-12)


def test_whole_numbers_are_floats_in_a_formula_and_positions_in_an_index():
    found = evaluate("cross_entropy(z, t) * x", {"z": [[0, 0], [0, 0]], "t": [0, 1], "x": 3})
    assert found.values["x"].dtype == np.float64
    assert found.values["x"].requires_grad
    assert found.output.item() == pytest.approx(3 * math.log(2))


def test_numbers_with_a_name_are_shown_by_it():
    names = {n.name for n in walk("rate = 0.1\nw - rate*g", {"w": 1, "g": 2}).nodes}
    assert "rate" in names
    assert walk("w*pi", {"w": 2}).value("pi").item() == math.pi


REFUSED = [
    ("y - w*x", {"x": 1}, "y and w have no value; give each of them one: y=… w=…", "y"),
    ("w*x", {"x": 1}, "w has no value; give it one: w=…", "w"),
    ("w1*x", {"x": 1, "wl": 2}, "nothing is called w1; did you mean wl?", "w1"),
    ("z*2\nz = x", {"x": 1}, "goes nowhere", "z*2"),
    ("a = z*2\nz = x*a", {"x": 1}, "z is used before the line that gives it a value", "z"),
    ("sigmod(x)", {"x": 1}, "there is no function sigmod; did you mean sigmoid?", "sigmod"),
    ("w*sigmod(x)", {}, "there is no function sigmod", "sigmod"),
    ("ln(x)", {"x": 1}, "write log(…)", "ln"),
    ("zeros(3) + x", {"x": 1}, "write a list", "zeros"),
    ("randn(3) + x", {"x": 1}, "no random numbers", "randn"),
    ("x.dropout(0.5)", {"x": 1}, "there is no function dropout", "dropout"),
    ("log + x", {"x": 1}, "log is a function here; call it, log(…)", "log"),
    ("eval(x)", {"x": 1}, "there is no function eval", "eval"),
    ("__import__('os')", {}, "there is no function __import__", "__import__"),
    ("x.__class__", {"x": 1}, "can't read .__class__", "__class__"),
    ("x.data", {"x": 1}, "can't read .data", "data"),
    ("x.sum", {"x": 1}, "call it: .sum(…)", "sum"),
    ("x.backward()", {"x": 1}, "there is no function backward", "backward"),
    ("gw.load('x')", {}, "there is no function load", "load"),
    ("exp(x, 2)", {"x": 1}, "it takes 1, and got 2; it is called as exp(x)", "exp"),
    ("relu(x, True)", {"x": 1}, "the arguments of relu don't fit", "relu"),
    ("exp()", {}, "x is missing", "exp"),
    ("exp(y=x)", {"x": 1}, "has no argument y", "exp"),
    ("sum(x, dim=0, axis=0)", {"x": [1]}, "axis is given twice", "sum"),
    ("exp(**x)", {"x": 1}, "can't unpack with **", "x"),
    ("w @ x", {"w": [[1, 2, 3]], "x": [1, 2]}, "inner sizes 3 and 2 differ", "@"),
    ("(a  +  b).sum()", {"a": [1, 2], "b": [1, 2, 3]}, "a (2,) and b (3,) don't fit together", "+"),
    ("x[5]", {"x": [1, 2]}, "index 5 is out of", "5"),
    ("x[0.5]", {"x": [1, 2]}, "an index takes whole numbers", "0.5"),
    ("x[y]", {"x": [1, 2], "y": 0.5}, "an index takes whole numbers", "y"),
    ("x[0:y]", {"x": [1, 2], "y": 0.5}, "a slice takes whole numbers", "y"),
    ("x['a']", {"x": [1, 2]}, "an index takes whole numbers", "'a'"),
    ("x.sum(exp(y))", {"x": [1, 2], "y": 0.0}, "a plain number belongs here", "exp(y)"),
    ("x.shape[3]", {"x": [1, 2]}, "count from 0 to 0", "3"),
    ("1 < x < 2", {"x": 1}, "one comparison at a time", "1 < x < 2"),
    ("x ^ 2", {"x": 1}, "write x**2", "^"),
    ("9**9**9*x", {"x": 1}, "more than the largest number, 1.798e308", "9**9**9"),
    ("1e400*x", {"x": 1}, "more than the largest number", "1e400"),
    ("sin x", {"x": 1}, "sin is a function, and what it is of stands in brackets; write sin(x)", "x"),
    ("x[0]", {"x": 1}, "x is a single number: there is no entry to pick", "0"),
    ("X @ W", {"X": [[1, 2]], "W": [[1, 2]]}, "did you mean W.T?", "@"),
    ("2,5 * x", {"x": 1}, "the decimals of a number stand behind a point: 2.5", "2,5 * x"),
    ("a*x, x", {"a": 1, "x": 1}, "these are several results", "a*x, x"),
    ("x = 3\ny = x*2", {}, "x is written as a number; leave the line x = … out", "y = x*2"),
    ("x << 2", {"x": 1}, "", "<<"),
    ("~x", {"x": 1}, "~ turns true into false", "~x"),
    ("[x, x] * 2", {"x": 1}, "make it one: stack([a, b])", "[x, x]"),
    ("x + 'a'", {"x": 1}, "a text can't be computed with", "'a'"),
    ("x + None", {"x": 1}, "can't be computed with", "None"),
    ("x*1j", {"x": 1}, "a sign is missing", "j"),
    ("[[1, 2], [3]] * x", {"x": 1}, "isn't a rectangular block", "[[1, 2], [3]]"),
    ("x", {"x": 1}, "x is given, not computed", "x"),
    ("2*3", {}, "nothing to differentiate", "2*3"),
    ("x > 1", {"x": 1}, "which has no gradient", "x > 1"),
    ("x*2", {"x": [1, 2]}, "the result has shape (2,)", "x*2"),
    ("z = x*2", {"x": [1, 2]}, "end with z.sum() or z.mean()", "z = x*2"),
    ("a, b = x", {"x": [1, 2]}, "there is one value, and more than one name", "a, b"),
    ("a, b, c = chunk(x, 2)", {"x": [1, 2]}, "3 names for 2 values", "a, b, c"),
    ("w*x", {"w": "abc", "x": 1}, "w isn't made of numbers", "w"),
    ("w*x", {"w": [[1], [2, 3]], "x": 1}, "isn't a rectangular block", "w"),
    ("w*x", {"w": 1j, "x": 1}, "w isn't made of numbers", "w"),
    ("w*x", {"w": None, "x": 1}, "w isn't made of numbers", "w"),
    ("w*x", {"w": np.zeros(1_000_001), "x": 1}, "the limit is 1,000,000", "w"),
]


@pytest.mark.parametrize(("text", "values", "words", "place"), REFUSED, ids=[text for text, _, _, _ in REFUSED])
def test_refused(text, values, words, place):
    error = refused(text, **values)
    assert words in error.message
    assert "\n" not in error.message
    assert marked(error) == place or not words


BIG = np.ones(1000)
TOO_MUCH = [
    ("x.repeat(10**9).sum()", {"x": 1}),
    ("tile(x, (10**6, 10**6)).sum()", {"x": 1}),
    ("x.expand(10**5, 10**5).sum()", {"x": 1}),
    ("outer(outer(x, x), x).sum()", {"x": BIG}),
    ("(x.reshape(-1, 1) + y).sum()", {"x": np.ones(2000), "y": np.ones(2000)}),
    ("kron(x, outer(x, x)).sum()", {"x": BIG}),
    ("one_hot(t, 10**9).sum() * x", {"x": 1, "t": [1]}),
    ("one_hot(t).sum() * x", {"x": 1, "t": [10**12]}),
    ("bincount(t).sum() * x", {"x": 1, "t": [10**12]}),
    ("pad(x, (10**9, 0)).sum()", {"x": [1.0]}),
    ("repeat_interleave(x, 10**9).sum()", {"x": [1.0]}),
    ("x[i].sum()", {"x": np.ones((1000, 1000)), "i": [0] * 2000}),
    ("x[i, j].sum()", {"x": np.ones((10, 10)), "i": np.zeros((2000, 1), int), "j": np.zeros((1, 2000), int)}),
    ("x[:, None].expand(10**4, 10**4).sum()", {"x": np.ones(10**4)}),
    ("tensor_split(x, 10**9)[0].sum()", {"x": BIG}),
    ("split(x, 1)[0].sum()", {"x": np.ones(900_000)}),
    ("unbind(x)[0].sum()", {"x": np.ones(900_000)}),
    ("diag_embed(x, 10**9).sum()", {"x": [1.0]}),
    ("embedding(t, w).sum()", {"t": [0] * 2000, "w": np.ones((2, 1000))}),
    ("y = cat([x, x])\n" * 1 + "z = cat([y, y])\nu = cat([z, z])\nu.sum()", {"x": np.ones(300_000)}),
    ("\n".join(["x = x + 1"] * 30) + "\nx.sum()", {"x": np.ones(1_000_000)}),
    ("\n".join(["x = (W @ x)"] * 100) + "\nx.sum()", {"x": np.ones((1000, 1000)), "W": np.ones((1000, 1000))}),
    ("conv1d(x, w, padding=10**9).sum()", {"x": np.ones((1, 1, 5)), "w": np.ones((1, 1, 3))}),
    ("conv_transpose1d(x, w, stride=10**9).sum()", {"x": np.ones((1, 1, 5)), "w": np.ones((1, 1, 3))}),
    ("adaptive_avg_pool1d(x, 10**9).sum()", {"x": np.ones((1, 1, 5))}),
    ("meshgrid(x, x, x)[0].sum()", {"x": BIG}),
    ("einsum('i,j,k->ijk', x, x, x).sum()", {"x": BIG}),
    ("linear(x, x).sum()", {"x": np.ones((2000, 1))}),
]


@pytest.mark.parametrize(("text", "values"), TOO_MUCH, ids=[text[:30] for text, _ in TOO_MUCH])
def test_what_would_be_too_large_is_refused_before_it_is_made(text, values):
    error = refused(text, **values)
    assert "the limit is" in error.message or "too long" in error.message
    assert error.line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("-0.5", -0.5),
        ("1e-3", 0.001),
        ("1/4", 0.25),
        ("2*pi", 2 * math.pi),
        ("[1, 2]", [1, 2]),
        ("[[1], [-2]]", [[1], [-2]]),
        ("(1, 2)", [1, 2]),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("True", True),
    ],
)
def test_literals(text, value):
    assert literal(text) == value


@pytest.mark.parametrize("text", ["abc", "x=2", "'a'", "", "[1, a]", "None", "...", "__import__('os')", "[1, 2"])
def test_what_is_no_literal(text):
    with pytest.raises(ExpressionError):
        literal(text)


def test_values_of_a_walk_can_be_replayed_and_saved():
    found = gw.walk(evaluate(NEURON, NEURON_VALUES).output)
    assert found.replay(w=0.7).gradient("w").item() == walk(NEURON, {**NEURON_VALUES, "w": 0.7}).gradient("w").item()


def test_a_program_can_be_run_again():
    program = parse("x**2")
    assert [evaluate(program, {"x": x}).output.item() for x in (2, 3)] == [4.0, 9.0]
