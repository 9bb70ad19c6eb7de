"""Imports point one way only, and `import gradwalk` brings in nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import gradwalk

ROOT = Path(gradwalk.__file__).parent

# Lower layers first; a module may import from its own layer and from those before it.
LAYERS = [
    {"errors", "files", "formula", "source"},
    {"ops"},
    {"inputs", "recording", "inplace"},
    {"contributions"},
    {"backward"},
    {"tensor"},
    {"operators"},
    {"creation", "cuda", "mutate"},
    {"random", "methods"},
    {"filling"},
    {"transforms", "program"},
    {"differences"},
    {"autograd"},
    {"nn"},
    {"walk"},
    {"views", "torch", "optim", "data", "expression", "utils", "weights"},
    {"train"},
    {"studio"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
HEAVY = {
    "torch",
    "numba",
    "starlette",
    "uvicorn",
    "websockets",
    "scipy",
    "matplotlib",
    "rich",
    "click",
    "pandas",
    "safetensors",
}


def own_imports(path: Path) -> set[str]:
    """The gradwalk modules that a file imports, anywhere in it; what is only for type checkers doesn't count."""
    tree = ast.parse(path.read_text())
    checked = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    ignored = {id(inner) for block in checked for inner in ast.walk(block)}
    found = set()
    for node in ast.walk(tree):
        if id(node) in ignored:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gradwalk":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names if alias.name in LEVEL}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("gradwalk.")}
    return found


def test_imports_point_one_way():
    wrong = []
    for path in ROOT.rglob("*.py"):
        own = path.relative_to(ROOT).with_suffix("").parts[0]
        if own == "__init__":
            continue
        assert own in LEVEL, f"{own} has no place among the layers; give it one in this test and in DESIGN.md"
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}" for name in own_imports(path) if LEVEL.get(name, 0) > LEVEL[own]
        ]
    assert not wrong


def test_backward_knows_nothing_of_tensors():
    assert "tensor" not in own_imports(ROOT / "backward.py") | own_imports(ROOT / "contributions.py")


def test_importing_brings_in_nothing_heavy():
    code = "import sys, gradwalk; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_module_names_are_unique_within_a_layer_table():
    assert sum(len(names) for names in LAYERS) == len(LEVEL)
