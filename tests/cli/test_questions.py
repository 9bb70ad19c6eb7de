"""``why``, ``check``, ``cost`` and ``compare``."""

import json

import pytest

NEURON = ["x=2", "w=0.5", "b=0.1", "y=1"]
FORMULA = "(y - sigmoid(w*x + b))**2"
MATRIX = ["L = sum(tanh(W @ x)**2)", "W=[[1,2],[3,4]]", "x=[0.1,-0.2]"]


def test_why(gradwalk):
    shown = gradwalk("why", FORMULA, "w", *NEURON)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("∂L/∂w = −0.1872\n")
    assert "all the way: 1 path leads from L to w" in shown.out


def test_why_as_json(gradwalk):
    answer = gradwalk("why", FORMULA, "w", *NEURON, "--json").json
    assert answer["gradient"] == pytest.approx(-0.1871749357314132, rel=1e-12)
    assert answer["count"] == 1


def test_why_one_entry(gradwalk):
    answer = gradwalk("why", MATRIX[0], "W[0,1]", *MATRIX[1:], "--json").json
    walk = gradwalk("walk", *MATRIX, "--json").walk
    assert answer["gradient"] == walk.gradient("W")[0, 1]
    assert gradwalk("why", MATRIX[0], "x[-1]", *MATRIX[1:], "--json").json["gradient"] == walk.gradient("x")[-1]


def test_why_a_name_that_has_brackets(gradwalk):
    assert gradwalk("why", "x[0]*2", "x[0]", "x=[3,4]").out.startswith("∂L/∂x[0] = 2")


def test_why_with_fewer_paths(gradwalk):
    answer = gradwalk("why", MATRIX[0], "x[0]", *MATRIX[1:], "--paths", "1", "--json").json
    assert (len(answer["paths"]), answer["rest_count"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([MATRIX[0], "W", *MATRIX[1:]], "W"),
        ([MATRIX[0], "W[5,5]", *MATRIX[1:]], "W"),
        ([MATRIX[0], "W[0]", *MATRIX[1:]], "W"),
        ([FORMULA, "q", *NEURON], "nothing here is called 'q'"),
    ],
)
def test_why_refuses(gradwalk, arguments, words):
    shown = gradwalk("why", *arguments)
    assert (shown.code, shown.out) == (2, "")
    assert words in shown.err
    assert shown.err.count("\n") == 1


def test_check(gradwalk):
    shown = gradwalk("check", FORMULA, *NEURON)
    assert shown.code == 0
    assert "every gradient agrees" in shown.out
    assert gradwalk("check", FORMULA, *NEURON, "--json").json["ok"] is True


def test_a_failed_check_is_exit_code_1(gradwalk, tmp_path):
    gradwalk("walk", FORMULA, *NEURON, "--save", "neuron.json")
    document = json.loads((tmp_path / "neuron.json").read_text())
    for step in document["steps"]:
        if step["phase"] == "backward" and document["nodes"][step["input"]]["name"] == "w":
            step["total"] = 1.0
    (tmp_path / "wrong.json").write_text(json.dumps(document))
    shown = gradwalk("check", "wrong.json")
    assert shown.code == 1
    assert "NOT every gradient agrees" in shown.out
    assert gradwalk("check", "wrong.json", "--json").code == 1


def test_cost(gradwalk):
    shown = gradwalk("cost", FORMULA, *NEURON)
    assert shown.code == 0
    assert "reverse mode" in shown.out
    assert gradwalk("cost", FORMULA, *NEURON, "--json").json["reverse_mode"] > 0


def test_compare(gradwalk):
    gradwalk("walk", FORMULA, *NEURON, "--save", "a.json")
    gradwalk("walk", FORMULA, *NEURON[:1], "w=0.7", *NEURON[2:], "--save", "b.json")
    assert "the same in every value" in gradwalk("compare", "a.json", "a.json").out
    shown = gradwalk("compare", "a.json", "b.json")
    assert shown.code == 0
    assert "w" in shown.out.split("\n")[0]
    assert gradwalk("compare", "a.json", "b.json", "--json").json["differences"]


def test_json_of_infinite_numbers_is_json(gradwalk):
    shown = gradwalk("why", "log(x)*2", "x", "x=0", "--json")
    assert shown.code == 0
    assert shown.json["gradient"] == "inf"
