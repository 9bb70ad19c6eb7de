"""Walking a user's script: it runs in a process of its own, and the asked backward pass is caught on the way."""

import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

TRAIN = """
import gradwalk as gw

x, y = gw.tensor(2.0), gw.tensor(3.0)
w1 = gw.tensor(0.5, requires_grad=True)
w2 = gw.tensor(1.0, requires_grad=True)

def loss():
    h = gw.relu(w1 * x)
    y_pred = w2 * h
    return 0.5 * (y - y_pred) ** 2

for step in range(6):
    L = loss()
    L.backward()
    print("step", step, L.item())
    with gw.no_grad():
        for w in (w1, w2):
            w -= 0.1 * w.grad
            w.zero_grad()
"""

PLAIN = """
import gradwalk as torch
x = torch.tensor(2.0)
w = torch.tensor(0.5, requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
z = w * x + b
p = torch.sigmoid(z)
L = (1.0 - p) ** 2
"""


def test_the_last_backward_pass_before_its_update(gradwalk, script):
    found = gradwalk("walk", script(TRAIN), "--json")
    assert found.code == 0
    assert found.walk.value("L").item() == pytest.approx(3.2599988694395265e-08, rel=1e-9)
    after = {name: (found.walk.value(name) - 0.1 * found.walk.gradient(name)).item() for name in ("w1", "w2")}
    assert after == pytest.approx({"w1": 1.106699432670961, "w2": 1.3553556232731454}, rel=1e-12)
    assert found.err.startswith("step 0 2.0\nstep 1 0.352")


@pytest.mark.parametrize(("at", "loss"), [(0, 2.0), (1, 0.3528), (-1, 3.2599988694395265e-08), (-6, 2.0)])
def test_at_picks_one_backward_pass(gradwalk, script, at, loss):
    found = gradwalk("walk", script(TRAIN), f"--at={at}", "--json").walk
    assert found.value("L").item() == pytest.approx(loss, rel=1e-9)
    assert found.title == "model.py"


@pytest.mark.parametrize("at", [6, -7])
def test_at_beyond_the_passes(gradwalk, script, at):
    found = gradwalk("walk", script(TRAIN), "--at", str(at))
    assert (found.code, found.out) == (2, "")
    assert "model.py called backward() 6 times, so --at goes from 0 to 5, or from −1 back to −6" in found.err


def test_places_point_into_the_script(gradwalk, script):
    found = gradwalk("walk", script(TRAIN), "--at", "0", "--json").walk
    node = found.node("h")
    assert (node.span.file, node.span.line) == ("model.py", 9)
    assert found.source["model.py"] == TRAIN


def test_a_script_without_backward_gives_its_last_single_number(gradwalk, script):
    found = gradwalk("walk", script(PLAIN), "--json").walk
    assert found.gradient("w").item() == pytest.approx(-0.1871749357314132, rel=1e-12)
    assert [node.name for node in found.nodes if node.op][-1] == "L"


def test_of_picks_a_variable(gradwalk, script):
    assert gradwalk("walk", script(PLAIN), "--of", "z", "--json").walk.gradient("w").item() == 2.0
    assert (
        "the variable q doesn't exist, and no backward() started from it; of such results there are z, p, L"
        in gradwalk("walk", "model.py", "--of", "q").err
    )
    assert "the variable x is not a single number with a gradient" in gradwalk("walk", "model.py", "--of", "x").err


def test_of_picks_among_backward_passes(gradwalk, script):
    name = script(PLAIN + "z.backward(retain_graph=True)\nL.backward(retain_graph=True)\nq = (p * 2)\nq.backward()\n")
    assert gradwalk("walk", name, "--of", "z", "--json").walk.gradient("w").item() == 2.0
    assert gradwalk("walk", name, "--of", "L", "--at", "0", "--json").walk.gradient("w").item() == pytest.approx(
        -0.1871749357314132, rel=1e-12
    )


def test_arguments_and_main(gradwalk, script, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "helper.py").write_text("RATE = 3.0\n")
    name = script(
        "import sys, helper\nimport gradwalk as gw\nassert __name__ == '__main__'\nw = gw.tensor(float(sys.argv[1]), requires_grad=True)\nL = w * helper.RATE\nprint(sys.argv, __file__)\n",
        "inner/model.py",
    )
    found = gradwalk("walk", name, "--json", "--", "4", "--deep")
    assert found.code == 0, found.err
    assert found.walk.value("L").item() == 12.0
    assert found.walk.node("L").span.file == "inner/model.py"
    assert "['inner/model.py', '4', '--deep']" in found.err


def test_a_script_that_exits_well(gradwalk, script):
    assert gradwalk("walk", script(PLAIN + "import sys\nsys.exit(0)\n"), "--json").code == 0
    assert gradwalk("walk", script(PLAIN + "exit()\n"), "--json").code == 0


FAILING = [
    (
        PLAIN + "1/0\n",
        ["model.py stopped at line 9: ZeroDivisionError: division by zero", 'model.py", line 9, in <module>'],
    ),
    (PLAIN + "L.backward()\nraise ValueError('no')\n", ["stopped at line 10: ValueError: no"]),
    (
        PLAIN + "def f():\n    return torch.tensor([1.0, 2.0]) @ torch.tensor([1.0])\nf()\n",
        ["stopped at line 10: ShapeError: matmul"],
    ),
    ("import gradwalk as gw\nx = = 2\n", ["stopped at line 2: SyntaxError", "x = = 2"]),
    ("import no_such_module\n", ["ModuleNotFoundError: No module named 'no_such_module'"]),
    (PLAIN + "import sys; sys.exit(3)\n", ["model.py ended itself with exit code 3"]),
    (PLAIN + "raise SystemExit('out of data')\n", ["model.py ended itself with the message: out of data"]),
    (PLAIN + "import os; os._exit(7)\n", ["ended before a walk could be made (exit code 7)"]),
    (
        "print('hello')\n",
        ["model.py never made a gradwalk Tensor; it has to compute with gradwalk: import gradwalk as gw"],
    ),
    ("", ["never made a gradwalk Tensor"]),
    (
        "import gradwalk as gw\nx = gw.tensor(2.0)\ny = x * 2\n",
        ["never called backward(), and none of its variables is a single number"],
    ),
    (
        "import gradwalk as gw\nx = gw.tensor([2.0], requires_grad=True)\n(x * gw.tensor([1.0, 2.0])).backward()\n",
        ["stopped at line 3: BackwardError: backward() needs a single number"],
    ),
    (
        "import sys, types; sys.modules['torch'] = types.ModuleType('torch')\n",
        ["it uses PyTorch", "import gradwalk as torch"],
    ),
]


@pytest.mark.parametrize(("text", "words"), FAILING, ids=[text[-30:] for text, _ in FAILING])
def test_a_script_that_gives_no_walk(gradwalk, script, text, words):
    found = gradwalk("walk", script(text))
    assert (found.code, found.out) == (2, "")
    for each in words:
        assert each in found.err
    last = found.err.rstrip("\n").split("\n")[-1]
    assert last.startswith("gradwalk: ")
    assert "gradwalk/cli" not in found.err
    assert "runpy" not in found.err


def test_a_traceback_has_only_the_users_frames(gradwalk, script):
    found = gradwalk("walk", script(PLAIN + "torch.tensor([1.0]).backward()\n"))
    assert found.err.count('File "') == 1


def test_at_without_backward(gradwalk, script):
    assert (
        "never called backward(), so there is nothing for --at to pick"
        in gradwalk("walk", script(PLAIN), "--at", "0").err
    )


def test_the_time_limit(gradwalk, script):
    found = gradwalk("walk", script("print('going', flush=True)\nwhile True: pass\n"), "--timeout", "4")
    assert (found.code, found.out) == (2, "")
    assert "model.py was still running after 4 s; give it more time with --timeout 8, or fewer steps" in found.err
    assert found.err.startswith("going\n")


def test_a_script_may_change_folder(gradwalk, script, tmp_path):
    (tmp_path / "deep").mkdir()
    found = gradwalk("walk", script("import os; os.chdir('deep')\n" + PLAIN), "--json")
    assert found.walk.node("L").span.file == "model.py"


def test_a_hidden_file_of_the_users_isnt_imported_by_the_runner(gradwalk, script):
    script("raise RuntimeError('not me')\n", "json.py")
    script("raise RuntimeError('not me')\n", "numpy.py")
    (Path("other")).mkdir()
    assert gradwalk("walk", script(PLAIN, "other/model.py"), "--json").code == 0


def test_other_commands_take_scripts_too(gradwalk, script):
    name = script(PLAIN)
    assert gradwalk("why", name, "w").out.startswith("∂L/∂w = −0.1872")
    assert gradwalk("check", name).code == 0
    assert "reverse mode" in gradwalk("cost", name).out
    gradwalk("walk", name, "--save", "a.json")
    assert "the same" in gradwalk("compare", "a.json", name).out


def test_updates_of_a_scripts_parameters(gradwalk, script):
    found = gradwalk("walk", script(PLAIN), "--update", "0.1", "--json").walk
    assert found.value("w@1").item() == pytest.approx(0.5187174935731413, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "parameter", "gradient"),
    [
        ("house_price.py", "w1", -4.0),
        ("one_neuron.py", "w", -0.1871749357314132),
        ("houses_two_inputs.py", "w_bedrooms", -4.2),
        ("xor.py", "b2", None),
    ],
)
def test_the_examples(gradwalk, name, parameter, gradient):
    options = ["--at", "0"] if name in ("house_price.py", "xor.py") else []
    found = gradwalk("walk", EXAMPLES / name, *options, "--json")
    assert found.code == 0, found.err
    assert gradient is None or found.walk.gradient(parameter).item() == pytest.approx(gradient, rel=1e-12)


def test_the_xor_example_learns(gradwalk):
    assert (
        "[0.0, 0.0] → 0\n[0.0, 1.0] → 1\n[1.0, 0.0] → 1\n[1.0, 1.0] → 0\n" in gradwalk("walk", EXAMPLES / "xor.py").err
    )


def test_the_house_price_example_arrives(gradwalk):
    assert "step 19: predicts 3.000000" in gradwalk("walk", EXAMPLES / "house_price.py").err


def test_the_runner_is_this_python(gradwalk, script):
    found = gradwalk("walk", script(PLAIN + "import sys; print(sys.executable)\n"), "--json")
    assert sys.executable in found.err
