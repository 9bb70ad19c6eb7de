import json
import struct

import numpy as np
import pytest

from gradwalk.studio import protocol as p
from gradwalk.studio.wire import WireError, as_json, decode_frame, encode_frame, floats, read_json, request_from


def frame(text, buffers=b""):
    return struct.pack("<I", len(text)) + text + buffers


def test_frame_there_and_back():
    head, buffers = decode_frame(encode_frame({"id": 3, "name": "ŷ"}, [floats([1, 2.5]), floats([])]))
    assert head["id"] == 3
    assert head["name"] == "ŷ"
    assert head["buffers"] == [16, 0]
    assert np.frombuffer(buffers[0]).tolist() == [1, 2.5]


@pytest.mark.parametrize("size", range(20))
def test_first_buffer_is_aligned(size):
    made = encode_frame({"x": "a" * size}, [floats([7])])
    assert (4 + struct.unpack("<I", made[:4])[0]) % 8 == 0
    assert np.frombuffer(made, offset=len(made) - 8)[0] == 7


@pytest.mark.parametrize(
    "bad, said",
    [
        (b"", "first 4"), (b"\1\0", "first 4"), (b"\xff\0\0\0{}", "ends before"), (frame(b"[]"), "object"), (frame(b"{"), "JSON"),
        (frame(b"\xff\xfe"), "UTF-8"), (frame(b'{"a":NaN}'), "no number"), (frame(b'{"a":-Infinity}'), "no number"),
        (frame(b'{"buffers":[8]}'), "8 bytes"), (frame(b'{"buffers":[-1]}', b""), "lengths"), (frame(b'{"buffers":[true]}'), "lengths"),
        (frame(b"{}", b"more"), "0 bytes"), (frame(b"[" * 100_000), "nested"), (frame(b'{"a":' + b"9" * 6000 + b"}"), "JSON"),
        (b"\0" * 9_000_000, "limit"),
    ],
)  # fmt: skip
def test_frames_that_are_none(bad, said):
    with pytest.raises(WireError, match=said):
        decode_frame(bad)


def test_infinities_in_a_head():
    text = as_json({"a": [float("inf"), float("-inf"), float("nan"), 1e300], "−∞": "\0+∞x"})
    assert json.loads(text) == {"a": [float("inf"), float("-inf"), None, 1e300], "−∞": "\0+∞x"}


def test_request():
    made = request_from(
        {"kind": "open", "source": {"formula": "x*2", "values": {"x": [1, 2.5]}}, "width": 500, "unknown": {"z": 1}}
    )
    assert made == p.OpenRequest(p.Source(formula="x*2", values={"x": [1, 2.5]}), width=500.0)
    assert request_from({"kind": "step", "state": {"key": "a"}, "step": 3.0}).step == 3


STATE = {"key": "a"}


@pytest.mark.parametrize(
    "bad, said",
    [
        (None, "object"), ([], "object"), ({}, "no kind"), ({"kind": "x"}, "nobody"), ({"kind": ["open"]}, "nobody"),
        ({"kind": "open"}, "lacks the field source"), ({"kind": "open", "source": 3}, "object"), ({"kind": "open", "source": {"formula": 3}}, "a text"),
        ({"kind": "layout", "key": "a", "width": "wide"}, "a number"), ({"kind": "layout", "key": "a", "width": True}, "true or false"),
        ({"kind": "layout", "key": "a", "width": float("nan")}, "finite"), ({"kind": "layout", "key": "a", "width": 10**400}, "finite"),
        ({"kind": "layout", "key": "a", "width": 5, "open": "abc"}, "a list"), ({"kind": "layout", "key": "a", "width": 5, "open": [1]}, "a text"),
        ({"kind": "step", "state": STATE, "step": 1.5}, "whole"), ({"kind": "step", "state": STATE, "step": 2**60}, "whole"),
        ({"kind": "answer", "state": STATE, "step": 1, "asked": "size", "answer": 1}, "one of value, local"),
        ({"kind": "values", "state": {"key": "a", "leaves": {"0": float("inf")}}}, "finite"),
        ({"kind": "values", "state": {"key": "a", "leaves": [1]}}, "an object"), ({"kind": "values", "state": {"key": "a", "rounding": {"node": 1}}}, "digits"),
        ({"kind": "values", "state": {"key": "a", "leaves": {"0": {"a": float("nan")}}}}, "finite"), ({"kind": "values", "state": {"key": "a", "leaves": {1: 2}}}, "an object"),
        ({"kind": "values", "state": {"key": "a", "leaves": {"0": [0] * 1_000_001}}}, "1,000,000"),
    ],
)  # fmt: skip
def test_requests_that_say_something_else(bad, said):
    with pytest.raises(WireError, match=said):
        request_from(bad)


def test_too_deep():
    value = []
    for _ in range(200):
        value = [value]
    with pytest.raises(WireError, match="deep"):
        request_from({"kind": "values", "state": {"key": "a", "leaves": {"0": value}}})


def test_read_json_takes_text():
    assert read_json('{"a": 1}') == {"a": 1}
