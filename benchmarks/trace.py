"""What Chromium's trace says of a page's main thread."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

MARK = "frame"  # the page's own mark of a frame


@dataclass
class Frame:
    """The main thread's work from one frame to the next, in milliseconds: as it took, and of processor time."""

    wall: float = 0
    cpu: float = 0


def work(trace: list[dict[str, Any]]) -> list[Frame]:
    """All of the main thread's tasks, by the marked frame that they belong to; of the last one the end isn't known."""
    marks = [event for event in trace if event["name"] == MARK and event["cat"] == "blink.user_timing"]
    assert marks, "no number followed the drag"
    starts = sorted(event["ts"] for event in marks)
    frames = [Frame() for _ in starts]
    for event in trace:
        if (
            event["name"] != "RunTask"
            or "dur" not in event
            or thread(event) != thread(marks[0])
            or event["ts"] < starts[0]
        ):
            continue
        frame = frames[bisect_right(starts, event["ts"]) - 1]
        frame.wall += event["dur"] / 1000
        frame.cpu += event.get("tdur", 0) / 1000
    return frames[:-1]


def thread(event: dict[str, Any]) -> tuple[int, int]:
    """Which thread of which process an event is from."""
    return event["pid"], event["tid"]
