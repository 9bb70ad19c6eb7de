"""``gradwalk walk`` on formulas, programs and saved walks: the articles' numbers, to twelve digits."""

import math

import numpy as np
import pytest

from gradwalk.cli.turns import single
from gradwalk.walk import load

NEURON = ["(y - sigmoid(w*x + b))**2", "x=2", "w=0.5", "b=0.1", "y=1"]
HOUSE = "z1 = w1*x\nh = relu(z1)\ny_pred = w2*h\nL = 0.5*(y - y_pred)**2\n"
HOUSE_VALUES = ["x=2", "w1=0.5", "w2=1", "y=3"]
CHAIN = ["a1 = w1*a0; a2 = w2*a1; a3 = w3*a2; C = (a3 - y)**2", "a0=1", "w1=2", "w2=3", "w3=0.5", "y=2"]


def numbers(walk):
    return {node.name: np.asarray(node.value).tolist() for node in walk.nodes}, {
        walk.nodes[i].name: np.asarray(g).tolist() for i, g in walk.gradients.items()
    }


ARTICLES = [
    (["-", *HOUSE_VALUES], HOUSE, {"z1": 1, "h": 1, "y_pred": 1, "L": 2}, {"y_pred": -2, "w2": -2, "w1": -4}),
    (["(2*x + 1)**2", "x=1"], None, {"2·x + 1": 3}, {"x": 12}),
    (["(3*x + 1)**2", "x=2"], None, {"L": 49}, {"x": 42}),
    (["(3*x + 1)**2", "x=2.01"], None, {"L": 49.4209}, {}),
    (["x**2 + 2*y**2", "x=.5", "y=.3"], None, {}, {"x": 1.0, "y": 1.2}),
    (CHAIN, None, {"a1": 2, "a2": 6, "a3": 3, "C": 1}, {"w1": 3, "w2": 2, "w3": 12}),
    (["(sigmoid(z) - t)**2", "z=.6", "t=1"], None, {"L": 0.12555945331754728}, {}),
    (["h = x**2; g = tanh(h); f = g**2", "x=.7"], None, {"h": 0.49, "g": 0.4542164326822591, "f": 0.2063125677185972}, {"g": 0.9084328653645182, "h": 0.9084328653645182 * 0.7936874322814028, "x": 1.0094164476356824}),
    (["z = w*x + b; p = sigmoid(z); L = (y - p)**2", *NEURON[1:]], None, {"z": 1.1, "p": 0.7502601055951177, "L": 0.062370014857361766}, {"p": -0.4994797888097646, "w": -0.1871749357314132, "b": -0.0935874678657066}),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "text", "values", "gradients"), ARTICLES, ids=[a[0] for a, _, _, _ in ARTICLES])
def test_the_articles_numbers(gradwalk, arguments, text, values, gradients):
    found = gradwalk("walk", *arguments, "--json", input=text)
    assert (found.code, found.err) == (0, "")
    seen_values, seen_gradients = numbers(found.walk)
    for name, expected in values.items():
        assert seen_values[name] == pytest.approx(expected, rel=1e-12), name
    for name, expected in gradients.items():
        assert seen_gradients[name] == pytest.approx(expected, rel=1e-12), name


def test_one_update_of_the_neuron(gradwalk):
    found = gradwalk("walk", *NEURON, "--update", ".1", "--params", "w,b", "--json").walk
    assert found.value("w@1").item() == pytest.approx(0.5187174935731413, rel=1e-12)


def test_twenty_updates_of_the_house_price(gradwalk):
    found = gradwalk(
        "walk", "-", *HOUSE_VALUES, "--update", "0.1", "--params", "w1, w2", "--steps", "20", "--json", input=HOUSE
    ).walk
    after = {name: found.value(f"{name}@1").item() for name in ("w1", "w2", "y_pred", "L")}
    assert after == pytest.approx({"w1": 0.9, "w2": 1.2, "y_pred": 2.16, "L": 0.3528}, rel=1e-12)
    assert found.value("L@5").item() == pytest.approx(3.2599988694395265e-08, rel=1e-12)
    assert found.value("w1@6").item() == pytest.approx(1.106699432670961, rel=1e-12)
    assert found.value("w2@6").item() == pytest.approx(1.3553556232731454, rel=1e-12)
    assert found.value("y_pred@20").item() == pytest.approx(3, rel=1e-12)


def test_updates_are_a_table_below_the_walk(gradwalk):
    shown = gradwalk("walk", "-", *HOUSE_VALUES, "--update", "0.1", "--params", "w1,w2", "--steps", "2", input=HOUSE)
    assert shown.out.split("\n\n")[-1] == (
        "updates with rate 0.1\n"
        "  1  w1 0.5 → 0.9    w2 1 → 1.2      L = 0.3528\n"
        "  2  w1 0.9 → 1.102  w2 1.2 → 1.351  L = 0.0002653\n"
    )
    assert shown.out.count("backward") == 1


def test_one_turn_by_itself(gradwalk):
    shown = gradwalk("walk", "-", *HOUSE_VALUES, "--update", "0.1", "--params", "w1,w2", "--turn", "-1", input=HOUSE)
    assert "after 1 update: L = 0.3528" in shown.out
    assert "w1  = 0.9" in shown.out
    whole = gradwalk("walk", "-", *HOUSE_VALUES, "--update", "0.1", "--params", "w1,w2", "--json", input=HOUSE).walk
    alone = single(whole, 1)
    assert alone.gradient("w1") == whole.gradient("w1@1")
    assert [node.id for node in alone.nodes] == list(range(len(alone.nodes)))
    assert alone.replay().gradient("w1") == alone.gradient("w1")


def test_digits(gradwalk):
    assert "∂L/∂w  = −0.187174935731" in gradwalk("walk", *NEURON, "--digits", "12").out


def test_another_result_of_a_program(gradwalk):
    assert gradwalk("walk", *CHAIN, "--of", "a2", "--json").walk.gradient("w1").item() == 3.0


def test_a_formula_that_begins_with_a_sign(gradwalk):
    assert gradwalk("walk", "--json", "--", "-x**2", "x=3").walk.gradient("x").item() == -6.0


def test_latex(gradwalk):
    shown = gradwalk("walk", *NEURON, "--latex", "--digits", "6")
    assert shown.code == 0
    assert "\\begin{align*}" in shown.out
    assert "-0.187175" in shown.out


def test_svg(gradwalk, tmp_path):
    shown = gradwalk("walk", *NEURON, "--svg", "neuron.svg")
    assert (shown.code, shown.err) == (0, "saved neuron.svg\n")
    assert (tmp_path / "neuron.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("form", ["json", "txt", "tex", "svg"])
def test_saving_leaves_the_output_alone(gradwalk, tmp_path, form):
    shown = gradwalk("walk", *NEURON, "--save", f"neuron.{form}")
    assert shown.err == f"saved neuron.{form}\n"
    assert "∂L/∂w  = −0.1872" in shown.out
    assert (tmp_path / f"neuron.{form}").stat().st_size > 100


def test_a_saved_walk_is_shown_replayed_and_updated(gradwalk):
    gradwalk("walk", *NEURON, "--save", "neuron.json")
    assert gradwalk("walk", "neuron.json").out == gradwalk("walk", *NEURON).out
    assert gradwalk("walk", "neuron.json", "w=.7", "--json").walk.gradient("w") == gradwalk(
        "walk", *NEURON[:2], "w=0.7", *NEURON[3:], "--json"
    ).walk.gradient("w")
    assert "0.5 → 0.5187" in gradwalk("walk", "neuron.json", "--update", "0.1", "--params", "w").out
    assert "nothing here is called 'q'" in gradwalk("walk", "neuron.json", "q=1").err
    assert "a saved walk has just one" in gradwalk("walk", "neuron.json", "--of", "z").err


def test_a_damaged_walk_file(gradwalk, tmp_path):
    gradwalk("walk", *NEURON, "--save", "neuron.json")
    (tmp_path / "cut.json").write_text((tmp_path / "neuron.json").read_text()[:200])
    (tmp_path / "other.json").write_text("[1, 2]")
    (tmp_path / "notes.txt").write_text("w*x")
    for name, words in [
        ("cut.json", "was cut short"),
        ("other.json", "no walk"),
        ("notes.txt", "neither a Python script (.py) nor a saved walk"),
    ]:
        outcome = gradwalk("walk", name)
        assert (outcome.code, outcome.out) == (2, "")
        assert words in outcome.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["log(x)*2", "x=0"], "warning: the first infinity is log(x) (log, formula line 1)"),
        (["sqrt(x)*3", "x=0"], "warning: the first infinity is ∂L/∂x (sqrt, formula line 1)"),
        (["z = x - y\nL = z*2", "x=inf", "y=inf"], "warning: x is given with an infinity"),
        (["x*x", "x=nan"], "warning: x is given with a NaN"),
        (["z = log(x)\nL = z*0", "x=-1"], "warning: the first NaN is z (log, formula line 1)"),
        (["x**4", "x=1e60", "--update", "1e100", "--params", "x", "--steps", "1"], "warning: the first infinity is"),
    ],
)
def test_the_first_step_that_isnt_finite_is_named(gradwalk, arguments, words):
    shown = gradwalk("walk", *arguments)
    assert shown.code == 0
    assert words in shown.err
    assert gradwalk("walk", *arguments, "--json").code == 0


def test_nothing_is_written_when_something_is_wrong(gradwalk, tmp_path):
    gradwalk("walk", "x*x", "--save", "a.json")
    gradwalk("walk", "x*x", "x=2", "--turn", "5", "--save", "a.json")
    gradwalk("walk", "x*x", "x=2", "--save", "a.doc")
    assert list(tmp_path.iterdir()) == []


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path):
    (tmp_path / "data.csv").write_text("\ufeffsize, price,rooms\n1,2,3\n\n2.5,-1e1,4\n")
    (tmp_path / "one.csv").write_text("size\n1\n2\n")
    (tmp_path / "bad.csv").write_text("size,price\n1,abc\n2\n")
    (tmp_path / "twice.csv").write_text("a,a\n1,2\n")
    (tmp_path / "empty.csv").write_text("a,b\n")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    np.save(tmp_path / "weights.npy", np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.save(tmp_path / "objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    np.save(tmp_path / "words.npy", np.array(["a", "b"]))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "weights.npy").read_bytes()[:-8])
    (tmp_path / "huge.npy").write_bytes(
        (tmp_path / "weights.npy").read_bytes().replace(b"(2, 2)", b"(9999999, 9999999)")
    )
    (tmp_path / "text.npy").write_text("hello")


READ = [
    ("2", 2.0), ("1/4", 0.25), ("[1, 2]", [1, 2]), ("[[1,2],[3,4]]", [[1, 2], [3, 4]]), (" -3 ", -3), ("1e-3", 1e-3), ("2*pi", 2 * math.pi),
    ("@data.csv:size", [1, 2.5]), ("@data.csv:price", [2, -10]), ("@data.csv:size,rooms", [[1, 3], [2.5, 4]]), ("@one.csv", [1, 2]),
    ("@weights.npy", [[1, 2], [3, 4]]),
]  # fmt: skip


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_values(gradwalk, text, expected):
    found = gradwalk("walk", "sum(x*x)", f"x={text}", "--json")
    assert found.code == 0, found.err
    assert np.asarray(found.walk.value("x")).tolist() == expected


UNREAD = [
    ("@data.csv:prize", "data.csv has no column 'prize'; did you mean price? its columns are size, price, rooms"),
    ("@data.csv:Size", "did you mean size?"),
    ("@data.csv:q", "its columns are size, price, rooms"),
    ("@data.csv", "data.csv has the columns size, price, rooms: say which, @data.csv:size"),
    ("@bad.csv:price", "bad.csv, row 1, column price: 'abc' is no number"),
    ("@bad.csv:size,price", "row 1, column price"),
    ("@twice.csv:a", "more than one column 'a'"),
    ("@empty.csv:a", "has no rows"),
    ("@binary.csv:a", "no CSV text"),
    ("@objects.npy", "no .npy file of plain numbers"),
    ("@words.npy", "values are real numbers"),
    ("@cut.npy", "no .npy file of plain numbers"),
    ("@huge.npy", "can't be read"),
    ("@text.npy", "no .npy file"),
    ("@", "values are read from"),
]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("text", "words"), UNREAD, ids=[text for text, _ in UNREAD])
def test_values_that_cant_be_read(gradwalk, text, words):
    found = gradwalk("walk", "sum(x*x)", f"x={text}")
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert found.err.count("\n") == 1


def test_a_column_that_ends_early(gradwalk, tmp_path):
    (tmp_path / "short.csv").write_text("a,b\n1,2\n3\n")
    assert "short.csv, row 2, column b: there is no number" in gradwalk("walk", "sum(x)", "x=@short.csv:b").err


def test_loading_it_back_gives_the_same(gradwalk, tmp_path):
    gradwalk("walk", *NEURON, "--save", "a.json")
    assert load(tmp_path / "a.json").gradient("w") == gradwalk("walk", *NEURON, "--json").walk.gradient("w")
