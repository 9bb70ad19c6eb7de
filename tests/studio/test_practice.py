import pytest

from gradwalk import expression
from gradwalk.studio.answers import right
from gradwalk.studio.practice import verdict
from gradwalk.walk import WalkError

HOUSE = expression.walk("z1 = w1*x\nh = relu(z1)\nŷ = w2*h\nL = 0.5*(y - ŷ)**2", {"w1": 0.5, "x": 2, "w2": 1, "y": 3})
NEURON = expression.walk("z = w*x + b\nŷ = sigmoid(z)\nL = (y - ŷ)**2", {"w": 0.5, "x": 2, "b": 0.1, "y": 1})
DIAMOND = expression.walk("a = 3*x\nL = a*a + 5*a", {"x": 2})
CUBE = expression.walk("L = x**3", {"x": 5})


def edge(walk, node, input, nth=0):
    """The position of the backward step over an edge."""
    found = [
        i
        for i, s in enumerate(walk.steps)
        if s.phase == "backward" and (walk.nodes[s.node].name, walk.nodes[s.input].name) == (node, input)
    ]
    return found[nth]


@pytest.mark.parametrize(
    "answer, expected, verdict",
    [
        (0.75, 0.7503, True), (0.7503, 0.75026, True), (0.8, 0.7503, False), (1, 1.2, False), (-4, -4, True), (4, -4, False), (0, 0, True),
        (0.1, 0, False), (1e-12, 1e-12, True), (3e-9, 3.2e-9, False), (0.0625, 0.06237, False), (0.062, 0.06237, True), (7, float("nan"), False),
        (2.0, float("inf"), False), (12345678, 12345678.2, True), (0.1 + 0.2, 0.3, True),
    ],
)  # fmt: skip
def test_right_at_the_digits_typed(answer, expected, verdict):
    assert right(answer, expected) is verdict


@pytest.mark.parametrize(
    "walk, position, asked, answer, mistake, said",
    [
        (HOUSE, edge(HOUSE, "z1", "w1"), "contribution", -4, "", "Right."),
        (HOUSE, edge(HOUSE, "z1", "w1"), "contribution", 4, "sign", "sign"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "contribution", -2, "factor", "local derivative ∂z1/∂w1"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "total", 2, "factor", "upstream gradient ∂L/∂z1"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "contribution", 0, "factor", "added"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "local", -4, "factor", "whole contribution"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "local", -2, "sign", "sign"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "local", 0.5, "slope", "exchanged"),
        (HOUSE, edge(HOUSE, "z1", "w1"), "contribution", 77, "other", "Multiply the gradient"),
        (HOUSE, edge(HOUSE, "z1", "x"), "local", -2, "factor", "what arrives"),
        (HOUSE, 0, "value", 1, "", "Right."),
        (HOUSE, 0, "value", -1, "sign", "sign"),
        (HOUSE, 0, "value", 2, "other", "x itself"),
        (HOUSE, 0, "value", 7, "other", "from its inputs: w1, x"),
        (NEURON, edge(NEURON, "ŷ", "z"), "local", 0.1874, "", "Right"),
        (NEURON, edge(NEURON, "ŷ", "z"), "local", 0.19, "", "Right: to more digits it is 0.18737"),
        (NEURON, edge(NEURON, "ŷ", "z"), "local", 0.2, "rounding", "rounded"),
        (NEURON, edge(NEURON, "ŷ", "z"), "local", 0.1875, "rounding", "0.1874"),
        (NEURON, edge(NEURON, "ŷ", "z"), "local", -0.11, "slope", "the input z where the output belongs"),
        (CUBE, edge(CUBE, "L", "x"), "local", 75, "", "Right."),
        (CUBE, edge(CUBE, "L", "x"), "local", 25, "factor", "factor 3 is missing"),
        (CUBE, edge(CUBE, "L", "x"), "local", 46875, "slope", "the output L instead of the input x"),
        (CUBE, edge(CUBE, "L", "x"), "local", 3, "slope", "1 instead of x"),
        (DIAMOND, edge(DIAMOND, "a·a", "a", 1), "total", 6, "path", "add it (+=) to the 11"),
        (DIAMOND, edge(DIAMOND, "a·a", "a", 1), "total", 17, "", "Right."),
        (DIAMOND, edge(DIAMOND, "a·a", "a", 1), "total", 11, "path", "held before"),
        (DIAMOND, edge(DIAMOND, "a·a", "a", 1), "contribution", 17, "path", "total so far"),
    ],
)  # fmt: skip
def test_verdicts(walk, position, asked, answer, mistake, said):
    reply = verdict(walk, position, asked, answer)
    assert reply.mistake == mistake, reply
    assert said in reply.sentence
    assert reply.right == (mistake == "")


def test_updates():
    walk = HOUSE.update(0.1, ["w1"], 1)
    position = next(i for i, step in enumerate(walk.steps) if step.phase == "update")
    found = {answer: verdict(walk, position, "value", answer).mistake for answer in (0.9, 0.1, 4.5, 0.4, 33)}
    assert found == {0.9: "", 0.1: "sign", 4.5: "factor", 0.4: "path", 33: "other"}


def test_the_seed():
    position = next(i for i, step in enumerate(HOUSE.steps) if step.phase == "seed")
    assert verdict(HOUSE, position, "total", 1).right
    assert "for itself is 1" in verdict(HOUSE, position, "total", 2).sentence


def test_what_can_t_be_asked():
    with pytest.raises(WalkError, match="no local"):
        verdict(HOUSE, 0, "local", 1)
    walk = expression.walk("L = sum(x*2)", {"x": [1, 2]})
    with pytest.raises(WalkError, match="whole tensor"):
        verdict(walk, 0, "value", 1)


def test_through_the_kernel(ask):
    reply, _ = ask("answer", state=ask.state("house"), step=14, asked="contribution", answer=4)
    assert (reply["right"], reply["mistake"], reply["expected"]) == (False, "sign", -4)
