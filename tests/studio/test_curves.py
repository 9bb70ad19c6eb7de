import numpy as np
import pytest

from gradwalk import expression

X = {"name": "x", "low": -3, "high": 3, "at": 2}


def test_curve(ask):
    reply, (x, y, slope) = ask("curve", formula="(3*x + 1)**2", **X)
    assert (reply["value"], reply["slope"]) == (49, 42)
    assert reply["predicted"] == pytest.approx(0.42, rel=1e-12)
    assert reply["actual"] == pytest.approx(0.4209, rel=1e-9)
    assert reply["flat"] == [pytest.approx(-1 / 3, rel=1e-12)]
    np.testing.assert_allclose(y, (3 * x + 1) ** 2, rtol=1e-14)
    np.testing.assert_allclose(slope, 6 * (3 * x + 1), rtol=1e-13, atol=1e-13)
    assert reply["mathml"].startswith("<math")


@pytest.mark.parametrize(
    "formula, flat",
    [
        ("x**2", [0]), ("x**3", [0]), ("relu(x)", []), ("abs(x)", []), ("1/x", []), ("cos(x)", [0]), ("tanh(x)", []), ("x**3 - 3*x", [-1, 1]),
        ("(x - 0.1)**2", [0.1]), ("abs(x)*x", [0]), ("5 + 0*x", []),
    ],
)  # fmt: skip
def test_flat_points(ask, formula, flat):
    reply, _ = ask("curve", formula=formula, **X)
    assert reply["flat"] == pytest.approx(flat, abs=1e-12)


@pytest.mark.parametrize(
    "formula",
    [
        "sigmoid(w*x)",
        "mean((x*d - 1)**2)",
        "a = x*x\ny = a*sin(a) + x",
        "sum(softmax(d*x, dim=0)*d)",
        "log(x)",
        "where(x > 0, x, w*x)",
    ],
)
def test_curves_are_the_engine_s(ask, formula):
    values = {
        name: value
        for name, value in {"w": 0.7, "d": [0.5, -1.0, 2.0]}.items()
        if name in formula.replace("sigmoid", "").replace("mod", "")
    }
    _, (x, y, slope) = ask("curve", formula=formula, values=values, points=11, **X)
    for point, value, tangent in zip(x, y, slope, strict=True):
        walk = expression.walk(formula, {**values, "x": float(point)})
        result = walk.nodes[walk.output].value.item()
        expected = [result, np.nan if np.isnan(result) else walk.gradient("x").item()]
        np.testing.assert_allclose([value, tangent], expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("formula", ["log(x)", "where(x > 5, x, log(x))"])  # the second compares: each point is a walk
def test_where_there_is_no_value_there_is_no_slope(ask, formula):
    asked = {"formula": formula, "name": "x", "low": -3, "high": 3, "at": -1}
    reply, _ = ask("curve", **asked)
    assert (reply["value"], reply["slope"], reply["predicted"]) == pytest.approx((np.nan,) * 3, nan_ok=True)


def test_a_chain_without_a_value_has_no_slope(ask):
    reply, _ = ask("chain", formula="u = x - 2\nL = log(u)", name="x", low=-3, high=3, at=1)
    assert [link["slope"] for link in reply["links"]] == pytest.approx([1, np.nan], nan_ok=True)
    assert reply["slope"] == pytest.approx(np.nan, nan_ok=True)


@pytest.mark.parametrize(("at", "exact"), [(2, True), (0.7777, False)])
def test_whether_the_displayed_numbers_multiply_exactly(ask, at, exact):
    curve, _ = ask("curve", formula="x**2", **{**X, "at": at}, nudge=0.5)
    chain, _ = ask("chain", formula="u = x**2\nL = u**2", **{**X, "at": at})
    assert (curve["exact"], chain["exact"]) == (exact, exact)


def test_grid(ask):
    reply, (z, along, across) = ask(
        "grid", formula="x**2 + 2*y**2", names=["x", "y"], low=[-1, -2], high=[1, 2], at=[0.5, 0.3], points=21
    )
    assert reply["value"] == pytest.approx(0.43)
    assert reply["partials"] == [1.0, 1.2]
    x, y = np.linspace(-1, 1, 21), np.linspace(-2, 2, 21)
    np.testing.assert_allclose(z.reshape(21, 21), x[None, :] ** 2 + 2 * y[:, None] ** 2, rtol=1e-14)
    np.testing.assert_allclose(along, x**2 + 0.18, rtol=1e-14)
    np.testing.assert_allclose(across, 0.25 + 2 * y**2, rtol=1e-14)


def test_chain(ask):
    reply, buffers = ask("chain", formula="h = x**2\ng = tanh(h)\nf = g**2", name="x", low=-2, high=2, at=0.7)
    assert [link["name"] for link in reply["links"]] == ["h", "g", "f"]
    np.testing.assert_allclose(
        [link["output"] for link in reply["links"]], [0.49, 0.4542164326822591, 0.2063125677185972], rtol=1e-12
    )
    np.testing.assert_allclose(
        [link["slope"] for link in reply["links"]], [1.4, 0.7936874322814028, 0.9084328653645182], rtol=1e-12
    )
    assert reply["slope"] == pytest.approx(1.0094164476356824, rel=1e-12)
    assert [link["symbols"] for link in reply["links"]] == ["x²", "tanh(h)", "g²"]
    np.testing.assert_allclose(buffers[3], np.tanh(buffers[2]), rtol=1e-14)
    assert all(link["low"] <= link["input"] <= link["high"] for link in reply["links"])


def test_chain_without_names(ask):
    reply, _ = ask("chain", formula="tanh(x**2)**2", name="x", low=-2, high=2, at=0.7)
    assert [(link["name"], link["symbols"]) for link in reply["links"]] == [
        ("u1", "x²"),
        ("u2", "tanh(u1)"),
        ("L", "u2²"),
    ]


def test_links_are_where_all_paths_pass(ask):
    reply, _ = ask("chain", formula="y = sin(x*x + x)*w", values={"w": 2}, name="x", low=-2, high=2, at=0.7)
    assert [link["symbols"] for link in reply["links"]] == ["x · x + x", "sin(u1)", "u2 · w"]
    assert reply["slope"] == pytest.approx(np.cos(1.19) * 2.4 * 2, rel=1e-12)


def test_a_long_chain(ask):
    formula = "\n".join(f"a{i} = sigmoid(w*{f'a{i - 1}' if i else 'x'})" for i in range(100))
    reply, buffers = ask("chain", formula=formula, values={"w": 2}, name="x", low=-1, high=1, at=0.5)
    assert len(reply["links"]) == 100
    assert len(buffers) == 200
    assert reply["slope"] == pytest.approx(float(expression.walk(formula, {"w": 2, "x": 0.5}).gradient("x")), rel=1e-9)


@pytest.mark.parametrize("example, names", [("house", ["w1", "w2"]), ("line", ["w", "b"])])
def test_surface(ask, example, names):
    state = ask.state(example)
    reply, (z, path) = ask(
        "surface", state=state, names=names, low=[-1, -1], high=[2, 2], rate=0.05, steps=10, points=9
    )
    path = path.reshape(-1, 3)
    assert reply["value"] == path[0, 2]
    head, _ = ask("open", source={"example": example, "training": {"rate": 0.05, "steps": 10, "params": names}})
    _, buffers = ask("values", state={"key": head["key"]})
    losses = [buffers[0][head["nodes"][i]["offset"]] for i in head["outputs"]]
    np.testing.assert_allclose(path[:, 2], losses, rtol=1e-9, atol=1e-15)
    ids = {node["name"]: str(node["id"]) for node in ask.open(example)["nodes"]}
    moved = ask("values", state={"key": state["key"], "leaves": {ids[names[0]]: 2, ids[names[1]]: -1}})[1]
    assert z.reshape(9, 9)[0, 8] == pytest.approx(moved[0][-1], rel=1e-12)


@pytest.mark.parametrize(
    "kind, fields, code",
    [
        ("curve", {"formula": "2*y", **X}, "formula"), ("curve", {"formula": "u = 2*x\nv = 3*y", "values": {"y": 1}, **X}, "formula"),
        ("curve", {"formula": "[x, 2*x]", **X}, "formula"), ("curve", {"formula": "x*x", **X, "low": 5}, "bad-message"),
        ("curve", {"formula": "x*x", **X, "points": 10**6}, "bad-message"), ("curve", {"formula": "x*", **X}, "formula"),
        ("grid", {"formula": "x*y", "names": ["x"], "low": [0], "high": [1], "at": [0]}, "bad-message"),
        ("grid", {"formula": "x*y", "names": ["x", "x"], "low": [0, 0], "high": [1, 1], "at": [0, 0]}, "bad-message"),
        ("chain", {"formula": "3*y", "values": {"y": 1}, "name": "x", "low": 0, "high": 1, "at": 0}, "formula"),
    ],
)  # fmt: skip
def test_refusals(ask, kind, fields, code):
    reply, _ = ask(kind, **fields)
    assert reply.get("code") == code, reply


@pytest.mark.parametrize("names", [["w1", "nobody"], ["w1", "h"], ["w1", "w1"]])
def test_surface_refusals(ask, names):
    assert ask("surface", state=ask.state("house"), names=names, low=[0, 0], high=[1, 1])[0]["kind"] == "error"
