"""The kernel is loaded beside the program, and done without where it can't be had."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import gradwalk as gw
from gradwalk.program.native import kept, loading, loops


def step_of(thread, monkeypatch):
    monkeypatch.setattr("gradwalk.program.compiled.loading_for", lambda tier: thread)
    w = gw.tensor([1.0, 2.0], requires_grad=True)

    @gw.compile
    def step(x):
        w.grad = None
        (gw.tanh(w * x) ** 2).sum().backward()
        return w.grad.tolist()

    return step


def last_replay(compiled):
    spot = list(compiled.calls.starts.values())[-1]
    while spot.next:
        spot = list(spot.next.values())[-1]
    return list(spot.programs.values())[-1].replay


def test_programs_switch_when_the_kernel_is_there(monkeypatch):
    thread = loading.Loading()  # a thread that hasn't been started: it is still loading
    step = step_of(thread, monkeypatch)
    x = gw.tensor([0.5, 0.25])
    expected = [step(x) for _ in range(4)]
    assert type(last_replay(step)).__name__ == "Replay"
    thread.kernel = loading.loading().wait()
    np.testing.assert_allclose([step(x) for _ in range(4)], expected, rtol=1e-15)
    assert type(last_replay(step)).__name__ == "Native"


def test_loading_happens_in_a_thread_of_its_own(monkeypatch):
    seen = []
    monkeypatch.setattr(loops, "check_layout", lambda: seen.append(threading.current_thread()))
    thread = loading.Loading()
    thread.start()
    thread.wait()
    assert seen == [thread]
    assert thread.daemon  # so that a program may end before it is done


def test_without_numba_there_is_a_sentence_and_numpy(monkeypatch):
    monkeypatch.setattr(loading, "find_spec", lambda name: None)
    missing = loading.loading.__wrapped__()
    with pytest.raises(ImportError, match=r"tier 'numba' is not to be had: .*pip install 'gradwalk\[fast\]'"):
        missing.wait()
    step = step_of(missing, monkeypatch)
    for _ in range(4):
        assert len(step(gw.tensor([0.5, 0.25]))) == 2
    assert type(last_replay(step)).__name__ == "Replay"
    assert not step.reason


def test_a_numpy_that_is_built_differently_is_left_alone(monkeypatch):
    def refuse():
        raise ImportError("this NumPy keeps its inner loops in another place")

    monkeypatch.setattr(loops, "check_layout", refuse)
    thread = loading.Loading()
    thread.start()
    with pytest.raises(ImportError, match="another place"):
        thread.wait()


def test_a_tier_that_is_none():
    with pytest.raises(ValueError, match="tier is None .*, 'numpy' or 'numba', and not 'fast'"):
        loading.loading_for("fast")


def test_numba_is_imported_when_something_is_compiled_and_not_before():
    code = """
import sys, gradwalk as gw
assert "numba" not in sys.modules
step = gw.compile(lambda x: x * 2, tier="numpy")
step(gw.tensor(1.0))
assert "numba" not in sys.modules
gw.compile(lambda x: x * 2, tier="numba")
assert "numba" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_kernel_on_disk_is_the_one_for_this_code(tmp_path):
    kernels = pytest.importorskip("gradwalk.program.native.kernels")
    from gradwalk.program.scalar import kernel

    for compiled in (kernels.interpret, kernels.interpret_long, kernel.replay, kernel.levels):
        assert kept.digest() in compiled._cache._impl.filename_base
    shutil.copytree(Path(kept.__file__).parents[1], tmp_path / "program")
    assert kept.digest(tmp_path / "program") == kept.digest()
    with (tmp_path / "program" / "scalar" / "kinds.py").open("a") as file:
        file.write("BLOCK = 1\n")
    assert kept.digest(tmp_path / "program") != kept.digest()
