"""Whatever comes, a reply goes back: the kernel never raises, and its replies are JSON."""

import json
from typing import get_args, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradwalk.studio import protocol as p
from gradwalk.studio.kernel import Kernel
from gradwalk.studio.lab_parts import PARTS
from gradwalk.studio.wire import as_json, decode_frame, encode_frame

KERNEL = Kernel(seconds=2)
KEYS = [
    KERNEL.handle({"kind": "open", "source": {"example": name}}).head["key"] for name in ("house", "batch", "diamond")
]
CALM = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
REPLIES = {get_args(get_type_hints(kind)["kind"])[0] for kind in p.REPLIES}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
number = st.floats(-10, 10) | st.integers(-3, 30) | st.sampled_from([0, 1e300, -1e-300, 1e-9])
formulas = st.sampled_from(
    [
        "x*x",
        "sigmoid(w*x)",
        "x**y",
        "log(x)/y",
        "a = x*y\nb = a*a",
        "x +",
        "",
        "sum(x)",
        "[x, y]",
        "x[0]",
        "1/0*x",
        "relu(x)@y",
    ]
) | st.text("xyw+-*/()=., 12\n", max_size=16)
values = st.fixed_dictionaries({}, optional={name: number | st.lists(number, max_size=3) for name in "xyw"})
state = st.fixed_dictionaries(
    {"key": st.sampled_from([*KEYS, "gone"])},
    optional={
        "leaves": st.dictionaries(st.integers(-1, 20).map(str), number | st.lists(number, max_size=4), max_size=3),
        "rounding": st.fixed_dictionaries({"node": st.integers(-2, 20), "digits": st.integers(-400, 400)}),
    },
)
options = st.dictionaries(
    st.sampled_from(["count", "noise", "seed", "target", "categorical", "x"]), number | st.text(max_size=3), max_size=2
)
experiment = st.fixed_dictionaries(
    {"settings": st.fixed_dictionaries(
        {"epochs": st.integers(-1, 3), "data_options": options | st.just({"count": 9}) | st.just({"target": "b"})},
        optional={
            "data": st.sampled_from(["xor", "moons", "digits", "sine", "spirals", "x.csv", ""]), "hidden": st.lists(st.integers(0, 4), max_size=3),
            "lr": number, "batch_size": st.integers(0, 5), "accumulate": st.integers(0, 3), "scale": st.booleans(), "held_out": number,
            "network": st.sampled_from(["dense", "conv"]), "loss": st.sampled_from(["auto", "squared_error", "cross_entropy"]), "patience": st.integers(0, 2),
            "normalization": st.sampled_from(["none", "batch", "layer"]), "dropout": number, "x": anything,
        },
    )},
    optional={
        "points": st.lists(st.lists(number, min_size=3, max_size=3), max_size=5), "key": st.sampled_from(["", "gone"]),
        "table": st.sampled_from(["", "a,b\n1,2\n2,3\n3,3\n", "a,b\nx,2\ny,3\n", "a,b\n1\n", "\0"]), "file": st.text(max_size=6),
    },
)  # fmt: skip
phases = st.sampled_from(["", "forward", "loss", "backward", "update"])
moment = st.fixed_dictionaries(
    {"experiment": experiment, "step": st.integers(-2, 12)},
    optional={"phase": phases, "piece": st.integers(-1, 4), "row": st.integers(-1, 9)},
)
source = st.fixed_dictionaries(
    {},
    optional={
        "formula": formulas, "example": st.sampled_from(["house", "no"]), "values": values, "of": st.sampled_from(["", "a", "q"]), "walk": st.text(max_size=5),
        "training": st.fixed_dictionaries({"rate": number, "steps": st.integers(-1, 4)}), "moment": moment,
    },
)  # fmt: skip
health = st.fixed_dictionaries(
    {},
    optional={
        "depth": st.integers(-1, 3), "width": st.integers(0, 5), "activation": st.sampled_from(["relu", "tanh", "no"]), "lr": number,
        "init_scale": number, "steps": st.integers(0, 3), "batch_size": st.integers(0, 9), "residual": st.booleans(), "clip": st.none() | number,
    },
)  # fmt: skip
either = source | st.fixed_dictionaries({"health": health})
pair = st.lists(number, min_size=2, max_size=2)
names = st.sampled_from(["x", "y", "w1", "w2", "h", "W1", "?"])
FIELDS = {
    "source": either, "before": either, "after": either, "settings": health, "remedies": st.lists(st.sampled_from(["relu", "leaky_relu", "he", "no"]), max_size=2),
    "state": state, "key": st.sampled_from([*KEYS, "gone"]), "width": number, "open": st.lists(st.text(max_size=4), max_size=2),
    "turn": st.integers(-1, 3), "step": st.integers(-2, 40), "node": st.integers(-2, 30), "entry": st.lists(st.integers(-3, 3), max_size=3),
    "eps": number | st.just(1e-6), "asked": st.sampled_from(["value", "local", "contribution", "total"]), "answer": number, "formula": formulas,
    "name": names, "low": number, "high": number, "at": number, "nudge": number, "values": values, "points": st.integers(-1, 12), "rate": number, "steps": st.integers(-1, 5),
    "names": st.lists(names, min_size=2, max_size=2), "form": st.sampled_from(["svg", "tex", "json", "txt", "html"]), "slug": st.text(max_size=4),
    "moment": moment, "seconds": st.sampled_from([0, 0, -1, 1e-9, 1e-3]), "play": st.sampled_from(["", "a"]), "until": st.none() | st.integers(-1, 9),
    "parts": st.lists(st.sampled_from([*PARTS, "?"]), max_size=5), "grid": st.integers(-3, 12), "since": st.integers(-3, 9),
    "inputs": st.lists(number, min_size=1, max_size=3), "label": number, "parameter": names, "experiment": experiment, "rows": st.lists(st.integers(-1, 30), max_size=4),
}  # fmt: skip
PAIRS = {("grid", "low"), ("grid", "high"), ("grid", "at"), ("surface", "low"), ("surface", "high")}


@st.composite
def requests(draw):
    kind = draw(st.sampled_from(p.REQUESTS))
    word = get_args(get_type_hints(kind)["kind"])[0]
    made = {"kind": word, "id": 1}
    for name in get_type_hints(kind):
        if name != "kind":
            made[name] = draw(pair if (word, name) in PAIRS else FIELDS[name])
    return made


def answered(request):
    head, buffers = KERNEL.handle(request)
    assert head["kind"] in REPLIES
    assert head.get("code") != "internal", head
    json.loads(as_json(head))
    assert all(isinstance(buffer, bytes) and len(buffer) % 8 == 0 for buffer in buffers)
    return head


@CALM
@given(requests())
def test_requests_of_every_kind(request):
    assert answered(request)["id"] == 1


@CALM
@given(anything)
def test_anything(request):
    answered(request)


@CALM
@given(requests(), st.data())
def test_requests_with_one_field_of_another_kind(request, data):
    request[data.draw(st.sampled_from(sorted(request)))] = data.draw(anything)
    answered(request)


@CALM
@given(st.binary(max_size=64))
def test_bytes(frame):
    assert decode_frame(KERNEL.handle_frame(frame))[0]["kind"] == "error"


@CALM
@given(requests(), st.data())
def test_frames_with_bytes_changed(request, data):
    try:
        frame = bytearray(encode_frame(request))
    except ValueError:  # a lone surrogate can't be sent
        return
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    head, _ = decode_frame(KERNEL.handle_frame(bytes(frame)), 10**9)
    assert head["kind"] in REPLIES
