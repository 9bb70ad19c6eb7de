"""What a noted result says of itself before it is computed."""

import pytest

import gradwalk as gw
from gradwalk.program.traced import Traced


def asking(question, wants):
    """A compiled function that asks a result something, after calls that made it known; with the answers."""
    w, answers = gw.tensor([1.0, 2.0], requires_grad=True), []

    @gw.compile
    def step(x):
        w.grad = None
        if not wants:
            with gw.no_grad():
                y = w * x
            assert len(answers) < 3 or type(y) is Traced
            answers.append(question(y))
            return y
        y = w * x
        answers.append(question(y))
        y.sum().backward()
        return y

    step.answers = answers
    return step


def call(step, times=5):
    for _ in range(times):
        assert step(gw.tensor([3.0, 4.0])).tolist() == [3.0, 8.0]


@pytest.mark.parametrize("name", ["op", "grad_fn", "code"])
def test_what_wants_no_gradient_has_no_tape(name):
    step = asking(lambda y: getattr(y, name), wants=False)
    call(step)
    assert step.answers == [None] * 5
    assert not step.reason


@pytest.mark.parametrize("name", ["op", "index", "code", "offset"])
def test_asking_for_the_tape_of_what_wants_a_gradient_thaws(name):
    step = asking(lambda y: getattr(y, name), wants=True)
    with pytest.warns(UserWarning, match=f"asks for a tensor's {name}"):
        call(step)
    assert len(step.answers) == 5
    assert (None in step.answers) == (name == "code")  # lines aren't kept in compiled calls


@pytest.mark.parametrize("wants", [False, True])
def test_shapes_types_and_what_is_not_there_are_no_reason_to_compute(wants):
    step = asking(lambda y: (y.shape, y.ndim, y.dtype.name, y.requires_grad, hasattr(y, "nonsense")), wants)
    call(step)
    assert step.answers == [((2,), 1, "float64", wants, False)] * 5
    assert not step.reason
