import pytest

from gradwalk import expression
from gradwalk.studio.examples import EXAMPLES
from gradwalk.studio.practice import verdict
from gradwalk.studio.questions import MOST, questions

HOUSE = expression.walk("z1 = w1*x\nh = relu(z1)\nŷ = w2*h\nL = 0.5*(y - ŷ)**2", {"w1": 0.5, "x": 2, "w2": 1, "y": 3})
DIAMOND = expression.walk("a = 3*x\nL = a*a + 5*a", {"x": 2})
KNOWN = [
    (HOUSE, "value", [1, 1, 1, 2, 4, 2]),
    (HOUSE, "local", [0.5, 4, 1, -1, 1, 1, 1, 2, 0.5]),
    (HOUSE, "contribution", [0.5, 2, 2, -2, -2, -2, -2, -4, -1]),
    (HOUSE, "total", [1]),  # only the seed: nothing in this walk is used twice
    (DIAMOND, "value", [6, 36, 30, 66]),
    (DIAMOND, "total", [1, 11, 17]),  # a's gradient: 5, then 5 + 6, then 5 + 6 + 6
]


@pytest.mark.parametrize(("walk", "asked", "expected"), KNOWN)
def test_what_is_asked_and_what_is_expected(walk, asked, expected):
    assert [question.expected for question in questions(walk) if question.asked == asked] == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_expected_number_is_right_and_its_negative_isn_t(example):
    walk = expression.walk(example.formula, example.values)
    for question in questions(walk):
        assert verdict(walk, question.step, question.asked, question.expected).right
        if question.expected:
            assert not verdict(walk, question.step, question.asked, -question.expected).right


def test_numbers_come_in_the_order_in_which_they_arise():
    steps = [question.step for question in questions(DIAMOND)]
    assert steps == sorted(steps)


def test_an_update_is_asked_by_its_new_value():
    walk = HOUSE.update(0.1, ["w1", "w2"], 1)
    found = {question.symbol: question for question in questions(walk) if "after the update" in question.text}
    assert {name: question.expected for name, question in found.items()} == pytest.approx({"w1": 0.9, "w2": 1.2})


def test_whole_tensors_and_numbers_that_are_none_are_left_out():
    walk = expression.walk("h = x*w\nL = sum(h)", {"x": [1, 2], "w": [3, 4]})
    assert [question.text for question in questions(walk)] == [
        "What is L = Σ(h)?",
        "The backward pass starts at L. What is ∂L/∂L?",
    ]
    assert [question.asked for question in questions(expression.walk("L = log(x)", {"x": 0}))] == ["total"]


def test_a_long_walk_asks_no_more_than_anybody_answers():
    walk = expression.walk("\n".join(["a = x*x", *["a = a*1.01"] * 300]), {"x": 1})
    assert len(list(questions(walk))) == MOST


def test_through_the_kernel_with_changed_leaves(ask):
    reply, _ = ask("practice", state=ask.state("house", w1=1.5))
    assert (reply["kind"], reply["questions"][0]) == (
        "practice",
        {"step": 0, "asked": "value", "text": "What is z1 = w1 · x?", "symbol": "z1", "expected": 3},
    )
