"""PyTorch in a process of its own: asked without waiting, with the same answers, and gone with the studio."""

import os
import signal
from dataclasses import replace

import pytest

from gradwalk.studio.kernel import Kernel
from gradwalk.studio.pytorch import Reference, load_pytorch
from gradwalk.walk.check import NotYet, check
from tests.studio.conftest import Asked
from tests.views.walks import house


def absent(connection):
    """A process that ends instead of answering."""
    connection.recv_bytes()


@pytest.fixture(scope="module")
def pytorch():
    return Reference()


def question(walk):
    return walk.alone(0), walk.output


def test_it_never_waits_and_answers_in_the_end(pytorch):
    walk = house()
    with pytest.raises(NotYet):
        pytorch.gradients(*question(walk))
    pytorch.asked(*question(walk)).result()
    found = pytorch.gradients(*question(walk))
    assert found == {line.node: line.found["PyTorch"] for line in check(walk).lines}


def test_the_kernel_tells_what_is_there_meanwhile(pytorch):
    ask = Asked(Kernel(references={"PyTorch": lambda: pytorch.gradients}))
    state = ask.state("house", w1=0.9)
    reply, _ = ask("check", state=state)
    assert reply["pending"] == ["PyTorch"] and reply["references"] == ["differences"] and reply["ok"]
    for answer in pytorch.answers.values():
        answer.result()
    reply, _ = ask("check", state=state)
    assert reply["pending"] == [] and reply["references"] == ["differences", "PyTorch"] and reply["ok"]


def test_what_it_can_t_do_is_raised_here(pytorch):
    nodes, output = question(house())
    unknown = [*nodes[:-1], replace(nodes[-1], op="no_such_op")]
    with pytest.raises(NotImplementedError, match="no_such_op"):
        pytorch.asked(unknown, output).result()


def test_after_its_process_was_killed_it_starts_another(pytorch):
    walk = house().replay(w1=0.3)
    pytorch.asked(*question(house().replay(w1=0.2))).result()
    os.kill(pytorch.apart.process.pid, signal.SIGKILL)
    pytorch.apart.process.join()
    assert pytorch.asked(*question(walk)).result().keys() == pytorch.asked(*question(walk)).result().keys()
    assert pytorch.apart.process.is_alive()


def test_a_process_that_ends_is_told():
    with pytest.raises(NotImplementedError, match="its process has ended"):
        Reference(absent).asked(*question(house())).result()


def test_where_pytorch_isn_t_installed_nobody_is_asked(monkeypatch):
    monkeypatch.setattr("gradwalk.studio.pytorch.find_spec", lambda name: None)
    assert load_pytorch() is None
