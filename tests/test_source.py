"""From a code object and an offset to the user's text: exact columns, stored names, tidy expressions."""

import linecache
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradwalk.source import Span, span, stored_name, syntax_tree, text, tidy


class Spy:
    """Stands for a tensor: it remembers the code and offset that ran each operator or call."""

    def __init__(self):
        self.seen = []

    def note(self, *_):
        frame = sys._getframe(1)
        self.seen.append((frame.f_code, frame.f_lasti))
        return self

    def __call__(self, *_):
        frame = sys._getframe(1)
        self.seen.append((frame.f_code, frame.f_lasti))
        return self

    def __add__(self, other):
        frame = sys._getframe(1)
        self.seen.append((frame.f_code, frame.f_lasti))
        return self

    __mul__ = __iadd__ = __getitem__ = __gt__ = __add__

    def __iter__(self):
        return iter([self, self])

    def split(self):
        return self()


def places(code):
    """Where the operations of a piece of code ran; its ``x`` is a spy."""
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(True), "<cell>")
    spy = Spy()

    class Box:
        pass

    exec(compile(code, "<cell>", "exec"), {"x": spy, "box": Box()})
    return [place for place in spy.seen if place[0].co_filename == "<cell>"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("y = x + 1", ["y"]),
        ("y = x(1)", ["y"]),  # a running call points into its instruction's caches
        ("a = b = x + 1", ["a"]),
        ("x += 1", ["x"]),
        ("if (y := x + 1): pass", ["y"]),
        ("box.hidden = x + 1", ["box.hidden"]),
        ("box.inner = box\nbox.inner.hidden = x(1)", ["box.inner.hidden"]),
        ("y = x + 1 + 2", ["", "y"]),
        ("x + 1", [""]),
        ("y = [x + 1]", [""]),
        ("d = {}\nd['h'] = x + 1", [""]),
        ("def f():\n    y = x(1)\n    return y * 2\nz = f()", ["y", ""]),
        ("def f():\n    global y\n    y = x + 1\nf()", ["y"]),
        ("def f():\n    y = x + 1\n    return lambda: y\nf()", ["y"]),
        ("def f():\n    a = b = x + 1\n    return a\nf()", ["a"]),
        ("def f():\n    y = x + 1\n    z = y * 2\n    return z\nf()", ["y", "z"]),
    ],
)
def test_the_name_that_a_result_is_stored_in(code, names):
    assert [stored_name(*place) for place in places(code)] == names


@pytest.mark.parametrize("code", ["a, b = x + 1", "a, b = x(1)", "def f():\n    a, b = x + 1\n    return a, b\nf()"])
def test_unpacking_names_by_position(code):
    place = places(code)[0]
    assert [stored_name(*place, slot) for slot in (0, 1)] == ["a", "b"]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("y = x + 1", ["x + 1"]),
        ("ŷ = 'é'; y = x + 1; z = x * 'ü'", ["x + 1", "x * 'ü'"]),
        ("y = (x + 1) * 2", ["x + 1", "(x + 1) * 2"]),
        ("y = (x\n     + 1)", ["x + 1"]),
        ("ys = [x * i for i in range(2)]", ["x * i", "x * i"]),
        ("f = lambda v: v * v\ny = f(x)", ["v * v"]),
        ("y = x[0] > x(\n    1, 2)", ["x[0]", "x( 1, 2)", "x[0] > x( 1, 2)"]),
        ("x += 1", ["x += 1"]),
    ],
)
def test_the_text_of_an_operation_is_exact_to_the_column(code, texts):
    assert [text(span(*place)) for place in places(code)] == texts


def test_columns_count_characters_and_lines_from_one():
    (place,) = places("\nŷ = 'é'; y = x + 1")
    assert span(*place) == Span("<cell>", 2, 13, 2, 18)
    (place,) = places("def f():\n    return x + 1\nf()")
    assert span(*place).function == "f"


def test_no_position_has_no_text():
    assert (span(None, -1), text(None), stored_name(None, -1)) == (None, "", "")


def test_a_source_that_cannot_be_had_is_no_text():
    (place,) = places("y = x + 1")
    del linecache.cache["<cell>"]
    span.cache_clear()
    assert (text(span(*place)), stored_name(*place)) == ("", "y")
    span.cache_clear()


@pytest.mark.parametrize(
    ("expression", "tidied"),
    [
        ("w*x+b", "w·x + b"),
        ("( a-b )", "a − b"),
        ("torch.nn.functional.relu(z)", "relu(z)"),
        ("x.sum( dim=0 )", "x.sum(dim=0)"),
        ("lambda: 1", ""),
        ("(y := 2)", ""),
        ("x += 1", ""),
        ("a if", ""),
        ("x" * 61, ""),
        ("", ""),
    ],
)
def test_tidy_expressions(expression, tidied):
    assert tidy(expression) == tidied


def test_several_threads_read_programs_at_once():
    program = "\n".join(f"a{i} = {'(' * 30}x{' * w + 1)' * 30}" for i in range(60))
    with ThreadPoolExecutor(4) as threads:
        trees = list(threads.map(syntax_tree, [program] * 40))
    assert {len(tree.body) for tree in trees} == {60}
