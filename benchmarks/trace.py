"""What Chromium's trace says of a page's main thread."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

MARK = "frame"  # the page's own mark, inside each frame
TASK = "ThreadControllerImpl::RunTask"


@dataclass
class Frame:
    """The main thread's work for one frame, in milliseconds: as it took, and of processor time."""

    wall: float = 0
    cpu: float = 0


def work(trace: list[dict[str, Any]]) -> list[Frame]:
    """What each frame took, with all tasks since the frame before it; of the first one the beginning isn't known.

    These are the page's script, style, layout and paint, and whatever else ran on its main thread: messages, collected
    garbage, the browser's remote control. A frame's own task begins before its mark.
    """
    marks = [event for event in trace if event["name"] == MARK and event["cat"] == "blink.user_timing"]
    starts = sorted(event["ts"] for event in marks)
    frames = [Frame() for _ in [*starts, None]]
    for event in trace:
        if event["name"] == TASK and "dur" in event and thread(event) == thread(marks[0]):
            frame = frames[bisect_right(starts, event["ts"])]
            frame.wall += event["dur"] / 1000
            frame.cpu += event.get("tdur", 0) / 1000
    return frames[:-1]


def thread(event: dict[str, Any]) -> tuple[int, int]:
    """Which thread of which process an event is from."""
    return event["pid"], event["tid"]
