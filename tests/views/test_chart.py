"""Charts and pictures: places on axes, names that don't overlap, and PNG that a browser's reader takes."""

import struct
import xml.etree.ElementTree as xml
import zlib

import numpy as np
import pytest

from gradwalk.views.chart import Axis, Line, apart, axes, line_chart, points, spread
from gradwalk.views.png import data_address, png


def test_an_axis_puts_numbers_in_proportion():
    axis = Axis("x", -1, 3, 100, 500)
    assert [axis.at(value) for value in (-1, 0, 3, 99)] == [100, 200, 500, 500]


def test_powers_of_ten_are_evenly_apart():
    axis = Axis("loss", 1e-3, 1e1, 0, 400, log=True)
    assert [axis.at(value) for value in (1e-3, 1e-2, 1e-1, 1, 10)] == [0, 100, 200, 300, 400]
    assert axis.at(0) == 0


@pytest.mark.parametrize(
    ("low", "high", "log", "expected"),
    [
        (0, 1, False, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.5, 0.5, False, [-0.4, -0.2, 0, 0.2, 0.4]),
        (1, 7, False, [2, 4, 6]),
        (0.03, 0.4, True, [0.05, 0.1, 0.2]),
        (1e-9, 1e9, True, [1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9]),
    ],
)
def test_ticks_are_round_and_inside(low, high, log, expected):
    assert Axis("x", low, high, 0, 1, log).ticks() == pytest.approx(expected)


def test_a_spread_is_never_nothing():
    assert spread([2.0, 2.0]) == (1.5, 2.5)
    assert spread([float("nan")]) == (0.0, 1.0)
    assert spread([0.0, 0.1, float("inf")], log=True) == (0.05, 0.2)


def test_a_chart_has_its_lines_and_their_names():
    chart = line_chart(
        "Loss", [Line("learned", [(1, 0.5), (2, 0.25)], "loss"), Line("<b>", [(1, 0.4), (2, 0.3)])], "epoch", "loss"
    )
    root = xml.fromstring(chart)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"learned", "<b>", "epoch", "loss"} <= set(texts)
    assert root.attrib["aria-label"] == "Loss"
    lines = [
        element.attrib["d"]
        for element in root.iter("{http://www.w3.org/2000/svg}path")
        if element.attrib["class"] == "loss"
    ]
    assert lines == ["M62 14L442 258"]  # 0.5 is at the top and 0.25 at the bottom


def test_names_are_moved_apart():
    lines = [Line(name, []) for name in "abc"]
    assert [y for y, _ in apart([(10, lines[0]), (12, lines[1]), (80, lines[2])], 14)] == [10, 24, 80]


def test_points_of_two_classes_differ_in_shape_and_class():
    across, up = axes(("x", 0, 1), ("y", 0, 1))
    first, second = (points([(0.5, 0.5), (float("nan"), 0)], across, up, group) for group in (0, 1))
    assert "class0" in first and "class1" in second
    assert first.count("M") == second.count("M") == 1
    assert points([], across, up) == ""


def test_a_png_holds_its_pixels():
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    content = png(pixels)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert struct.unpack(">I", content[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        chunks[kind], at = data, at + 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (3, 2, 8, 6, 0, 0, 0)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(2, 13)
    np.testing.assert_array_equal(rows[:, 1:].reshape(2, 3, 4), pixels)
    assert data_address(pixels).startswith("data:image/png;base64,iVBORw0KGgo")
