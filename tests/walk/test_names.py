"""Names in a walk that nobody gave: found in the user's own code, wherever it runs."""

import linecache
import subprocess
import sys

import pytest

import gradwalk as gw

START = "w = gw.tensor(2.0, requires_grad=True)\n"
PAIR = "w = gw.tensor([2.0, 3.0], requires_grad=True)\n"


def walk_of(code, file="<cell>"):
    """Run a cell-like piece of code; the walk of its ``loss``, made elsewhere, so that no variable helps with names."""
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    variables = {"gw": gw}
    exec(compile(code, file, "exec"), variables)
    return variables.get("walk") or gw.walk(variables["loss"])


def names(walk):
    """What the leaves that require grad and the results are called."""
    return [node.name for node in walk.nodes if node.wants_gradient]


def marked(walk, name):
    """The text that is highlighted for a node."""
    where = walk.node(name).span
    lines = walk.source[where.file].splitlines()[where.line - 1 : where.end_line]
    lines[-1] = lines[-1][: where.end_column]
    lines[0] = lines[0][where.column :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (START + "h = w * 3\nloss = h + 1", ["w", "h", "loss"]),
        (START + "loss = (w * 3 + 1) ** 2", ["w", "w·3", "w·3 + 1", "loss"]),
        (START + "loss = gw.sigmoid(w*2).log()", ["w", "w·2", "sigmoid(w·2)", "loss"]),
        (START + "a = b = w * 3\na = a + 1\nloss = a * b", ["w", "a", "a#2", "loss"]),
        (START + "h = w * 3\nh += 1\nloss = h * 2", ["w", "h", "h#2", "loss"]),
        (
            START + "for _ in range(3):\n    h = w * 3\n    w = h + 1\nloss = -w",
            ["w", "h", "w#2", "h#2", "w#3", "h#3", "w#4", "loss"],
        ),
        (START + "hs = [w * i for i in (1, 2)]\nloss = hs[0] + hs[1]", ["w", "w·i", "(w·i)#2", "loss"]),
        (START + "if (q := w * 2) > 1:\n    loss = q + 1", ["w", "q", "loss"]),
        (START + "f = lambda v: v * v\nloss = f(w) + 1", ["w", "v·v", "loss"]),
        (START + "loss = (\n    w * 3\n    + w\n)", ["w", "w·3", "loss"]),
        (PAIR + "a, b = w.split(1)\nloss = (a * b).sum()", ["w", "a", "b", "a·b", "loss"]),
        (PAIR + "top, at = w.max(0)\nloss = top * 2", ["w", "top", "loss"]),
        (
            "def f(x):\n    h = x * x\n    return h + 1\n" + START + "y = f(w)\nloss = f(y)",
            ["w", "h", "h + 1", "h#2", "(h + 1)#2"],
        ),
    ],
)
def test_names_come_from_the_code(code, expected):
    assert names(walk_of(code)) == expected


MODEL = """
class Model:
    def __init__(self):
        self.w = gw.tensor([2.0, 1.0], requires_grad=True)
        self.b = gw.tensor(0.5, requires_grad=True)

    def __call__(self, x):
        self.hidden = self.w * x + self.b
        return self.hidden.sum()

model = Model()
loss = model(3.0) * 2
"""


def test_attributes_are_dotted():
    assert names(walk_of(MODEL)) == ["self.w", "self.b", "self.w·x", "self.hidden", "v5", "loss"]


def test_variables_of_the_caller_come_first():
    weight = (gw.tensor(2.0, requires_grad=True),)[0]
    total = [weight * 3][0]
    assert names(gw.walk(total)) == ["weight", "total"]


def test_a_name_that_was_given_wins():
    w = gw.tensor(2.0, requires_grad=True, name="slope")
    loss = w * 3
    assert names(gw.walk(loss)) == ["slope", "loss"]


def test_leaves_have_names_or_show_their_numbers():
    walk = walk_of(START + "k = gw.tensor(4.0)\nloss = w * k + 1.5 * w * gw.tensor(2.5)")
    assert [(node.name, node.role) for node in walk.nodes if node.is_leaf] == [
        ("w", "parameter"), ("k", "input"), ("1.5", "constant"), ("2.5", "constant")
    ]  # fmt: skip


# --- library functions ---


def test_a_composite_is_at_the_user_s_line_and_its_result_has_the_user_s_name():
    walk = walk_of(
        PAIR
        + "def model():\n    loss = gw.nn.functional.cross_entropy(w, gw.tensor(0))\n    return loss\nloss = model() * 1.0"
    )
    inside = [node for node in walk.nodes if node.scope == ("cross_entropy",)]
    assert len(inside) > 1
    assert inside[-1].name == "loss"
    assert {marked(walk, node.id) for node in inside} == {"gw.nn.functional.cross_entropy(w, gw.tensor(0))"}
    assert {node.span.function for node in inside} == {"model"}
    assert len({node.calls for node in inside}) == 1


def test_two_calls_of_a_composite_are_two_groups():
    walk = walk_of(PAIR + "t = gw.tensor(0)\nf = gw.nn.functional.cross_entropy\nloss = f(w, t) + f(w * 2, t)")
    assert len({node.calls for node in walk.nodes if node.scope}) == 2


# --- exact to the column ---


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        (START + "ŷ = w * 3; loss = (ŷ - 1) ** 2", "ŷ", "w * 3"),
        (START + "ŷ = w * 3; loss = (ŷ - 1) ** 2", "ŷ − 1", "ŷ - 1"),
        (START + "ŷ = w * 3; loss = (ŷ - 1) ** 2", "loss", "(ŷ - 1) ** 2"),
        (START + "loss = (\n    w * 3\n    + w\n)", "loss", "w * 3\n    + w"),
        (START + "h = w * 3\nh += 1\nloss = h * 2", "h#2", "h += 1"),
        (START + "loss = w.exp().sum( )", "loss", "w.exp().sum( )"),
    ],
)
def test_what_is_highlighted(code, name, expected):
    assert marked(walk_of(code), name) == expected


# --- wherever it runs ---

SCRIPT = START + "h = w * 3\nloss = (h - 1) ** 2\nprint([n.name for n in gw.walk(loss).nodes if n.wants_gradient])\n"
FOUND = "['w', 'h', 'h − 1', 'loss']"


def ran(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-X", "utf8", *arguments],
        capture_output=True,
        text=True,
        encoding="utf8",
        check=True,
        **options,
    ).stdout.strip()


def test_a_script(tmp_path):
    (tmp_path / "model.py").write_text("import gradwalk as gw\n" + SCRIPT, encoding="utf8")
    assert ran(str(tmp_path / "model.py")) == FOUND


def test_code_without_source():
    """There is no text to read, so an expression that isn't stored gets a number."""
    for arguments, options in [
        (("-c", "import gradwalk as gw\n" + SCRIPT), {}),
        (("-",), {"input": "import gradwalk as gw\n" + SCRIPT}),
    ]:
        assert ran(*arguments, **options) == FOUND.replace("h − 1", "v4")
