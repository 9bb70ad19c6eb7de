import json
import time
from dataclasses import asdict, replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradwalk as gw
from gradwalk.recording import entered
from gradwalk.source import Span
from gradwalk.walk import Node, Step, Walk
from gradwalk.walk.groups import LIMIT
from gradwalk.walk.layout import Layout, layout
from gradwalk.walk.sizes import clipped, heat_shape, is_own_name, op_label, text_width


def node(id: int, inputs=(), *, op="", shape=(), name="", span=None, scope=(), calls=(), turn=0, role="") -> Node:
    made = op or ("add" if inputs else None)
    return Node(
        id, name or f"v{id}", role or ("result" if made else "parameter"), made, id, 0, tuple(inputs), {}, shape, "float64", 0.0,
        True, span, scope, calls, turn,
    )  # fmt: skip


def walk_of(nodes) -> Walk:
    steps = [Step("backward", n.id, i, slot, total=0.0) for n in nodes for slot, i in enumerate(n.inputs)]
    return Walk("test", nodes[-1].id, tuple(nodes), (Step("seed", nodes[-1].id, total=1.0), *steps))


def chain(length: int) -> Walk:
    return walk_of([node(0), *(node(i, [i - 1], op="tanh") for i in range(1, length + 1))])


def fan_in(count: int) -> Walk:
    return walk_of([*(node(i) for i in range(count)), node(count, range(count), op="stack")])


def sums(count: int) -> Walk:
    """p0 + p1 + p2 + …, the leaves all made first."""
    adds = [node(count + i, [count + i - 1 if i else 0, i + 1]) for i in range(count - 1)]
    return walk_of([*(node(i) for i in range(count)), *adds])


DIAMOND = walk_of(
    [node(0), node(1, [0], op="exp"), node(2, [0, 0], op="mul"), node(3, [1, 2]), node(4, [3, 0], op="mul")]
)


def network(layers=(2, 4, 3, 1), scoped=True) -> Walk:
    """A network unrolled to single numbers: each unit a sum of products, each layer a module."""
    nodes: list[Node] = [node(i, name=f"x{i}", role="input") for i in range(layers[0])]

    def add(inputs=(), **keywords) -> int:
        nodes.append(node(len(nodes), inputs, **keywords))
        return nodes[-1].id

    below = [n.id for n in nodes]
    for depth, width in enumerate(layers[1:]):
        where = {"scope": (f"layer{depth}",), "calls": (depth + 1,)} if scoped else {}
        units = []
        for j in range(width):
            total = add(name=f"b{j}")
            for i in below:
                total = add([total, add([add(name=f"w{i}{j}"), i], op="mul", **where)], **where)
            units.append(add([total], op="tanh", **where))
        below = units
    return walk_of(nodes)


# --- properties of every picture -------------------------------------------------------------------------------------


def overlap(a, b, margin=0.0) -> bool:
    return (
        a.x < b.x + b.width + margin
        and b.x < a.x + a.width + margin
        and a.y < b.y + b.height + margin
        and b.y < a.y + a.height + margin
    )


def inside(inner, outer) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def check(placed: Layout, walk: Walk) -> None:
    for a, b in combinations(placed.boxes, 2):
        assert not overlap(a, b, 4), (a, b)
    for a, b in combinations(placed.areas, 2):
        assert not overlap(a, b) or inside(a, b) or inside(b, a), (a, b)
    for box in placed.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= placed.width
        assert box.y + box.height <= placed.height
        around = next((area for area in placed.areas if area.id == box.group), None)
        assert around is None or inside(box, around)
        for area in placed.areas:
            assert not overlap(box, area) or inside(box, area), (box, area)
    edges = {(i, n.id) for n in walk.nodes for i in n.inputs}
    by_id = {box.id: box for box in placed.boxes}
    for route in placed.routes:
        assert (route.source, route.target) in edges
        check_route(route, by_id, placed)
    if all(box.node is not None for box in placed.boxes):
        assert {(route.source, route.target) for route in placed.routes} == edges
        assert all(walk.nodes[r.target].inputs[slot] == r.source for r in placed.routes for slot in r.slots)


def check_route(route, by_id, placed) -> None:
    source, target = by_id[route.from_box], by_id[route.to_box]
    assert route.points[0][0] == pytest.approx(source.x + source.width)
    assert source.y <= route.points[0][1] <= source.y + source.height
    assert route.points[-1][0] == pytest.approx(target.x, abs=0.02)
    assert target.y <= route.points[-1][1] <= target.y + target.height
    for (x0, y0), (x1, y1) in pairwise(route.points):
        assert min(x0, x1) >= -0.01
        assert max(x0, x1) <= placed.width
        assert min(y0, y1) >= -0.01
        assert max(y0, y1) <= placed.height
        assert x0 == x1 or y0 == y1 or x0 < x1, "a curve runs to the right"
        for box in by_id.values():
            through = max(min(x0, x1), box.x) < min(max(x0, x1), box.x + box.width) - 0.02
            assert not (through and max(min(y0, y1), box.y) < min(max(y0, y1), box.y + box.height)), (route, box)
            level = box.y < y0 == y1 < box.y + box.height and through
            assert not level, (route, box)
            upright = box.x < x0 == x1 < box.x + box.width and max(min(y0, y1), box.y) < min(
                max(y0, y1), box.y + box.height
            )
            assert not upright, (route, box)


PICTURES = {
    "one op": walk_of([node(0), node(1, [0], op="exp")]),
    "diamond": DIAMOND,
    "chain of 100": chain(100),
    "fan-in of 50": fan_in(50),
    "sum of 60": sums(60),
    "network": network(),
    "network without modules": network(scoped=False),
    "long skip": walk_of([*chain(40).nodes, node(41, [40, 0]), node(42, [41, 3])]),
    "tensors": walk_of(
        [node(0, shape=(784,)), node(1, shape=(3, 784, 2)), node(2, [0, 1], shape=(0, 3)), node(3, [2], op="mean")]
    ),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("width", [960, 390])
def test_boxes_and_areas_never_overlap_and_edges_cross_no_box(name, width):
    placed = layout(PICTURES[name], width)
    check(placed, PICTURES[name])


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "network"])  # a module keeps a readable width
@pytest.mark.parametrize("width", [960, 480])
def test_rows_stay_within_the_width(name, width):
    assert layout(PICTURES[name], width).width <= width


@st.composite
def graphs(draw) -> Walk:
    nodes: list[Node] = []
    for i in range(draw(st.integers(2, 24))):
        count = draw(st.integers(0, min(i, 3)))
        inputs = draw(st.lists(st.integers(0, i - 1), min_size=count, max_size=count)) if i else []
        module = draw(st.sampled_from([(), (), ("a",), ("a", "b"), ("c",)]))
        line = draw(st.integers(1, 6))
        span = Span("f.py", line, 0, line, 9, draw(st.sampled_from(["", "", "f", "g"])))
        shape = draw(st.sampled_from([(), (), (3,), (4, 7)]))
        name = draw(st.sampled_from(["", "loss", "a rather long name for one value"]))
        nodes.append(node(i, inputs, shape=shape, name=name, span=span, scope=module, calls=tuple(range(len(module)))))
    used = {i for n in nodes for i in n.inputs}
    loose = [n.id for n in nodes if n.id not in used]
    return walk_of([*nodes, node(len(nodes), loose, op="stack")])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(graphs(), st.sampled_from([960, 500]))
def test_any_graph_is_drawn_cleanly(walk, width):
    check(layout(walk, width), walk)


def test_the_same_walk_gives_the_same_picture():
    assert layout(network()) == layout(network())


def test_a_layout_is_plain_data():
    document = asdict(layout(network()))
    assert json.loads(json.dumps(document))["boxes"][0]["x"] == document["boxes"][0]["x"]


def test_sizes_do_not_depend_on_values():
    w = gw.tensor(0.5, requires_grad=True)
    loss = gw.tanh(w * 2.0)
    walk = gw.walk(loss)
    assert layout(walk) == layout(walk.replay(w=-1.23456789e-200))


# --- where things are ------------------------------------------------------------------------------------------------


def house() -> Walk:
    x, y = gw.tensor(2.0), gw.tensor(3.0)
    w1, w2 = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0, requires_grad=True)
    z1 = w1 * x
    h = gw.relu(z1)
    y_pred = w2 * h
    L = 0.5 * (y - y_pred) ** 2
    return gw.walk(L)


def test_the_house_price_network_fits_one_row_from_left_to_right():
    walk = house()
    placed = layout(walk)
    x = {walk.nodes[box.node].name: box.x for box in placed.boxes}
    assert placed.width <= 960
    assert placed.height < 200
    assert x["w1"] == x["x"] < x["z1"] < x["h"] < x["y_pred"] < x["y − y_pred"] < x["L"]
    assert max(x.values()) == x["L"]


def test_a_leaf_stands_right_before_its_first_consumer():
    placed = layout(house())
    for leaf, consumer in ((2, 4), (3, 6), (1, 7), (9, 10)):
        gap = placed.box(consumer).x - (placed.box(leaf).x + placed.box(leaf).width)
        assert gap == 30, (leaf, consumer)


def test_the_main_line_is_straight():
    placed = layout(house())
    level = [box.card[1] + box.card[3] / 2 for box in placed.boxes if box.op]
    assert max(level) - min(level) < 1


def test_a_long_chain_wraps_instead_of_shrinking():
    placed = layout(chain(60))
    rows = {box.card[1] + box.card[3] / 2 for box in placed.boxes}
    assert 8 <= len(rows) <= 15
    assert min(box.card[2] for box in placed.boxes) >= 78


def test_no_row_holds_a_single_box_at_the_end():
    placed = layout(chain(7))
    last = max(box.y for box in placed.boxes)
    assert sum(1 for box in placed.boxes if abs(box.y - last) < 10) >= 3


def test_a_square_has_one_edge_with_two_slots():
    routes = [r for r in layout(DIAMOND).routes if r.target == 2]
    assert [r.slots for r in routes] == [(0, 1)]


def test_a_diamond_is_drawn_without_crossings():
    y = {box.node: box.y for box in layout(DIAMOND).boxes}
    first, second = (
        next(r.points for r in layout(DIAMOND).routes if (r.source, r.target) == pair) for pair in ((1, 3), (2, 3))
    )
    assert (y[1] < y[2]) == (first[-1][1] < second[-1][1])


def branches(count: int) -> Walk:
    """As many values side by side, then their sum."""
    return walk_of([node(0), *(node(i + 1, [0], op="exp") for i in range(count)), node(count + 1, range(1, count + 1))])


@pytest.mark.parametrize(("count", "room"), [(2, 60), (3, 60), (4, 0), (8, 0)])
def test_a_few_branches_use_the_height_that_many_need(count, room):
    placed = layout(branches(count), 960)
    for above, below in pairwise([placed.box(i + 1) for i in range(count)]):
        between = abs(below.y - above.y) - above.height
        assert room < between < room + 40


def test_turns_are_drawn_by_themselves():
    walk = house().update(0.1, steps=2)
    first, last = layout(walk), layout(walk, turn=2)
    assert [box.x for box in first.boxes] == [box.x for box in last.boxes]
    assert {walk.nodes[box.node].turn for box in last.boxes} == {2}


def test_what_a_turn_uses_of_an_earlier_one_is_drawn_as_given():
    walk = walk_of([node(0), node(1, [0], op="exp"), node(2, turn=1), node(3, [1, 2], turn=1)])
    placed = layout(walk, turn=1)
    assert [box.node for box in placed.boxes] == [1, 2, 3]
    assert placed.box(1).op is None


# --- groups ----------------------------------------------------------------------------------------------------------


def labels(walk, **options):
    return [area.label for area in layout(walk, **options).areas]


def test_modules_are_areas_with_their_own_leaves():
    walk = network((2, 2, 1))
    placed = layout(walk)
    assert [area.label for area in placed.areas] == ["layer0", "layer1"]
    group = {box.node: box.group for box in placed.boxes}
    assert {group[i] for i in (0, 1)} == {""}, "data is no part of a layer"
    weights = [n.id for n in walk.nodes if n.name.startswith("w")]
    assert all(group[i] for i in weights)


def test_two_calls_of_one_module_are_two_areas():
    w = gw.tensor(0.5, requires_grad=True)
    a = w
    for _ in range(2):
        with entered("cell", library=False):
            b = a * w
            a = gw.tanh(b)
    assert labels(gw.walk(a)) == ["cell", "cell"]


def test_calls_of_a_function_are_numbered():
    def unit(w, x):
        z = w * x
        return gw.tanh(z)

    w, x = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0)
    first = unit(w, x)
    second = unit(w, first)
    loss = (second - 1.0) ** 2
    assert labels(gw.walk(loss)) == ["unit 1", "unit 2"]


def test_turns_of_a_loop_are_numbered_and_what_is_around_the_loop_is_not_part_of_it():
    w, a = gw.tensor(0.5, requires_grad=True), gw.tensor(1.0)
    start = w + 1.0
    for _ in range(3):
        z = start * a
        a = gw.tanh(z)
    loss = a * w
    placed = layout(gw.walk(loss))
    assert [area.label for area in placed.areas] == ["turn 1", "turn 2", "turn 3"]
    outside = [box for box in placed.boxes if box.op and not box.group]
    assert len(outside) == 2


def test_straight_code_has_no_areas():
    assert labels(house()) == []


def deep(length: int) -> Walk:
    w, a = gw.tensor(0.9, requires_grad=True), gw.tensor(0.5)
    for _ in range(length):
        z = w * a
        a = gw.tanh(z)
    return gw.walk(a)


@pytest.fixture(scope="module")
def large() -> Walk:
    return deep(1000)


def test_a_large_graph_collapses_and_opens_where_asked(large):
    closed = layout(large)
    assert len(closed.boxes) <= LIMIT
    bundle = next(box for box in closed.boxes if box.node is None)
    assert len(bundle.nodes) > 10
    opened = layout(large, open=[bundle.id])
    assert len(opened.boxes) > len(closed.boxes)
    assert bundle.id in [area.id for area in opened.areas]
    assert layout(large, open=[bundle.label]) == opened
    check(opened, large)


def test_a_large_graph_opened_twice_over(large):
    outer = next(box for box in layout(large).boxes if box.node is None)
    once = layout(large, open=[outer.id])
    inner = next(box for box in once.boxes if box.node is None and box.group == outer.id)
    twice = layout(large, open=[inner.id])
    assert {outer.id, inner.id} <= {area.id for area in twice.areas}, "what is around an open group is open too"
    check(twice, large)


def test_straight_code_without_any_groups_collapses_too():
    placed = layout(chain(2000))
    assert len(placed.boxes) <= LIMIT
    check(placed, chain(2000))


def test_crowds_of_leaves_collapse_too():
    walk = fan_in(2000)
    placed = layout(walk)
    assert [(box.label, len(box.nodes)) for box in placed.boxes] == [("v0 – v1999", 2000), ("", 1)]
    assert [route.values for route in placed.routes] == [2000]
    check(placed, walk)
    check(layout(fan_in(320), open=["v0 – v319"]), fan_in(320))


@pytest.mark.parametrize(
    ("walk", "limit"), [(chain(200), 0.05), (sums(100), 0.05), (chain(2000), 0.5), (sums(2500), 0.5)]
)
def test_layouts_are_quick(walk, limit):
    layout(walk)
    times = []
    for _ in range(3):
        start = time.process_time()
        layout(walk)
        times.append(time.process_time() - start)
    assert min(times) < limit


# --- words and sizes -------------------------------------------------------------------------------------------------


def test_long_texts_are_cut_to_fit():
    cut = clipped("a name that goes on and on", 15, 100)
    assert cut.endswith("…")
    assert text_width(cut, 15) <= 100
    assert clipped("w1", 15, 100) == "w1"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("w1", True),
        ("h#2", True),
        ("self.hidden", True),
        ("ŷ", True),
        ("y\u0302", True),
        ("v7", False),
        ("v1", True),
        ("w·x + b", False),
        ("sigmoid(z)", False),
    ],
)
def test_whose_name_it_is(name, own):
    assert is_own_name(node(7, [0], name=name)) == own


def test_a_later_turn_keeps_its_automatic_names():
    assert not is_own_name(node(17, [0], name="v7", turn=1), start=10)


@pytest.mark.parametrize(
    ("shape", "cells"),
    [((), (1, 1)), ((4,), (1, 4)), ((784,), (1, 10)), ((5, 2), (5, 2)), ((3, 64, 64), (6, 10)), ((0, 3), (1, 3))],
)
def test_heatmaps_stay_small(shape, cells):
    assert heat_shape(shape) == cells


@pytest.mark.parametrize(
    ("op", "sign"),
    [
        ("add", "+"),
        ("mul", "×"),
        ("div", "÷"),
        ("neg", "−"),
        ("sigmoid", "σ"),
        ("tanh", "tanh"),
        ("sqrt", "√"),
        ("matmul", "@"),
        ("mT", "xᵀ"),
        ("where", "where"),
        ("not_declared", "not_declared"),
        ("an_op_with_quite_a_long_name", "an_op_with_q…"),
    ],
)
def test_ops_show_their_sign(op, sign):
    assert op_label(node(1, [0], op=op)) == sign


@pytest.mark.parametrize(("exponent", "sign"), [(2, "x²"), (-1.0, "x⁻¹"), (0.5, "x^0.5")])
def test_powers_show_their_exponent(exponent, sign):
    assert op_label(replace(node(1, [0], op="pow_constant"), params={"exponent": exponent})) == sign
